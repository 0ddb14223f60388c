//! A `.chat` file, read. Plain functions over text.

mod head;

use jiff::{SignedDuration, Timestamp};

use self::head::{agent, bot, equation, named, setting};
use crate::testing::{Length, Step, Write, transcript::quoted};

/// Files are read up to this size, in bytes.
pub(super) const LONGEST: usize = 1 << 20;

/// The longest time that one line lets pass.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_hours(400 * 24);

/// A line that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct ChatError {
    line: usize,
    problem: String,
}

impl ChatError {
    pub(super) fn at(line: usize, problem: impl Into<String>) -> Self {
        let problem = problem.into();
        Self { line, problem }
    }

    /// Its number, from 1.
    pub fn line(&self) -> usize {
        self.line
    }
}

/// A conversation as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Script {
    pub(super) settings: Vec<Setting>,
    pub(super) statements: Vec<Statement>,
}

/// Something at the top, about the world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Setting {
    Bot(String, String),
    Profile(String, String),
    Organization(String),
    RandomSeed(u64),
    Start(Timestamp),
}

/// What happens, or is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    /// Its first line, from 1.
    pub(super) line: usize,
    /// Its last line.
    pub(super) last: usize,
    pub(super) what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Says {
        who: String,
        text: String,
    },
    Taps {
        who: String,
        label: String,
    },
    BotSays {
        to: Option<String>,
        text: String,
        buttons: Vec<String>,
    },
    BotIsSilent {
        to: Option<String>,
    },
    Agent {
        name: Option<String>,
        act: AgentAct,
    },
    Note(String),
    Command(String),
    Variable {
        key: String,
        value: Option<String>,
    },
    Field {
        key: String,
        value: Option<String>,
    },
    Profile {
        field: String,
        value: Option<String>,
    },
    Report {
        key: String,
        value: String,
    },
    Conversation(String),
    Later(SignedDuration),
    Crash(Option<Step>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum AgentAct {
    Says(String),
    Notes(String),
    Commands(String),
    Accepts,
    Leaves,
    Assigns,
}

impl What {
    /// Whether somebody does something here: then all that the bot said before must be written down.
    pub(super) fn is_act(&self) -> bool {
        matches!(
            self,
            Self::Says { .. }
                | Self::Taps { .. }
                | Self::Agent { .. }
                | Self::Later(_)
                | Self::Crash(_)
        )
    }

    /// Whether it is an act, or what the bot says to it.
    pub(super) fn is_talk(&self) -> bool {
        let is_answer = matches!(self, Self::BotSays { .. } | Self::BotIsSilent { .. });
        is_answer || self.is_act()
    }

    /// What further lines are added to.
    fn text(&mut self) -> Option<&mut String> {
        match self {
            Self::Says { text, .. }
            | Self::BotSays { text, .. }
            | Self::Note(text)
            | Self::Agent {
                act: AgentAct::Says(text) | AgentAct::Notes(text) | AgentAct::Commands(text),
                ..
            } => Some(text),
            _ => None,
        }
    }
}

/// A line of the file.
enum Line {
    Setting(Setting),
    What(What),
}

impl Script {
    /// # Errors
    ///
    /// With the first line that cannot be understood.
    pub(super) fn read(text: &str) -> Result<Self, ChatError> {
        if text.len() > LONGEST {
            return Err(ChatError::at(
                1,
                format!("the file is larger than {LONGEST} bytes"),
            ));
        }
        let mut script = Self::default();
        let mut blanks = 0;
        for (index, line) in text.lines().enumerate() {
            let number = index + 1;
            let line = line.trim_end();
            if line.is_empty() {
                blanks += 1;
                continue;
            }
            if line.starts_with(char::is_whitespace) {
                script.go_on(number, line.trim_start(), blanks)?;
            } else if !line.starts_with('#') {
                script.add(number, line)?;
            }
            blanks = 0;
        }
        for statement in &mut script.statements {
            statement.finish()?;
        }
        Ok(script)
    }

    fn add(&mut self, number: usize, line: &str) -> Result<(), ChatError> {
        let begun = !self.statements.is_empty();
        match read_line(line, begun).map_err(|problem| ChatError::at(number, problem))? {
            Line::Setting(_) if begun => Err(ChatError::at(
                number,
                "settings come first, before anything is said",
            )),
            Line::Setting(setting) => {
                self.settings.push(setting);
                Ok(())
            }
            Line::What(what) => {
                let (line, last) = (number, number);
                self.statements.push(Statement { line, last, what });
                Ok(())
            }
        }
    }

    /// A line that continues what is above it; blank lines in between are part of it.
    fn go_on(&mut self, number: usize, line: &str, blanks: usize) -> Result<(), ChatError> {
        let above = self.statements.last_mut();
        let above = above.and_then(|above| Some((&mut above.last, above.what.text()?)));
        let Some((last, text)) = above else {
            return Err(ChatError::at(
                number,
                "an indented line continues a message, and there is none above it",
            ));
        };
        if !text.is_empty() {
            text.push_str(&"\n".repeat(blanks + 1));
        }
        text.push_str(line);
        *last = number;
        Ok(())
    }
}

impl Statement {
    /// Takes the buttons off the text, when all of it is known.
    fn finish(&mut self) -> Result<(), ChatError> {
        if let What::BotSays { text, buttons, .. } = &mut self.what {
            let (before, last) = text.rsplit_once('\n').unwrap_or(("", text));
            if let Some(labels) = read_buttons(last) {
                (*buttons, *text) = (labels, before.to_owned());
            }
        }
        match self.what.text() {
            Some(text) if text.is_empty() => {
                let problem = "there is no text; write it after the colon";
                Err(ChatError::at(self.line, problem))
            }
            _ => Ok(()),
        }
    }
}

/// `[Yes] [No]`.
fn read_buttons(line: &str) -> Option<Vec<String>> {
    let inner = line.strip_prefix('[')?.strip_suffix(']')?;
    Some(inner.split("] [").map(str::to_owned).collect())
}

fn read_line(line: &str, begun: bool) -> Result<Line, String> {
    if let Some(inner) = line.strip_prefix('(') {
        return pause(inner).map(Line::What);
    }
    // First the profile is what is known, and then what is expected to be.
    let is_expected = begun && after_word(line, "Profile").is_some();
    if !is_expected && let Some(setting) = setting(line)? {
        return Ok(Line::Setting(setting));
    }
    what(line).map(Line::What)
}

/// `24h later)`
fn pause(inner: &str) -> Result<What, String> {
    let problem = "write how much time passes as `(24h later)`";
    let length = inner
        .strip_suffix(')')
        .and_then(|inner| inner.trim_end().strip_suffix("later"))
        .ok_or(problem)?;
    let length = length.trim().length().map_err(|error| error.to_string())?;
    if length > LONGEST_PAUSE {
        return Err("no more than 400 days may pass at once".to_owned());
    }
    Ok(What::Later(length))
}

fn what(line: &str) -> Result<What, String> {
    if let Some(rest) = after_word(line, "Bot") {
        return bot(rest);
    }
    if let Some(rest) = after_word(line, "Agent") {
        return agent(rest);
    }
    if let Some(rest) = line.strip_prefix("Note:") {
        return Ok(What::Note(rest.trim().to_owned()));
    }
    if let Some(rest) = line.strip_prefix("Command:") {
        return Ok(What::Command(rest.trim().to_owned()));
    }
    if let Some(rest) = after_word(line, "Variable") {
        let (key, value) = equation(rest)?;
        return Ok(What::Variable { key, value });
    }
    if let Some(rest) = after_word(line, "Field") {
        let (key, value) = equation(rest)?;
        return Ok(What::Field { key, value });
    }
    if let Some(rest) = after_word(line, "Profile") {
        let (field, value) = equation(rest)?;
        return Ok(What::Profile { field, value });
    }
    if let Some(rest) = after_word(line, "Report") {
        let (key, value) = equation(rest)?;
        let value = value.ok_or("write what is reported as `Report name = Ann`")?;
        return Ok(What::Report { key, value });
    }
    if let Some(status) = line.strip_prefix("Conversation is ") {
        return Ok(What::Conversation(status.trim().to_owned()));
    }
    named(line)
}

/// What follows `word`, if it is one by itself.
fn after_word<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    let rest = line.strip_prefix(word)?;
    (rest.is_empty() || rest.starts_with([' ', ':'])).then_some(rest)
}

/// `before commit`, `after claim`
fn step(text: &str) -> Option<Step> {
    let (when, write) = text.split_once(' ')?;
    let write = Write::ALL.into_iter().find(|it| it.as_str() == write)?;
    match when {
        "before" => Some(Step::before(write)),
        "after" => Some(Step::after(write)),
        _ => None,
    }
}

fn not_understood(line: &str) -> String {
    format!(
        "{} cannot be understood; write for example `Ann: hello`, `Bot: Hello …`, `(24h later)` or `# a comment`",
        quoted(line)
    )
}

#[cfg(test)]
mod tests;

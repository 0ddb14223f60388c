//! A script, played in a world.

use web1on1::{Message, Meta};

use super::{
    ChatFailure,
    script::{AgentAct, Script, Setting, Statement, What},
};
use crate::testing::{
    Contact, Expect, Failure, World, WorldBuilder,
    stage::{label, labels},
    transcript::{escaped, quoted},
};

/// A script on its way.
pub(super) struct Play {
    world: World,
    profile: Meta,
    /// The consumers, in the order in which they came; lines without a name are about the last who
    /// did something.
    contacts: Vec<String>,
    current: Option<String>,
    /// What is to be changed in the file, if it is to be rewritten and not to fail.
    edits: Option<Vec<Edit>>,
}

/// Lines to be put in the place of others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    /// The first line that goes, from 1.
    pub(super) from: usize,
    /// The first line that stays; as `from`, if none goes.
    pub(super) to: usize,
    pub(super) lines: Vec<String>,
}

impl Play {
    /// # Errors
    ///
    /// If the world cannot be started.
    pub(super) async fn start(
        mut world: WorldBuilder,
        script: &Script,
    ) -> Result<Self, ChatFailure> {
        let mut profile = Meta::new();
        for setting in &script.settings {
            world = match setting.clone() {
                Setting::Bot(key, value) => world.setting(key, value),
                Setting::Organization(name) => world.organization(name),
                Setting::RandomSeed(seed) => world.random_seed(seed),
                Setting::Start(start) => world.start_at(start),
                Setting::Profile(key, value) => {
                    profile.insert(key, value.into());
                    world
                }
            };
        }
        Ok(Self {
            world: world.start().await.map_err(ChatFailure::World)?,
            profile,
            contacts: Vec::new(),
            current: None,
            edits: None,
        })
    }

    /// Plays all of it.
    ///
    /// # Errors
    ///
    /// If it goes otherwise.
    pub(super) async fn perform(&mut self, script: &Script) -> Result<(), ChatFailure> {
        let mut last = 0;
        for statement in &script.statements {
            if statement.what.is_act() {
                self.nothing_left(statement.line, last).await?;
            }
            let done = self.step(statement).await;
            done.map_err(|failure| self.fails(statement.line, &failure))?;
            if statement.what.is_talk() {
                last = statement.last;
            }
        }
        self.nothing_left(last.max(1), last).await
    }

    /// Plays all of it and returns what has to be changed for the bot's lines to be what it says.
    ///
    /// # Errors
    ///
    /// If it goes otherwise in something else than what the bot says.
    pub(super) async fn rewrite(&mut self, script: &Script) -> Result<Vec<Edit>, ChatFailure> {
        self.edits = Some(Vec::new());
        self.perform(script).await?;
        Ok(self.edits.take().unwrap_or_default())
    }

    fn fails(&self, line: usize, failure: &Failure) -> ChatFailure {
        ChatFailure::at(line, failure, self.world.transcript())
    }

    /// What the bot said is written down, before the line at which somebody does something. `last` is
    /// the last line before it.
    async fn nothing_left(&mut self, line: usize, last: usize) -> Result<(), ChatFailure> {
        for name in self.contacts.clone() {
            let found = self.left(&name, last).await;
            found.map_err(|failure| self.fails(line, &failure))?;
        }
        Ok(())
    }

    async fn left(&mut self, name: &str, last: usize) -> Result<(), Failure> {
        let is_current = self.current.as_deref() == Some(name);
        let contact = self.world.enter(name, Meta::new())?;
        while let Some(message) = contact.untaken()? {
            let Some(edits) = &mut self.edits else {
                return Err(Failure::new(
                    format!("the bot to have told {name} no more than is written above"),
                    format!("it also said {}", quoted(&message.text)),
                ));
            };
            contact.next_told().await?;
            edits.push(Edit {
                from: last + 1,
                to: last + 1,
                lines: written(&message, (!is_current).then_some(name)),
            });
        }
        Ok(())
    }

    async fn step(&mut self, statement: &Statement) -> Result<(), Failure> {
        match &statement.what {
            What::Says { who, text } => {
                self.comes(who);
                self.contact(None)?.say(text.clone()).await
            }
            What::Taps { who, label } => {
                self.comes(who);
                self.contact(None)?.tap(label.clone()).await
            }
            What::BotSays { to, text, buttons } => {
                self.bot_says(statement, to.as_deref(), text, buttons).await
            }
            What::BotIsSilent { to } => self.bot_is_silent(statement, to.as_deref()).await,
            What::Agent { name, act } => self.agent(name.as_deref(), act).await,
            What::Later(length) => self.world.pass(*length).await,
            What::Crash(Some(step)) => {
                self.world.crash_at(*step);
                Ok(())
            }
            What::Crash(None) => {
                self.world.stage.crash().await?;
                self.world.stage.settle().await
            }
            what => self.stands(what).await,
        }
    }

    /// What holds of the conversation.
    async fn stands(&self, what: &What) -> Result<(), Failure> {
        let contact = self.contact(None)?;
        let expect = |value: &Option<String>| value.as_ref().map(Expect::from);
        match what {
            What::Note(text) => contact.expect_note(text.into()).await,
            What::Command(text) => contact.expect_command(text.into()).await,
            What::Variable { key, value } => {
                contact.expect_variable(key.clone(), expect(value)).await
            }
            What::Field { key, value } => contact.expect_field(key.clone(), expect(value)).await,
            What::Profile { field, value } => {
                contact.expect_profile(field.clone(), expect(value)).await
            }
            What::Report { key, value } => contact.expect_report(key.clone(), value.into()).await,
            What::Conversation(status) => contact.expect_status(status.as_str().into()).await,
            _ => Ok(()),
        }
    }

    async fn bot_says(
        &mut self,
        statement: &Statement,
        to: Option<&str>,
        text: &str,
        buttons: &[String],
    ) -> Result<(), Failure> {
        let contact = self.contact(to)?;
        if self.edits.is_none() {
            contact.expect(text.into()).await?;
            return match buttons {
                [] => Ok(()),
                buttons => contact.check_buttons(buttons),
            };
        }
        let said = contact.next_told().await?;
        let is_so = |message: &Message| {
            let there: Vec<_> = labels(message).into_iter().map(label).collect();
            Expect::from(text).fits(&message.text) && (buttons.is_empty() || there == buttons)
        };
        if !said.as_ref().is_some_and(is_so) {
            let lines = said.map_or_else(Vec::new, |message| written(&message, to));
            self.replace(statement, lines);
        }
        Ok(())
    }

    async fn bot_is_silent(
        &mut self,
        statement: &Statement,
        to: Option<&str>,
    ) -> Result<(), Failure> {
        let contact = self.contact(to)?;
        if self.edits.is_none() {
            return contact.expect_silence().await;
        }
        if let Some(message) = contact.next_told().await? {
            self.replace(statement, written(&message, to));
        }
        Ok(())
    }

    /// Has these lines written in the place of the statement's.
    fn replace(&mut self, statement: &Statement, lines: Vec<String>) {
        if let Some(edits) = &mut self.edits {
            edits.push(Edit {
                from: statement.line,
                to: statement.last + 1,
                lines,
            });
        }
    }

    async fn agent(&self, name: Option<&str>, act: &AgentAct) -> Result<(), Failure> {
        let agent = self.world.person(name)?;
        let contact = &self.contact(None)?;
        match act {
            AgentAct::Says(text) => agent.say(contact, text.clone()).await,
            AgentAct::Notes(text) => agent.note(contact, text.clone()).await,
            AgentAct::Commands(text) => agent.command(contact, text.clone()).await,
            AgentAct::Accepts => agent.accept(contact).await,
            AgentAct::Leaves => agent.leave(contact).await,
            AgentAct::Assigns => agent.assign(contact, None).await,
        }
    }

    /// The consumer who does something; from now on the others' lines are about this one.
    fn comes(&mut self, name: &str) {
        if !self.contacts.iter().any(|known| known == name) {
            self.contacts.push(name.to_owned());
        }
        self.current = Some(name.to_owned());
    }

    /// The consumer that a line is about.
    fn contact(&self, name: Option<&str>) -> Result<Contact<'_>, Failure> {
        let name = name.or(self.current.as_deref());
        // Before anybody wrote, as when an agent assigns the bot, there is a consumer all the same.
        let name = name.unwrap_or("Ann");
        self.world.enter(name, self.profile.clone())
    }
}

/// A message of the bot as lines of the file.
fn written(message: &Message, to: Option<&str>) -> Vec<String> {
    let to = to.map_or_else(String::new, |to| format!(" to {to}"));
    // What cannot be seen cannot be written either: anything may be there.
    let visible = |line: &str| -> String {
        let letters = line.trim().chars();
        let shown = letters.map(|letter| {
            let is_visible = escaped(letter.encode_utf8(&mut [0; 4]))
                .chars()
                .eq([letter]);
            if is_visible { letter } else { '…' }
        });
        shown.collect()
    };
    let mut lines: Vec<String> = message.text.trim().lines().map(visible).collect();
    if lines.is_empty() {
        lines.push("…".to_owned());
    }
    let buttons = labels(message).into_iter().map(label);
    let buttons: Vec<_> = buttons
        .map(|label| format!("[{}]", visible(label)))
        .collect();
    if !buttons.is_empty() {
        lines.push(buttons.join(" "));
    }
    let first = |line: &String| format!("Bot{to}: {line}");
    let further = |line: &String| {
        if line.is_empty() {
            String::new()
        } else {
            format!("  {line}")
        }
    };
    let (head, rest) = lines
        .split_first()
        .map_or((None, [].as_slice()), |(head, rest)| (Some(head), rest));
    head.map(first)
        .into_iter()
        .chain(rest.iter().map(further))
        .collect()
}

//! How lines begin.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use super::{AgentAct, Setting, What, after_word, not_understood, step};

/// The longest name of a consumer, in bytes: a longer beginning is no name.
const LONGEST_NAME: usize = 60;

/// A line at the top, if it is one.
pub(super) fn setting(line: &str) -> Result<Option<Setting>, String> {
    let pair = |rest: &str, example: &str| match equation(rest) {
        Ok((key, Some(value))) => Ok((key, value)),
        _ => Err(format!("write it as `{example}`")),
    };
    if let Some(rest) = after_word(line, "Setting") {
        let (key, value) = pair(rest, "Setting company = Harbour Motors")?;
        return Ok(Some(Setting::Bot(key, value)));
    }
    if let Some(rest) = after_word(line, "Profile") {
        let (key, value) = pair(rest, "Profile locale = nl")?;
        return Ok(Some(Setting::Profile(key, value)));
    }
    if let Some(rest) = line.strip_prefix("Organization ") {
        return Ok(Some(Setting::Organization(rest.trim().to_owned())));
    }
    if let Some(rest) = line.strip_prefix("Random seed ") {
        let number = rest.trim().parse();
        let number = number.map_err(|_| "write the seed as a number: `Random seed 7`")?;
        return Ok(Some(Setting::RandomSeed(number)));
    }
    if let Some(rest) = line.strip_prefix("Start ") {
        return start(rest.trim()).map(|start| Some(Setting::Start(start)));
    }
    Ok(None)
}

/// A date and a time, in UTC if it does not say otherwise.
fn start(text: &str) -> Result<Timestamp, String> {
    let problem = "write the start as `Start 2026-03-02 10:00`, in UTC";
    if let Ok(start) = text.parse() {
        return Ok(start);
    }
    let civil: DateTime = text.parse().map_err(|_| problem)?;
    let zoned = civil.to_zoned(TimeZone::UTC).map_err(|_| problem)?;
    Ok(zoned.timestamp())
}

/// After `Bot`: `: text`, ` to Ben: text`, ` is silent`, ` crashes before commit`.
pub(super) fn bot(rest: &str) -> Result<What, String> {
    if let Some(where_) = rest.strip_prefix(" crashes") {
        let at = where_.trim();
        if at.is_empty() {
            return Ok(What::Crash(None));
        }
        let step = step(at).ok_or_else(|| {
            "write where the bot crashes as `Bot crashes before commit`; there are before and after \
             append, commit, postpone, claim, mark, doubt, sweep"
                .to_owned()
        })?;
        return Ok(What::Crash(Some(step)));
    }
    if let Some(to) = rest.strip_prefix(" is silent") {
        let to = match to.trim() {
            "" => None,
            to => Some(to.strip_prefix("to ").ok_or_else(|| not_understood(to))?),
        };
        let to = to.map(|to| to.trim().to_owned());
        return Ok(What::BotIsSilent { to });
    }
    let (to, text) = rest
        .split_once(':')
        .ok_or_else(|| not_understood(&format!("Bot{rest}")))?;
    let to = match to.trim() {
        "" => None,
        to => {
            let to = to.strip_prefix("to ");
            Some(to.ok_or_else(|| not_understood(&format!("Bot{rest}")))?)
        }
    };
    Ok(What::BotSays {
        to: to.map(|to| to.trim().to_owned()),
        text: text.trim().to_owned(),
        buttons: Vec::new(),
    })
}

/// After `Agent`: `: text`, ` notes: text`, ` accepts`, each with a name before it or not.
pub(super) fn agent(rest: &str) -> Result<What, String> {
    type WithText = fn(String) -> AgentAct;
    let name = |name: &str| Some(name.trim().to_owned()).filter(|name| !name.is_empty());
    if let Some((head, text)) = rest.split_once(':') {
        let verbs: [(&str, WithText); 3] = [
            ("notes", AgentAct::Notes),
            ("commands", AgentAct::Commands),
            ("", AgentAct::Says),
        ];
        let head = head.trim();
        for (verb, act) in verbs {
            if let Some(who) = head.strip_suffix(verb) {
                let (name, act) = (name(who), act(text.trim().to_owned()));
                return Ok(What::Agent { name, act });
            }
        }
    }
    let verbs = [
        ("accepts", AgentAct::Accepts),
        ("leaves", AgentAct::Leaves),
        ("assigns the bot", AgentAct::Assigns),
    ];
    for (verb, act) in verbs {
        if let Some(who) = rest.trim().strip_suffix(verb) {
            let name = name(who);
            return Ok(What::Agent { name, act });
        }
    }
    Err("an agent can do this: `Agent: hello`, `Agent accepts`, `Agent leaves`, `Agent notes: a note`, \
         `Agent commands: >status`, `Agent assigns the bot`; a name may follow `Agent`"
        .to_owned())
}

/// ` key = value`, or ` key is not set`.
pub(super) fn equation(rest: &str) -> Result<(String, Option<String>), String> {
    let problem = "write it as `Variable colour = red` or `Variable colour is not set`";
    let found = match rest.split_once('=') {
        Some((key, value)) => (key.trim(), Some(value.trim().to_owned())),
        None => (
            rest.strip_suffix(" is not set").ok_or(problem)?.trim(),
            None,
        ),
    };
    if found.0.is_empty() || found.0.starts_with(':') {
        return Err(problem.to_owned());
    }
    Ok((found.0.to_owned(), found.1))
}

/// `Ann: text`, `Ann taps: label`.
pub(super) fn named(line: &str) -> Result<What, String> {
    let (who, text) = line.split_once(':').ok_or_else(|| not_understood(line))?;
    let (who, text) = (who.trim(), text.trim().to_owned());
    let (name, is_tap) = match who.strip_suffix(" taps") {
        Some(name) => (name.trim(), true),
        None => (who, false),
    };
    if name.is_empty() || name.len() > LONGEST_NAME {
        return Err(not_understood(line));
    }
    let who = name.to_owned();
    Ok(if is_tap {
        What::Taps { who, label: text }
    } else {
        What::Says { who, text }
    })
}

//! What a turn wants to say becomes the fewest messages the platform can be sent.
//!
//! Order within one turn: `/accept` and `/join`, then `/set`s (the last write per key wins), then
//! everything said, in its order, then `/assign` and `/notify`, and `/leave` last. Neighbouring
//! commands become one message, as API Basics advises ("combining multiple commands into a single
//! message").

use std::time::Duration;

use serde_json::{Value, json};
use web1on1::{FormId, MessageType, Meta, NewMessage, UserId};

/// How several commands of one turn are written (`SHIPMATE_COMMANDS`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// One message, one command per line. What API Basics asks for, though no document shows it.
    #[default]
    Lines,
    /// One message per command, all in one request. Documented, but each one counts.
    Array,
    /// Like `Lines`, but variables are set by one PATCH of the conversation and no message.
    Patch,
}

/// Whom a `/notify` calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notify {
    /// Whoever the workflows of the conversation's organization and its ancestors find.
    Routed,
    /// The same, by the routing rules of these organizations only.
    Organizations(Vec<web1on1::OrganizationId>),
    /// Exactly these channels.
    Channels(Vec<web1on1::ChannelId>),
}

/// One thing a handler asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// `/accept`: join, make the conversation active, take responsibility.
    Accept,
    /// `/join`: become a participant.
    Join,
    /// `/set key value`; a key that starts with `@` names a property of the conversation. An empty
    /// value clears.
    Set {
        /// The variable.
        key: String,
        /// Its new value.
        value: String,
    },
    /// Anything said: chat, card, mention, report, bot command.
    Say(Box<NewMessage>),
    /// A form activated (`+name`).
    Form {
        /// The form.
        form: FormId,
        /// Its shown name.
        name: String,
    },
    /// A form field's value (`.key value`).
    Field {
        /// The form.
        form: FormId,
        /// The field's name.
        key: String,
        /// Its value.
        value: String,
    },
    /// `/assign`: put the conversation into these users' inboxes.
    Assign(Vec<UserId>),
    /// `/notify`: call people.
    Notify(Notify),
    /// `/leave`: close the conversation for the bot.
    Leave,
}

/// One thing to send: a message of an array, or a change of the conversation itself.
#[derive(Debug, Clone, PartialEq)]
pub enum Outgoing {
    /// A message.
    Message(Box<NewMessage>),
    /// Variables and properties to merge into the conversation by PATCH. An empty value removes
    /// the key.
    Patch(Vec<(String, String)>),
}

/// Choices of a [`plan`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanOptions {
    /// How commands are written.
    pub encoding: Encoding,
    /// The delay of `/leave`, which puts it into a later processing tick than what was said before
    /// (Business Initiated Conversations; 3 s in its example).
    pub leave_delay: Duration,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self {
            encoding: Encoding::Lines,
            leave_delay: Duration::from_secs(3),
        }
    }
}

/// The fewest messages that do what `commands` ask, in the order in which they are to be sent.
pub fn plan(commands: Vec<Command>, options: &PlanOptions) -> Vec<Outgoing> {
    let mut phases = Phases::default();
    for command in commands {
        phases.take(command);
    }
    phases.write(options)
}

/// A turn's commands, sorted by when they are to take effect.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a command that was given or not"
)]
struct Phases {
    accept: bool,
    join: bool,
    sets: Vec<(String, String)>,
    said: Vec<NewMessage>,
    assignees: Vec<UserId>,
    assign: bool,
    notify: Vec<Notify>,
    leave: bool,
}

impl Phases {
    fn take(&mut self, command: Command) {
        match command {
            Command::Accept => self.accept = true,
            Command::Join => self.join = true,
            Command::Set { key, value } => {
                match self.sets.iter_mut().find(|(set, _)| *set == key) {
                    Some((_, earlier)) => *earlier = value,
                    None => self.sets.push((key, value)),
                }
            }
            Command::Say(message) => self.said.push(as_one_command(*message)),
            Command::Form { form, name } => self.said.push(form_message(&form, &name)),
            Command::Field { form, key, value } => {
                self.said.push(field_message(&form, &key, &value));
            }
            Command::Assign(users) => {
                self.assign = true;
                for user in users {
                    if !self.assignees.contains(&user) {
                        self.assignees.push(user);
                    }
                }
            }
            Command::Notify(notify) => {
                if !self.notify.contains(&notify) {
                    self.notify.push(notify);
                }
            }
            Command::Leave => self.leave = true,
        }
    }

    fn write(self, options: &PlanOptions) -> Vec<Outgoing> {
        let mut writer = Writer::new(options.encoding);
        let (patched, lines): (Vec<_>, Vec<_>) = self.sets.into_iter().partition(|(key, value)| {
            options.encoding == Encoding::Patch || !fits_a_line(key, value)
        });
        if !patched.is_empty() {
            writer.planned.push(Outgoing::Patch(patched));
        }
        if self.accept {
            writer.command("/accept", Meta::new());
        } else if self.join {
            writer.command("/join", Meta::new());
        }
        for (key, value) in lines {
            writer.command(&format!("/set {key} {value}"), Meta::new());
        }
        for message in self.said {
            writer.message(message);
        }
        if self.assign {
            writer.command("/assign", argument("users", ids(&self.assignees)));
        }
        for notify in self.notify {
            let meta = match &notify {
                Notify::Routed => Meta::new(),
                Notify::Organizations(organizations) => {
                    argument("organizations", ids(organizations))
                }
                Notify::Channels(channels) => argument("channels", ids(channels)),
            };
            writer.command("/notify", meta);
        }
        if self.leave {
            let mut leave = NewMessage::command("/leave");
            leave.delay = u64::try_from(options.leave_delay.as_millis()).ok();
            writer.message(leave);
        }
        writer.planned
    }
}

/// Whether `/set key value` says exactly this and nothing else. What does not fit a line (a line
/// break would start a second command; blanks at the ends may be trimmed) goes by PATCH, where it
/// is data.
pub(crate) fn fits_a_line(key: &str, value: &str) -> bool {
    let key_fits = !key.is_empty() && !key.contains(|c: char| c.is_whitespace() || c.is_control());
    key_fits && value.trim() == value && !value.contains(is_line_break)
}

fn is_line_break(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// `text` on one line: a run of line breaks becomes a blank.
fn on_one_line(text: &str) -> String {
    let parts = text.split(is_line_break).map(str::trim);
    parts
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A command that a handler wrote itself, such as `>status of …`, stays one command whatever stands
/// in it.
fn as_one_command(mut message: NewMessage) -> NewMessage {
    if message.kind == MessageType::Command {
        message.text = on_one_line(&message.text);
    }
    message
}

fn form_message(form: &FormId, name: &str) -> NewMessage {
    let mut message = NewMessage::new(MessageType::Form, format!("+{}", on_one_line(name)));
    message.meta = argument("form", json!(form));
    message
}

/// The field's value on one line: whether the platform reads further lines as further fields is
/// not known, so an answer must not contain any. The `report` message carries the exact value.
fn field_message(form: &FormId, key: &str, value: &str) -> NewMessage {
    let text = format!(".{} {}", on_one_line(key), on_one_line(value));
    let mut message = NewMessage::new(MessageType::Field, text);
    message.meta = argument("form", json!(form));
    message.meta.insert("key".into(), json!(key));
    message
}

fn argument(key: &str, value: Value) -> Meta {
    Meta::from_iter([(key.into(), value)])
}

fn ids<Id: serde::Serialize>(ids: &[Id]) -> Value {
    json!(ids)
}

/// Writes commands, putting neighbours into one message where the encoding allows.
struct Writer {
    encoding: Encoding,
    planned: Vec<Outgoing>,
    /// The last planned message is a command that may take another line.
    open: bool,
}

impl Writer {
    fn new(encoding: Encoding) -> Self {
        Self {
            encoding,
            planned: Vec::new(),
            open: false,
        }
    }

    fn message(&mut self, message: NewMessage) {
        self.open = false;
        self.planned.push(Outgoing::Message(Box::new(message)));
    }

    fn command(&mut self, line: &str, meta: Meta) {
        if let Some(message) = self.open_message(line, &meta) {
            message.text.push('\n');
            message.text.push_str(line);
            message.meta.extend(meta);
            return;
        }
        let mut message = NewMessage::command(line);
        message.meta = meta;
        self.message(message);
        self.open = self.encoding != Encoding::Array;
    }

    /// The message that `line` may join: arguments stand in `meta`, which one message has only one
    /// of, so a verb that reads `meta` may stand in it only once.
    fn open_message(&mut self, line: &str, meta: &Meta) -> Option<&mut NewMessage> {
        let Some(Outgoing::Message(message)) = self.planned.last_mut().filter(|_| self.open) else {
            return None;
        };
        let reads_meta = !line.starts_with("/set ");
        let same_verb = message.text.lines().any(|earlier| earlier == line);
        let same_argument = meta.keys().any(|key| message.meta.contains_key(key));
        let clashes = same_argument || (reads_meta && same_verb);
        (!clashes).then_some(message)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set(key: &str, value: &str) -> Command {
        Command::Set {
            key: key.into(),
            value: value.into(),
        }
    }

    fn say(text: &str) -> Command {
        Command::Say(Box::new(text.into()))
    }

    fn options(encoding: Encoding) -> PlanOptions {
        PlanOptions {
            encoding,
            ..PlanOptions::default()
        }
    }

    /// A plan in one line per outgoing: type, text (line breaks as `|`), meta.
    fn check(encoding: Encoding, commands: Vec<Command>, expected: &[&str]) {
        let written: Vec<_> = plan(commands, &options(encoding))
            .into_iter()
            .map(|outgoing| match outgoing {
                Outgoing::Message(message) => {
                    let mut line = format!("{} {}", message.kind, message.text.replace('\n', "|"));
                    if !message.meta.is_empty() {
                        line = format!("{line} {}", Value::Object(message.meta));
                    }
                    if let Some(delay) = message.delay {
                        line = format!("{line} after {delay}");
                    }
                    line
                }
                Outgoing::Patch(sets) => format!("patch {sets:?}"),
            })
            .collect();
        assert_eq!(written, expected);
    }

    #[test]
    fn a_hundred_variables_are_one_message_and_the_last_write_wins() {
        let mut commands: Vec<_> = (0..100).map(|n| set(&format!("k{n}"), "old")).collect();
        commands.push(set("k0", "new"));
        let planned = plan(commands, &PlanOptions::default());
        let [Outgoing::Message(message)] = planned.as_slice() else {
            panic!("one message, not {planned:?}");
        };
        assert_eq!(message.text.lines().count(), 100);
        assert_eq!(message.text.lines().next(), Some("/set k0 new"));
    }

    #[test]
    fn a_turn_is_written_in_order_of_effect() {
        let turn = || {
            vec![
                Command::Leave,
                say("Goodbye"),
                Command::Notify(Notify::Routed),
                Command::Assign(vec!["u1".into()]),
                set("done", "yes"),
                Command::Accept,
                Command::Assign(vec!["u1".into(), "u2".into()]),
            ]
        };
        check(
            Encoding::Lines,
            turn(),
            &[
                "command /accept|/set done yes",
                "chat Goodbye",
                r#"command /assign|/notify {"users":["u1","u2"]}"#,
                "command /leave after 3000",
            ],
        );
        check(
            Encoding::Array,
            turn(),
            &[
                "command /accept",
                "command /set done yes",
                "chat Goodbye",
                r#"command /assign {"users":["u1","u2"]}"#,
                "command /notify",
                "command /leave after 3000",
            ],
        );
        check(
            Encoding::Patch,
            turn(),
            &[
                r#"patch [("done", "yes")]"#,
                "command /accept",
                "chat Goodbye",
                r#"command /assign|/notify {"users":["u1","u2"]}"#,
                "command /leave after 3000",
            ],
        );
    }

    #[test]
    fn two_kinds_of_notify_do_not_share_their_arguments() {
        check(
            Encoding::Lines,
            vec![
                Command::Notify(Notify::Channels(vec!["c1".into()])),
                Command::Notify(Notify::Organizations(vec!["o1".into()])),
            ],
            &[
                r#"command /notify {"channels":["c1"]}"#,
                r#"command /notify {"organizations":["o1"]}"#,
            ],
        );
    }

    #[test]
    fn a_value_with_a_line_break_is_patched_and_one_with_a_slash_stays_a_value() {
        check(
            Encoding::Lines,
            vec![
                set("a", "x\n/assign"),
                set("b", "/leave"),
                set("two words", "x"),
            ],
            &[
                r#"patch [("a", "x\n/assign"), ("two words", "x")]"#,
                "command /set b /leave",
            ],
        );
    }

    #[test]
    fn an_answer_with_lines_stays_one_field() {
        check(
            Encoding::Lines,
            vec![Command::Field {
                form: "f1".into(),
                key: "remarks".into(),
                value: "one\r\n.email evil@example.com\n/leave".into(),
            }],
            &[r#"field .remarks one .email evil@example.com /leave {"form":"f1","key":"remarks"}"#],
        );
    }

    #[test]
    fn a_command_said_by_hand_stays_one_command_and_a_chat_keeps_its_lines() {
        let command = NewMessage::command(">note the customer wrote: hi\n/assign\r\n/leave");
        check(
            Encoding::Lines,
            vec![Command::Say(Box::new(command)), say("one\n/leave")],
            &[
                "command >note the customer wrote: hi /assign /leave",
                "chat one|/leave",
            ],
        );
    }

    proptest! {
        /// Whatever the keys and values, each line of a command message is a `/set` that was asked
        /// for, and nothing that was asked for is missing.
        #[test]
        fn no_value_ever_becomes_another_command(
            sets in prop::collection::vec(("\\PC{0,6}|[a-c]", "(?s).{0,12}|x\n/leave|\r/assign"), 0..12),
            encoding in prop_oneof![Just(Encoding::Lines), Just(Encoding::Array), Just(Encoding::Patch)],
        ) {
            let commands = sets.iter().map(|(key, value)| set(key, value)).collect();
            let mut got = Vec::new();
            for outgoing in plan(commands, &options(encoding)) {
                match outgoing {
                    Outgoing::Patch(sets) => got.extend(sets),
                    Outgoing::Message(message) => {
                        for line in message.text.split(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']) {
                            let rest = line.strip_prefix("/set ");
                            prop_assert!(rest.is_some(), "{line:?}");
                            let (key, value) = rest.and_then(|rest| rest.split_once(' ')).unwrap();
                            got.push((key.to_owned(), value.to_owned()));
                        }
                    }
                }
            }
            let mut wanted = std::collections::BTreeMap::new();
            wanted.extend(sets);
            prop_assert_eq!(got.len(), wanted.len());
            prop_assert_eq!(got.into_iter().collect::<std::collections::BTreeMap<_, _>>(), wanted);
        }
    }
}

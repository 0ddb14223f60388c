//! What a turn wants to say becomes the fewest messages the platform can be sent.
//!
//! Order within one turn: `/accept` and `/join`, then `/set`s (the last write per key wins), then
//! everything said, in its order, then `/assign` and `/notify`, and `/leave`. What is written to the
//! contact's profile comes last, since nobody waits for it. Neighbouring
//! commands become one message, as API Basics advises ("combining multiple commands into a single
//! message").

mod line;
mod said;
mod writer;

#[cfg(test)]
mod tests;

pub use said::{Manner, Said};

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use web1on1::{ContactId, FormId, MessageType, Meta, NewMessage, UserId};

pub(crate) use self::line::{fits_a_line, on_one_line};
use self::writer::Writer;
use crate::store::Class;

/// How several commands of one turn are written (`SHIPMATE_COMMANDS`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// One message, one command per line. What API Basics asks for, though no document shows it; so
    /// it is [watched](Lines), and where it does not work commands are written as `Array`.
    #[default]
    Lines,
    /// One message per command, all in one request. Documented, but each one counts.
    Array,
    /// Like `Lines`, but variables are set by one PATCH of the conversation and no message.
    Patch,
}

/// What is known of several commands in one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lines {
    /// Nothing yet. Only `/set`s share a message, because later events show whether they took effect.
    #[default]
    Unverified,
    /// The platform obeys each line.
    Verified,
    /// It does not; every command is a message of its own.
    Broken,
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
    /// A field of the contact's profile. An empty value clears.
    Profile {
        /// The contact.
        contact: ContactId,
        /// The field, with dots between nested names (`address.postalCode`).
        field: String,
        /// Its new value.
        value: String,
    },
    /// Anything said: chat, card, mention, report, bot command.
    Say(Box<Said>),
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

/// One thing to send: a message of an array, or a change of the conversation itself or its contact.
#[derive(Debug, Clone, PartialEq)]
pub enum Outgoing {
    /// A message.
    Message(Box<Planned>),
    /// A change of the conversation by PATCH.
    Patch {
        /// Variables and properties to merge into it. An empty value removes the key.
        sets: Vec<(String, String)>,
        /// Who waits for it.
        class: Class,
    },
    /// A change of the contact's profile by PATCH.
    Profile {
        /// What is changed.
        profile: ProfileChange,
        /// How urgent it is.
        class: Class,
    },
}

/// What is written to a contact's profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileChange {
    /// The contact.
    pub contact: ContactId,
    /// Fields, with dots between nested names, and their values. An empty value removes the field.
    pub fields: Vec<(String, String)>,
}

/// A message to send.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// The message.
    pub message: NewMessage,
    /// How it may be sent. Commands are as urgent as the most urgent message of their turn, and do
    /// not expire.
    pub manner: Manner,
    /// What its `/set`s set, line by line.
    pub sets: Vec<(String, String)>,
}

impl Planned {
    /// Whether the consumer sees it.
    pub fn is_to_consumer(&self) -> bool {
        said::is_to_consumer(&self.message)
    }
}

/// Choices of a [`plan`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanOptions {
    /// How commands are written.
    pub encoding: Encoding,
    /// Whether the platform understands several in one message. A service learns this itself.
    pub lines: Lines,
    /// The delay of `/leave`, which puts it into a later processing tick than what was said before
    /// (Business Initiated Conversations; 3 s in its example).
    pub leave_delay: Duration,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self {
            encoding: Encoding::Lines,
            lines: Lines::Unverified,
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
    profile: Option<ProfileChange>,
    said: Vec<Saying>,
    assignees: Vec<UserId>,
    assign: bool,
    notify: Vec<Notify>,
    leave: bool,
}

/// What keeps its place in the order in which it was said.
enum Saying {
    Said(Said),
    /// Something about a form, which is sent like a command.
    Form(NewMessage),
}

impl Phases {
    fn take(&mut self, command: Command) {
        match command {
            Command::Accept => self.accept = true,
            Command::Join => self.join = true,
            Command::Set { key, value } => set(&mut self.sets, key, value),
            Command::Profile {
                contact,
                field,
                value,
            } => {
                let fields = Vec::new();
                let change = ProfileChange { contact, fields };
                set(&mut self.profile.get_or_insert(change).fields, field, value);
            }
            Command::Say(said) => self.said.push(Saying::Said(as_one_command(*said))),
            Command::Form { form, name } => {
                self.said.push(Saying::Form(form_message(&form, &name)));
            }
            Command::Field { form, key, value } => {
                let message = field_message(&form, &key, &value);
                self.said.push(Saying::Form(message));
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
        let manner = Manner {
            class: self.most_urgent(),
            ..Manner::default()
        };
        let mut writer = Writer::new(options, manner);
        let (patched, lines): (Vec<_>, Vec<_>) = self.sets.into_iter().partition(|(key, value)| {
            options.encoding == Encoding::Patch || !fits_a_line(key, value)
        });
        if !patched.is_empty() {
            writer.patch(patched);
        }
        if self.accept {
            writer.command("/accept", Meta::new());
        } else if self.join {
            writer.command("/join", Meta::new());
        }
        for (key, value) in lines {
            writer.set(key, value);
        }
        for saying in self.said {
            match saying {
                Saying::Said(said) => writer.said(said),
                Saying::Form(message) => writer.message(message),
            }
        }
        if self.assign {
            writer.command("/assign", argument("users", ids(&self.assignees)));
        }
        for notify in &self.notify {
            writer.command("/notify", whom(notify));
        }
        if self.leave {
            let mut leave = NewMessage::command("/leave");
            leave.delay = u64::try_from(options.leave_delay.as_millis()).ok();
            writer.message(leave);
        }
        if let Some(profile) = self.profile {
            writer.profile(profile);
        }
        writer.into_planned()
    }

    fn most_urgent(&self) -> Class {
        let classes = self.said.iter().filter_map(|saying| match saying {
            Saying::Said(said) => Some(said.manner.class),
            Saying::Form(_) => None,
        });
        classes.min().unwrap_or_default()
    }
}

/// The last write wins.
fn set(sets: &mut Vec<(String, String)>, key: String, value: String) {
    match sets.iter_mut().find(|(set, _)| *set == key) {
        Some((_, earlier)) => *earlier = value,
        None => sets.push((key, value)),
    }
}

/// A command that a handler wrote itself, such as `>status of …`, stays one command whatever stands
/// in it.
fn as_one_command(mut said: Said) -> Said {
    if said.message.kind == MessageType::Command {
        said.message.text = on_one_line(&said.message.text);
    }
    said
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

fn whom(notify: &Notify) -> Meta {
    match notify {
        Notify::Routed => Meta::new(),
        Notify::Organizations(organizations) => argument("organizations", ids(organizations)),
        Notify::Channels(channels) => argument("channels", ids(channels)),
    }
}

fn argument(key: &str, value: Value) -> Meta {
    Meta::from_iter([(key.into(), value)])
}

fn ids<Id: serde::Serialize>(ids: &[Id]) -> Value {
    json!(ids)
}

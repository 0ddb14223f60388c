//! Event names, read.

use std::fmt;

use web1on1::{ConversationType, MessageType};

use super::own::PREFIX;

/// The name of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventName {
    /// `message.*`, and the old alias `conversation.message`.
    Message(MessageAction),
    /// `<resource>.<action>`.
    Resource {
        /// The kind of resource.
        resource: String,
        /// What happened to it.
        action: ResourceAction,
    },
    /// A timer is due: `shipmate.timer.<name>`. Made by this service; never read from a name.
    Timer(String),
    /// An instant of a job has come: `shipmate.job.<name>`. Made by this service; never read from a
    /// name.
    Job(String),
    /// A campaign has written: `shipmate.campaign.<name>`. Made by this service; never read from a
    /// name.
    Campaign(String),
    /// A name that follows no known rule.
    Unknown(String),
}

/// What happened to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessageAction {
    /// It was written: `message.create.<conversation type>.<message type>`.
    Create {
        /// The type of its conversation.
        conversation: ConversationType,
        /// The type of the message.
        message: MessageType,
    },
    /// It was changed.
    Update,
    /// It was deleted.
    Delete,
    /// It could not be delivered to the consumer.
    Error,
    /// `conversation.message`, the old name of a creation; the types stand in the data.
    Legacy,
}

/// What happened to a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResourceAction {
    /// It was created.
    Create,
    /// It was changed.
    Update,
    /// It was deleted.
    Delete,
    /// Anything else, for example `login` or `notify`.
    Other(String),
}

impl EventName {
    /// Reads a name; never fails.
    pub fn parse(name: &str) -> Self {
        let unknown = || Self::Unknown(name.to_owned());
        let words: Vec<_> = name.split('.').collect();
        if words.iter().any(|word| word.is_empty()) {
            return unknown();
        }
        match words.as_slice() {
            ["conversation", "message"] => Self::Message(MessageAction::Legacy),
            ["message", "create", conversation, message] => Self::Message(MessageAction::Create {
                conversation: (*conversation).into(),
                message: (*message).into(),
            }),
            ["message", "update"] => Self::Message(MessageAction::Update),
            ["message", "delete"] => Self::Message(MessageAction::Delete),
            ["message", "error"] => Self::Message(MessageAction::Error),
            [resource, action] => Self::Resource {
                resource: (*resource).to_owned(),
                action: match *action {
                    "create" => ResourceAction::Create,
                    "update" => ResourceAction::Update,
                    "delete" => ResourceAction::Delete,
                    other => ResourceAction::Other(other.to_owned()),
                },
            },
            _ => unknown(),
        }
    }
}

impl fmt::Display for EventName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(MessageAction::Create {
                conversation,
                message,
            }) => write!(f, "message.create.{conversation}.{message}"),
            Self::Message(MessageAction::Update) => f.write_str("message.update"),
            Self::Message(MessageAction::Delete) => f.write_str("message.delete"),
            Self::Message(MessageAction::Error) => f.write_str("message.error"),
            Self::Message(MessageAction::Legacy) => f.write_str("conversation.message"),
            Self::Resource { resource, action } => {
                let action = match action {
                    ResourceAction::Create => "create",
                    ResourceAction::Update => "update",
                    ResourceAction::Delete => "delete",
                    ResourceAction::Other(other) => other,
                };
                write!(f, "{resource}.{action}")
            }
            Self::Timer(name) => write!(f, "{PREFIX}timer.{name}"),
            Self::Job(name) => write!(f, "{PREFIX}job.{name}"),
            Self::Campaign(name) => write!(f, "{PREFIX}campaign.{name}"),
            Self::Unknown(name) => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_and_write_alike() {
        for name in [
            "message.create.contact.chat",
            "message.create.system.command",
            "message.create.hologram.wave",
            "message.update",
            "message.error",
            "conversation.message",
            "conversation.update",
            "user.login",
            "channel.notify",
            "one",
            "a.b.c",
            "..",
            "",
        ] {
            assert_eq!(EventName::parse(name).to_string(), name);
        }
        assert!(matches!(EventName::parse("a..b"), EventName::Unknown(_)));
    }
}

//! A message, and how it may be sent.

use jiff::Timestamp;
use web1on1::{NewMessage, Role};

use crate::store::Class;

/// How a message may be sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manner {
    /// Who waits for it.
    pub class: Class,
    /// Not worth sending at this time or later, on the service's clock.
    pub expires_at: Option<Timestamp>,
    /// Other wordings of the same, for when the text would be one identical message too many.
    pub variants: Vec<String>,
}

/// Something said.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The message.
    pub message: NewMessage,
    /// How it may be sent.
    pub manner: Manner,
}

impl Said {
    /// A message in the given manner.
    pub fn new(message: impl Into<NewMessage>, manner: Manner) -> Self {
        Self {
            message: message.into(),
            manner,
        }
    }

    /// Whether the consumer sees it.
    pub fn is_to_consumer(&self) -> bool {
        is_to_consumer(&self.message)
    }
}

impl From<NewMessage> for Said {
    fn from(message: NewMessage) -> Self {
        Self::new(message, Manner::default())
    }
}

impl From<&str> for Said {
    fn from(text: &str) -> Self {
        NewMessage::from(text).into()
    }
}

/// A bot that talks to the consumer writes with role `agent` (Business Initiated Conversations).
pub(super) fn is_to_consumer(message: &NewMessage) -> bool {
    message.role == Some(Role::Agent) && !message.is_backchannel
}

//! What people and time do to what is stored: letters are tried again or dropped, contacts are
//! forgotten, and what is old goes.

use jiff::Timestamp;

use super::{Key, PendingEvent, RowId, Seq};

/// Whose data is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// A conversation's, by id.
    Conversation(String),
    /// A contact's, by id: all its conversations, and the events about the contact itself.
    Contact(String),
}

/// What is to be done again.
#[derive(Debug, Clone)]
pub enum Retried {
    /// An event, which is pending again.
    Event(PendingEvent),
    /// A message of this conversation, which is queued again.
    Message(Key),
}

/// What was found and is gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Events of which only the outcome and a hash remain.
    pub events: u64,
    /// Those of them that were never handled.
    pub unhandled: u64,
    /// Messages of which only how they ended remains.
    pub messages: u64,
    /// Conversations, with what was kept of them.
    pub conversations: u64,
    /// Members of campaigns of whom only how they ended remains.
    pub members: u64,
    /// Timers that were set.
    pub timers: u64,
    /// Responses to surveys.
    pub responses: u64,
    /// The latest event; later ones are new.
    pub last_event: Seq,
    /// The latest message; later ones are new.
    pub last_message: RowId,
}

impl Forgotten {
    /// Whether there was nothing.
    pub fn is_empty(&self) -> bool {
        let all = self.events + self.messages + self.conversations + self.timers;
        all + self.members + self.responses == 0
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            events: self.events + other.events,
            unhandled: self.unhandled + other.unhandled,
            messages: self.messages + other.messages,
            conversations: self.conversations + other.conversations,
            members: self.members + other.members,
            timers: self.timers + other.timers,
            responses: self.responses + other.responses,
            last_event: self.last_event.max(other.last_event),
            last_message: self.last_message.max(other.last_message),
        }
    }
}

/// What a sweep deletes.
#[derive(Debug, Clone, Copy)]
pub struct Sweep {
    /// Now.
    pub now: Timestamp,
    /// What ended before this is deleted.
    pub before: Timestamp,
    /// What has needed a person since before this is dropped; it is deleted when that is as old.
    pub letters_before: Timestamp,
    /// Responses to surveys that last changed before this are deleted; none if they are kept.
    pub responses_before: Option<Timestamp>,
    /// How many of each at most, so that a sweep never holds up events for long.
    pub limit: usize,
}

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Events, messages and responses that were deleted.
    pub deleted: u64,
    /// Dead letters that were dropped, since nobody looked into them.
    pub events_dropped: u64,
    /// Messages that were dropped, since nobody looked into them.
    pub messages_dropped: u64,
}

impl Swept {
    /// Whether there may be more to do.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

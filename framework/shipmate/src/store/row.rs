//! What the outbox holds.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;

use super::Key;
use crate::{limit::TextHash, marker::Marker};

/// The place of a row in the outbox; rows of one conversation are sent in this order.
pub type RowId = i64;

/// What kind of thing an outbox row sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// A message, as JSON.
    Message,
    /// Pairs of key and value to merge into the conversation, as a JSON array of arrays.
    Patch,
    /// A [`ProfileChange`](crate::plan::ProfileChange), as JSON.
    Profile,
}

/// Who waits for a message. Of what waits for the pace, the more urgent goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Class {
    /// Somebody wrote and waits for an answer.
    #[default]
    Reply,
    /// Somebody did not answer and is reminded.
    Nudge,
    /// Nobody waits: the business begins.
    Campaign,
}

impl Class {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 3] = [Self::Reply, Self::Nudge, Self::Campaign];

    /// The class's name in logs, metrics and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Nudge => "nudge",
            Self::Campaign => "campaign",
        }
    }
}

/// What a row sends, and what has to be known to send it.
#[derive(Debug, Clone)]
pub struct Content {
    /// What kind of thing it sends.
    pub kind: RowKind,
    /// The JSON to send.
    pub body: Bytes,
    /// For the limit on identical messages.
    pub text: Option<TextHash>,
    /// By which the message is recognised on the platform; the body carries it.
    pub marker: Marker,
    /// How urgent it is.
    pub class: Class,
    /// Whether the consumer sees it. A person who takes over cancels it.
    pub to_consumer: bool,
    /// Not worth sending at this time or later, on our clock.
    pub expires_at: Option<Timestamp>,
    /// Other wordings of the same, for when the text would be one identical message too many.
    pub variants: Vec<String>,
    /// The organization that the conversation belongs to; none is starved by another.
    pub organization: Option<Arc<str>>,
    /// Of a message with `/set`s while it is not known whether the platform understands several in
    /// one: what they set, as a JSON array of `[key, value]` or `[key, value, value before]`.
    pub sets: Option<Bytes>,
}

#[cfg(test)]
impl Content {
    /// A reply without text.
    pub(crate) fn for_test() -> Self {
        Self {
            kind: RowKind::Message,
            body: "{}".into(),
            text: None,
            marker: Marker::from_text("marker"),
            class: Class::Reply,
            to_consumer: true,
            expires_at: None,
            variants: Vec::new(),
            organization: None,
            sets: None,
        }
    }
}

/// A row to be put into the outbox.
#[derive(Debug, Clone)]
pub struct NewRow {
    /// What it sends.
    pub content: Content,
    /// Set if it is not to be sent at all, and why.
    pub ended: Option<(RowEnd, String)>,
}

/// A row of the outbox that has not ended.
#[derive(Debug, Clone)]
pub struct QueuedRow {
    /// Its place.
    pub id: RowId,
    /// What it sends.
    pub content: Content,
    /// How often sending it was refused.
    pub attempts: u32,
    /// Not to be tried again before.
    pub retry_at: Option<Timestamp>,
    /// Set if it may be on the platform already: it is not to be sent, but to be looked for.
    pub doubt: Option<Doubt>,
    /// When it was committed.
    pub created_at: Timestamp,
}

/// Between when a message in doubt can have been created, on the platform's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubt {
    /// The earliest.
    pub claimed_at: Timestamp,
    /// The latest.
    pub at: Timestamp,
}

/// How a row ends without being sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowEnd {
    /// The platform refused it for good.
    Dead,
    /// It may be there or not, and there is no way to learn it.
    Unresolved,
    /// It is not wanted any more, for example because a person took over.
    Cancelled,
    /// Its time was over.
    Expired,
    /// Another row does what it would have done.
    Superseded,
    /// It needed a person, and that person, or time, decided against it.
    Dropped,
    /// Its conversation was forgotten.
    Forgotten,
}

impl RowEnd {
    /// The end's name in logs, metrics and the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dead => "dead",
            Self::Unresolved => "unresolved",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Superseded => "superseded",
            Self::Dropped => "dropped",
            Self::Forgotten => "forgotten",
        }
    }
}

/// Rows to be taken just before they are sent, and what is decided about their neighbours at the
/// same time.
#[derive(Debug, Clone, Default)]
pub struct Claim {
    /// The rows of the next request.
    pub rows: Vec<RowId>,
    /// Those of them that say something else than they were committed with: their new body, text,
    /// variants and sets. Nothing else of them changes.
    pub rewritten: Vec<(RowId, Content)>,
    /// Rows that end here, and why.
    pub ended: Vec<(RowId, RowEnd, String)>,
}

/// What became of an outbox row that was being sent or looked for:
/// `sending → sent | retry | unknown | ended`, `unknown → sent | retry | ended`.
#[derive(Debug, Clone)]
pub enum Mark {
    /// The platform has it.
    Sent {
        /// The message's id, where the answer told it.
        message: Option<String>,
        /// When the platform created it.
        at: Timestamp,
        /// How this was learned, if not from the answer.
        note: Option<String>,
    },
    /// Definitely not there; to be sent again at `at`.
    Retry {
        /// Not before.
        at: Timestamp,
        /// Why.
        error: String,
    },
    /// It may be there: the answer was lost. To be looked for at `look_at`.
    Unknown {
        /// Between when the platform can have created it.
        doubt: Doubt,
        /// Not before.
        look_at: Timestamp,
        /// Why.
        error: String,
    },
    /// It is not sent and never will be.
    Ended {
        /// How.
        end: RowEnd,
        /// Why.
        reason: String,
    },
}

/// A conversation with rows that have not ended.
#[derive(Debug, Clone)]
pub struct OpenLane {
    /// The conversation.
    pub mailbox: Key,
    /// When its first row may be tried.
    pub due_at: Option<Timestamp>,
    /// How urgent its first row is.
    pub class: Class,
    /// Whose it is.
    pub organization: Option<Arc<str>>,
}

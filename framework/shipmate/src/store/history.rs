//! What the store tells of what happened: every event, every message, and what became of each.
//! Never what a consumer wrote.

use std::{fmt, str::FromStr};

use jiff::Timestamp;

use super::{Class, EventKey, Key, Marker, RowEnd, RowId, RowKind, Seq};

/// The place of an event in the inbox, or of a message in the outbox. Written `12`, or `event:12`
/// and `message:12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// An event.
    Event(Seq),
    /// A message.
    Message(RowId),
}

/// A text that is no [`Place`].
#[derive(Debug, Clone, thiserror::Error)]
#[error("`{0}` is no place; give `event:12` or `12` for an event, `message:12` for a message")]
pub struct NotAPlace(String);

impl FromStr for Place {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        let number = |text: &str| text.parse().map_err(|_| NotAPlace(text.to_owned()));
        match text.split_once(':') {
            None => number(text).map(Self::Event),
            Some(("event", place)) => number(place).map(Self::Event),
            Some(("message", place)) => number(place).map(Self::Message),
            Some(_) => Err(NotAPlace(text.to_owned())),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Event(place) => write!(f, "event:{place}"),
            Self::Message(place) => write!(f, "message:{place}"),
        }
    }
}

/// What is asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// Everything, for whoever counts or checks.
    All,
    /// An event and the messages it caused, or a message and the event that caused it.
    Place(Place),
    /// An id that somebody read somewhere: of a conversation (every bot's), of the message or other
    /// resource that an event is about, of a message that was sent, a message's marker, or an
    /// event's key in hexadecimal digits.
    Id(String),
    /// What needs a person: dead letters, and messages that were refused for good or of which it
    /// cannot be learned whether they arrived.
    Letters,
}

/// Which part of a long history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// Those with the first places after this one, at most so many.
    After(i64, usize),
    /// Those with the last places before this one, at most so many.
    Before(i64, usize),
}

impl Page {
    /// The latest `limit`.
    pub fn latest(limit: usize) -> Self {
        Self::Before(i64::MAX, limit)
    }
}

/// What is on record of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    /// Its place in the inbox.
    pub place: Seq,
    /// Says which deliveries are the same event.
    pub key: EventKey,
    /// Where it belongs; the mailbox is empty if it was [forgotten](super::Store::forget).
    pub mailbox: Key,
    /// Its name; empty if it was forgotten.
    pub name: String,
    /// When it happened, on the platform's clock.
    pub at: Timestamp,
    /// When it reached us.
    pub received_at: Timestamp,
    /// The word for how it ended; none while it waits.
    pub outcome: Option<String>,
    /// Why it ended so, or why it was tried in vain the last time.
    pub reason: Option<String>,
    /// How often handling it has failed.
    pub attempts: u32,
    /// Not to be tried again before.
    pub retry_at: Option<Timestamp>,
    /// When it ended.
    pub decided_at: Option<Timestamp>,
    /// How many further deliveries of it were recognised.
    pub duplicates: u64,
}

/// What is on record of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowRecord {
    /// Its place in the outbox.
    pub place: RowId,
    /// The event that caused it.
    pub event: Seq,
    /// Its conversation; the mailbox is empty if it was [forgotten](super::Store::forget).
    pub mailbox: Key,
    /// What kind of thing it sends.
    pub kind: RowKind,
    /// How urgent it is.
    pub class: Class,
    /// By which it is recognised on the platform.
    pub marker: Marker,
    /// Whether the consumer sees it.
    pub to_consumer: bool,
    /// How far it is.
    pub status: RowStatus,
    /// Why it ended so, or why it was tried in vain the last time.
    pub reason: Option<String>,
    /// How often sending it has failed.
    pub attempts: u32,
    /// Not to be tried or looked for again before.
    pub retry_at: Option<Timestamp>,
    /// Its id on the platform.
    pub message: Option<String>,
    /// When it counts towards the limits, on the platform's clock.
    pub at: Option<Timestamp>,
    /// When the turn that caused it was committed.
    pub created_at: Timestamp,
    /// When its status last changed.
    pub updated_at: Timestamp,
    /// Not worth sending at this time or later.
    pub expires_at: Option<Timestamp>,
}

/// How far a row of the outbox is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowStatus {
    /// It waits to be sent.
    Queued,
    /// The request is under way.
    Sending,
    /// The platform has it.
    Sent,
    /// It was refused for now.
    Retry,
    /// The answer was lost: it may be there.
    Unknown,
    /// It is not sent, and will not be.
    Ended(RowEnd),
}

impl RowStatus {
    const ALL: [Self; 12] = [
        Self::Queued,
        Self::Sending,
        Self::Sent,
        Self::Retry,
        Self::Unknown,
        Self::Ended(RowEnd::Dead),
        Self::Ended(RowEnd::Unresolved),
        Self::Ended(RowEnd::Cancelled),
        Self::Ended(RowEnd::Expired),
        Self::Ended(RowEnd::Superseded),
        Self::Ended(RowEnd::Dropped),
        Self::Ended(RowEnd::Forgotten),
    ];

    /// The status's name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Retry => "retry",
            Self::Unknown => "unknown",
            Self::Ended(end) => end.as_str(),
        }
    }

    /// The status of this name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// Whether nothing will happen to the message any more, unless a person wants it.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Sent | Self::Ended(_))
    }

    /// Whether a person has to decide about it.
    pub fn needs_a_person(self) -> bool {
        matches!(self, Self::Ended(RowEnd::Dead | RowEnd::Unresolved))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_as_it_is_read() {
        for (text, place) in [
            ("12", Place::Event(12)),
            ("event:12", Place::Event(12)),
            ("message:7", Place::Message(7)),
        ] {
            assert_eq!(text.parse::<Place>().unwrap(), place);
            assert_eq!(place.to_string().parse::<Place>().unwrap(), place);
        }
        for text in ["", "x", "row:1", "message:", "event:1:2"] {
            text.parse::<Place>().unwrap_err();
        }
    }

    #[test]
    fn every_status_is_found_by_its_name() {
        for status in RowStatus::ALL {
            assert_eq!(RowStatus::from_name(status.as_str()), Some(status));
        }
        assert_eq!(RowStatus::from_name("elsewhere"), None);
    }
}

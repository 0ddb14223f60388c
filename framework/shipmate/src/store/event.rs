//! What the inbox holds.

use bytes::Bytes;
use jiff::Timestamp;

use super::{Key, Seq};

/// Says which deliveries are the same event.
pub type EventKey = [u8; 32];

/// An event to be stored.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Says which deliveries are the same event; unique in the store.
    pub key: EventKey,
    /// What it is handled in order with.
    pub mailbox: Key,
    /// The event's name.
    pub name: String,
    /// When it happened, on the platform's clock.
    pub at: Timestamp,
    /// When it reached us.
    pub received_at: Timestamp,
    /// The whole body.
    pub payload: Bytes,
    /// Set if the event ends here and is not to be handled.
    pub outcome: Option<Decision>,
}

/// What became of [`Store::append`](super::Store::append).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It is stored, durably.
    Stored(Seq),
    /// It was stored before.
    Duplicate,
}

/// How an event ended: a word for counting and, where it helps, a reason for reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The outcome's word, for example `handled` or `ignored-own`.
    pub outcome: &'static str,
    /// More for a person who asks why. Never holds what a consumer wrote.
    pub reason: Option<String>,
}

/// An event that has no outcome yet.
#[derive(Debug, Clone)]
pub struct PendingEvent {
    /// Its place in the inbox.
    pub seq: Seq,
    /// Says which deliveries are the same event.
    pub key: EventKey,
    /// What it is handled in order with.
    pub mailbox: Key,
    /// When it happened, on the platform's clock.
    pub at: Timestamp,
    /// How often handling it has failed.
    pub attempts: u32,
    /// Not to be tried again before.
    pub retry_at: Option<Timestamp>,
    /// The size of its body in bytes.
    pub bytes: usize,
    /// The body, unless it is to be loaded when its turn comes.
    pub payload: Option<Bytes>,
}

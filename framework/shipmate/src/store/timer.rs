//! What is to happen at a time.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Key, Seq};

/// What ends a timer before its time, besides a person who cancels it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TimerEnds {
    /// The consumer writes.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub answered: bool,
    /// A person takes the conversation over.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub taken_over: bool,
    /// The conversation is closed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
}

impl TimerEnds {
    /// Whether nothing does.
    pub fn is_none(self) -> bool {
        self == Self::default()
    }
}

/// A timer to be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTimer {
    /// Its name, of which there is one per conversation.
    pub name: String,
    /// When it is due, on our clock.
    pub due: Timestamp,
    /// What ends it before.
    pub ends: TimerEnds,
}

/// What a turn does to its conversation's timers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimerChange {
    /// Sets one, in place of one of the same name.
    Set(NewTimer),
    /// Ends the one of this name, if there is one.
    Cancel(String),
}

/// A timer that is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimerRecord {
    /// Its conversation.
    pub mailbox: Key,
    /// The timer itself.
    pub timer: NewTimer,
    /// The event whose turn set it.
    pub set_by: Seq,
    /// When a contact or person had last written then, on the platform's clock.
    pub answered_at: Option<Timestamp>,
}

/// How far a job has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRecord {
    /// The job: its mailbox is `job:<name>`.
    pub mailbox: Key,
    /// Its expression and time zone; a change of them begins anew.
    pub schedule: String,
    /// Its instants up to here are dealt with.
    pub until: Timestamp,
}

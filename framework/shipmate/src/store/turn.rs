//! What a turn reads and writes.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;

use super::{Decision, Key, NewRow, OptChange, QuotaKey, RowId, Seq, TimerChange, TimerEnds};
use crate::{limit::Entry, marker::Marker, results::Response};

/// What is kept of a conversation.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// The bot's state as JSON.
    pub state: Option<Bytes>,
    /// When a contact or person last wrote, on the platform's clock.
    pub reset_at: Option<Timestamp>,
    /// The latest event handled, on the platform's clock.
    pub last_event_at: Option<Timestamp>,
    /// Who talks to the consumer, as far as events told.
    pub takeover: Option<Takeover>,
    /// Whether an event was given up and none has been handled since.
    pub in_incident: bool,
    /// Turns that another bot caused since a contact or person last wrote.
    pub bot_turns: u32,
    /// Messages that still count towards the limits.
    pub sent: Vec<Entry>,
    /// Rows of the outbox that are not sent and have not ended.
    pub queued: u64,
    /// Messages, sent or refused, of which it is not known whether their commands took effect.
    pub unverified: Vec<Unverified>,
}

/// Who talks to the consumer: a person, or the bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Takeover {
    /// Whether a person has the conversation.
    pub by_person: bool,
    /// Whether a person gave it to the bot: one who is still in it then does not have it.
    pub by_assignment: bool,
    /// The latest event that shows it, on the platform's clock. What happened earlier does not
    /// change it.
    pub since: Timestamp,
}

/// A sent message with `/set`s of which it is not known whether they took effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unverified {
    /// Its row.
    pub row: RowId,
    /// When the platform created it.
    pub at: Timestamp,
    /// What it sets, as [`Content::sets`](super::Content::sets).
    pub sets: Bytes,
}

/// Everything one turn changes, in one transaction.
#[derive(Debug, Clone)]
pub struct Commit {
    /// The event that caused it.
    pub seq: Seq,
    /// Its conversation.
    pub mailbox: Key,
    /// When the turn was taken.
    pub now: Timestamp,
    /// How the event ended.
    pub decision: Decision,
    /// What changes of the conversation.
    pub conversation: ConversationChange,
    /// What is to be sent.
    pub rows: Vec<NewRow>,
    /// Set if what waits for the consumer is not to be sent any more, and why.
    pub cancel: Option<String>,
    /// A message of ours that the event shows to be on the platform.
    pub witnessed: Option<Witnessed>,
    /// Messages whose commands took effect, or were sent again.
    pub verified: Vec<RowId>,
    /// What was learned of the deployment, by name; see [`Store::fact`](super::Store::fact).
    pub facts: Vec<(&'static str, String)>,
    /// Set if the contact does not want to be written to by campaigns any more, or again.
    pub opt: Option<OptChange>,
    /// What the event ends of the conversation's timers, before any are set.
    pub end_timers: TimerEnds,
    /// What the turn does to the conversation's timers, in order.
    pub timers: Vec<TimerChange>,
    /// When a contact or person last wrote, this event included, on the platform's clock.
    pub answered_at: Option<Timestamp>,
    /// Responses to surveys, each in place of what was kept of the same run.
    pub responses: Vec<Response>,
}

impl Commit {
    /// A commit that changes nothing but the event's outcome.
    pub fn new(seq: Seq, mailbox: Key, now: Timestamp, decision: Decision) -> Self {
        Self {
            seq,
            mailbox,
            now,
            decision,
            conversation: ConversationChange::default(),
            rows: Vec::new(),
            cancel: None,
            witnessed: None,
            verified: Vec::new(),
            facts: Vec::new(),
            opt: None,
            end_timers: TimerEnds::default(),
            timers: Vec::new(),
            answered_at: None,
            responses: Vec::new(),
        }
    }
}

/// What a turn changes of what is [kept](Record) of a conversation; what is none stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConversationChange {
    /// The new state.
    pub state: Option<Bytes>,
    /// Set if a contact or person wrote.
    pub reset_at: Option<Timestamp>,
    /// The event's own time, if it is the conversation's latest so far.
    pub last_event_at: Option<Timestamp>,
    /// A person took over or gave back.
    pub takeover: Option<Takeover>,
    /// An incident begins or is over.
    pub in_incident: Option<bool>,
    /// The new count of turns that another bot caused.
    pub bot_turns: Option<u32>,
    /// The consumer, by id.
    pub contact: Option<Arc<str>>,
}

/// A message of ours that is on the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnessed {
    /// The row it belongs to.
    pub marker: Marker,
    /// Its id.
    pub message: String,
    /// When the platform created it.
    pub at: Timestamp,
}

/// What a commit did besides what it was told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Committed {
    /// The places of the rows, in their order.
    pub rows: Vec<RowId>,
    /// Rows that were cancelled.
    pub cancelled: Vec<RowId>,
    /// The row in doubt that turned out to be on the platform.
    pub found: Option<RowId>,
    /// How many timers ended.
    pub timers_ended: u64,
    /// How the numbers of completed responses changed.
    pub quotas: Vec<(QuotaKey, i64)>,
}

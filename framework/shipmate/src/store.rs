//! Where everything that must survive a crash is kept: the inbox with its outcomes, the bots'
//! state, and the outbox, which is also the limiter's ledger.
//!
//! [`Store`] is shaped for one commit per turn, batched appends and due work by time, so that
//! another engine is another implementation and nothing else.

mod campaign;
mod care;
mod error;
mod event;
#[cfg(test)]
pub(crate) mod for_test;
mod history;
mod response;
mod row;
mod timer;
mod turn;

mod sqlite;

pub use self::{
    campaign::{
        Begun, CampaignStore, Claimed, ContactKey, Cursor, Member, MemberId, MemberMark,
        MemberSent, NewMember, NewRun, NextMember, OptChange, Planned, Progress, RunChange, RunId,
        RunRecord,
    },
    care::{Forgotten, Retried, Sweep, Swept, Whose},
    error::StoreError,
    event::{Appended, Decision, EventKey, NewEvent, PendingEvent},
    history::{EventRecord, NotAPlace, Page, Place, RowRecord, RowStatus, Subject},
    response::{QuotaCount, QuotaKey, ResponseId, ResponseRecord, WhichResponses},
    row::{
        Claim, Class, Content, Doubt, Mark, NewRow, OpenLane, QueuedRow, RowEnd, RowId, RowKind,
    },
    sqlite::SqliteStore,
    timer::{JobRecord, NewTimer, TimerChange, TimerEnds, TimerRecord},
    turn::{Commit, Committed, ConversationChange, Record, Takeover, Unverified, Witnessed},
};
pub use crate::marker::Marker;

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

/// One bot's conversation, or for events of other resources the resource they are about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The bot's name in this service.
    pub bot: Arc<str>,
    /// The conversation's id; for other resources `<resource>:<id>`.
    pub mailbox: Arc<str>,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.bot, self.mailbox)
    }
}

/// The place of an event in the inbox; later arrivals have higher numbers.
pub type Seq = i64;

/// How much of everything there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events without an outcome.
    pub pending: u64,
    /// Their size in bytes.
    pub pending_bytes: u64,
    /// Outbox rows not yet sent.
    pub queued: u64,
    /// Outbox rows in doubt, which are looked for.
    pub unknown: u64,
    /// Outbox rows in doubt that could not be looked for.
    pub unresolved: u64,
    /// Outbox rows refused for good.
    pub dead: u64,
    /// Events that were given up.
    pub dead_letters: u64,
    /// Timers that are set.
    pub timers: u64,
}

/// The store. Every method that changes something returns after the change is durable.
#[async_trait]
pub trait Store: CampaignStore + fmt::Debug + Send + Sync + 'static {
    /// Stores an event unless its key is known.
    ///
    /// # Errors
    ///
    /// If it could not be made durable; then it is not stored.
    async fn append(&self, event: NewEvent) -> Result<Appended, StoreError>;

    /// Events without an outcome and with a place after `after`, in order of place, without bodies.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn pending(&self, after: Seq, limit: usize) -> Result<Vec<PendingEvent>, StoreError>;

    /// The body of a pending event.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn payload(&self, seq: Seq) -> Result<Option<Bytes>, StoreError>;

    /// What is kept of a conversation, with the messages sent since `sent_since`.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn record(&self, mailbox: &Key, sent_since: Timestamp) -> Result<Record, StoreError>;

    /// Everything a turn changes, at once.
    ///
    /// # Errors
    ///
    /// If it could not be made durable; then nothing of it took effect.
    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError>;

    /// Notes that a person has a conversation, and cancels what waits for the consumer and the timers
    /// that [end with a takeover](TimerEnds::taken_over), before the event that tells of it is
    /// [committed](Store::commit). Returns the cancelled rows.
    ///
    /// # Errors
    ///
    /// If it could not be made durable; then nothing of it took effect.
    async fn take_over(
        &self,
        mailbox: Key,
        takeover: Takeover,
        reason: String,
        now: Timestamp,
    ) -> Result<Vec<RowId>, StoreError>;

    /// Notes that handling an event failed and when to try again.
    ///
    /// # Errors
    ///
    /// If it could not be made durable.
    async fn postpone(
        &self,
        seq: Seq,
        attempts: u32,
        retry_at: Timestamp,
        reason: String,
    ) -> Result<(), StoreError>;

    /// Timers that are due at `until` or before, the first due first.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn due_timers(
        &self,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<TimerRecord>, StoreError>;

    /// When the first timer is due.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn next_timer(&self) -> Result<Option<Timestamp>, StoreError>;

    /// The timers that are set in a conversation, of all bots, the first due first.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn timers(&self, conversation: &str) -> Result<Vec<TimerRecord>, StoreError>;

    /// Puts the event of a timer into the inbox, in the timer's place. None if the timer is not set
    /// any more, or was set anew since it was read.
    ///
    /// # Errors
    ///
    /// If it could not be made durable; then the timer is still set.
    async fn ring(
        &self,
        timer: TimerRecord,
        event: NewEvent,
    ) -> Result<Option<Appended>, StoreError>;

    /// How far a job has come, if it ever ran or waited for its first time.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn job(&self, job: &Key) -> Result<Option<JobRecord>, StoreError>;

    /// Notes how far a job has come, and puts the events of its instants into the inbox, at once.
    ///
    /// # Errors
    ///
    /// If it could not be made durable; then nothing of it took effect.
    async fn run_job(
        &self,
        job: JobRecord,
        events: Vec<NewEvent>,
    ) -> Result<Vec<Appended>, StoreError>;

    /// Conversations with rows that have not ended.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn open_lanes(&self) -> Result<Vec<OpenLane>, StoreError>;

    /// Rows of a conversation that are to be sent or looked for and have a place after `after`, in
    /// order.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn queued(
        &self,
        mailbox: &Key,
        after: RowId,
        limit: usize,
    ) -> Result<Vec<QueuedRow>, StoreError>;

    /// Takes rows that are to be sent, just before they are: from here on a crash leaves them in
    /// doubt. Returns those that were still to be sent; nobody else gets them any more. `at` is the
    /// time on the platform's clock, which counts towards its limits.
    ///
    /// # Errors
    ///
    /// If it could not be made durable; then nothing of the claim took effect.
    async fn claim(&self, claim: Claim, at: Timestamp) -> Result<Vec<RowId>, StoreError>;

    /// Notes what became of rows that were [claimed](Store::claim) or looked for, at once. A row that
    /// was [witnessed](Commit::witnessed) meanwhile is sent, whatever its mark says.
    ///
    /// # Errors
    ///
    /// If it could not be made durable; then none changed.
    async fn mark(&self, marks: Vec<(RowId, Mark)>, now: Timestamp) -> Result<(), StoreError>;

    /// After a crash: rows that were being sent are in doubt. Returns how many.
    ///
    /// # Errors
    ///
    /// If it could not be made durable.
    async fn doubt_interrupted(&self, now: Timestamp) -> Result<u64, StoreError>;

    /// The ids of a conversation's messages that belong to rows of the outbox and were created at
    /// `since` or later.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn sent_messages(
        &self,
        mailbox: &Key,
        since: Timestamp,
    ) -> Result<Vec<String>, StoreError>;

    /// What was learned of the deployment under `name`.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn fact(&self, name: &'static str) -> Result<Option<String>, StoreError>;

    /// Keeps what was learned of the deployment under `name`, in place of what was kept before.
    ///
    /// # Errors
    ///
    /// If it could not be made durable.
    async fn learn(&self, name: &'static str, value: String) -> Result<(), StoreError>;

    /// Deletes what is old, a little at a time. Events that wait and messages that are open stay,
    /// however old they are.
    ///
    /// # Errors
    ///
    /// If it could not be made durable.
    async fn sweep(&self, sweep: Sweep) -> Result<Swept, StoreError>;

    /// What is on record of events, in order of place. A [page](Page) of [everything](Subject::All)
    /// after another is a walk over the whole inbox.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn events(&self, of: &Subject, page: Page) -> Result<Vec<EventRecord>, StoreError>;

    /// What is on record of messages, in order of place.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn rows(&self, of: &Subject, page: Page) -> Result<Vec<RowRecord>, StoreError>;

    /// How many messages on record ended without being sent, by how, other than those that need a
    /// person.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn ends(&self) -> Result<Vec<(RowStatus, u64)>, StoreError>;

    /// What an event that is not done, or a message that is not sent, says. It holds what people
    /// wrote.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn body(&self, place: Place) -> Result<Option<Bytes>, StoreError>;

    /// Takes up what [needs a person](Subject::Letters) once more: the event becomes pending, the
    /// message queued. None if there is no such thing, or it does not need a person.
    ///
    /// # Errors
    ///
    /// If it could not be made durable.
    async fn retry(&self, place: Place, now: Timestamp) -> Result<Option<Retried>, StoreError>;

    /// Ends what [needs a person](Subject::Letters) for good, and deletes what it says. False if
    /// there is no such thing, or it does not need a person.
    ///
    /// # Errors
    ///
    /// If it could not be made durable.
    async fn discard(
        &self,
        place: Place,
        reason: String,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Responses to surveys with a place after `after`, in order of place: as they began. They hold
    /// what people wrote.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn responses(
        &self,
        which: &WhichResponses,
        after: ResponseId,
        limit: usize,
    ) -> Result<Vec<ResponseRecord>, StoreError>;

    /// How many completed responses every quota has had. What is forgotten or deleted since then
    /// counts all the same: a quota that was full does not open again.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn quota_counts(&self) -> Result<Vec<QuotaCount>, StoreError>;

    /// In which mailboxes, of all bots, there is something of somebody's.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn mailboxes(&self, whose: &Whose) -> Result<Vec<Key>, StoreError>;

    /// Contacts and conversations that the platform told to be deleted, and that are not forgotten.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn deleted(&self) -> Result<Vec<Whose>, StoreError>;

    /// Forgets what is kept of a conversation or other mailbox: its state, its timers, its responses
    /// to surveys, its events and messages and what they say. Of an event there remain its times, its
    /// outcome and a hash, which
    /// recognises redeliveries; of a message when it was sent. What was sent since `sent_since`
    /// goes on counting towards the limits, without its text. The caller sees to it that nothing
    /// of the mailbox is handled or sent meanwhile.
    ///
    /// [`scrub`](Store::scrub) takes it out of the files as well.
    ///
    /// # Errors
    ///
    /// If it could not be made durable; then nothing but timers is forgotten.
    async fn forget(
        &self,
        mailbox: &Key,
        sent_since: Timestamp,
        now: Timestamp,
    ) -> Result<Forgotten, StoreError>;

    /// Overwrites what was deleted, so that nothing of it can be found in the store's files. It
    /// writes the whole store anew: about a second per 100 MB, in which nothing else is written.
    ///
    /// # Errors
    ///
    /// If it could not be done; what was deleted stays deleted.
    async fn scrub(&self) -> Result<(), StoreError>;

    /// When one of the latest rows last changed: no request was made later, as far as known.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn last_change(&self) -> Result<Option<Timestamp>, StoreError>;

    /// How much of everything there is.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn counts(&self) -> Result<Counts, StoreError>;

    /// Whether the store can be written.
    ///
    /// # Errors
    ///
    /// If it cannot.
    async fn check(&self) -> Result<(), StoreError>;
}

/// Opens the store that `url` names: `sqlite:<path>` or `memory:` (`SHIPMATE_STORE`).
///
/// # Errors
///
/// If the address names no known store, or the store cannot be opened.
pub fn open(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    if url == "memory:" {
        return Ok(Arc::new(SqliteStore::in_memory()?));
    }
    Ok(Arc::new(SqliteStore::open(path_of(url)?)?))
}

/// Opens the store that `url` names for reading, also while a service uses it.
///
/// # Errors
///
/// If the address names no store in a file, or the store is not there or cannot be read.
pub fn inspect(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    if url == "memory:" {
        return Err(StoreError::InMemory);
    }
    Ok(Arc::new(SqliteStore::inspect(path_of(url)?)?))
}

fn path_of(url: &str) -> Result<&str, StoreError> {
    url.strip_prefix("sqlite:")
        .map(|path| path.strip_prefix("//").unwrap_or(path))
        .filter(|path| !path.is_empty())
        .ok_or_else(|| StoreError::UnknownUrl {
            // Everything after the scheme may hold a password.
            url: url
                .split_once(':')
                .map_or(url, |(scheme, _)| scheme)
                .to_owned()
                + ":…",
        })
}

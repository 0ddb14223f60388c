//! Where everything that must survive a crash is kept: the inbox with its outcomes, the bots'
//! state, and the outbox, which is also the limiter's ledger.
//!
//! [`Store`] is shaped for one commit per turn, batched appends and due work by time, so that
//! another engine is another implementation and nothing else.

mod sqlite;
pub use sqlite::SqliteStore;

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

use crate::limit::{Entry, TextHash};

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

/// The place of a row in the outbox; rows of one conversation are sent in this order.
pub type RowId = i64;

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

/// What became of [`Store::append`].
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

/// What is kept of a conversation.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// The bot's state as JSON.
    pub state: Option<Bytes>,
    /// When a contact or person last wrote, on the platform's clock.
    pub reset_at: Option<Timestamp>,
    /// The latest event handled, on the platform's clock.
    pub last_event_at: Option<Timestamp>,
    /// Messages that still count towards the limits.
    pub sent: Vec<Entry>,
}

/// What kind of thing an outbox row sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowKind {
    /// A message, as JSON.
    Message,
    /// Pairs of key and value to merge into the conversation, as a JSON array of arrays.
    Patch,
}

/// A row to be put into the outbox.
#[derive(Debug, Clone)]
pub struct NewRow {
    /// What it sends.
    pub kind: RowKind,
    /// The JSON to send.
    pub body: Bytes,
    /// For the limit on identical messages.
    pub text: Option<TextHash>,
}

/// A row of the outbox that is to be sent.
#[derive(Debug, Clone)]
pub struct QueuedRow {
    /// Its place.
    pub id: RowId,
    /// What it sends.
    pub kind: RowKind,
    /// The JSON to send.
    pub body: Bytes,
    /// For the limit on identical messages.
    pub text: Option<TextHash>,
    /// How often sending it was refused.
    pub attempts: u32,
    /// Not to be tried again before.
    pub retry_at: Option<Timestamp>,
    /// When it was committed.
    pub created_at: Timestamp,
}

/// What became of an outbox row that was being sent: `sending → sent | retry | unknown | dead`.
#[derive(Debug, Clone)]
pub enum Mark {
    /// The platform has it.
    Sent {
        /// The message's id, where the answer told it.
        message: Option<String>,
        /// When the platform created it.
        at: Timestamp,
    },
    /// Definitely not there; to be sent again at `at`.
    Retry {
        /// Not before.
        at: Timestamp,
        /// Why.
        error: String,
    },
    /// It may be there: the answer was lost.
    Unknown {
        /// The latest time the platform can have created it.
        at: Timestamp,
        /// Why.
        error: String,
    },
    /// Refused for good.
    Dead {
        /// Why.
        error: String,
    },
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
    /// The new state, if it changed.
    pub state: Option<Bytes>,
    /// Set if a contact or person wrote.
    pub reset_at: Option<Timestamp>,
    /// The event's own time, if it is the conversation's latest so far.
    pub last_event_at: Option<Timestamp>,
    /// What is to be sent.
    pub rows: Vec<NewRow>,
}

/// A conversation with rows to send.
#[derive(Debug, Clone)]
pub struct OpenLane {
    /// The conversation.
    pub mailbox: Key,
    /// When its first row may be tried.
    pub due_at: Option<Timestamp>,
}

/// How much of everything there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events without an outcome.
    pub pending: u64,
    /// Their size in bytes.
    pub pending_bytes: u64,
    /// Outbox rows not yet sent.
    pub queued: u64,
    /// Outbox rows in doubt.
    pub unknown: u64,
    /// Outbox rows refused for good.
    pub dead: u64,
    /// Events that were given up.
    pub dead_letters: u64,
}

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The setting names no store we know.
    #[error("`{url}` names no store; use `sqlite:<path>` or `memory:`")]
    UnknownUrl {
        /// The setting, without credentials.
        url: String,
    },
    /// The file cannot be opened or prepared.
    #[error("cannot open the store {path}; is it a file of this program?")]
    Open {
        /// The file.
        path: String,
        /// The engine's words.
        #[source]
        source: rusqlite::Error,
    },
    /// Another process has the file.
    #[error(
        "the store {path} is in use by another service; stop that one, or give this one its own file with SHIPMATE_STORE"
    )]
    InUse {
        /// The file.
        path: String,
    },
    /// The folder or the lock file beside the store cannot be used.
    #[error("cannot prepare the store {path}; check that the folder exists and is writable")]
    Prepare {
        /// The file.
        path: String,
        /// The system's words.
        #[source]
        source: std::io::Error,
    },
    /// The file was written by a newer version.
    #[error(
        "the store has schema {found}, this version knows up to {known}; run the version that wrote it or a newer one"
    )]
    TooNew {
        /// The file's schema.
        found: i64,
        /// The newest schema this version knows.
        known: i64,
    },
    /// Reading or writing failed; nothing of the operation took effect.
    #[error("the store failed; check disk space and the disk's health")]
    Failed(#[source] Arc<rusqlite::Error>),
    /// The store's thread has ended.
    #[error("the store is closed")]
    Closed,
}

/// The store. Every method that changes something returns after the change is durable.
#[async_trait]
pub trait Store: fmt::Debug + Send + Sync + 'static {
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

    /// Everything a turn changes, at once. Returns the places of its outbox rows.
    ///
    /// # Errors
    ///
    /// If it could not be made durable; then nothing of it took effect.
    async fn commit(&self, commit: Commit) -> Result<Vec<RowId>, StoreError>;

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

    /// Conversations with rows to send.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn open_lanes(&self) -> Result<Vec<OpenLane>, StoreError>;

    /// Rows of a conversation that are to be sent and have a place after `after`, in order.
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
    /// If it could not be made durable; then none was taken.
    async fn claim(&self, rows: Vec<RowId>, at: Timestamp) -> Result<Vec<RowId>, StoreError>;

    /// Notes what became of rows that were [claimed](Store::claim), at once.
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

    /// Forgets events and sent rows older than `before`, at most `limit` of each. Returns how many.
    ///
    /// # Errors
    ///
    /// If it could not be made durable.
    async fn sweep(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError>;

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
    match url
        .strip_prefix("sqlite:")
        .map(|path| path.strip_prefix("//").unwrap_or(path))
    {
        Some(path) if !path.is_empty() => Ok(Arc::new(SqliteStore::open(path)?)),
        _ => Err(StoreError::UnknownUrl {
            // Everything after the scheme may hold a password.
            url: url
                .split_once(':')
                .map_or(url, |(scheme, _)| scheme)
                .to_owned()
                + ":…",
        }),
    }
}

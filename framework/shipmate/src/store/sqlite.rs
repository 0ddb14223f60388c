//! The embedded store: one SQLite file in WAL mode with `synchronous=FULL`.
//!
//! One thread writes and does *group commit*: everything that waits is put into one transaction, so
//! a hundred events cost one fsync. Another thread reads what turns and sends need, and a third one
//! what looks through whole tables.

mod campaign;
mod columns;
mod forget;
mod history;
mod inbox;
mod letters;
mod lock;
mod outbox;
mod responses;
mod schema;
mod timers;
mod turn;
mod upkeep;
mod worker;

use std::{path::Path, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OpenFlags};

use self::{lock::Lock, worker::Worker};
use super::{
    Appended, Begun, CampaignStore, Claim, Claimed, Commit, Committed, ContactKey, Counts, Cursor,
    EventRecord, Forgotten, JobRecord, Key, Mark, MemberId, MemberMark, NewEvent, NewMember,
    NewRun, NextMember, OpenLane, Page, PendingEvent, Place, Progress, QueuedRow, QuotaCount,
    Record, ResponseId, ResponseRecord, Retried, RowId, RowRecord, RowStatus, RunChange, RunId,
    RunRecord, Seq, Store, StoreError, Subject, Sweep, Swept, Takeover, TimerRecord,
    WhichResponses, Whose,
};
use crate::campaign::Standing;

/// The embedded store.
#[derive(Debug)]
pub struct SqliteStore {
    writer: Worker,
    /// None for a store in memory, which has one connection only.
    reader: Option<Worker>,
    /// Reads what takes long.
    searcher: Option<Worker>,
    /// Given up last, after what is queued is written.
    _lock: Option<Lock>,
}

impl SqliteStore {
    /// Opens or creates the store in the file at `path`, readable by its owner only, and three files
    /// beside it (`-wal`, `-shm`, `.lock`).
    ///
    /// # Errors
    ///
    /// If the file cannot be opened, is in use by another process, or was written by a newer
    /// version.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let failed = |source| StoreError::Open {
            path: path.display().to_string(),
            source,
        };
        let lock = Lock::take(path)?;
        let writer = Connection::open(path).map_err(failed)?;
        schema::prepare(&writer).map_err(failed)??;
        let reader = || {
            let reader = Connection::open(path)?;
            schema::prepare_reader(&reader)?;
            Ok(reader)
        };
        let (reader, searcher) = (reader().map_err(failed)?, reader().map_err(failed)?);
        Ok(Self {
            writer: Worker::start("store-writer", writer)?,
            reader: Some(Worker::start("store-reader", reader)?),
            searcher: Some(Worker::start("store-searcher", searcher)?),
            _lock: Some(lock),
        })
    }

    /// Opens the store in the file at `path` for reading only, also while a service uses it. What
    /// changes something fails.
    ///
    /// # Errors
    ///
    /// If there is no such file, it cannot be read, or another version wrote it.
    pub fn inspect(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let shown = path.display().to_string();
        if !path.exists() {
            return Err(StoreError::Missing { path: shown });
        }
        let failed = |source| StoreError::Open {
            path: shown.clone(),
            source,
        };
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
        schema::prepare_inspector(&connection).map_err(failed)??;
        Ok(Self {
            writer: Worker::start("store-inspector", connection)?,
            reader: None,
            searcher: None,
            _lock: None,
        })
    }

    /// A store that is gone when it is dropped.
    ///
    /// # Errors
    ///
    /// If there is no memory for it.
    pub fn in_memory() -> Result<Self, StoreError> {
        let failed = |source| StoreError::Open {
            path: "in memory".into(),
            source,
        };
        let connection = Connection::open_in_memory().map_err(failed)?;
        schema::prepare(&connection).map_err(failed)??;
        Ok(Self {
            writer: Worker::start("store-memory", connection)?,
            reader: None,
            searcher: None,
            _lock: None,
        })
    }

    /// For what may look through whole tables.
    async fn search<T: Send + 'static>(
        &self,
        work: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let searcher = self.searcher.as_ref().unwrap_or(&self.writer);
        searcher.run(work).await
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.reader.as_ref().unwrap_or(&self.writer).run(work).await
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn append(&self, event: NewEvent) -> Result<Appended, StoreError> {
        self.writer
            .run_urgent(move |connection| inbox::append(connection, &event))
            .await
    }

    async fn pending(&self, after: Seq, limit: usize) -> Result<Vec<PendingEvent>, StoreError> {
        self.read(move |connection| inbox::pending(connection, after, limit))
            .await
    }

    async fn payload(&self, seq: Seq) -> Result<Option<Bytes>, StoreError> {
        self.read(move |connection| inbox::payload(connection, seq))
            .await
    }

    async fn record(&self, mailbox: &Key, sent_since: Timestamp) -> Result<Record, StoreError> {
        let mailbox = mailbox.clone();
        self.read(move |connection| turn::record(connection, &mailbox, sent_since))
            .await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        self.writer
            .run(move |connection| turn::commit(connection, &commit))
            .await
    }

    async fn take_over(
        &self,
        mailbox: Key,
        takeover: Takeover,
        reason: String,
        now: Timestamp,
    ) -> Result<Vec<RowId>, StoreError> {
        self.writer
            .run(move |connection| turn::take_over(connection, &mailbox, takeover, &reason, now))
            .await
    }

    async fn postpone(
        &self,
        seq: Seq,
        attempts: u32,
        retry_at: Timestamp,
        reason: String,
    ) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| inbox::postpone(connection, seq, attempts, retry_at, &reason))
            .await
    }

    async fn due_timers(
        &self,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<TimerRecord>, StoreError> {
        self.read(move |connection| timers::due(connection, until, limit))
            .await
    }

    async fn next_timer(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(timers::next).await
    }

    async fn timers(&self, conversation: &str) -> Result<Vec<TimerRecord>, StoreError> {
        let mailbox = conversation.to_owned();
        self.search(move |connection| timers::of_conversation(connection, &mailbox))
            .await
    }

    async fn ring(
        &self,
        timer: TimerRecord,
        event: NewEvent,
    ) -> Result<Option<Appended>, StoreError> {
        self.writer
            .run(move |connection| timers::ring(connection, &timer, &event))
            .await
    }

    async fn job(&self, job: &Key) -> Result<Option<JobRecord>, StoreError> {
        let job = job.clone();
        self.read(move |connection| timers::job(connection, &job))
            .await
    }

    async fn run_job(
        &self,
        job: JobRecord,
        events: Vec<NewEvent>,
    ) -> Result<Vec<Appended>, StoreError> {
        self.writer
            .run(move |connection| timers::run_job(connection, &job, &events))
            .await
    }

    async fn open_lanes(&self) -> Result<Vec<OpenLane>, StoreError> {
        self.read(outbox::open_lanes).await
    }

    async fn queued(
        &self,
        mailbox: &Key,
        after: RowId,
        limit: usize,
    ) -> Result<Vec<QueuedRow>, StoreError> {
        let mailbox = mailbox.clone();
        self.read(move |connection| outbox::queued(connection, &mailbox, after, limit))
            .await
    }

    async fn claim(&self, claim: Claim, at: Timestamp) -> Result<Vec<RowId>, StoreError> {
        self.writer
            .run(move |connection| outbox::claim(connection, &claim, at))
            .await
    }

    async fn mark(&self, marks: Vec<(RowId, Mark)>, now: Timestamp) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| outbox::mark(connection, &marks, now))
            .await
    }

    async fn doubt_interrupted(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.writer
            .run(move |connection| outbox::doubt_interrupted(connection, now))
            .await
    }

    async fn sent_messages(
        &self,
        mailbox: &Key,
        since: Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        let mailbox = mailbox.clone();
        self.read(move |connection| outbox::sent_messages(connection, &mailbox, since))
            .await
    }

    async fn fact(&self, name: &'static str) -> Result<Option<String>, StoreError> {
        self.read(move |connection| upkeep::fact(connection, name))
            .await
    }

    async fn learn(&self, name: &'static str, value: String) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| upkeep::learn(connection, name, &value))
            .await
    }

    async fn sweep(&self, sweep: Sweep) -> Result<Swept, StoreError> {
        self.writer
            .run(move |connection| upkeep::sweep(connection, &sweep))
            .await
    }

    async fn events(&self, of: &Subject, page: Page) -> Result<Vec<EventRecord>, StoreError> {
        let of = of.clone();
        self.search(move |connection| history::events(connection, &of, page))
            .await
    }

    async fn rows(&self, of: &Subject, page: Page) -> Result<Vec<RowRecord>, StoreError> {
        let of = of.clone();
        self.search(move |connection| history::rows(connection, &of, page))
            .await
    }

    async fn ends(&self) -> Result<Vec<(RowStatus, u64)>, StoreError> {
        self.search(history::ends).await
    }

    async fn body(&self, place: Place) -> Result<Option<Bytes>, StoreError> {
        self.search(move |connection| letters::body(connection, place))
            .await
    }

    async fn retry(&self, place: Place, now: Timestamp) -> Result<Option<Retried>, StoreError> {
        self.writer
            .run(move |connection| letters::retry(connection, place, now))
            .await
    }

    async fn discard(
        &self,
        place: Place,
        reason: String,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.writer
            .run(move |connection| letters::discard(connection, place, &reason, now))
            .await
    }

    async fn responses(
        &self,
        which: &WhichResponses,
        after: ResponseId,
        limit: usize,
    ) -> Result<Vec<ResponseRecord>, StoreError> {
        let which = which.clone();
        self.search(move |connection| responses::page(connection, &which, after, limit))
            .await
    }

    async fn quota_counts(&self) -> Result<Vec<QuotaCount>, StoreError> {
        self.read(responses::counts).await
    }

    async fn mailboxes(&self, whose: &Whose) -> Result<Vec<Key>, StoreError> {
        let whose = whose.clone();
        self.search(move |connection| forget::mailboxes(connection, &whose))
            .await
    }

    async fn deleted(&self) -> Result<Vec<Whose>, StoreError> {
        self.search(forget::deleted).await
    }

    async fn forget(
        &self,
        mailbox: &Key,
        sent_since: Timestamp,
        now: Timestamp,
    ) -> Result<Forgotten, StoreError> {
        let key = mailbox.clone();
        // First, or one of them could become an event after the events were looked for.
        let timers = self
            .writer
            .run(move |connection| timers::forget(connection, &key))
            .await?;
        let key = mailbox.clone();
        let events = self
            .search(move |connection| forget::events(connection, &key))
            .await?;
        let mailbox = mailbox.clone();
        let forgotten = self
            .writer
            .run(move |connection| forget::forget(connection, &mailbox, &events, sent_since, now))
            .await?;
        Ok(Forgotten {
            timers,
            ..forgotten
        })
    }

    async fn scrub(&self) -> Result<(), StoreError> {
        self.writer.run_alone(forget::scrub).await
    }

    async fn last_change(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(upkeep::last_change).await
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        self.read(upkeep::counts).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.writer.run(upkeep::touch).await
    }
}

#[async_trait]
impl CampaignStore for SqliteStore {
    async fn begin_run(&self, run: NewRun, now: Timestamp) -> Result<Begun, StoreError> {
        self.writer
            .run(move |connection| campaign::begin(connection, &run, now))
            .await
    }

    async fn runs(&self) -> Result<Vec<RunRecord>, StoreError> {
        self.search(campaign::runs).await
    }

    async fn plan_members(
        &self,
        run: RunId,
        members: Vec<NewMember>,
        cursor: Cursor,
        is_read: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| campaign::plan(connection, run, &members, cursor, is_read, now))
            .await
    }

    async fn next_member(&self, run: RunId, now: Timestamp) -> Result<NextMember, StoreError> {
        self.read(move |connection| campaign::next(connection, run, now))
            .await
    }

    async fn last_written(&self, run: RunId) -> Result<Option<Timestamp>, StoreError> {
        self.read(move |connection| campaign::last_written(connection, run))
            .await
    }

    async fn claim_member(
        &self,
        member: MemberId,
        cap: Option<SignedDuration>,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<Claimed, StoreError> {
        self.writer
            .run(move |connection| campaign::claim(connection, member, cap, at, now))
            .await
    }

    async fn mark_member(
        &self,
        member: MemberId,
        mark: MemberMark,
        now: Timestamp,
    ) -> Result<Option<Appended>, StoreError> {
        self.writer
            .run(move |connection| campaign::mark(connection, member, &mark, now))
            .await
    }

    async fn doubt_members(&self, at: Timestamp, now: Timestamp) -> Result<u64, StoreError> {
        self.writer
            .run(move |connection| campaign::doubt_interrupted(connection, at, now))
            .await
    }

    async fn change_run(
        &self,
        run: RunId,
        change: RunChange,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.writer
            .run(move |connection| campaign::change(connection, run, &change, now))
            .await
    }

    async fn progress(&self, run: RunId) -> Result<Progress, StoreError> {
        self.search(move |connection| campaign::progress(connection, run))
            .await
    }

    async fn standings(&self, contacts: Vec<ContactKey>) -> Result<Vec<Standing>, StoreError> {
        self.search(move |connection| campaign::standings(connection, &contacts))
            .await
    }

    async fn written_in(&self, mailbox: &Key) -> Result<Option<ContactKey>, StoreError> {
        let mailbox = mailbox.clone();
        self.read(move |connection| campaign::written_in(connection, &mailbox))
            .await
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(source: rusqlite::Error) -> Self {
        match source {
            // Nothing but the check for a second outcome ends like this.
            rusqlite::Error::QueryReturnedNoRows => Self::Decided,
            source => Self::Failed(Arc::new(source)),
        }
    }
}

#[cfg(test)]
mod tests;

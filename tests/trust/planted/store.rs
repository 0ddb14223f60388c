//! The store that the service is given: the real one, behind a bug and the end of a life.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard},
};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use shipmate::store::{
    Appended, Claim, Commit, Committed, Counts, EventKey, EventRecord, Forgotten, JobRecord, Key,
    Mark, NewEvent, OpenLane, Page, PendingEvent, Place, QueuedRow, Record, Retried, RowEnd, RowId,
    RowRecord, RowStatus, Store, StoreError, Subject, Sweep, Swept, Takeover, TimerRecord, Whose,
};

use super::{
    bug::Bug,
    life::{History, Life},
};

type Seq = i64;
type Result<T> = std::result::Result<T, StoreError>;

#[derive(Debug)]
pub(super) struct Planted {
    pub(super) inner: Arc<dyn Store>,
    pub(super) bug: Option<Bug>,
    pub(super) history: Arc<History>,
    pub(super) life: Arc<Life>,
    /// What bugs remember within a life.
    pub(super) memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
pub(super) struct Memory {
    unstored: HashMap<Seq, NewEvent>,
    stored: HashMap<Seq, NewEvent>,
    handled: HashSet<EventKey>,
    keys: HashSet<EventKey>,
    commits: usize,
}

impl Planted {
    fn has(&self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap()
    }

    async fn append_with_bugs(&self, mut event: NewEvent) -> Result<Appended> {
        let key = event.key;
        if self.has(Bug::AcknowledgedUnstored) {
            return Ok(self.keep_unstored(event));
        }
        if self.has(Bug::KeysInMemory) {
            if !self.memory().keys.insert(key) {
                return Ok(Appended::Duplicate);
            }
            event.key = self.fresh_key();
        }
        let mut appended = self.inner.append(event.clone()).await?;
        let is_handled = self.memory().handled.contains(&key);
        if self.has(Bug::KeyForgotten) && appended == Appended::Duplicate && is_handled {
            event.key = self.fresh_key();
            appended = self.inner.append(event.clone()).await?;
        }
        if let Appended::Stored(seq) = appended {
            self.memory().stored.insert(seq, event);
        }
        Ok(appended)
    }

    fn keep_unstored(&self, event: NewEvent) -> Appended {
        let mut memory = self.memory();
        if !memory.keys.insert(event.key) {
            return Appended::Duplicate;
        }
        let seq = -1 - i64::try_from(memory.keys.len()).unwrap();
        memory.unstored.insert(seq, event);
        Appended::Stored(seq)
    }

    /// One that no event has.
    fn fresh_key(&self) -> EventKey {
        let mut key = [0; 32];
        let number = self.history.operations().to_be_bytes();
        key[..number.len()].copy_from_slice(&number);
        key
    }

    async fn commit_with_bugs(&self, mut commit: Commit) -> Result<Committed> {
        let unstored = self.memory().unstored.remove(&commit.seq);
        if let Some(event) = unstored {
            match self.inner.append(event).await? {
                Appended::Stored(seq) => commit.seq = seq,
                Appended::Duplicate => return Ok(Committed::default()),
            }
        }
        self.spoil(&mut commit);
        let seq = commit.seq;
        let committed = self.inner.commit(commit).await?;
        let event = self.memory().stored.get(&seq).cloned();
        if let Some(mut event) = event {
            self.memory().handled.insert(event.key);
            if self.has(Bug::HandledAgain) {
                event.key = self.fresh_key();
                self.inner.append(event).await?;
            }
        }
        Ok(committed)
    }

    fn spoil(&self, commit: &mut Commit) {
        self.memory().commits += 1;
        match self.bug {
            Some(Bug::RowsDropped) if self.memory().commits.is_multiple_of(3) => {
                commit.rows.clear();
            }
            Some(Bug::StateLost) => commit.conversation.state = None,
            Some(Bug::RowsReversed) => commit.rows.reverse(),
            _ => {}
        }
    }

    async fn record_with_bugs(&self, mailbox: &Key, since: Timestamp) -> Result<Record> {
        let mut record = self.inner.record(mailbox, since).await?;
        match self.bug {
            Some(Bug::LedgerForgotten) => record.sent.clear(),
            Some(Bug::ResetInvented) => {
                let last = record.sent.iter().map(|sent| sent.at).max();
                record.reset_at = last.map(|last| last + SignedDuration::from_millis(1));
            }
            Some(Bug::MinutesOnly) => {
                for sent in &mut record.sent {
                    let second = sent.at.as_second();
                    sent.at = Timestamp::from_second(second - second % 60).unwrap();
                }
            }
            _ => {}
        }
        Ok(record)
    }

    async fn claim_with_bugs(&self, claim: Claim, at: Timestamp) -> Result<Vec<RowId>> {
        let claimed = if self.has(Bug::ClaimUnstored) {
            claim.rows
        } else {
            self.inner.claim(claim, at).await?
        };
        self.history.sends(&claimed);
        Ok(claimed)
    }

    async fn mark_with_bugs(&self, mut marks: Vec<(RowId, Mark)>, now: Timestamp) -> Result<()> {
        for (row, mark) in &mut marks {
            self.history.sent(*row);
            self.spoil_mark(mark);
        }
        if self.has(Bug::MarkLost) {
            return Ok(());
        }
        self.inner.mark(marks, now).await
    }

    fn spoil_mark(&self, mark: &mut Mark) {
        match (self.bug, &*mark) {
            (Some(Bug::SentAsRetry), Mark::Sent { at, .. }) => {
                let (at, error) = (*at, String::new());
                *mark = Mark::Retry { at, error };
            }
            (Some(Bug::RetryAsDead), Mark::Retry { .. }) => {
                let (end, reason) = (RowEnd::Dead, String::new());
                *mark = Mark::Ended { end, reason };
            }
            _ => {}
        }
    }

    async fn doubt_with_bugs(&self, now: Timestamp) -> Result<u64> {
        if self.has(Bug::ResentUnseen) {
            let again = |row| {
                let (at, error) = (now, String::new());
                (row, Mark::Retry { at, error })
            };
            let marks = self.history.cut_off().into_iter().map(again).collect();
            self.inner.mark(marks, now).await?;
        }
        self.inner.doubt_interrupted(now).await
    }
}

/// Passes an operation on, unless the life ends here.
macro_rules! pass {
    ($self:ident, $operation:expr) => {
        $self.life.pass(&$self.history, $operation).await
    };
}

#[async_trait]
impl Store for Planted {
    async fn append(&self, event: NewEvent) -> Result<Appended> {
        pass!(self, self.append_with_bugs(event))
    }

    async fn pending(&self, after: Seq, limit: usize) -> Result<Vec<PendingEvent>> {
        let pending = pass!(self, self.inner.pending(after, limit))?;
        Ok(if self.has(Bug::PendingForgotten) {
            Vec::new()
        } else {
            pending
        })
    }

    async fn payload(&self, seq: Seq) -> Result<Option<Bytes>> {
        pass!(self, self.inner.payload(seq))
    }

    async fn record(&self, mailbox: &Key, sent_since: Timestamp) -> Result<Record> {
        pass!(self, self.record_with_bugs(mailbox, sent_since))
    }

    async fn commit(&self, commit: Commit) -> Result<Committed> {
        pass!(self, self.commit_with_bugs(commit))
    }

    async fn postpone(
        &self,
        seq: Seq,
        attempts: u32,
        retry_at: Timestamp,
        reason: String,
    ) -> Result<()> {
        pass!(self, self.inner.postpone(seq, attempts, retry_at, reason))
    }

    async fn due_timers(&self, until: Timestamp, limit: usize) -> Result<Vec<TimerRecord>> {
        pass!(self, self.inner.due_timers(until, limit))
    }

    async fn next_timer(&self) -> Result<Option<Timestamp>> {
        pass!(self, self.inner.next_timer())
    }

    async fn timers(&self, conversation: &str) -> Result<Vec<TimerRecord>> {
        pass!(self, self.inner.timers(conversation))
    }

    async fn ring(&self, timer: TimerRecord, event: NewEvent) -> Result<Option<Appended>> {
        pass!(self, self.inner.ring(timer, event))
    }

    async fn job(&self, job: &Key) -> Result<Option<JobRecord>> {
        pass!(self, self.inner.job(job))
    }

    async fn run_job(&self, job: JobRecord, events: Vec<NewEvent>) -> Result<Vec<Appended>> {
        pass!(self, self.inner.run_job(job, events))
    }

    async fn open_lanes(&self) -> Result<Vec<OpenLane>> {
        let lanes = pass!(self, self.inner.open_lanes())?;
        Ok(if self.has(Bug::LanesForgotten) {
            Vec::new()
        } else {
            lanes
        })
    }

    async fn queued(&self, mailbox: &Key, after: RowId, limit: usize) -> Result<Vec<QueuedRow>> {
        pass!(self, self.inner.queued(mailbox, after, limit))
    }

    async fn claim(&self, claim: Claim, at: Timestamp) -> Result<Vec<RowId>> {
        pass!(self, self.claim_with_bugs(claim, at))
    }

    async fn mark(&self, marks: Vec<(RowId, Mark)>, now: Timestamp) -> Result<()> {
        pass!(self, self.mark_with_bugs(marks, now))
    }

    async fn doubt_interrupted(&self, now: Timestamp) -> Result<u64> {
        pass!(self, self.doubt_with_bugs(now))
    }

    async fn fact(&self, name: &'static str) -> Result<Option<String>> {
        pass!(self, self.inner.fact(name))
    }

    async fn learn(&self, name: &'static str, value: String) -> Result<()> {
        pass!(self, self.inner.learn(name, value))
    }

    async fn take_over(
        &self,
        mailbox: Key,
        takeover: Takeover,
        reason: String,
        now: Timestamp,
    ) -> Result<Vec<RowId>> {
        pass!(self, self.inner.take_over(mailbox, takeover, reason, now))
    }

    async fn sent_messages(&self, mailbox: &Key, since: Timestamp) -> Result<Vec<String>> {
        pass!(self, self.inner.sent_messages(mailbox, since))
    }

    async fn sweep(&self, mut sweep: Sweep) -> Result<Swept> {
        if self.has(Bug::SweptEarly) {
            sweep.before += SignedDuration::from_hours(7 * 24);
        }
        pass!(self, self.inner.sweep(sweep))
    }

    async fn events(&self, of: &Subject, page: Page) -> Result<Vec<EventRecord>> {
        pass!(self, self.inner.events(of, page))
    }

    async fn rows(&self, of: &Subject, page: Page) -> Result<Vec<RowRecord>> {
        pass!(self, self.inner.rows(of, page))
    }

    async fn ends(&self) -> Result<Vec<(RowStatus, u64)>> {
        pass!(self, self.inner.ends())
    }

    async fn body(&self, place: Place) -> Result<Option<Bytes>> {
        pass!(self, self.inner.body(place))
    }

    async fn retry(&self, place: Place, now: Timestamp) -> Result<Option<Retried>> {
        pass!(self, self.inner.retry(place, now))
    }

    async fn discard(&self, place: Place, reason: String, now: Timestamp) -> Result<bool> {
        pass!(self, self.inner.discard(place, reason, now))
    }

    async fn mailboxes(&self, whose: &Whose) -> Result<Vec<Key>> {
        pass!(self, self.inner.mailboxes(whose))
    }

    async fn deleted(&self) -> Result<Vec<Whose>> {
        pass!(self, self.inner.deleted())
    }

    async fn forget(
        &self,
        mailbox: &Key,
        sent_since: Timestamp,
        now: Timestamp,
    ) -> Result<Forgotten> {
        pass!(self, self.inner.forget(mailbox, sent_since, now))
    }

    async fn scrub(&self) -> Result<()> {
        pass!(self, self.inner.scrub())
    }

    async fn last_change(&self) -> Result<Option<Timestamp>> {
        pass!(self, self.inner.last_change())
    }

    async fn counts(&self) -> Result<Counts> {
        pass!(self, self.inner.counts())
    }

    async fn check(&self) -> Result<()> {
        pass!(self, self.inner.check())
    }
}

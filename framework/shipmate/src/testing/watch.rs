//! The store and the border as the world sees them: every call is watched, and at any point the
//! power can fail.

mod border;
mod campaign;

mod observed;
use observed::ObservedEvent;
pub(super) use observed::{Observed, ObservedRow, RowEnd};

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::Notify;

use super::step::{Step, Write};
use crate::store::{
    Appended, Claim, Commit, Committed, Counts, EventRecord, Forgotten, JobRecord, Key, Mark,
    NewEvent, OpenLane, Page, PendingEvent, Place, QueuedRow, QuotaCount, Record, ResponseId,
    ResponseRecord, Retried, RowId, RowRecord, RowStatus, Seq, Store, StoreError, Subject, Sweep,
    Swept, Takeover, TimerRecord, WhichResponses, Whose,
};

/// What all lives of a service have in common: the store, and what happened to it.
#[derive(Debug)]
pub(super) struct Watch {
    store: Arc<dyn Store>,
    points: Mutex<Points>,
    observed: Mutex<Observed>,
    under_way: AtomicUsize,
    calls: AtomicU64,
    /// Told after every call.
    pub(super) changed: Notify,
}

#[derive(Debug, Default)]
struct Points {
    reached: BTreeMap<Step, u32>,
    /// The points to crash at, and how often each must still be reached.
    armed: Vec<(Step, u32)>,
    /// Where the power failed, until the world has noticed.
    failed_at: Option<Step>,
    /// Whether the life under way is over.
    is_over: Arc<AtomicBool>,
}

impl Watch {
    pub(super) fn new(store: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self {
            store,
            points: Mutex::default(),
            observed: Mutex::default(),
            under_way: AtomicUsize::new(0),
            calls: AtomicU64::new(0),
            changed: Notify::new(),
        })
    }

    /// The store itself.
    pub(super) fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// The store for one life of the service.
    pub(super) fn for_a_life(self: &Arc<Self>) -> Arc<LifeStore> {
        let is_dead = Arc::<AtomicBool>::default();
        self.points().is_over = Arc::clone(&is_dead);
        Arc::new(LifeStore {
            watch: Arc::clone(self),
            is_dead,
        })
    }

    pub(super) fn arm(&self, step: Step) {
        self.points().armed.push((step.point(), step.count()));
    }

    /// Where the power failed, if it did since this was last asked.
    pub(super) fn take_failure(&self) -> Option<Step> {
        self.points().failed_at.take()
    }

    pub(super) fn has_failed(&self) -> bool {
        self.points().failed_at.is_some()
    }

    /// How often each point was reached.
    pub(super) fn reached(&self) -> Vec<(Step, u32)> {
        let points = self.points();
        points
            .reached
            .iter()
            .map(|(step, count)| (*step, *count))
            .collect()
    }

    /// The points to crash at that were not reached yet.
    pub(super) fn armed(&self) -> Vec<Step> {
        let points = self.points();
        let armed = points.armed.iter();
        armed.map(|(step, left)| step.nth(*left)).collect()
    }

    /// Calls that were begun and have not returned.
    pub(super) fn is_busy(&self) -> bool {
        self.under_way.load(Ordering::SeqCst) > 0
    }

    /// Grows with every call.
    pub(super) fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    pub(super) fn observed(&self) -> MutexGuard<'_, Observed> {
        self.observed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn points(&self) -> MutexGuard<'_, Points> {
        self.points.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The store in the hands of one life of the service. When that life is over, no call returns.
#[derive(Debug)]
pub(super) struct LifeStore {
    watch: Arc<Watch>,
    is_dead: Arc<AtomicBool>,
}

impl LifeStore {
    /// From now on nothing this life does to the store happens.
    pub(super) fn die(&self) {
        self.is_dead.store(true, Ordering::SeqCst);
    }

    /// Counts that a point is reached; whoever reaches the one to crash at stays there.
    async fn reach(&self, step: Step) {
        let is_over = {
            let mut points = self.watch.points();
            self.is_dead.load(Ordering::SeqCst) || points.reach(step)
        };
        if is_over {
            self.watch.changed.notify_one();
            std::future::pending::<()>().await;
        }
    }

    /// A call that changes something, and what is seen of it once it is durable.
    async fn write<T>(
        &self,
        write: Write,
        work: impl Future<Output = Result<T, StoreError>> + Send,
        see: impl FnOnce(&mut Observed, &T) + Send,
    ) -> Result<T, StoreError> {
        self.reach(Step::before(write)).await;
        let call = Call::begin(&self.watch);
        let result = work.await;
        if let Ok(value) = &result {
            see(&mut self.watch.observed(), value);
        }
        drop(call);
        self.reach(Step::after(write)).await;
        result
    }

    /// A call that changes nothing.
    async fn read<T>(
        &self,
        work: impl Future<Output = Result<T, StoreError>> + Send,
    ) -> Result<T, StoreError> {
        let call = Call::begin(&self.watch);
        let result = work.await;
        drop(call);
        if self.is_dead.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        result
    }
}

impl Points {
    /// Counts that the life under way comes to `step`, and ends it if it is to crash there.
    fn reach(&mut self, step: Step) -> bool {
        *self.reached.entry(step).or_default() += 1;
        let fails = self.count_down(step);
        if fails {
            self.is_over.store(true, Ordering::SeqCst);
            self.failed_at = Some(step);
        }
        fails
    }

    /// Whether this is the time to crash.
    fn count_down(&mut self, step: Step) -> bool {
        for (armed, left) in &mut self.armed {
            if *armed == step {
                *left -= 1;
            }
        }
        let before = self.armed.len();
        self.armed.retain(|(_, left)| *left > 0);
        self.armed.len() < before
    }
}

/// A call of the store that is under way.
struct Call<'a> {
    watch: &'a Watch,
}

impl<'a> Call<'a> {
    fn begin(watch: &'a Watch) -> Self {
        watch.calls.fetch_add(1, Ordering::SeqCst);
        watch.under_way.fetch_add(1, Ordering::SeqCst);
        Self { watch }
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        self.watch.under_way.fetch_sub(1, Ordering::SeqCst);
        self.watch.changed.notify_one();
    }
}

// A new method of the trait needs one entry here: `read` with the call of the same name, or `write`
// with its own `Write` and what is seen of it.
#[async_trait]
impl Store for LifeStore {
    async fn append(&self, event: NewEvent) -> Result<Appended, StoreError> {
        let seen = ObservedEvent::of(&event);
        let work = self.watch.store.append(event);
        let see = |observed: &mut Observed, appended: &Appended| observed.appended(seen, *appended);
        self.write(Write::Append, work, see).await
    }

    async fn pending(&self, after: Seq, limit: usize) -> Result<Vec<PendingEvent>, StoreError> {
        self.read(self.watch.store.pending(after, limit)).await
    }

    async fn payload(&self, seq: Seq) -> Result<Option<Bytes>, StoreError> {
        self.read(self.watch.store.payload(seq)).await
    }

    async fn record(&self, mailbox: &Key, sent_since: Timestamp) -> Result<Record, StoreError> {
        self.read(self.watch.store.record(mailbox, sent_since))
            .await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        let seen = commit.clone();
        let work = self.watch.store.commit(commit);
        let see = |observed: &mut Observed, done: &Committed| observed.committed(seen, done);
        self.write(Write::Commit, work, see).await
    }

    async fn postpone(
        &self,
        seq: Seq,
        attempts: u32,
        retry_at: Timestamp,
        reason: String,
    ) -> Result<(), StoreError> {
        let work = self.watch.store.postpone(seq, attempts, retry_at, reason);
        self.write(Write::Postpone, work, |_, ()| {}).await
    }

    async fn due_timers(
        &self,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<TimerRecord>, StoreError> {
        self.read(self.watch.store.due_timers(until, limit)).await
    }

    async fn next_timer(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(self.watch.store.next_timer()).await
    }

    async fn timers(&self, conversation: &str) -> Result<Vec<TimerRecord>, StoreError> {
        self.read(self.watch.store.timers(conversation)).await
    }

    async fn ring(
        &self,
        timer: TimerRecord,
        event: NewEvent,
    ) -> Result<Option<Appended>, StoreError> {
        let seen = ObservedEvent::of(&event);
        let work = self.watch.store.ring(timer, event);
        let see = |observed: &mut Observed, appended: &Option<Appended>| {
            if let Some(appended) = appended {
                observed.appended(seen, *appended);
            }
        };
        self.write(Write::Ring, work, see).await
    }

    async fn job(&self, job: &Key) -> Result<Option<JobRecord>, StoreError> {
        self.read(self.watch.store.job(job)).await
    }

    async fn run_job(
        &self,
        job: JobRecord,
        events: Vec<NewEvent>,
    ) -> Result<Vec<Appended>, StoreError> {
        let seen: Vec<_> = events.iter().map(ObservedEvent::of).collect();
        let work = self.watch.store.run_job(job, events);
        let see = |observed: &mut Observed, appended: &Vec<Appended>| {
            for (event, appended) in seen.into_iter().zip(appended) {
                observed.appended(event, *appended);
            }
        };
        self.write(Write::Ring, work, see).await
    }

    async fn open_lanes(&self) -> Result<Vec<OpenLane>, StoreError> {
        self.read(self.watch.store.open_lanes()).await
    }

    async fn queued(
        &self,
        mailbox: &Key,
        after: RowId,
        limit: usize,
    ) -> Result<Vec<QueuedRow>, StoreError> {
        self.read(self.watch.store.queued(mailbox, after, limit))
            .await
    }

    async fn claim(&self, claim: Claim, at: Timestamp) -> Result<Vec<RowId>, StoreError> {
        let seen = claim.clone();
        let work = self.watch.store.claim(claim, at);
        let see = |observed: &mut Observed, ids: &Vec<RowId>| observed.claimed(seen, ids);
        self.write(Write::Claim, work, see).await
    }

    async fn mark(&self, marks: Vec<(RowId, Mark)>, now: Timestamp) -> Result<(), StoreError> {
        let seen = marks.clone();
        let work = self.watch.store.mark(marks, now);
        self.write(Write::Mark, work, |observed, ()| observed.marked(&seen))
            .await
    }

    async fn doubt_interrupted(&self, now: Timestamp) -> Result<u64, StoreError> {
        let work = self.watch.store.doubt_interrupted(now);
        self.write(Write::Doubt, work, |observed, _| observed.doubted())
            .await
    }

    async fn take_over(
        &self,
        mailbox: Key,
        takeover: Takeover,
        reason: String,
        now: Timestamp,
    ) -> Result<Vec<RowId>, StoreError> {
        let work = self.watch.store.take_over(mailbox, takeover, reason, now);
        let see = |observed: &mut Observed, ids: &Vec<RowId>| observed.cancelled(ids);
        self.write(Write::TakeOver, work, see).await
    }

    async fn events(&self, of: &Subject, page: Page) -> Result<Vec<EventRecord>, StoreError> {
        self.read(self.watch.store.events(of, page)).await
    }

    async fn rows(&self, of: &Subject, page: Page) -> Result<Vec<RowRecord>, StoreError> {
        self.read(self.watch.store.rows(of, page)).await
    }

    async fn ends(&self) -> Result<Vec<(RowStatus, u64)>, StoreError> {
        self.read(self.watch.store.ends()).await
    }

    async fn body(&self, place: Place) -> Result<Option<Bytes>, StoreError> {
        self.read(self.watch.store.body(place)).await
    }

    async fn retry(&self, place: Place, now: Timestamp) -> Result<Option<Retried>, StoreError> {
        self.read(self.watch.store.retry(place, now)).await
    }

    async fn discard(
        &self,
        place: Place,
        reason: String,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.read(self.watch.store.discard(place, reason, now))
            .await
    }

    async fn responses(
        &self,
        which: &WhichResponses,
        after: ResponseId,
        limit: usize,
    ) -> Result<Vec<ResponseRecord>, StoreError> {
        self.read(self.watch.store.responses(which, after, limit))
            .await
    }

    async fn quota_counts(&self) -> Result<Vec<QuotaCount>, StoreError> {
        self.read(self.watch.store.quota_counts()).await
    }

    async fn mailboxes(&self, whose: &Whose) -> Result<Vec<Key>, StoreError> {
        self.read(self.watch.store.mailboxes(whose)).await
    }

    async fn deleted(&self) -> Result<Vec<Whose>, StoreError> {
        self.read(self.watch.store.deleted()).await
    }

    async fn forget(
        &self,
        mailbox: &Key,
        sent_since: Timestamp,
        now: Timestamp,
    ) -> Result<Forgotten, StoreError> {
        self.read(self.watch.store.forget(mailbox, sent_since, now))
            .await
    }

    async fn scrub(&self) -> Result<(), StoreError> {
        self.read(self.watch.store.scrub()).await
    }

    async fn sweep(&self, sweep: Sweep) -> Result<Swept, StoreError> {
        let work = self.watch.store.sweep(sweep);
        self.write(Write::Sweep, work, |_, _| {}).await
    }

    async fn last_change(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(self.watch.store.last_change()).await
    }

    async fn sent_messages(
        &self,
        mailbox: &Key,
        since: Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        self.read(self.watch.store.sent_messages(mailbox, since))
            .await
    }

    async fn fact(&self, name: &'static str) -> Result<Option<String>, StoreError> {
        self.read(self.watch.store.fact(name)).await
    }

    async fn learn(&self, name: &'static str, value: String) -> Result<(), StoreError> {
        self.read(self.watch.store.learn(name, value)).await
    }

    async fn counts(&self) -> Result<Counts, StoreError> {
        self.read(self.watch.store.counts()).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.read(self.watch.store.check()).await
    }
}

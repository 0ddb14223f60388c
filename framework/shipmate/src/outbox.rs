//! Sending: one lane per conversation with at most one request in flight, under the platform's
//! limits, at the key's pace, with every step on record. A row is `queued`, then `sending`, then
//! `sent`; or it waits for another try (`retry`), or to be looked for (`unknown`), or has ended
//! otherwise.

mod change;
mod compose;
mod errand;
mod fair;
mod health;
mod lanes;
mod look;
#[cfg(test)]
mod model_tests;
mod platform_clock;
mod resolve;
mod send;
mod sender;
mod settle;

pub(crate) use self::{
    errand::Errand,
    look::is_last_word,
    send::{Answer, Refusal, judge},
};

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use dashmap::DashMap;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;
use web1on1::{Client, Clock, Pacer, Permit};

use self::{
    compose::{Composed, Lines, Moment, compose},
    errand::Asking,
    health::Health,
    lanes::{Head, Lanes},
    platform_clock::PlatformClock,
    send::send,
    settle::{Request, entry},
};
use crate::{
    activity::Activity,
    alarms::Alarms,
    conversations::{Conversations, Kept, Live},
    deployment::Deployment,
    limit::Limits,
    metrics::Metrics,
    policy::Policies,
    store::{Commit, Committed, Key, QueuedRow, RowEnd, RowId, RowKind, Store, StoreError},
};

/// How messages are sent.
#[derive(Debug, Clone, Copy)]
pub struct OutboxOptions {
    /// Requests in flight at the same time, over all conversations.
    pub parallel: usize,
    /// Messages in one request at most. The platform documents no limit.
    pub batch: usize,
    /// First pause after a refusal that says nothing itself; doubles up to an hour.
    pub backoff: Duration,
    /// How old a message must be before it can be given up because it is refused for now.
    pub give_up_after: SignedDuration,
    /// How often it must have been tried before that.
    pub tries: u32,
    /// How long after it was sent a message whose answer was lost may still appear on the platform.
    /// One that is not there by then is sent again.
    pub carried_out_within: Duration,
    /// How long a message in doubt is looked for while the platform does not show its messages;
    /// then [`Policy::in_doubt`](crate::policy::Policy::in_doubt) decides.
    pub look_for: SignedDuration,
    /// What to do with messages that cannot simply be sent.
    pub policies: Policies,
    /// How long texts that are [joined](crate::policy::Overflow::Merge) may become, in characters.
    pub longest_joined: usize,
}

impl Default for OutboxOptions {
    fn default() -> Self {
        Self {
            parallel: 64,
            batch: 20,
            backoff: Duration::from_secs(1),
            give_up_after: SignedDuration::from_hours(24),
            tries: 10,
            carried_out_within: Duration::from_secs(20),
            look_for: SignedDuration::from_hours(1),
            policies: Policies::default(),
            longest_joined: 1_500,
        }
    }
}

/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// The first pause after a limit on messages was hit that was not expected to be.
const PAUSE_AFTER_LIMIT: Duration = Duration::from_secs(30);

/// The platform counts requests per second (API Basics, rate limiting).
const PACE_WINDOW: SignedDuration = SignedDuration::from_secs(1);

/// Sends what turns have committed.
#[derive(Debug)]
pub(crate) struct Outbox {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    conversations: Arc<Conversations>,
    clients: HashMap<Arc<str>, Client>,
    metrics: Arc<Metrics>,
    activity: Activity,
    health: Health,
    platform: PlatformClock,
    limits: Limits,
    deployment: Arc<Deployment>,
    options: OutboxOptions,
    pacer: Arc<Pacer>,
    lanes: Lanes,
    errands: DashMap<Key, Asking>,
    alarms: Alarms,
    ready: mpsc::Sender<Key>,
    /// When the sender goes on, while it waits for the platform to work again.
    resumes_at: Mutex<Option<Timestamp>>,
    stopping: OnceLock<()>,
}

/// What an outbox is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) conversations: Arc<Conversations>,
    pub(crate) clients: HashMap<Arc<str>, Client>,
    pub(crate) pacer: Arc<Pacer>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) activity: Activity,
    pub(crate) limits: Limits,
    pub(crate) deployment: Arc<Deployment>,
    pub(crate) options: OutboxOptions,
}

/// What a lane does after a step.
enum Step {
    /// There may be more to send.
    Again,
    /// Nothing before this time.
    Later(Timestamp),
    /// Nothing left.
    Empty,
}

/// Lanes that are ready at the same time. Each lane is in the queue at most once; a lane that finds
/// it full is tried again shortly.
const READY: usize = 1 << 20;

impl Outbox {
    /// The outbox and the queue of lanes that have something to do, for [`run`](Self::run).
    pub(crate) fn new(parts: Parts) -> (Self, mpsc::Receiver<Key>) {
        let (ready, queue) = mpsc::channel(READY);
        let outbox = Self {
            alarms: Alarms::new(Arc::clone(&parts.clock)),
            health: Health::new(parts.options.backoff),
            platform: PlatformClock::new(Arc::clone(&parts.clock)),
            lanes: Lanes::default(),
            errands: DashMap::new(),
            stopping: OnceLock::new(),
            resumes_at: Mutex::default(),
            pacer: parts.pacer,
            store: parts.store,
            clock: parts.clock,
            conversations: parts.conversations,
            clients: parts.clients,
            metrics: parts.metrics,
            activity: parts.activity,
            limits: parts.limits,
            deployment: parts.deployment,
            options: parts.options,
            ready,
        };
        (outbox, queue)
    }

    pub(crate) fn alarms(&self) -> &Alarms {
        &self.alarms
    }

    /// Whether the platform took our token the last time it was asked.
    pub(crate) fn is_token_accepted(&self) -> bool {
        self.health.is_token_accepted()
    }

    /// Follows a commit: queues its rows. What somebody else wrote may let go what waited for a limit.
    pub(crate) fn follow(&self, commit: Commit, committed: Committed) {
        let key = &commit.mailbox;
        if !committed.cancelled.is_empty() {
            let cancelled = committed.cancelled.len() as u64;
            self.metrics.outbox("cancelled", cancelled);
        }
        self.lanes.drop_rows(key, |id| {
            committed.cancelled.contains(&id) || committed.found == Some(id)
        });
        let rows = committed.rows.into_iter().zip(commit.rows);
        let (ended, open): (Vec<_>, Vec<_>) = rows.partition(|(_, row)| row.ended.is_some());
        for (end, _) in ended.iter().filter_map(|(_, row)| row.ended.as_ref()) {
            self.metrics.outbox(end.as_str(), 1);
        }
        let rows: Vec<_> = open
            .into_iter()
            .map(|(id, row)| QueuedRow {
                id,
                content: row.content,
                attempts: 0,
                retry_at: None,
                doubt: None,
                created_at: commit.now,
            })
            .collect();
        let look_again = commit.conversation.reset_at.is_some() || committed.found.is_some();
        let wake = if rows.is_empty() {
            look_again && self.lanes.unpark(key)
        } else {
            self.lanes.put(key, rows, look_again)
        };
        if wake {
            self.activity.enter();
            self.wake(key.clone());
        }
    }

    /// Sends what was queued in an earlier place of a lane.
    pub(crate) fn reopen(&self, key: &Key) {
        if self.lanes.reopen(key) {
            self.activity.enter();
            self.wake(key.clone());
        }
    }

    /// Drops from memory what waits in a lane that was forgotten, up to the row `last`.
    pub(crate) fn forget(&self, key: &Key, last: RowId) {
        self.lanes.drop_rows(key, |id| id <= last);
    }

    /// After a start: what was being sent is in doubt, and what was queued is queued again.
    pub(crate) async fn recover(&self) -> Result<u64, StoreError> {
        if let Some(ahead) = self.store.fact(platform_clock::FACT).await? {
            self.platform.restore(&ahead);
        }
        let now = self.clock.now();
        let doubtful = self.store.doubt_interrupted(self.platform_now()).await?;
        if doubtful > 0 {
            tracing::warn!(
                messages = doubtful,
                "messages were being sent when the service stopped; whether they arrived is looked up"
            );
            self.metrics.outbox("unknown", doubtful);
        }
        let lanes = self.store.open_lanes().await?;
        let last_change = self.store.last_change().await?;
        if doubtful > 0 || !lanes.is_empty() || last_change.is_some_and(|at| is_recent(at, now)) {
            self.keep_the_pace(now);
        }
        for lane in lanes {
            self.lanes.open(&lane);
            match lane.due_at {
                Some(at) if at > now => self.alarms.set(at, lane.mailbox),
                _ => {
                    self.activity.enter();
                    self.wake(lane.mailbox);
                }
            }
        }
        Ok(doubtful)
    }

    /// What an earlier run sent in its last second is not on record, so the first second of this
    /// one is left out: the pace holds over a restart.
    fn keep_the_pace(&self, now: Timestamp) {
        if let Ok(until) = now.checked_add(PACE_WINDOW) {
            self.pacer.pause_until(until);
        }
    }

    /// When something that waits is due next, if nothing else happens.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        let resumes_at = *self.resumes_at();
        let waiting = [self.alarms.next(), resumes_at, self.pacer.resumes_at()];
        waiting.into_iter().flatten().min()
    }

    fn resumes_at(&self) -> std::sync::MutexGuard<'_, Option<Timestamp>> {
        self.resumes_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes one request for one lane, if it may, and says where the lane goes next.
    async fn work(&self, key: Key, permit: Permit) {
        if !self.lanes.begin(&key, self.clock.now()) {
            permit.return_unused();
            return self.activity.leave();
        }
        match self.step(&key, permit).await {
            _ if self.stopping.get().is_some() => self.activity.leave(),
            Ok(Step::Again) => {
                self.lanes.pause(&key);
                self.wake(key);
            }
            Ok(Step::Empty) => self.activity.leave(),
            Ok(Step::Later(at)) => self.park(key, at),
            Err(error) => {
                tracing::error!(lane = %key, %error, "the lane waits for the store");
                let now = self.clock.now();
                let at = now
                    .checked_add(self.options.backoff)
                    .unwrap_or(Timestamp::MAX);
                self.park(key, at);
            }
        }
    }

    async fn step(&self, key: &Key, permit: Permit) -> Result<Step, StoreError> {
        let rows = match self.lanes.head(key, lanes::PAGE) {
            Head::Rows(rows) => rows,
            Head::InStore { after } => {
                permit.return_unused();
                let rows = self.store.queued(key, after, lanes::PAGE).await?;
                self.lanes.loaded(key, rows);
                return Ok(Step::Again);
            }
            Head::Empty => {
                permit.return_unused();
                return Ok(Step::Empty);
            }
        };
        let now = self.clock.now();
        let waits_until = rows.first().and_then(|row| row.retry_at);
        if let Some(at) = waits_until.filter(|at| *at > now) {
            permit.return_unused();
            return Ok(Step::Later(at));
        }
        let Some(client) = self.clients.get(&key.bot) else {
            permit.return_unused();
            tracing::warn!(lane = %key, "messages wait for a bot that this service does not have");
            let hour = SignedDuration::from_hours(1);
            return Ok(Step::Later(now.checked_add(hour).unwrap_or(Timestamp::MAX)));
        };
        let live = match self.conversations.get(key).await {
            Ok(live) => live,
            Err(error) => {
                permit.return_unused();
                return Err(error);
            }
        };
        let in_doubt = rows.iter().take_while(|row| row.doubt.is_some()).count();
        match rows.get(..in_doubt) {
            Some(doubtful @ [_, ..]) => self.look(key, client, permit, &live, doubtful).await,
            _ => self.post(key, client, permit, &live, &rows).await,
        }
    }

    /// Sends as many of `rows` as may be sent now. None of the first is in doubt.
    async fn post(
        &self,
        key: &Key,
        client: &Client,
        permit: Permit,
        live: &Live,
        rows: &[QueuedRow],
    ) -> Result<Step, StoreError> {
        let claimed_at = self.platform_now();
        let composed = self.compose(&mut live.kept(), rows, claimed_at);
        if composed.send.is_empty() {
            permit.return_unused();
            return self.send_nothing(key, live, composed, claimed_at).await;
        }
        let ended = composed.claim.ended.clone();
        let claimed = match self.store.claim(composed.claim, claimed_at).await {
            Ok(claimed) => claimed,
            Err(error) => {
                permit.return_unused();
                return Err(error);
            }
        };
        self.end(key, live, &ended);
        self.lanes.rewrite(key, &composed.send);
        let batch = self.still_ours(key, live, composed.send, &claimed);
        if batch.is_empty() {
            permit.return_unused();
            return Ok(Step::Again);
        }
        // From here on these messages count, whatever happens to the answer.
        count(&mut live.kept(), &batch, claimed_at);
        let sent = self.platform.moment();
        let answer = send(client, permit, key, &batch).await;
        let answered = self.platform.moment();
        let request = Request {
            key,
            rows: &batch,
            claimed_at,
            sent_at: sent.at,
            answered_at: answered.at,
        };
        self.learn(&answer, &key.bot, answered.at);
        if let Some(created_at) = answer.created_at() {
            self.platform.learn(created_at, sent, answered);
            self.keep_clock().await;
        }
        let settled = self.settle(request, answer, &mut live.kept());
        settled.record(self, live).await
    }

    /// Keeps what was learned of the platform's clock: without it, the next run could believe that a
    /// limit's time is over before it is.
    async fn keep_clock(&self) {
        let Some(ahead) = self.platform.to_keep() else {
            return;
        };
        if let Err(error) = self.store.learn(platform_clock::FACT, ahead).await {
            self.platform.not_kept();
            tracing::warn!(%error, "the difference to the platform's clock is not kept");
        }
    }

    /// Those of `batch` that were claimed. The others are done or not wanted any more.
    fn still_ours(
        &self,
        key: &Key,
        live: &Live,
        batch: Vec<QueuedRow>,
        claimed: &[RowId],
    ) -> Vec<QueuedRow> {
        let (ours, gone): (Vec<_>, Vec<_>) =
            batch.into_iter().partition(|row| claimed.contains(&row.id));
        let is_gone = |id| gone.iter().any(|row| row.id == id);
        self.drop_rows(key, live, is_gone);
        ours
    }

    /// Lets go of rows that have ended without being sent.
    fn end(&self, key: &Key, live: &Live, ended: &[(RowId, RowEnd, String)]) {
        for (_, end, _) in ended {
            self.metrics.outbox(end.as_str(), 1);
        }
        self.drop_rows(key, live, |id| ended.iter().any(|(row, ..)| *row == id));
    }

    fn drop_rows(&self, key: &Key, live: &Live, dropped: impl Fn(RowId) -> bool) {
        let count = self.lanes.drop_rows(key, dropped);
        let mut kept = live.kept();
        kept.queued = kept.queued.saturating_sub(count);
    }

    /// Nothing of a lane may be sent now; some of it may have ended.
    async fn send_nothing(
        &self,
        key: &Key,
        live: &Live,
        composed: Composed,
        now: Timestamp,
    ) -> Result<Step, StoreError> {
        let ended = composed.claim.ended.clone();
        if !ended.is_empty() {
            self.store.claim(composed.claim, now).await?;
            self.end(key, live, &ended);
        }
        let Some(wait) = composed.wait else {
            return Ok(Step::Again);
        };
        if let Some(rule) = wait.rule {
            self.metrics.held(rule);
        }
        Ok(Step::Later(wait.until))
    }

    /// What of `rows` goes into one request now.
    fn compose(&self, kept: &mut Kept, rows: &[QueuedRow], platform: Timestamp) -> Composed {
        kept.ledger.prune(&self.limits, platform);
        let in_doubt = rows.iter().position(|row| row.doubt.is_some());
        let rows = rows.get(..in_doubt.unwrap_or(rows.len())).unwrap_or(rows);
        let lines = if self.deployment.understands_lines() {
            Lines::Understood
        } else {
            Lines::NotUnderstood
        };
        let options = compose::Options {
            batch: self.options.batch,
            longest: self.options.longest_joined,
            lines,
            policies: self.options.policies,
        };
        let moment = Moment {
            ledger: &kept.ledger,
            limits: &self.limits,
            local: self.clock.now(),
            platform,
        };
        compose(rows, &options, &moment)
    }

    fn pause(&self, attempts: u32) -> Duration {
        let pause = self
            .options
            .backoff
            .saturating_mul(2_u32.saturating_pow(attempts));
        pause.min(LONGEST_PAUSE)
    }

    fn pause_after_refusal(&self, attempts: u32, limit: bool) -> Duration {
        if limit {
            let pause = PAUSE_AFTER_LIMIT.saturating_mul(2_u32.saturating_pow(attempts));
            return pause.min(LONGEST_PAUSE);
        }
        self.pause(attempts)
    }

    /// What an answer that `bot` got at `at` teaches about the platform.
    pub(crate) fn learn(&self, answer: &Answer, bot: &Arc<str>, at: Timestamp) {
        self.health.learn(answer, &self.pacer, bot, at);
    }

    /// A time on the platform's clock, on ours.
    pub(crate) fn to_local(&self, platform: Timestamp) -> Timestamp {
        self.platform.to_local(platform)
    }

    /// The time on the platform's clock, as far as known.
    pub(crate) fn platform_now(&self) -> Timestamp {
        self.platform.now()
    }

    fn wake(&self, key: Key) {
        if let Err(error) = self.ready.try_send(key) {
            match error {
                mpsc::error::TrySendError::Full(key) => {
                    self.alarms.set(self.clock.now(), key);
                    self.activity.leave();
                }
                mpsc::error::TrySendError::Closed(_) => self.activity.leave(),
            }
        }
    }

    fn park(&self, key: Key, at: Timestamp) {
        // Somebody may have asked for another look while this one was under way.
        if self.lanes.park(&key, at) {
            self.alarms.set(at, key);
            self.activity.leave();
        } else {
            self.wake(key);
        }
    }
}

/// Counts messages as created when they were claimed.
fn count(kept: &mut Kept, batch: &[QueuedRow], claimed_at: Timestamp) {
    let messages = batch
        .iter()
        .filter(|row| row.content.kind == RowKind::Message);
    for row in messages {
        kept.ledger.record(entry(row, claimed_at));
    }
}

fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at).abs() <= PACE_WINDOW
}

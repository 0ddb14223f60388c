//! Sending: one lane per conversation with at most one request in flight, under the platform's
//! limits, at the key's pace, with every step on record: `queued → sending → sent | retry | unknown
//! | dead`.

#[cfg_attr(not(test), expect(dead_code, reason = "the sender asks it next"))]
mod compose;
#[cfg_attr(not(test), expect(dead_code, reason = "the sender asks it next"))]
mod fair;
mod health;
mod lanes;
#[cfg(test)]
mod model_tests;
mod send;

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;
use web1on1::{Client, Clock};

use self::{
    health::Health,
    lanes::{ALONE, Head, Lanes},
    send::{Answer, send},
};
use crate::{
    activity::Activity,
    alarms::Alarms,
    conversations::{Conversations, Kept},
    limit::{Entry, Limits, Verdict},
    metrics::Metrics,
    pool::work_off,
    store::{
        Claim, Commit, Committed, Key, Mark, QueuedRow, RowEnd, RowId, RowKind, Store, StoreError,
    },
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
}

impl Default for OutboxOptions {
    fn default() -> Self {
        Self {
            parallel: 64,
            batch: 20,
            backoff: Duration::from_secs(1),
            give_up_after: SignedDuration::from_hours(24),
            tries: 10,
        }
    }
}

/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

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
    limits: Limits,
    options: OutboxOptions,
    lanes: Lanes,
    alarms: Alarms,
    ready: mpsc::Sender<Key>,
    stopping: OnceLock<()>,
}

/// What an outbox is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) conversations: Arc<Conversations>,
    pub(crate) clients: HashMap<Arc<str>, Client>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) activity: Activity,
    pub(crate) limits: Limits,
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
            lanes: Lanes::default(),
            stopping: OnceLock::new(),
            store: parts.store,
            clock: parts.clock,
            conversations: parts.conversations,
            clients: parts.clients,
            metrics: parts.metrics,
            activity: parts.activity,
            limits: parts.limits,
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
        let reset = commit.conversation.reset_at.is_some();
        let rows = committed.rows.into_iter().zip(commit.rows);
        let open = rows.filter(|(_, row)| row.ended.is_none());
        let rows: Vec<_> = open
            .map(|(id, row)| QueuedRow {
                id,
                content: row.content,
                attempts: 0,
                retry_at: None,
                doubt: None,
                created_at: commit.now,
            })
            .collect();
        let wake = if rows.is_empty() {
            reset && self.lanes.unpark(key)
        } else {
            self.lanes.put(key, rows, reset)
        };
        if wake {
            self.activity.enter();
            self.wake(key.clone());
        }
    }

    /// After a start: what was being sent is in doubt, and what was queued is queued again.
    pub(crate) async fn recover(&self) -> Result<u64, StoreError> {
        let now = self.clock.now();
        let doubtful = self.store.doubt_interrupted(now).await?;
        if doubtful > 0 {
            tracing::warn!(
                messages = doubtful,
                "messages were being sent when the service stopped; whether they arrived is not known, so they are kept and not sent again"
            );
            self.metrics.outbox("unknown", doubtful);
        }
        let lanes = self.store.open_lanes().await?;
        let last_change = self.store.last_change().await?;
        if doubtful > 0 || !lanes.is_empty() || last_change.is_some_and(|at| is_recent(at, now)) {
            self.keep_the_pace(now);
        }
        for lane in lanes {
            self.lanes.open(&lane.mailbox);
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
            for client in self.clients.values() {
                client.pacer().pause_until(until);
            }
        }
    }

    /// Sends until `stop` is done; then waits for what is in flight.
    pub(crate) async fn run(
        self: Arc<Self>,
        queue: mpsc::Receiver<Key>,
        stop: impl Future<Output = ()>,
    ) {
        let alarms = self.alarms.clone();
        let alarms = tokio::spawn(alarms.run(self.activity.clone(), self.ready.clone()));
        let stop = async {
            stop.await;
            let _ = self.stopping.set(());
        };
        work_off(queue, self.options.parallel, stop, |key| {
            let outbox = Arc::clone(&self);
            async move { outbox.work(key).await }
        })
        .await;
        alarms.abort();
    }

    /// Sends what one lane may send now.
    async fn work(&self, key: Key) {
        if !self.lanes.begin(&key, self.clock.now()) {
            return self.activity.leave();
        }
        loop {
            if self.stopping.get().is_some() {
                return self.activity.leave();
            }
            match self.step(&key).await {
                Ok(Step::Again) => {}
                Ok(Step::Empty) => return self.activity.leave(),
                Ok(Step::Later(at)) => return self.park(key, at),
                Err(error) => {
                    tracing::error!(lane = %key, %error, "the lane waits for the store");
                    let now = self.clock.now();
                    let at = now
                        .checked_add(self.options.backoff)
                        .unwrap_or(Timestamp::MAX);
                    return self.park(key, at);
                }
            }
        }
    }

    async fn step(&self, key: &Key) -> Result<Step, StoreError> {
        let rows = match self.lanes.head(key, self.options.batch) {
            Head::Rows(rows) => rows,
            Head::InStore { after } => {
                let rows = self.store.queued(key, after, lanes::PAGE).await?;
                self.lanes.loaded(key, rows);
                return Ok(Step::Again);
            }
            Head::Empty => return Ok(Step::Empty),
        };
        let Some(first) = rows.first() else {
            return Ok(Step::Empty);
        };
        let now = self.clock.now();
        if let Some(at) = first.retry_at.filter(|at| *at > now) {
            return Ok(Step::Later(at));
        }
        let Some(client) = self.clients.get(&key.bot) else {
            tracing::warn!(lane = %key, "messages wait for a bot that this service does not have");
            let hour = SignedDuration::from_hours(1);
            return Ok(Step::Later(now.checked_add(hour).unwrap_or(Timestamp::MAX)));
        };
        let live = self.conversations.get(key).await?;
        let admitted = self.admit(&mut live.kept(), &rows);
        let batch = match admitted {
            Ok(batch) => batch,
            Err(at) => return Ok(Step::Later(at)),
        };
        let batch = rows.get(..batch).unwrap_or(&rows);

        let permit = self.permit(&key.bot, client).await;
        if self.stopping.get().is_some() {
            permit.return_unused();
            return Ok(Step::Empty);
        }
        let claim = Claim {
            rows: batch.iter().map(|row| row.id).collect(),
            ..Claim::default()
        };
        let claimed = match self.store.claim(claim, self.platform_now()).await {
            Ok(claimed) => claimed,
            Err(error) => {
                permit.return_unused();
                return Err(error);
            }
        };
        if claimed.len() < batch.len() {
            // Somebody else has sent or claimed the others.
            let asked = |id| batch.iter().any(|row| row.id == id);
            self.lanes
                .drop_rows(key, |id| asked(id) && !claimed.contains(&id));
        }
        let batch: Vec<_> = batch
            .iter()
            .filter(|row| claimed.contains(&row.id))
            .cloned()
            .collect();
        if batch.is_empty() {
            permit.return_unused();
            return Ok(Step::Again);
        }
        let batch = batch.as_slice();
        // From here on these messages count, whatever happens to the answer.
        let counted = self.count(&mut live.kept(), batch);
        let sent_at = self.clock.now();
        let answer = send(client, permit, key, batch).await;
        let answered_at = self.clock.now();
        self.health
            .learn(&key.bot, &answer, client, sent_at, answered_at);
        let times = (sent_at, answered_at);
        let settled = self.settle(key, batch, &counted, answer, &mut live.kept(), times);
        settled.record(self).await
    }

    /// How many of `rows` may go into one request now, or when the first of them may. A change of
    /// the conversation itself is a request of its own and counts towards no limit on messages.
    fn admit(&self, kept: &mut Kept, rows: &[QueuedRow]) -> Result<usize, Timestamp> {
        if rows
            .first()
            .is_some_and(|row| row.content.kind == RowKind::Patch)
        {
            return Ok(1);
        }
        let now = self.platform_now();
        kept.ledger.prune(&self.limits, now);
        // A row that was refused in company is tried alone, so that it cannot spoil the others.
        let alone = rows.first().is_some_and(|row| row.retry_at == Some(ALONE));
        let texts = rows
            .iter()
            .take_while(|row| row.content.kind == RowKind::Message)
            .take(if alone { 1 } else { usize::MAX })
            .map(|row| row.content.text);
        let (admitted, held) = self.limits.admit(&kept.ledger, texts, now);
        if admitted > 0 {
            return Ok(admitted);
        }
        match held {
            Some(Verdict::Later { at, rule }) => {
                self.metrics.held(rule);
                Err(self.health.to_local(at))
            }
            _ => Ok(1),
        }
    }

    /// Waits for the key's pace, which is slow while the platform does not work.
    async fn permit(&self, bot: &str, client: &Client) -> web1on1::Permit {
        loop {
            let permit = self.paced(client).await;
            match self.health.may_try(bot, self.clock.now()) {
                Ok(()) => return permit,
                Err(at) => {
                    permit.return_unused();
                    client.pacer().pause_until(at);
                }
            }
        }
    }

    /// Waits for a permit. While it waits, this is not work under way.
    async fn paced(&self, client: &Client) -> web1on1::Permit {
        let acquire = client.pacer().acquire();
        tokio::pin!(acquire);
        tokio::select! {
            biased;
            permit = &mut acquire => return permit,
            () = std::future::ready(()) => {}
        }
        self.activity.leave();
        let permit = acquire.await;
        self.activity.enter();
        permit
    }

    fn count(&self, kept: &mut Kept, batch: &[QueuedRow]) -> Vec<Entry> {
        let at = self.platform_now();
        let messages = batch
            .iter()
            .filter(|row| row.content.kind == RowKind::Message);
        let counted: Vec<_> = messages
            .map(|row| Entry {
                at,
                text: row.content.text,
            })
            .collect();
        for entry in &counted {
            kept.ledger.record(*entry);
        }
        counted
    }

    /// Turns the platform's answer into marks, and puts the ledger right.
    fn settle<'a>(
        &self,
        key: &'a Key,
        batch: &'a [QueuedRow],
        counted: &[Entry],
        answer: Answer,
        kept: &mut Kept,
        (sent_at, now): (Timestamp, Timestamp),
    ) -> Settled<'a> {
        for entry in counted {
            kept.ledger.forget(*entry);
        }
        let platform_now = self.platform_now();
        let mut settled = Settled {
            key,
            batch,
            marks: Vec::with_capacity(batch.len()),
            later: None,
            now,
        };
        match answer {
            Answer::Sent(receipts) => {
                let mut receipts = receipts.into_iter();
                for row in batch {
                    let receipt = receipts.next().unwrap_or_default();
                    let believed = receipt
                        .created_at
                        .filter(|at| Health::is_believable(*at, sent_at, now));
                    let at = believed.unwrap_or(platform_now);
                    if row.content.kind == RowKind::Message {
                        kept.ledger.record(Entry {
                            at,
                            text: row.content.text,
                        });
                    }
                    let message = receipt.id.map(|id| id.to_string());
                    settled.marks.push((
                        row.id,
                        Mark::Sent {
                            message,
                            at,
                            note: None,
                        },
                    ));
                }
            }
            Answer::InDoubt(error) => {
                tracing::warn!(lane = %key, messages = batch.len(), %error, "the answer to a send was lost; the messages are kept and not sent again");
                for row in batch {
                    if row.content.kind == RowKind::Message {
                        kept.ledger.record(Entry {
                            at: platform_now,
                            text: row.content.text,
                        });
                    }
                    let mark = Mark::Unknown {
                        at: platform_now,
                        look_at: now,
                        error: error.clone(),
                    };
                    settled.marks.push((row.id, mark));
                }
            }
            Answer::RefusedForNow {
                error,
                pause,
                limit,
                ..
            } => {
                if limit {
                    tracing::warn!(lane = %key, %error, "the platform's limit was hit although it was not expected to be");
                    self.metrics.unforeseen();
                }
                let attempts = batch.first().map_or(0, |row| row.attempts);
                let pause = pause.unwrap_or_else(|| self.pause(attempts));
                let at = now.checked_add(pause).unwrap_or(Timestamp::MAX);
                for row in batch {
                    let old = now.duration_since(row.created_at) > self.options.give_up_after;
                    let mark = if old && row.attempts >= self.options.tries {
                        Mark::Ended {
                            end: RowEnd::Dead,
                            reason: error.clone(),
                        }
                    } else {
                        Mark::Retry {
                            at,
                            error: error.clone(),
                        }
                    };
                    settled.marks.push((row.id, mark));
                }
                settled.later = Some(at);
            }
            Answer::Refused(error) if batch.len() > 1 => {
                tracing::warn!(lane = %key, messages = batch.len(), %error, "messages were refused together; they are tried one by one");
                for row in batch {
                    settled.marks.push((
                        row.id,
                        Mark::Retry {
                            at: ALONE,
                            error: error.clone(),
                        },
                    ));
                }
            }
            Answer::Refused(error) => {
                tracing::error!(lane = %key, %error, "the platform refuses a message for good; it is given up");
                for row in batch {
                    settled.marks.push((
                        row.id,
                        Mark::Ended {
                            end: RowEnd::Dead,
                            reason: error.clone(),
                        },
                    ));
                }
            }
        }
        settled
    }

    fn pause(&self, attempts: u32) -> Duration {
        let pause = self
            .options
            .backoff
            .saturating_mul(2_u32.saturating_pow(attempts));
        pause.min(LONGEST_PAUSE)
    }

    /// The time on the platform's clock, as far as known.
    pub(crate) fn platform_now(&self) -> Timestamp {
        self.health.to_platform(self.clock.now())
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

fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at).abs() <= PACE_WINDOW
}

/// What an answer means for the rows of a request.
struct Settled<'a> {
    key: &'a Key,
    batch: &'a [QueuedRow],
    marks: Vec<(RowId, Mark)>,
    later: Option<Timestamp>,
    now: Timestamp,
}

impl Settled<'_> {
    /// Puts it on record, then lets the lane follow.
    async fn record(self, outbox: &Outbox) -> Result<Step, StoreError> {
        let marks = self.marks.clone();
        if let Err(error) = outbox.store.mark(marks, self.now).await {
            // The rows stay `sending` in the store; they are not taken up again in this run, and
            // are in doubt in the next one.
            let tried = |id| self.batch.iter().any(|row| row.id == id);
            outbox.lanes.drop_rows(self.key, tried);
            return Err(error);
        }
        for (_, mark) in &self.marks {
            match mark {
                Mark::Sent { .. } => outbox.metrics.outbox("sent", 1),
                Mark::Retry { .. } => outbox.metrics.outbox("retry", 1),
                Mark::Unknown { .. } => outbox.metrics.outbox("unknown", 1),
                Mark::Ended { end, .. } => outbox.metrics.outbox(end.as_str(), 1),
            }
        }
        outbox.lanes.settle(self.key, &self.marks);
        Ok(self.later.map_or(Step::Again, Step::Later))
    }
}

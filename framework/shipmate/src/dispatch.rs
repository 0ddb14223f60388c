//! One mailbox per conversation: handled in order, one at a time; many conversations in parallel.

mod arriving;
mod change;
mod give_way;
mod hold;
mod incident;
mod letters;
mod mailboxes;
mod opting;
mod planner;
mod rows;
mod timer;

use std::{
    collections::HashMap,
    panic::AssertUnwindSafe,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures_util::FutureExt;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;
use web1on1::{Clock, UserId};

use self::{
    change::{View, ignored},
    hold::held_until,
    mailboxes::{Mailboxes, Next},
    planner::{Planner, Scene},
    rows::Origin,
};
use crate::{
    activity::Activity,
    alarms::Alarms,
    bot::{BotError, IgnoreReason, Outcome},
    campaign::OptOut,
    conversations::{Conversations, Live},
    deployment::Deployment,
    event::{Arrival, Event},
    handover::Standing,
    host::{Host, Turned},
    limit::Limits,
    metrics::Metrics,
    outbox::Outbox,
    plan::PlanOptions,
    policy::Policies,
    pool::work_off,
    results::{Completed, Tally},
    schedule::Bells,
    store::{
        Appended, Commit, Committed, Decision, Key, NewEvent, PendingEvent, Seq, Store, StoreError,
    },
    turn::Context,
};

/// How events are handled.
#[derive(Debug, Clone, Copy)]
pub struct DispatchOptions {
    /// Handlers that run at the same time.
    pub parallel: usize,
    /// How long a handler may take before it counts as failed.
    pub handler_timeout: Duration,
    /// How often an event is tried before it becomes a dead letter.
    pub attempts: u32,
    /// Pause after the first failure; it grows fourfold with each further one.
    pub backoff: Duration,
    /// Events waiting at most; more are refused with 503, and the platform sends them again.
    pub inbox_rows: u64,
    /// Their size at most, in bytes.
    pub inbox_bytes: u64,
    /// How long an event waits, from when it happened, for earlier ones that are still on their
    /// way; never longer than this after it was received. 200 ms unless set; zero hands events over
    /// as they come, which is also what a test needs whose clock stands still. What comes later
    /// than this is handled late ([`Turn::is_late`](crate::Turn::is_late)).
    pub reorder_window: Duration,
    /// An event older than this, by its own time, is acknowledged and dropped. Keys are kept as
    /// long, so that no redelivery within it is handled twice.
    pub oldest: SignedDuration,
}

impl Default for DispatchOptions {
    fn default() -> Self {
        Self {
            parallel: 64,
            handler_timeout: Duration::from_secs(30),
            attempts: 5,
            backoff: Duration::from_secs(1),
            inbox_rows: 100_000,
            inbox_bytes: 512 << 20,
            reorder_window: Duration::from_millis(200),
            oldest: SignedDuration::from_hours(7 * 24),
        }
    }
}

/// Bodies kept in memory between arrival and handling, in bytes; the others are read back.
const BODIES_IN_MEMORY: u64 = 16 << 20;

/// Pause before a handler asks a platform again that did not answer. It does not count as a try, or
/// an outage would turn events into dead letters.
const OUTAGE_PAUSE: SignedDuration = SignedDuration::from_secs(10);

/// Events of one conversation handled before another conversation gets the place.
const IN_A_ROW: usize = 16;

/// What became of an arriving event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accepted {
    Stored,
    Duplicate,
    TooOld,
}

/// Why an event could not be taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotAccepted {
    #[error("the inbox is full")]
    Full,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Gives events to bots.
#[derive(Debug)]
pub(crate) struct Dispatcher {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) activity: Activity,
    conversations: Arc<Conversations>,
    outbox: Arc<Outbox>,
    hosts: HashMap<Arc<str>, Hosted>,
    options: DispatchOptions,
    planner: Planner,
    opt_out: OptOut,
    mailboxes: Mailboxes,
    tally: Arc<Tally>,
    alarms: Alarms,
    bells: Bells,
    ready: mpsc::Sender<Key>,
    waiting_rows: AtomicU64,
    waiting_bytes: AtomicU64,
    bodies_in_memory: AtomicU64,
}

/// A bot in the service.
#[derive(Debug)]
pub(crate) struct Hosted {
    pub(crate) host: Box<dyn Host>,
    /// The user behind the bot's token, once known.
    pub(crate) own_user: OnceLock<UserId>,
}

/// What a dispatcher is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) activity: Activity,
    pub(crate) conversations: Arc<Conversations>,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) hosts: HashMap<Arc<str>, Hosted>,
    pub(crate) options: DispatchOptions,
    pub(crate) plan: PlanOptions,
    pub(crate) policies: Policies,
    pub(crate) limits: Limits,
    pub(crate) deployment: Arc<Deployment>,
    pub(crate) opt_out: OptOut,
    pub(crate) bells: Bells,
}

/// How handling an event went.
enum Handled {
    Finished,
    /// To be tried again.
    Postponed(PendingEvent),
}

impl Dispatcher {
    /// The dispatcher and the queue of mailboxes that have something to do, for [`run`](Self::run).
    pub(crate) fn new(parts: Parts) -> (Self, mpsc::Receiver<Key>) {
        // A mailbox is in the queue at most once, and has at least one event.
        let bound = usize::try_from(parts.options.inbox_rows).unwrap_or(usize::MAX / 8);
        let (ready, queue) = mpsc::channel(bound.clamp(1_024, usize::MAX >> 4));
        let dispatcher = Self {
            alarms: Alarms::new(Arc::clone(&parts.clock)),
            store: parts.store,
            clock: parts.clock,
            metrics: parts.metrics,
            activity: parts.activity,
            conversations: parts.conversations,
            outbox: parts.outbox,
            hosts: parts.hosts,
            planner: Planner::new(parts.plan, parts.policies, parts.limits, parts.deployment),
            opt_out: parts.opt_out,
            mailboxes: Mailboxes::default(),
            bells: parts.bells,
            tally: Arc::default(),
            ready,
            options: parts.options,
            waiting_rows: AtomicU64::new(0),
            waiting_bytes: AtomicU64::new(0),
            bodies_in_memory: AtomicU64::new(0),
        };
        (dispatcher, queue)
    }

    pub(crate) fn hosts(&self) -> &HashMap<Arc<str>, Hosted> {
        &self.hosts
    }

    pub(crate) fn alarms(&self) -> &Alarms {
        &self.alarms
    }

    /// Stores an event and queues it. Returns after it is durable.
    pub(crate) async fn accept(
        &self,
        bot: &Arc<str>,
        arrival: Arrival,
    ) -> Result<Accepted, NotAccepted> {
        let received_at = self.clock.now();
        if self.is_full() {
            return Err(NotAccepted::Full);
        }
        let too_old = received_at.duration_since(arrival.at) > self.options.oldest;
        let mailbox = Key {
            bot: Arc::clone(bot),
            mailbox: arrival.mailbox,
        };
        let _arriving = self.arriving(&mailbox, arrival.at);
        let event = NewEvent {
            key: arrival.key,
            mailbox: mailbox.clone(),
            name: arrival.name,
            at: arrival.at,
            received_at,
            payload: arrival.body.clone(),
            outcome: too_old.then_some(Decision {
                outcome: "too-old",
                reason: None,
            }),
        };
        match self.store.append(event).await? {
            Appended::Duplicate => {
                self.metrics.duplicates.increment(1);
                Ok(Accepted::Duplicate)
            }
            Appended::Stored(_) if too_old => {
                self.metrics.outcome("too-old");
                Ok(Accepted::TooOld)
            }
            Appended::Stored(seq) => {
                self.metrics.stored.increment(1);
                self.enqueue(PendingEvent {
                    seq,
                    key: arrival.key,
                    mailbox,
                    at: arrival.at,
                    attempts: 0,
                    retry_at: self.held_until(arrival.at, received_at),
                    bytes: arrival.body.len(),
                    payload: Some(arrival.body),
                });
                Ok(Accepted::Stored)
            }
        }
    }

    /// Queues an event that this service made itself and has stored.
    pub(crate) fn take_in(&self, event: NewEvent, seq: Seq) {
        self.metrics.stored.increment(1);
        self.enqueue(PendingEvent {
            seq,
            key: event.key,
            mailbox: event.mailbox,
            at: event.at,
            attempts: 0,
            retry_at: None,
            bytes: event.payload.len(),
            payload: Some(event.payload),
        });
    }

    /// The time on the platform's clock, as far as known.
    pub(crate) fn platform_now(&self) -> Timestamp {
        self.outbox.platform_now()
    }

    fn held_until(&self, at: Timestamp, received_at: Timestamp) -> Option<Timestamp> {
        let platform_now = self.outbox.platform_now();
        held_until(at, received_at, platform_now, self.options.reorder_window)
    }

    /// Recalls what earlier runs have learned, and queues the events that they left behind. They
    /// are not held: what belongs between them has arrived.
    pub(crate) async fn recover(&self) -> Result<u64, StoreError> {
        const PAGE: usize = 1_000;
        self.planner.recall(&*self.store).await?;
        self.tally.load(self.store.quota_counts().await?);
        let (mut after, mut recovered) = (0, 0);
        loop {
            let page = self.store.pending(after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(recovered);
            };
            after = last.seq;
            for event in page {
                recovered += 1;
                self.enqueue(event);
            }
        }
    }

    /// Handles events until `queue` is closed or `stop` is done; then waits for running handlers.
    pub(crate) async fn run(
        self: Arc<Self>,
        queue: mpsc::Receiver<Key>,
        stop: impl Future<Output = ()>,
    ) {
        let alarms = self.alarms.clone();
        let alarms = tokio::spawn(alarms.run(self.activity.clone(), self.ready.clone()));
        work_off(queue, self.options.parallel, stop, |key| {
            let dispatcher = Arc::clone(&self);
            async move { dispatcher.work(key).await }
        })
        .await;
        alarms.abort();
    }

    /// Handles a few events of one mailbox.
    async fn work(&self, key: Key) {
        for _ in 0..IN_A_ROW {
            let event = match self.mailboxes.next(&key, self.clock.now()) {
                Next::Event(event) => event,
                Next::Later(at) => return self.park(key, at),
                Next::Nothing => return self.activity.leave(),
            };
            let bytes = event.bytes as u64;
            if event.payload.is_some() {
                self.bodies_in_memory.fetch_sub(bytes, Ordering::Relaxed);
            }
            match self.handle(event).await {
                Handled::Finished => {
                    self.waiting_rows.fetch_sub(1, Ordering::Relaxed);
                    self.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
                    self.show_inbox();
                }
                Handled::Postponed(event) => {
                    let at = event.retry_at.unwrap_or_else(|| self.clock.now());
                    self.mailboxes.put_back(event);
                    return self.park(key, at);
                }
            }
        }
        self.wake(key);
    }

    async fn handle(&self, mut pending: PendingEvent) -> Handled {
        let Some(hosted) = self.hosts.get(&pending.mailbox.bot) else {
            return self.wait_for_bot(pending);
        };
        let result = AssertUnwindSafe(self.try_handle(hosted, &mut pending))
            .catch_unwind()
            .await;
        let failure = match result {
            Ok(Ok(())) => return Handled::Finished,
            Ok(Err(failure)) => failure,
            Err(_) => Failure::Bot(BotError::permanent(
                "the runtime panicked; its message is in the log",
            )),
        };
        let now = self.clock.now();
        let error = match failure {
            // It was forgotten between its arrival and here.
            Failure::Store(StoreError::Decided) => return Handled::Finished,
            Failure::Store(error) => {
                tracing::error!(event = pending.seq, %error, "the event waits for the store");
                pending.retry_at = now.checked_add(self.options.backoff).ok();
                return Handled::Postponed(pending);
            }
            Failure::Bot(error) => error,
        };
        if error.is_outage() {
            tracing::warn!(event = pending.seq, %error, "the event waits for the platform");
            pending.retry_at = now.checked_add(OUTAGE_PAUSE).ok();
            return Handled::Postponed(pending);
        }
        pending.attempts += 1;
        if error.is_permanent() || pending.attempts >= self.options.attempts {
            return self.bury(hosted, pending, &error, now).await;
        }
        let pause = self.options.backoff * 4_u32.saturating_pow(pending.attempts - 1);
        let retry_at = now.checked_add(pause).unwrap_or(Timestamp::MAX);
        tracing::warn!(event = pending.seq, attempt = pending.attempts, %error, "the handler failed; it is tried again");
        self.metrics.retries.increment(1);
        let attempts = pending.attempts;
        if let Err(error) = self
            .store
            .postpone(pending.seq, attempts, retry_at, error.to_string())
            .await
        {
            tracing::error!(event = pending.seq, %error, "the failure could not be recorded");
        }
        pending.retry_at = Some(retry_at);
        Handled::Postponed(pending)
    }

    async fn try_handle(&self, hosted: &Hosted, pending: &mut PendingEvent) -> Result<(), Failure> {
        let body = match pending.payload.take() {
            None => self.store.payload(pending.seq).await?,
            in_memory => in_memory,
        };
        // An event without a body is not pending any more.
        let body = body.ok_or(StoreError::Decided)?;
        let mut event = Event::read(body, pending.at);
        hosted.host.observe(&event, hosted.own_user.get());
        let live = self.conversations.get(&pending.mailbox).await?;
        if live.has_forgotten(pending.seq) {
            return Err(StoreError::Decided.into());
        }
        if pending.retry_at.is_some() {
            self.foresee(hosted, pending, &live).await?;
        }
        let needless = self.complete(hosted, pending, &live, &mut event).await?;
        let event = Arc::new(event);
        let before = live.kept().state.clone();
        let standing = self.standing(hosted, &event, &live.kept());
        let own = hosted.own_user.get();
        let now = self.clock.now();
        let kept = hosted
            .host
            .follow(before.clone(), &event, own, &standing, now);
        let reason = needless.or_else(|| ignored(hosted, &event, &standing, &live.kept()));
        let turned = if let Some(reason) = reason {
            Turned::ignored(reason, kept)
        } else if let Some(opting) = self.opting(&pending.mailbox, &event, kept.clone()).await? {
            opting
        } else {
            let turn = self.take_turn(
                hosted,
                &pending.mailbox.bot,
                &live,
                Arc::clone(&event),
                kept,
                standing,
            );
            match turn.await {
                Ok(turned) => turned,
                Err(failure) => {
                    self.give_way(pending, &live, &standing).await?;
                    return Err(failure);
                }
            }
        };
        let view = self.view(hosted, &event, &standing);
        self.commit(hosted, pending, &view, &live, before, turned)
            .await?;
        Ok(())
    }

    async fn take_turn(
        &self,
        hosted: &Hosted,
        bot: &Arc<str>,
        live: &Live,
        event: Arc<Event>,
        kept: Option<Bytes>,
        standing: Standing,
    ) -> Result<Turned, Failure> {
        let now = self.clock.now();
        if standing.late {
            self.metrics.late.increment(1);
        }
        let own = hosted.own_user.get();
        let platform_now = self.outbox.platform_now();
        let budget = self.planner.budget(&live.kept(), &event, own, platform_now);
        let context = Context {
            event,
            now,
            standing,
            client: hosted.host.client().clone(),
            profiles: Arc::clone(hosted.host.profiles()),
            own_user: own.cloned(),
            budget,
            plan: self.planner.options(),
            policies: self.planner.policies(),
            completed: Completed::new(Arc::clone(&self.tally), Arc::clone(bot)),
        };
        let deadline = now
            .checked_add(self.options.handler_timeout)
            .unwrap_or(Timestamp::MAX);
        tokio::select! {
            biased;
            turned = hosted.host.take_turn(kept, context) => Ok(turned?),
            () = self.clock.sleep_until(deadline) => {
                let limit = self.options.handler_timeout;
                Err(Failure::Bot(format!("the handler took longer than {limit:?}").into()))
            }
        }
    }

    /// Writes everything the turn changes in one transaction, then lets memory follow.
    async fn commit(
        &self,
        hosted: &Hosted,
        pending: &PendingEvent,
        view: &View<'_>,
        live: &Live,
        before: Option<Bytes>,
        mut turned: Turned,
    ) -> Result<(), Failure> {
        let now = self.clock.now();
        let called = Self::call_instead(hosted, view, live, &mut turned);
        let origin = Origin {
            event: &pending.key,
            part: "turn",
            organization: organization(view.event),
        };
        let scene = Scene {
            store: &*self.store,
            metrics: &self.metrics,
            mailbox: &pending.mailbox,
            live,
            event: view.event,
            now,
        };
        let mut planned = self.planner.plan(origin, &mut turned, &scene).await?;
        view.withhold(&mut planned.rows);
        let belongs = view.event.conversation().is_some();
        let mut conversation = view.change(&live.kept());
        conversation.state = turned
            .kept
            .filter(|kept| belongs && Some(kept) != before.as_ref());
        conversation.bot_turns = {
            let limit = hosted.host.conduct().ignoring.loop_guard;
            view.bot_turns(&live.kept(), limit, &planned.rows)
        };
        let is_over = turned.settles && live.kept().in_incident;
        conversation.in_incident = (is_over || called).then_some(called);
        let outcome = turned.outcome.as_str();
        if turned.outcome == Outcome::Ignored(IgnoreReason::Loop)
            && conversation.bot_turns.is_some()
        {
            tracing::warn!(mailbox = %pending.mailbox, "another bot and this one answer each other; it is not heard until a person or the consumer writes");
        }
        let decision = Decision {
            outcome,
            reason: turned.reason,
        };
        let reset_at = live.kept().ledger.reset_at();
        let commit = Commit {
            end_timers: view.end_timers(),
            timers: turned.timers,
            answered_at: conversation.reset_at.max(reset_at),
            conversation,
            rows: planned.rows,
            cancel: view.cancel(),
            witnessed: view.witnessed(),
            verified: planned.verified,
            facts: planned.facts,
            opt: turned.opt,
            responses: turned.responses,
            ..Commit::new(pending.seq, pending.mailbox.clone(), now, decision)
        };
        self.carry_out(commit, live).await?;
        self.metrics.outcome(outcome);
        Ok(())
    }

    /// Writes a commit, then lets memory and the outbox follow.
    async fn carry_out(&self, commit: Commit, live: &Live) -> Result<(), StoreError> {
        let committed = self.store.commit(commit.clone()).await?;
        self.follow(commit, committed, live);
        Ok(())
    }

    fn follow(&self, commit: Commit, committed: Committed, live: &Live) {
        live.kept().follow(&commit, &committed);
        self.bells.follow(&commit, &committed);
        self.tally.follow(&commit.mailbox.bot, &committed.quotas);
        self.outbox.follow(commit, committed);
    }

    /// An event of a bot that an earlier run served and this one does not: it waits for the bot.
    fn wait_for_bot(&self, mut pending: PendingEvent) -> Handled {
        let now = self.clock.now();
        tracing::warn!(bot = %pending.mailbox.bot, "an event waits for a bot that this service does not have");
        pending.retry_at = now.checked_add(SignedDuration::from_hours(1)).ok();
        Handled::Postponed(pending)
    }

    fn enqueue(&self, mut event: PendingEvent) {
        let bytes = event.bytes as u64;
        self.waiting_rows.fetch_add(1, Ordering::Relaxed);
        self.waiting_bytes.fetch_add(bytes, Ordering::Relaxed);
        self.show_inbox();
        if event.payload.is_some() {
            let in_memory = self.bodies_in_memory.fetch_add(bytes, Ordering::Relaxed);
            if in_memory + bytes > BODIES_IN_MEMORY {
                self.bodies_in_memory.fetch_sub(bytes, Ordering::Relaxed);
                event.payload = None;
            }
        }
        let key = event.mailbox.clone();
        if self.mailboxes.put(event) {
            self.activity.enter();
            self.wake(key);
        }
    }

    fn wake(&self, key: Key) {
        if let Err(error) = self.ready.try_send(key) {
            // A closed queue means that the service stops.
            if let mpsc::error::TrySendError::Full(key) = error {
                self.alarms.set(self.clock.now(), key);
            }
            self.activity.leave();
        }
    }

    fn park(&self, key: Key, at: Timestamp) {
        self.alarms.set(at, key);
        self.activity.leave();
    }

    /// Events that are just being stored are not counted, so the bounds may be exceeded by as many as
    /// there are connections.
    pub(crate) fn is_full(&self) -> bool {
        self.waiting_rows.load(Ordering::Relaxed) >= self.options.inbox_rows
            || self.waiting_bytes.load(Ordering::Relaxed) >= self.options.inbox_bytes
    }

    fn show_inbox(&self) {
        #[expect(clippy::cast_precision_loss, reason = "a gauge is approximate")]
        {
            self.metrics
                .inbox_rows
                .set(self.waiting_rows.load(Ordering::Relaxed) as f64);
            self.metrics
                .inbox_bytes
                .set(self.waiting_bytes.load(Ordering::Relaxed) as f64);
        }
    }
}

/// The organization that the event's conversation belongs to.
fn organization(event: &Event) -> Option<Arc<str>> {
    let of_conversation = event.conversation().and_then(|it| it.organization.as_ref());
    let organization = of_conversation.or(event.organization.as_ref())?;
    Some(organization.as_str().into())
}

enum Failure {
    Store(StoreError),
    Bot(BotError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Bot(error.into())
    }
}

impl From<BotError> for Failure {
    fn from(error: BotError) -> Self {
        Self::Bot(error)
    }
}

//! Puts the events of what is due into the inbox.

use std::sync::Arc;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::mpsc;
use web1on1::Clock;

use super::{
    Bells, Job,
    cron::{Due, due},
};
use crate::{
    activity::Activity,
    dispatch::Dispatcher,
    event::{of_job, of_timer},
    metrics::Metrics,
    store::{Appended, JobRecord, Key, NewEvent, Store, StoreError, TimerRecord},
};

/// Timers that ring together.
const AT_ONCE: usize = 100;

/// Pause while the store fails or the inbox is full.
const PAUSE: SignedDuration = SignedDuration::from_secs(1);

/// Rings what is due. Nothing of it is in memory: what is due is read from the store, so that a
/// start goes on where a crash ended.
#[derive(Debug)]
pub(crate) struct Ringer {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) activity: Activity,
    pub(crate) dispatcher: Arc<Dispatcher>,
    pub(crate) bells: Bells,
    /// By the bot's name.
    pub(crate) jobs: Vec<(Arc<str>, Job)>,
}

impl Ringer {
    /// Rings, beginning with what was due while nobody did, until `stop` is done.
    pub(crate) async fn run(self, stop: impl Future<Output = ()>) {
        let (ready, mut due) = mpsc::channel(1);
        let bells = self.bells.clone().run(self.activity.clone(), ready);
        let bells = tokio::spawn(bells);
        let work = async {
            while due.recv().await.is_some() {
                self.ring().await;
                self.activity.leave();
            }
        };
        tokio::select! {
            biased;
            () = stop => {}
            () = work => {}
        }
        bells.abort();
    }

    async fn ring(&self) {
        let now = self.clock.now();
        let next = if self.dispatcher.is_full() {
            Some(later(now))
        } else {
            self.ring_at(now).await.unwrap_or_else(|error| {
                tracing::error!(%error, "what is due waits for the store");
                Some(later(now))
            })
        };
        if let Some(next) = next {
            self.bells.wake_at(next);
        }
    }

    /// Returns when something is due next.
    async fn ring_at(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let timers = self.store.due_timers(now, AT_ONCE).await?;
        // The store takes them in this order, and makes them durable together.
        let rung = timers.iter().map(|timer| self.ring_timer(timer, now));
        for rung in join_all(rung).await {
            rung?;
        }
        let mut next = self.store.next_timer().await?;
        for (bot, job) in &self.jobs {
            let at = self.run_job(bot, job, now).await?;
            next = next.into_iter().chain(at).min();
        }
        Ok(next)
    }

    /// Returns the job's next instant.
    async fn run_job(
        &self,
        bot: &Arc<str>,
        job: &Job,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let mailbox = Key {
            bot: Arc::clone(bot),
            mailbox: format!("job:{}", job.name).into(),
        };
        let schedule = job.cron.to_string();
        let known = self.store.job(&mailbox).await?;
        let known = known.filter(|known| known.schedule == schedule);
        let is_new = known.is_none();
        // A job that is new has missed nothing.
        let last = known.map_or(now, |known| known.until);
        let due = due(&job.cron, last, now, job.grace, job.misfire);
        if is_new || due.left_out || !due.runs.is_empty() {
            let record = JobRecord {
                mailbox,
                schedule,
                until: due.until,
            };
            self.take_note(job, record, &due, now).await?;
        }
        Ok(due.next)
    }

    /// Puts the instants of a job into the inbox, in the order in which they were to come.
    async fn take_note(
        &self,
        job: &Job,
        record: JobRecord,
        due: &Due,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if due.left_out {
            tracing::warn!(job = %record.mailbox, "instants of the job were missed and are left out");
            self.metrics.jobs("left-out", 1);
        }
        let platform_now = self.dispatcher.platform_now();
        let event = |instant| of_job(&record, &job.name, instant, now, platform_now);
        let events: Vec<_> = due.runs.iter().map(|run| event(*run)).collect();
        let appended = self.store.run_job(record, events.clone()).await?;
        for (event, appended) in events.into_iter().zip(appended) {
            self.metrics.jobs("run", 1);
            self.hand_over(event, appended);
        }
        Ok(())
    }

    async fn ring_timer(&self, timer: &TimerRecord, now: Timestamp) -> Result<(), StoreError> {
        let event = of_timer(timer, now, self.dispatcher.platform_now());
        let rung = self.store.ring(timer.clone(), event.clone()).await?;
        if let Some(appended) = rung {
            self.metrics.timers("rung", 1);
            self.hand_over(event, appended);
        }
        Ok(())
    }

    fn hand_over(&self, event: NewEvent, appended: Appended) {
        match appended {
            Appended::Stored(seq) => self.dispatcher.take_in(event, seq),
            Appended::Duplicate => self.metrics.duplicates.increment(1),
        }
    }
}

fn later(now: Timestamp) -> Timestamp {
    now.saturating_add(PAUSE).unwrap_or(Timestamp::MAX)
}

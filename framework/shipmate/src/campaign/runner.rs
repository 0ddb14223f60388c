//! Who runs: at most one run of a campaign, one task per run, and what people order.

mod calendar;
mod drive;
mod look;
mod read;

mod trial;
pub use trial::Trial;

mod write;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use jiff::Timestamp;
use tokio::{runtime::Handle, sync::watch, task::JoinSet};
use web1on1::{Client, Clock, UserId};

use self::drive::Flow;
use super::{Prepared, Summary};
use crate::{
    activity::Activity,
    conversations::Conversations,
    dispatch::Dispatcher,
    limit::Limits,
    metrics::Metrics,
    outbox::{Errand, Outbox, OutboxOptions},
    store::{Begun, Class, Key, NewRun, RunChange, RunId, RunRecord, Store, StoreError},
};

/// Runs campaigns.
#[derive(Debug)]
pub(crate) struct Runner {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    conversations: Arc<Conversations>,
    outbox: Arc<Outbox>,
    dispatcher: Arc<Dispatcher>,
    metrics: Arc<Metrics>,
    activity: Activity,
    limits: Limits,
    options: OutboxOptions,
    campaigns: BTreeMap<Arc<str>, Arc<Prepared>>,
    summaries: Vec<Summary>,
    /// Runs that have a task, and until when it sleeps.
    at_work: Mutex<HashMap<RunId, Option<Timestamp>>>,
    tasks: Mutex<JoinSet<()>>,
    /// Where tasks run, whoever gives the order.
    runtime: OnceLock<Handle>,
    /// When the calendar is looked at next.
    calendar: Mutex<Option<Timestamp>>,
    stopping: watch::Sender<bool>,
}

/// What a runner is made of.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) conversations: Arc<Conversations>,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) dispatcher: Arc<Dispatcher>,
    pub(crate) limits: Limits,
    pub(crate) options: OutboxOptions,
    pub(crate) campaigns: Vec<Prepared>,
    pub(crate) summaries: Vec<Summary>,
}

/// What became of an order to start a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Started {
    /// A run has begun.
    Run,
    /// A run is under way already.
    UnderWay,
    /// There has been a run for this instant of the schedule.
    Known,
    /// The campaign is to be dry: what a run would come to.
    Dry(Trial),
}

/// Why an order cannot be carried out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OrderError {
    /// The service has no campaign of this name.
    #[error("there is no campaign `{0}`; `campaign list` shows those there are")]
    Unknown(String),
    /// The audience cannot be read.
    #[error("the audience cannot be read: {0}")]
    Unread(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Runner {
    pub(crate) fn new(parts: Parts) -> Self {
        let campaigns = parts.campaigns.into_iter();
        let by_name = |campaign: Prepared| (Arc::clone(&campaign.name), Arc::new(campaign));
        let dispatcher = parts.dispatcher;
        Self {
            campaigns: campaigns.map(by_name).collect(),
            summaries: parts.summaries,
            store: Arc::clone(&dispatcher.store),
            clock: Arc::clone(&dispatcher.clock),
            metrics: Arc::clone(&dispatcher.metrics),
            activity: dispatcher.activity.clone(),
            conversations: parts.conversations,
            outbox: parts.outbox,
            dispatcher,
            limits: parts.limits,
            options: parts.options,
            at_work: Mutex::default(),
            tasks: Mutex::default(),
            runtime: OnceLock::new(),
            calendar: Mutex::default(),
            stopping: watch::Sender::new(false),
        }
    }

    /// Takes up the runs that an earlier life of the service left. Who was being written to then is
    /// in doubt.
    pub(crate) async fn recover(self: &Arc<Self>) -> Result<(), StoreError> {
        let _ = self.runtime.set(Handle::current());
        let doubtful = self
            .store
            .doubt_members(self.outbox.platform_now(), self.clock.now())
            .await?;
        if doubtful > 0 {
            tracing::warn!(
                members = doubtful,
                "a campaign was writing when the service stopped; whether that arrived is looked up"
            );
        }
        for run in self.store.runs().await? {
            self.take_up(run);
        }
        Ok(())
    }

    /// Returns once `stop` is done and every run has come to a point where it can be left.
    pub(crate) async fn run(self: Arc<Self>, stop: impl Future<Output = ()>) {
        let calendar = tokio::spawn(Arc::clone(&self).keep_calendar());
        stop.await;
        self.stopping.send_replace(true);
        // A panic of it is in the log already.
        let _ = calendar.await;
        let mut tasks = std::mem::take(&mut *self.tasks());
        while tasks.join_next().await.is_some() {}
    }

    /// Begins a run; for an instant of the schedule, or because somebody says so. A campaign that
    /// is to be dry comes to a trial.
    pub(crate) async fn start(
        self: &Arc<Self>,
        name: &str,
        due_at: Option<Timestamp>,
    ) -> Result<Started, OrderError> {
        let campaign = self.campaign(name)?;
        if campaign.dry_run {
            let trial = self.trial(name).await?;
            tracing::info!(
                campaign = name,
                written = trial.written,
                skipped = trial.skipped.values().sum::<u64>(),
                "a dry run: nobody was written to"
            );
            return Ok(Started::Dry(trial));
        }
        let new = NewRun {
            bot: Arc::clone(&campaign.bot),
            campaign: Arc::clone(&campaign.name),
            due_at,
        };
        let begun = self.store.begin_run(new, self.clock.now()).await?;
        if let Begun::Started(run) = begun {
            tracing::info!(campaign = name, run, "a run of the campaign begins");
            for run in self.store.runs().await? {
                self.take_up(run);
            }
        }
        Ok(match begun {
            Begun::Started(_) => Started::Run,
            Begun::UnderWay(_) => Started::UnderWay,
            Begun::Known => Started::Known,
        })
    }

    /// Gives the order to start a run, on the service's runtime.
    #[cfg(feature = "sandbox")]
    pub(crate) fn order(self: &Arc<Self>, name: &str) -> Result<(), OrderError> {
        self.campaign(name)?;
        let (runner, name) = (Arc::clone(self), name.to_owned());
        self.activity.enter();
        let order = async move {
            if let Err(error) = runner.start(&name, None).await {
                tracing::error!(campaign = name, %error, "the campaign was not started");
            }
            runner.activity.leave();
        };
        if let Some(runtime) = self.runtime.get() {
            self.tasks().spawn_on(order, runtime);
        }
        Ok(())
    }

    /// Lets the run of a campaign that is under way pause, or go on. False if there is none, or it
    /// is so already.
    pub(crate) async fn change(
        self: &Arc<Self>,
        name: &str,
        change: RunChange,
    ) -> Result<bool, OrderError> {
        self.campaign(name)?;
        let now = self.clock.now();
        let open = self.open_runs(name).await?;
        let Some(run) = open.first() else {
            return Ok(false);
        };
        let changed = self.store.change_run(run.id, change, now).await?;
        for run in self.open_runs(name).await? {
            self.take_up(run);
        }
        Ok(changed)
    }

    /// How far all campaigns have come.
    pub(crate) async fn summaries(&self) -> Result<Vec<Summary>, StoreError> {
        let mut summaries = Vec::new();
        for summary in &self.summaries {
            summaries.push(summary.clone().with_run(&*self.store).await?);
        }
        Ok(summaries)
    }

    /// The campaign of this name.
    pub(crate) fn campaign(&self, name: &str) -> Result<&Arc<Prepared>, OrderError> {
        let campaign = self.campaigns.get(name);
        campaign.ok_or_else(|| OrderError::Unknown(name.to_owned()))
    }

    /// When a run that sleeps goes on, the first of them.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        let calendar = *self.calendar.lock().unwrap_or_else(PoisonError::into_inner);
        let sleeping = self.at_work().values().flatten().min().copied();
        sleeping.into_iter().chain(calendar).min()
    }

    async fn open_runs(&self, name: &str) -> Result<Vec<RunRecord>, StoreError> {
        let mut runs = self.store.runs().await?;
        runs.retain(|run| &*run.campaign == name && run.ended_at.is_none());
        Ok(runs)
    }

    /// Gives a run that is to go on a task, unless it has one.
    fn take_up(self: &Arc<Self>, run: RunRecord) {
        let goes_on = run.ended_at.is_none() && run.paused.is_none();
        if !goes_on || self.at_work().contains_key(&run.id) {
            return;
        }
        let campaign = self.campaigns.get(&run.campaign).cloned();
        let Some(campaign) = campaign.filter(|campaign| campaign.bot == run.bot) else {
            tracing::warn!(campaign = %run.campaign, "a run waits for a campaign that this service does not have");
            return;
        };
        let Some(runtime) = self.runtime.get() else {
            return;
        };
        self.at_work().insert(run.id, None);
        self.activity.enter();
        let runner = Arc::clone(self);
        let task = async move {
            runner.work(run, &campaign).await;
            runner.activity.leave();
        };
        self.tasks().spawn_on(task, runtime);
    }

    async fn work(&self, mut run: RunRecord, campaign: &Prepared) {
        loop {
            let flow = self.drive(&run, campaign).await;
            self.at_work().remove(&run.id);
            if flow != Flow::Halted {
                return;
            }
            // Somebody may have let it go on while it came to its end.
            let Ok(runs) = self.store.runs().await else {
                return;
            };
            let again = runs.into_iter().find(|it| it.id == run.id);
            match again.filter(|it| it.ended_at.is_none() && it.paused.is_none()) {
                Some(again) if self.at_work().insert(again.id, None).is_none() => run = again,
                _ => return,
            }
        }
    }

    /// Waits for the right to make one request; none if the service stops.
    async fn errand(&self, campaign: &Prepared) -> Option<Errand> {
        let key = Key {
            bot: Arc::clone(&campaign.bot),
            mailbox: format!("campaign:{}", campaign.name).into(),
        };
        let organization = Arc::clone(&campaign.organization);
        tokio::select! {
            biased;
            errand = self.outbox.errand(&key, Class::Campaign, organization) => errand,
            () = self.stopped() => None,
        }
    }

    /// Sleeps. True if the service stops meanwhile.
    async fn sleep(&self, run: RunId, until: Timestamp) -> bool {
        self.at_work().insert(run, Some(until));
        let sleep = async {
            tokio::select! {
                biased;
                () = self.stopped() => true,
                () = self.clock.sleep_until(until) => false,
            }
        };
        let stopped = self.activity.resting(sleep).await;
        self.at_work().insert(run, None);
        stopped
    }

    async fn stopped(&self) {
        // The sender lives in `self`, so this cannot fail.
        let _ = self.stopping.subscribe().wait_for(|stops| *stops).await;
    }

    fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    fn client(&self, campaign: &Prepared) -> Option<&Client> {
        let hosted = self.dispatcher.hosts().get(&campaign.bot)?;
        Some(hosted.host.client())
    }

    fn own_user(&self, campaign: &Prepared) -> Option<&UserId> {
        self.dispatcher.hosts().get(&campaign.bot)?.own_user.get()
    }

    fn at_work(&self) -> MutexGuard<'_, HashMap<RunId, Option<Timestamp>>> {
        self.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tasks(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Where the world plays: platform, service, store and clock, and when all of them are at rest.

mod chronicle;
pub(super) use chronicle::{Cast, is_told, label, labels};

mod quiet;

use std::{net::TcpListener, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use shipmate_sandbox::Sandbox;
use tokio::sync::Mutex;
use web1on1::Clock;

use self::{chronicle::Chronicle, quiet::Quiet};
use super::{
    Failure, WorldError,
    clock::WorldClock,
    life::{Life, take_turns},
    step::Step,
    watch::{LifeStore, Watch},
};
use crate::{service::Service, store::Store};

/// Builds the service on a store.
pub(super) type BuildService =
    Arc<dyn Fn(Arc<dyn Store>) -> Result<Service, WorldError> + Send + Sync>;

/// Time-outs of requests run on tokio's timer, which counts in milliseconds.
const BEYOND: Duration = Duration::from_millis(10);

/// While a request is held up, time passes in steps of this at most, so that its time-out is seen.
const TICK: SignedDuration = SignedDuration::from_secs(1);

/// How often what a crash left on the wire is looked for without finding any.
const ROUNDS: usize = 3;

/// Platform, service, store and clock.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) clock: WorldClock,
    pub(super) sandbox: Arc<Sandbox>,
    pub(super) watch: Arc<Watch>,
    pub(super) chronicle: Arc<std::sync::Mutex<Chronicle>>,
    quiet: Quiet,
    play: Mutex<Option<Play>>,
    build: Builder,
    listener: TcpListener,
    /// How long anything may take on the machine's clock.
    patience: Duration,
}

/// A service at work.
#[derive(Debug)]
struct Play {
    life: Life,
    store: Arc<LifeStore>,
}

/// A [`BuildService`] that can be shown.
struct Builder(BuildService);

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}

/// What a stage is made of.
pub(super) struct Parts {
    pub(super) clock: WorldClock,
    pub(super) sandbox: Arc<Sandbox>,
    pub(super) watch: Arc<Watch>,
    pub(super) cast: Cast,
    pub(super) build: BuildService,
    pub(super) listener: TcpListener,
    pub(super) patience: Duration,
}

impl Stage {
    /// Starts the service for the first time.
    ///
    /// # Errors
    ///
    /// If it cannot be built or started.
    pub(super) async fn set(parts: Parts) -> Result<Self, WorldError> {
        let stage = Self {
            quiet: Quiet::new(Arc::clone(&parts.sandbox), parts.clock.clone()),
            clock: parts.clock,
            watch: parts.watch,
            chronicle: Arc::new(std::sync::Mutex::new(Chronicle::new(parts.cast))),
            sandbox: parts.sandbox,
            play: Mutex::new(None),
            build: Builder(parts.build),
            listener: parts.listener,
            patience: parts.patience,
        };
        let play = stage.begin().await?;
        *stage.play.lock().await = Some(play);
        Ok(stage)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Requests that a fault holds up.
    pub(super) fn held(&self) -> usize {
        self.quiet.held()
    }

    /// Notes something in the transcript.
    pub(super) fn note(&self, who: &str, what: impl Into<String>) {
        self.chronicle().add(self.now(), who, what.into());
    }

    pub(super) fn chronicle(&self) -> std::sync::MutexGuard<'_, Chronicle> {
        self.chronicle
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Returns when nothing is left to do before time passes.
    ///
    /// # Errors
    ///
    /// If the world does not come to rest.
    pub(super) async fn settle(&self) -> Result<(), Failure> {
        let mut play = self.play.lock().await;
        self.settle_play(&mut play).await
    }

    /// Lets `length` pass in a settled world, stopping at everything that becomes due meanwhile.
    ///
    /// # Errors
    ///
    /// If the world does not come to rest.
    pub(super) async fn advance(&self, length: SignedDuration) -> Result<(), Failure> {
        let target = later(self.now(), length);
        while self.step(target).await? {}
        let mut play = self.play.lock().await;
        self.move_to(&mut play, target).await?;
        Ok(())
    }

    /// Moves a settled world to the next time at which something is due, if that is not after `until`,
    /// and settles it. Returns whether there was such a time.
    ///
    /// # Errors
    ///
    /// If the world does not come to rest.
    pub(super) async fn step(&self, until: Timestamp) -> Result<bool, Failure> {
        let mut play = self.play.lock().await;
        let tick = (self.quiet.held() > 0).then(|| later(self.now(), TICK));
        let next = self.clock.next_wake().into_iter().chain(tick).min();
        let Some(next) = next.filter(|next| *next <= until) else {
            return Ok(false);
        };
        self.move_to(&mut play, next).await?;
        Ok(true)
    }

    /// Ends the service where it stands and starts it again.
    ///
    /// # Errors
    ///
    /// If it cannot be started again.
    pub(super) async fn crash(&self) -> Result<(), Failure> {
        let mut play = self.play.lock().await;
        self.settle_play(&mut play).await?;
        self.note("service", "crashes");
        self.restart(&mut play).await
    }

    /// Starts a run of a campaign.
    ///
    /// # Errors
    ///
    /// If there is no such campaign, or the world does not come to rest.
    pub(super) async fn start_campaign(&self, name: &str) -> Result<(), Failure> {
        let mut play = self.play.lock().await;
        self.note("service", format!("is told to start the campaign {name}"));
        let running = play.as_ref().and_then(|play| play.life.running());
        let ordered = running.map(|running| running.order_campaign(name));
        match ordered {
            Some(Ok(())) => self.settle_play(&mut play).await,
            Some(Err(error)) => Err(Failure::new(
                "a campaign that can be started",
                crate::causes::with_causes(&error),
            )),
            None => Err(Failure::new("a service", "it does not run")),
        }
    }

    async fn move_to(&self, play: &mut Option<Play>, time: Timestamp) -> Result<(), Failure> {
        let step = time.duration_since(self.now());
        self.clock.move_to(time);
        if self.quiet.held() > 0
            && let Some(play) = play
            && let Ok(step) = Duration::try_from(step)
        {
            play.life.shift(step + BEYOND).await;
        }
        self.settle_play(play).await
    }

    async fn settle_play(&self, play: &mut Option<Play>) -> Result<(), Failure> {
        let settled = tokio::time::timeout(self.patience, self.until_quiet(play)).await;
        self.chronicle().follow(&self.sandbox, self.now());
        settled.unwrap_or_else(|_| {
            Err(Failure::new(
                "the bot to come to rest",
                format!("it was still at work after {:?}", self.patience),
            ))
        })
    }

    async fn until_quiet(&self, play: &mut Option<Play>) -> Result<(), Failure> {
        loop {
            if let Some(step) = self.watch.take_failure() {
                self.power_failed(play, step).await?;
            }
            let activity = play.as_ref().and_then(|play| play.life.running());
            let activity = activity.map(|running| running.activity().count());
            self.run(play.as_ref()).await;
            let before = self.fingerprint();
            if self.quiet.is_now(&self.watch, activity.as_ref()) {
                self.run(play.as_ref()).await;
                let is_quiet = self.quiet.is_now(&self.watch, activity.as_ref());
                if is_quiet && self.fingerprint() == before && !self.watch.has_failed() {
                    return Ok(());
                }
            } else {
                self.quiet.wait(&self.watch, activity, before.0).await;
            }
        }
    }

    /// Lets everything run that is ready, on both runtimes.
    async fn run(&self, play: Option<&Play>) {
        if let Some(play) = play {
            play.life.run().await;
        }
        take_turns().await;
    }

    /// The same again if nothing happened in between.
    fn fingerprint(&self) -> (u64, u64) {
        self.sandbox
            .look(|view| (view.version(), self.watch.calls()))
    }

    /// The service stopped at a point. What it had sent by then arrives.
    async fn power_failed(&self, play: &mut Option<Play>, step: Step) -> Result<(), Failure> {
        let mut rounds = 0;
        while rounds < ROUNDS {
            let before = self.fingerprint();
            self.run(play.as_ref()).await;
            let is_over = !self.watch.is_busy() && !self.quiet.is_answering();
            rounds = if is_over && self.fingerprint() == before {
                rounds + 1
            } else {
                0
            };
        }
        self.chronicle().follow(&self.sandbox, self.now());
        self.note("service", format!("crashes {step}"));
        self.restart(play).await
    }

    async fn restart(&self, play: &mut Option<Play>) -> Result<(), Failure> {
        if let Some(play) = play.take() {
            play.store.die();
            play.life.kill().await;
        }
        let begun = self.begin().await;
        let begun = begun.map_err(|error| {
            Failure::new(
                "the service to start again",
                crate::causes::with_causes(&error),
            )
        })?;
        *play = Some(begun);
        self.note("service", "starts again");
        Ok(())
    }

    /// A new life; if the power fails while it starts, another one.
    async fn begin(&self) -> Result<Play, WorldError> {
        loop {
            // What an earlier life had under way is durable before the next one reads.
            self.watch
                .store()
                .check()
                .await
                .map_err(WorldError::Store)?;
            let store = self.watch.for_a_life();
            let build = {
                let (build, store) = (Arc::clone(&self.build.0), Arc::clone(&store));
                move || build(store)
            };
            let listener = self.listener.try_clone().map_err(WorldError::Machine)?;
            let mut life = Life::begin(build, listener)?;
            let failed = async {
                while !self.watch.has_failed() {
                    self.watch.changed.notified().await;
                }
            };
            tokio::select! {
                biased;
                () = failed => {}
                started = life.started() => {
                    started?;
                    return Ok(Play { life, store });
                }
            }
            life.kill().await;
            if let Some(step) = self.watch.take_failure() {
                self.note("service", format!("crashes {step}, while it starts"));
            }
        }
    }
}

/// `time` and `length`, or the end of time.
pub(super) fn later(time: Timestamp, length: SignedDuration) -> Timestamp {
    time.saturating_add(length).unwrap_or(Timestamp::MAX)
}

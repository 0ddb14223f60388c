//! A service: one or more bots, a store, and what runs between them.

mod builder;
mod identity;
mod readiness;
mod upkeep;

pub use builder::{BotSetup, BuildError, ServiceBuilder};
pub(crate) use readiness::{Problem, Readiness};
pub use upkeep::Retention;

use std::{sync::Arc, time::Duration};

use axum::Router;
use jiff::Timestamp;
use secrecy::SecretString;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use web1on1::Clock;

use self::upkeep::Upkeep;
use crate::{
    activity::Activity,
    campaign::{OrderError, Runner, Started, Trial},
    console::Console,
    dispatch::Dispatcher,
    metrics::Metrics,
    operator::Operator,
    outbox::Outbox,
    schedule::{Bells, Ringer},
    store::{Key, RunChange, Store, StoreError},
    surveys::Surveys,
    webhook::{Receiver, ServerOptions, router, serve},
};

/// How long a stop may take altogether; what is not finished then goes on at the next start.
const DRAIN: Duration = Duration::from_millis(8_500);

/// A service that is ready to run.
///
/// ```
/// # use shipmate::{Bot, Message, NoConfig, Outcome, Result, Turn};
/// # struct Echo;
/// # impl Bot for Echo {
/// #     type State = ();
/// #     type Config = NoConfig;
/// #     async fn on_message(&self, turn: &mut Turn<Self>, _: &Message) -> Result<Outcome> { turn.done() }
/// # }
/// use shipmate::{BotSetup, Service, Token, WebhookSecrets};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let service = Service::builder("https://api.web1on1.chat")
///     .store_url("memory:")
///     .bot(
///         BotSetup::new("echo", Echo)
///             .token(Token::new("64aa00000000000000000001")?)
///             .secrets(WebhookSecrets::new(["s3cret".to_owned()])),
///     )
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Service {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
    activity: Activity,
    dispatcher: Arc<Dispatcher>,
    outbox: Arc<Outbox>,
    receiver: Arc<Receiver>,
    readiness: Arc<Readiness>,
    server: ServerOptions,
    queues: Queues,
    operator: Operator,
    surveys: Surveys,
    ringer: Ringer,
    retention: Retention,
    runner: Arc<Runner>,
}

#[derive(Debug)]
struct Queues {
    mailboxes: tokio::sync::mpsc::Receiver<Key>,
    lanes: tokio::sync::mpsc::Receiver<Key>,
}

/// A service at work. Dropping it stops nothing; call [`stop`](Running::stop).
#[derive(Debug)]
pub struct Running {
    router: Router,
    receiver: Arc<Receiver>,
    dispatcher: Arc<Dispatcher>,
    outbox: Arc<Outbox>,
    bells: Bells,
    activity: Activity,
    metrics: Arc<Metrics>,
    clock: Arc<dyn Clock>,
    server: ServerOptions,
    console: Console,
    runner: Arc<Runner>,
    stop: watch::Sender<bool>,
    workers: Vec<JoinHandle<()>>,
    helpers: Vec<JoinHandle<()>>,
}

impl Service {
    /// Begins a service that talks to the platform's API at `api_url`.
    pub fn builder(api_url: impl Into<String>) -> ServiceBuilder {
        ServiceBuilder::new(api_url.into())
    }

    /// Takes up what an earlier run left, and begins to handle events and to send.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    pub async fn start(self) -> Result<Running, StoreError> {
        let (stop, stopped) = watch::channel(false);
        let stopping = move || {
            let mut stopped = stopped.clone();
            async move {
                // An error means that the service was dropped, which also ends the work.
                let _ = stopped.wait_for(|stopped| *stopped).await;
            }
        };
        self.outbox.recover().await?;
        let recovered = self.dispatcher.recover().await?;
        if recovered > 0 {
            tracing::info!(events = recovered, "events of an earlier run are taken up");
        }
        let identities = identity::learn(Arc::clone(&self.dispatcher), Arc::clone(&self.readiness));
        let known = self.readiness.identities_known();
        let dispatcher = Arc::clone(&self.dispatcher);
        let (mailboxes, lanes) = (self.queues.mailboxes, self.queues.lanes);
        let (stop_dispatch, stop_waiting) = (stopping(), stopping());
        let dispatch = tokio::spawn(async move {
            // Until a bot knows its own user it cannot tell its own messages from others'.
            tokio::select! {
                () = known => dispatcher.run(mailboxes, stop_dispatch).await,
                () = stop_waiting => {}
            }
        });
        let outbox = tokio::spawn(Arc::clone(&self.outbox).run(lanes, stopping()));
        self.runner.recover().await?;
        let campaigns = tokio::spawn(Arc::clone(&self.runner).run(stopping()));
        let bells = self.ringer.bells.clone();
        bells.wake_at(self.clock.now());
        let ringer = tokio::spawn(self.ringer.run(stopping()));
        let upkeep = Upkeep {
            store: Arc::clone(&self.store),
            clock: Arc::clone(&self.clock),
            metrics: Arc::clone(&self.metrics),
            operator: self.operator.clone(),
            retention: self.retention,
        };
        let helpers = vec![tokio::spawn(identities), tokio::spawn(upkeep.run())];
        let console = Console {
            bots: self.dispatcher.hosts().keys().cloned().collect(),
            surveys: self.surveys,
            store: self.store,
            operator: self.operator,
            readiness: self.readiness,
            clock: Arc::clone(&self.clock),
            alarms: [
                self.dispatcher.alarms().clone(),
                self.outbox.alarms().clone(),
                bells.alarms().clone(),
            ],
            runner: Arc::clone(&self.runner),
        };
        Ok(Running {
            console,
            router: router(Arc::clone(&self.receiver)),
            receiver: self.receiver,
            dispatcher: self.dispatcher,
            outbox: self.outbox,
            activity: self.activity,
            metrics: self.metrics,
            clock: self.clock,
            server: self.server,
            runner: self.runner,
            stop,
            workers: vec![ringer, dispatch, outbox, campaigns],
            bells,
            helpers,
        })
    }

    /// Runs on `listener` until `shutdown` is done, then stops within 10 s with nothing lost.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), StoreError> {
        let running = self.start().await?;
        running.serve(listener, shutdown).await;
        Ok(())
    }
}

impl Running {
    /// The service's addresses, for a server of your own: `/webhook`, `/webhook/{bot}`, `/healthz`,
    /// `/readyz` and `/metrics`.
    ///
    /// What you must then bring yourself, because it lies below a router: a time-out for headers
    /// and a cap on connections (without them a few thousand half-sent requests block everybody),
    /// and the order of a stop: first stop accepting, then call [`stop`](Running::stop). Time-out
    /// and size of bodies are checked here. Put no middleware before it that reads or changes
    /// bodies: signatures are over the bytes as the platform sent them.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// The operator's page, for a listener of its own. It shows what people wrote, if asked, and
    /// can forget contacts. It is behind `token`, if there is one; leave that out only where nobody
    /// else reaches the listener: then it answers only to `localhost` and addresses in numbers, so
    /// that no web page can reach it under a name of its own.
    pub fn console(&self, token: Option<SecretString>) -> Router {
        self.console.clone().router(token)
    }

    /// Serves on `listener` until `shutdown` is done, then stops.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        let (closed, mut close) = watch::channel(false);
        let closing = async move {
            // An error means that the sender is gone, which also ends the work.
            let _ = close.wait_for(|close| *close).await;
        };
        let server = serve(
            listener,
            self.router(),
            self.server,
            Arc::clone(&self.metrics),
            closing,
        );
        let server = tokio::spawn(server);
        shutdown.await;
        tracing::info!(
            "stopping; events are refused from now on, and the platform sends them again"
        );
        self.stop().await;
        closed.send_replace(true);
        // A panic of the server is in the log already.
        let _ = server.await;
    }

    /// Refuses events from now on and waits, up to a few seconds, for running handlers and requests.
    /// Everything else is in the store and goes on at the next start.
    pub async fn stop(self) {
        self.receiver.drain();
        self.stop.send_replace(true);
        let finish = async {
            for worker in self.workers {
                // A panic of a worker is in the log already.
                let _ = worker.await;
            }
        };
        if tokio::time::timeout(DRAIN, finish).await.is_err() {
            tracing::warn!(
                "some handlers or requests did not finish in time; their events and messages are kept"
            );
        }
        for helper in self.helpers {
            helper.abort();
            // It lets go of the store.
            let _ = helper.await;
        }
    }

    /// Starts a run of a campaign, unless one is under way.
    ///
    /// # Errors
    ///
    /// If there is no such campaign, or the store fails.
    pub async fn start_campaign(&self, name: &str) -> Result<Started, OrderError> {
        self.runner.start(name, None).await
    }

    /// Starts a run of a campaign, on the service's runtime and without waiting for it.
    #[cfg(feature = "sandbox")]
    pub(crate) fn order_campaign(&self, name: &str) -> Result<(), OrderError> {
        self.runner.order(name)
    }

    /// What a run of a campaign would come to now; nobody is written to.
    ///
    /// # Errors
    ///
    /// If there is no such campaign, the audience cannot be read, or the store fails.
    pub async fn try_campaign(&self, name: &str) -> Result<Trial, OrderError> {
        self.runner.trial(name).await
    }

    /// Lets the run of a campaign pause. False if there is none, or it pauses already.
    ///
    /// # Errors
    ///
    /// If there is no such campaign, or the store fails.
    pub async fn pause_campaign(&self, name: &str, reason: &str) -> Result<bool, OrderError> {
        let pause = RunChange::Pause(reason.to_owned());
        self.runner.change(name, pause).await
    }

    /// Lets the run of a campaign go on. False if none pauses.
    ///
    /// # Errors
    ///
    /// If there is no such campaign, or the store fails.
    pub async fn resume_campaign(&self, name: &str) -> Result<bool, OrderError> {
        self.runner.change(name, RunChange::Resume).await
    }

    /// Returns when nothing is left to do before time passes. For tests that move the clock.
    pub async fn settled(&self) {
        loop {
            self.activity.ended().await;
            let now = self.clock.now();
            if self.next_due().is_none_or(|due| due > now) {
                return;
            }
            // An alarm is due but has not rung yet.
            tokio::task::yield_now().await;
        }
    }

    /// Work under way, for the test kit.
    #[cfg(feature = "sandbox")]
    pub(crate) fn activity(&self) -> &Activity {
        &self.activity
    }

    /// When something that waits is due next: a retry, a message that waits for a limit, or a timer.
    pub fn next_due(&self) -> Option<Timestamp> {
        let alarms = [
            self.dispatcher.alarms().next(),
            self.outbox.next_due(),
            self.runner.next_due(),
            self.bells.alarms().next(),
        ];
        alarms.into_iter().flatten().min()
    }
}

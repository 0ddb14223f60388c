use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{net::TcpListener, sync::watch};
use web1on1::Clock;

use super::Sandbox;
use crate::{
    JournalSettings, Limits, MovableClock, OffsetClock, Refusal, Seed, admin,
    clock::SandboxClock,
    journal::Journal,
    page,
    platform::Platform,
    rest,
    state::State,
    webhook::{Courier, DeliveryQueue, DeliverySettings, client},
};

/// A sandbox to be started. See [`Sandbox::builder`].
#[derive(Debug)]
pub struct Builder {
    clock: SandboxClock,
    seed: Seed,
    random_seed: u64,
    listen: String,
    limits: Limits,
    deliveries: DeliverySettings,
    journal: JournalSettings,
    patience: Duration,
}

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}; choose another address with `listen`")]
    Listen {
        /// The address.
        address: String,
        /// The system's reason.
        source: io::Error,
    },
    /// The HTTP client for webhooks cannot be built.
    #[error("cannot set up the HTTP client for webhooks; check the machine's certificates")]
    Client(#[source] reqwest::Error),
    /// Something in the seed cannot be.
    #[error("the seed cannot be used; correct what it names")]
    Seed(#[source] Refusal),
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            clock: SandboxClock::movable(Arc::new(OffsetClock::new())),
            seed: Seed::new(),
            random_seed: 1,
            listen: "127.0.0.1:0".to_owned(),
            limits: Limits::default(),
            deliveries: DeliverySettings::default(),
            journal: JournalSettings::default(),
            patience: Duration::from_secs(30),
        }
    }

    /// The platform's clock; it cannot be moved from the chat page. Without this or
    /// [`movable_clock`](Self::movable_clock) it is an [`OffsetClock`].
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = SandboxClock::fixed(clock);
        self
    }

    /// The platform's clock, which the chat page offers to move.
    #[must_use]
    pub fn movable_clock(mut self, clock: Arc<dyn MovableClock>) -> Self {
        self.clock = SandboxClock::movable(clock);
        self
    }

    /// What exists from the start; nothing by default.
    #[must_use]
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    /// The seed of chance: ids, secrets and tokens are the same for the same number.
    #[must_use]
    pub fn random_seed(mut self, random_seed: u64) -> Self {
        self.random_seed = random_seed;
        self
    }

    /// Where to listen; `127.0.0.1:0`, a free port of the loopback address, by default. Whoever
    /// reaches the address can read and write everything.
    #[must_use]
    pub fn listen(mut self, address: impl Into<String>) -> Self {
        self.listen = address.into();
        self
    }

    /// Other limits than the documented ones.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How webhooks are delivered.
    #[must_use]
    pub fn deliveries(mut self, settings: DeliverySettings) -> Self {
        self.deliveries = settings;
        self
    }

    /// How much history is kept.
    #[must_use]
    pub fn journal(mut self, settings: JournalSettings) -> Self {
        self.journal = settings;
        self
    }

    /// How long the `wait` methods wait on the machine's own clock; 30 seconds by default.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Plants the seed, listens, and starts to deliver.
    ///
    /// # Errors
    /// If the address is taken, the seed contradicts itself, or TLS cannot be set up.
    pub async fn start(self) -> Result<Sandbox, StartError> {
        let client = client(&self.deliveries).map_err(StartError::Client)?;
        let (listener, address) = bind(&self.listen).await?;
        let queue = DeliveryQueue::new(self.deliveries);
        let mut state = State::new(self.limits, queue, self.random_seed);
        state.journal = Journal::new(self.journal);
        state.base_url = format!("http://{address}");
        state
            .plant(self.seed, self.clock.now())
            .map_err(StartError::Seed)?;
        let platform = Arc::new(Platform::new(state, self.clock));
        let (stop, stopped) = watch::channel(false);
        let courier = Courier {
            platform: Arc::clone(&platform),
            client: client.clone(),
        };
        let tasks = vec![
            tokio::spawn(courier.run(stopped.clone())),
            tokio::spawn(serve(
                listener,
                Arc::clone(&platform),
                client.clone(),
                stopped,
            )),
        ];
        Ok(Sandbox {
            platform,
            client,
            address,
            patience: self.patience,
            stop,
            tasks,
        })
    }
}

async fn bind(address: &str) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen {
        address: address.to_owned(),
        source,
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

async fn serve(
    listener: TcpListener,
    platform: Arc<Platform>,
    client: reqwest::Client,
    mut stopped: watch::Receiver<bool>,
) {
    let api = rest::Api {
        platform: Arc::clone(&platform),
        client: client.clone(),
        stopped: stopped.clone(),
    };
    let admin = admin::Admin {
        platform: Arc::clone(&platform),
        client: client.clone(),
    };
    let page = page::Page {
        platform,
        client,
        stopped: stopped.clone(),
        memory: page::Memory::default(),
    };
    let router = rest::router(api)
        .merge(admin::router(admin))
        .merge(page::router(page));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, service)
        .with_graceful_shutdown(async move {
            // An error means that the handle is gone, which is a stop as well.
            let _ = stopped.changed().await;
        })
        .await;
    if let Err(error) = served {
        tracing::error!(%error, "the sandbox stopped listening");
    }
}

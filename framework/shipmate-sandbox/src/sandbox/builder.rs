use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use tokio::{net::TcpListener, sync::watch};
use web1on1::Clock;

use super::Sandbox;
use crate::{
    Border, JournalSettings, Limits, MovableClock, OffsetClock, PageLimits, Quirks, Refusal, Seed,
    Snapshot, admin,
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
    clock: Option<SandboxClock>,
    border: Option<Arc<dyn Border>>,
    seed: Seed,
    random_seed: Option<u64>,
    listen: String,
    limits: Option<Limits>,
    quirks: Option<Quirks>,
    deliveries: DeliverySettings,
    journal: JournalSettings,
    patience: Duration,
    pages: PageLimits,
    public_url: Option<String>,
    snapshot: Option<Snapshot>,
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
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The seed sets the time, and the clock cannot be moved.
    #[error("cannot set the clock to {time}; give the sandbox a `movable_clock`")]
    Clock {
        /// The time of the seed or the snapshot.
        time: Timestamp,
    },
    /// Something in the seed cannot be.
    #[error("the seed cannot be used; correct what it names")]
    Seed(#[source] Refusal),
}

impl Builder {
    pub(super) fn new() -> Self {
        Self {
            clock: None,
            border: None,
            seed: Seed::new(),
            random_seed: None,
            listen: "127.0.0.1:0".to_owned(),
            limits: None,
            quirks: None,
            deliveries: DeliverySettings::default(),
            journal: JournalSettings::default(),
            patience: Duration::from_secs(30),
            pages: PageLimits::default(),
            public_url: None,
            snapshot: None,
        }
    }

    /// The platform's clock; it cannot be moved from the chat page. Without this or
    /// [`movable_clock`](Self::movable_clock) it is an [`OffsetClock`].
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(SandboxClock::fixed(clock));
        self
    }

    /// The platform's clock, which the chat page offers to move.
    #[must_use]
    pub fn movable_clock(mut self, clock: Arc<dyn MovableClock>) -> Self {
        self.clock = Some(SandboxClock::movable(clock));
        self
    }

    /// Who watches requests and webhooks, and may cut them off; nobody by default.
    #[must_use]
    pub fn border(mut self, border: Arc<dyn Border>) -> Self {
        self.border = Some(border);
        self
    }

    /// What exists from the start; nothing by default.
    #[must_use]
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = seed;
        self
    }

    /// The seed of chance: ids, secrets and tokens are the same for the same number. Without it,
    /// that of the seed file, or 1.
    #[must_use]
    pub fn random_seed(mut self, random_seed: u64) -> Self {
        self.random_seed = Some(random_seed);
        self
    }

    /// Where to listen; `127.0.0.1:0`, a free port of the loopback address, by default. Whoever
    /// reaches the address can read and write everything.
    #[must_use]
    pub fn listen(mut self, address: impl Into<String>) -> Self {
        self.listen = address.into();
        self
    }

    /// Other limits than the documented ones, or than those of the seed file.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// Other behaviour where the documents are silent, or than that of the seed file.
    #[must_use]
    pub fn quirks(mut self, quirks: Quirks) -> Self {
        self.quirks = Some(quirks);
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

    /// How many items lists have, by default and at most.
    #[must_use]
    pub fn page_limits(mut self, pages: PageLimits) -> Self {
        self.pages = pages;
        self
    }

    /// The address under which others reach the sandbox, such as `http://sandbox:7070` in a network
    /// of containers; links in answers and webhooks begin with it. By default it is the address that
    /// is listened on.
    #[must_use]
    pub fn public_url(mut self, url: impl Into<String>) -> Self {
        self.public_url = Some(url.into().trim_end_matches('/').to_owned());
        self
    }

    /// Goes on where `snapshot` was taken: the seed is not used, and limits and quirks are those
    /// of the snapshot unless others are given. The sandbox's own clock goes on at the time of the
    /// snapshot; one that was given is moved forward to it, if it is behind.
    #[must_use]
    pub fn restore(mut self, snapshot: Snapshot) -> Self {
        self.snapshot = Some(snapshot);
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
        let is_own_clock = self.clock.is_none();
        let clock = self
            .clock
            .unwrap_or_else(|| SandboxClock::movable(Arc::new(OffsetClock::new())));
        let seed = self.seed;
        let given = self.limits.or(seed.limits()).unwrap_or_default();
        let random_seed = self.random_seed.or(seed.random_seed()).unwrap_or(1);
        let mut state = State::new(given, queue, random_seed);
        state.quirks = self.quirks.or(seed.quirks()).unwrap_or_default();
        state.journal = Journal::new(self.journal);
        state.base_url = self
            .public_url
            .unwrap_or_else(|| format!("http://{address}"));
        if let Some(snapshot) = self.snapshot {
            let limits = self.limits.unwrap_or(snapshot.limits());
            let behind = snapshot.time().duration_since(clock.now());
            // A clock that was given may be somebody else's too: it never goes back.
            let least = if is_own_clock {
                SignedDuration::MIN
            } else {
                SignedDuration::ZERO
            };
            move_clock(&clock, behind.max(least))?;
            snapshot.put_back(&mut state);
            state.set_limits(limits);
            state.quirks = self.quirks.unwrap_or(state.quirks);
        } else {
            if let Some(start) = seed.clock() {
                // Before anything exists, the clock may also be set back.
                move_clock(&clock, start.duration_since(clock.now()))?;
            }
            state.plant(seed, clock.now()).map_err(StartError::Seed)?;
        }
        let platform = Arc::new(Platform::new(state, clock, self.border));
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
                self.pages,
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

fn move_clock(clock: &SandboxClock, behind: SignedDuration) -> Result<(), StartError> {
    if behind.is_zero() {
        return Ok(());
    }
    let time = clock.now().saturating_add(behind).unwrap_or(Timestamp::MAX);
    if clock.advance(behind) {
        Ok(())
    } else {
        Err(StartError::Clock { time })
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
    pages: PageLimits,
    mut stopped: watch::Receiver<bool>,
) {
    let api = rest::Api {
        platform: Arc::clone(&platform),
        client: client.clone(),
        pages,
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

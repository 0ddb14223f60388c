//! A world to be.

use std::{
    fmt, future::IntoFuture, net::TcpListener, panic::Location, pin::Pin, sync::Arc, time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use shipmate_sandbox::{Border, Installation, JournalSettings, Sandbox, Seed, Webhook};
use web1on1::{BotId, Meta, OrganizationId, Token};

use super::{
    Failure, Length, World, WorldError,
    clock::WorldClock,
    stage::{BuildService, Cast, Parts, Stage},
    watch::Watch,
};
use crate::{
    bot::Bot,
    route::Ignoring,
    service::{BotSetup, Service, ServiceBuilder},
    store::{SqliteStore, Store},
    webhook::WebhookSecrets,
};

/// A Monday morning.
const START: Timestamp = Timestamp::constant(1_772_445_600, 0);

/// The worlds' webhooks are signed like real ones.
const SECRET: &str = "world-webhook-secret";

/// How long the world may be at work on something, on the machine's clock, before it is stuck.
const STUCK_AFTER: Duration = Duration::from_secs(30);

/// How long an expectation waits, on the world's clock.
const PATIENCE: SignedDuration = SignedDuration::from_secs(10);

/// History that the platform keeps; the world reads it after every step.
const JOURNAL: JournalSettings = JournalSettings {
    entries: 20_000,
    body_bytes: 4 << 10,
    total_bytes: 16 << 20,
};

type AdjustService = Arc<dyn Fn(ServiceBuilder) -> ServiceBuilder + Send + Sync>;
type AdjustSandbox =
    Arc<dyn Fn(shipmate_sandbox::Builder) -> shipmate_sandbox::Builder + Send + Sync>;

/// A [`World`] to be started: with `.await`, which panics if it cannot be, or with
/// [`start`](Self::start). A clone starts another world like it.
///
/// ```
/// # use shipmate::{Bot, Message, NoConfig, Outcome, Result, Turn};
/// # struct Echo;
/// # impl Bot for Echo {
/// #     type State = ();
/// #     type Config = NoConfig;
/// #     async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
/// #         turn.say(format!("Echo: {}", message.text));
/// #         turn.done()
/// #     }
/// # }
/// use shipmate::{DispatchOptions, testing::World};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let world = World::of(Echo)
///     .random_seed(7)
///     .start_at("2026-03-02T10:00:00Z".parse().unwrap())
///     .service(|service| {
///         service.dispatch(DispatchOptions { attempts: 2, ..DispatchOptions::default() })
///     })
///     .await;
/// # drop(world);
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a world does nothing until it is started: `.await` it"]
pub struct WorldBuilder {
    bots: Vec<BotSetup>,
    seed: Option<Seed>,
    random_seed: Option<u64>,
    start: Timestamp,
    organization: Option<String>,
    settings: Meta,
    patience: SignedDuration,
    stuck_after: Duration,
    store: Option<Arc<dyn Store>>,
    service: Vec<AdjustService>,
    sandbox: Vec<AdjustSandbox>,
}

impl fmt::Debug for WorldBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorldBuilder")
            .field("bots", &self.bots)
            .field("seed", &self.seed)
            .field("random_seed", &self.random_seed)
            .field("start", &self.start)
            .finish_non_exhaustive()
    }
}

impl WorldBuilder {
    pub(super) fn new() -> Self {
        Self {
            bots: Vec::new(),
            seed: None,
            random_seed: None,
            start: START,
            organization: None,
            settings: Meta::new(),
            patience: PATIENCE,
            stuck_after: STUCK_AFTER,
            store: None,
            service: Vec::new(),
            sandbox: Vec::new(),
        }
    }

    /// A bot under a name. The first bot given here is the first of the seed, and so on.
    pub fn bot<B: Bot>(self, name: impl Into<Arc<str>>, bot: B) -> Self {
        self.setup(BotSetup::new(name, bot))
    }

    /// A bot that is made anew whenever the service starts: with [`bot`](Self::bot), what the bot
    /// holds in memory survives crashes, which in reality it does not.
    pub fn bot_made_by<B: Bot>(
        self,
        name: impl Into<Arc<str>>,
        make: impl Fn() -> B + Send + Sync + 'static,
    ) -> Self {
        self.setup(BotSetup::made_by(name, make))
    }

    /// A bot that is set up already. Token and secrets are given to it here.
    pub fn setup(mut self, setup: BotSetup) -> Self {
        self.bots.push(setup);
        self
    }

    /// Which events never reach the bots given so far.
    pub fn ignoring(mut self, ignoring: Ignoring) -> Self {
        let bots = std::mem::take(&mut self.bots);
        self.bots = bots.into_iter().map(|bot| bot.ignoring(ignoring)).collect();
        self
    }

    /// What the platform holds; [`Seed::demo`] unless set.
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The seed of the platform's chance, such as its ids.
    pub fn random_seed(mut self, random_seed: u64) -> Self {
        self.random_seed = Some(random_seed);
        self
    }

    /// When the world begins: Monday, 2 March 2026, 10:00 UTC, unless set here or in the seed.
    pub fn start_at(mut self, start: Timestamp) -> Self {
        self.start = start;
        self
    }

    /// The organization, by id or name, to which consumers write. Unless set, it is the lowest one in
    /// which the first bot is installed.
    pub fn organization(mut self, id_or_name: impl Into<String>) -> Self {
        self.organization = Some(id_or_name.into());
        self
    }

    /// A setting of that organization for the first bot: `meta` of the bot instance. Others stay as
    /// they are in the seed.
    pub fn setting(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.settings.insert(key.into(), value.into());
        self
    }

    /// How long expectations wait on the world's clock; 10 seconds unless set.
    ///
    /// # Panics
    ///
    /// If it is no length of time.
    #[track_caller]
    pub fn patience(mut self, patience: impl Length) -> Self {
        self.patience = patience.length().unwrap_or_else(|error| {
            Failure::new("a length of time", error.to_string()).panic(Location::caller(), "")
        });
        self
    }

    /// How long anything may take on the machine's clock before the world is stuck, and the test
    /// fails; 30 seconds unless set.
    pub fn stuck_after(mut self, limit: Duration) -> Self {
        self.stuck_after = limit;
        self
    }

    /// A store to use; one in memory unless set. It survives crashes, and this world.
    pub fn store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = Some(store);
        self
    }

    /// Changes options of the service: limits, dispatch, outbox and so on.
    pub fn service(
        mut self,
        adjust: impl Fn(ServiceBuilder) -> ServiceBuilder + Send + Sync + 'static,
    ) -> Self {
        self.service.push(Arc::new(adjust));
        self
    }

    /// Changes options of the platform: limits, deliveries and so on.
    pub fn sandbox(
        mut self,
        adjust: impl Fn(shipmate_sandbox::Builder) -> shipmate_sandbox::Builder + Send + Sync + 'static,
    ) -> Self {
        self.sandbox.push(Arc::new(adjust));
        self
    }

    /// Starts the world.
    ///
    /// # Errors
    ///
    /// If the seed lacks something, or the service cannot be built or started.
    pub async fn start(self) -> Result<World, WorldError> {
        let clock = WorldClock::at(self.start);
        let store = match &self.store {
            Some(store) => Arc::clone(store),
            None => Arc::new(SqliteStore::in_memory().map_err(WorldError::Store)?),
        };
        let watch = Watch::new(store);
        let sandbox = Arc::new(self.platform(&clock, &watch).await?);
        let ids = sandbox.bots();
        if self.bots.is_empty() || ids.len() < self.bots.len() {
            return Err(WorldError::Bots {
                wanted: self.bots.len(),
                there: ids.len(),
            });
        }
        let organization = self.place(&sandbox, &ids)?;
        self.install(&sandbox, &ids, &organization)?;
        let listener = listen().map_err(WorldError::Machine)?;
        self.connect(&sandbox, &ids, &listener)?;
        let stage = Stage::set(Parts {
            cast: self.cast(&sandbox, &ids),
            build: self.recipe(&sandbox, &ids, &clock)?,
            clock,
            sandbox,
            watch,
            listener,
            patience: self.stuck_after,
        });
        Ok(World::new(stage.await?, ids, organization, self.patience))
    }

    async fn platform(
        &self,
        clock: &WorldClock,
        watch: &Arc<Watch>,
    ) -> Result<Sandbox, WorldError> {
        let seed = self.seed.clone().unwrap_or_else(|| Seed::demo().0);
        let mut builder = Sandbox::builder()
            .movable_clock(Arc::new(clock.clone()))
            .border(Arc::clone(watch) as Arc<dyn Border>)
            .seed(seed)
            .journal(JOURNAL)
            .patience(self.stuck_after);
        if let Some(seed) = self.random_seed {
            builder = builder.random_seed(seed);
        }
        let builder = self.sandbox.iter().fold(builder, |it, adjust| adjust(it));
        builder.start().await.map_err(WorldError::Sandbox)
    }

    /// Where the consumers write.
    fn place(&self, sandbox: &Sandbox, bots: &[BotId]) -> Result<OrganizationId, WorldError> {
        if let Some(wanted) = &self.organization {
            let found = sandbox.organization_called(wanted);
            return found.ok_or_else(|| WorldError::NoOrganization {
                wanted: wanted.clone(),
            });
        }
        let installed = bots.iter().flat_map(|bot| sandbox.installations(bot));
        let installed: Vec<Installation> = installed.collect();
        let lowest = installed.iter().map(|it| it.depth).max();
        let mut lowest = installed.iter().filter(|it| Some(it.depth) == lowest);
        let place = lowest.next().map(|it| it.organization.clone());
        place.ok_or_else(|| WorldError::NoOrganization {
            wanted: "one with a bot".to_owned(),
        })
    }

    fn install(
        &self,
        sandbox: &Sandbox,
        bots: &[BotId],
        organization: &OrganizationId,
    ) -> Result<(), WorldError> {
        let Some(bot) = bots.first().filter(|_| !self.settings.is_empty()) else {
            return Ok(());
        };
        let installed = sandbox.installations(bot).into_iter();
        let mut here = installed.filter(|it| it.organization == *organization);
        let done = match here.next() {
            Some(it) => {
                let mut meta = it.meta;
                meta.extend(self.settings.clone());
                sandbox.update("botinstances", it.instance.as_str(), json!({"meta": meta}))
            }
            None => sandbox.create(
                "botinstances",
                json!({
                    "name": "Bot", "bot": bot, "organization": organization,
                    "meta": self.settings,
                }),
            ),
        };
        done.map(drop).map_err(WorldError::Settings)
    }

    fn connect(
        &self,
        sandbox: &Sandbox,
        bots: &[BotId],
        listener: &TcpListener,
    ) -> Result<(), WorldError> {
        let address = listener.local_addr().map_err(WorldError::Machine)?;
        for (setup, bot) in self.bots.iter().zip(bots) {
            let url = format!("http://{address}/webhook/{}", setup.name());
            sandbox.set_webhook(bot, Webhook::new(url).secret(SECRET));
        }
        Ok(())
    }

    /// How each life of the service is built.
    fn recipe(
        &self,
        sandbox: &Sandbox,
        bots: &[BotId],
        clock: &WorldClock,
    ) -> Result<BuildService, WorldError> {
        let mut setups = Vec::new();
        for (setup, bot) in self.bots.iter().zip(bots) {
            let token = Token::new(sandbox.bot_token(bot)).map_err(WorldError::Token)?;
            let secrets = WebhookSecrets::new([SECRET.to_owned()]);
            setups.push(setup.clone().token(token).secrets(secrets));
        }
        let (url, clock, adjust) = (sandbox.url(), clock.clone(), self.service.clone());
        Ok(Arc::new(move |store| {
            let mut builder = Service::builder(url.as_str())
                .store(store)
                .clock(Arc::new(clock.clone()));
            for setup in &setups {
                builder = builder.bot(setup.clone());
            }
            let builder = adjust.iter().fold(builder, |it, adjust| adjust(it));
            // The clock stands still while the bot works, so no event may wait for it.
            builder
                .without_reordering()
                .build()
                .map_err(WorldError::Build)
        }))
    }

    fn cast(&self, sandbox: &Sandbox, bots: &[BotId]) -> Cast {
        let many = self.bots.len() > 1;
        let bots = self.bots.iter().zip(bots).map(|(setup, bot)| {
            let name = if many {
                format!("Bot {}", setup.name())
            } else {
                "Bot".to_owned()
            };
            (bot.clone().into(), name)
        });
        let people = sandbox.people().into_iter();
        Cast {
            bots: bots.collect(),
            people: people.map(|person| (person.id, person.name)).collect(),
        }
    }
}

impl IntoFuture for WorldBuilder {
    type Output = World;
    type IntoFuture = Pin<Box<dyn Future<Output = World> + Send>>;

    /// Starts the world.
    ///
    /// # Panics
    ///
    /// If it cannot be started; [`start`](WorldBuilder::start) returns the error instead.
    #[track_caller]
    fn into_future(self) -> Self::IntoFuture {
        let at = Location::caller();
        Box::pin(async move {
            self.start().await.unwrap_or_else(|error| {
                let cause = crate::causes::with_causes(&error);
                Failure::new("a world that can be started", cause).panic(at, "")
            })
        })
    }
}

/// A listener that every life of the service takes up: its port stays ours in between.
fn listen() -> std::io::Result<TcpListener> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

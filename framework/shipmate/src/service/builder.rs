//! Puts a service together.

use std::{collections::HashMap, fmt, num::NonZeroU32, sync::Arc};

use jiff::SignedDuration;
use web1on1::{BotId, Client, Clock, Pacer, RefreshToken, SystemClock, Token, TokenStore, UserId};

use super::{Queues, Readiness, Retention, Service};
use crate::{
    activity::Activity,
    bot::Bot,
    campaign::{self, Campaign, CampaignError, Campaigns, OptOut, Prepared, Runner},
    conversations::Conversations,
    deployment::Deployment,
    dispatch::{self, DispatchOptions, Dispatcher, Hosted},
    form::Questionnaire,
    handover::{AfterTakeover, FailOpen},
    host::{BotHost, Conduct, Host},
    limit::Limits,
    metrics::Metrics,
    operator::{self, Operator},
    outbox::{self, Outbox, OutboxOptions},
    plan::PlanOptions,
    route::Ignoring,
    schedule::{Bells, Job, Ringer},
    store::{self, Store, StoreError},
    surveys::Surveys,
    tenant::{Audit, Auditor, Audits, Inherit},
    webhook::{Receiver, ServerOptions, WebhookSecrets},
};

/// Conversations kept in memory; more are read back from the store.
const CONVERSATIONS_IN_MEMORY: usize = 10_000;

/// A bot with what it needs to work. Clones are the same bot.
#[derive(Clone)]
pub struct BotSetup {
    name: Arc<str>,
    token: Option<Token>,
    refresh: Option<RefreshToken>,
    email: Option<String>,
    token_store: Option<Arc<dyn TokenStore>>,
    secrets: WebhookSecrets,
    insecure: bool,
    conduct: Conduct,
    jobs: Vec<Job>,
    surveys: Surveys,
    host: MakeHost,
    auditor: Arc<dyn Auditor>,
}

/// Makes the bot ready for a service.
type MakeHost = Arc<dyn Fn(Client, Conduct, &Activity) -> Box<dyn Host> + Send + Sync>;

impl BotSetup {
    /// A bot under a name of its own: the last part of its address, `/webhook/{name}`, and the key
    /// of its state in the store. Keep the name when the bot is changed.
    pub fn new<B: Bot>(name: impl Into<Arc<str>>, bot: B) -> Self {
        let bot = Arc::new(bot);
        let host = move |client, conduct, activity: &Activity| -> Box<dyn Host> {
            Box::new(BotHost::new(Arc::clone(&bot), client, conduct, activity))
        };
        Self::hosted::<B>(name, Arc::new(host))
    }

    /// A bot that is made anew for every service it is part of, with nothing in memory.
    #[cfg(feature = "sandbox")]
    pub(crate) fn made_by<B: Bot>(
        name: impl Into<Arc<str>>,
        make: impl Fn() -> B + Send + Sync + 'static,
    ) -> Self {
        let host = move |client, conduct, activity: &Activity| -> Box<dyn Host> {
            Box::new(BotHost::new(Arc::new(make()), client, conduct, activity))
        };
        Self::hosted::<B>(name, Arc::new(host))
    }

    /// The bot's name in the service.
    #[cfg(feature = "sandbox")]
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The API token of the bot's user.
    #[must_use]
    pub fn token(mut self, token: Token) -> Self {
        self.token = Some(token);
        self
    }

    /// Renews the token by `refresh`, before it ends and when the platform says that it has ended.
    /// `email` is the address of the bot's user, by which the SDK refreshes.
    #[must_use]
    pub fn refresh(mut self, refresh: RefreshToken, email: Option<String>) -> Self {
        self.refresh = Some(refresh);
        self.email = email;
        self
    }

    /// Where renewed tokens are kept; each bot needs a store of its own. A kept token is used
    /// instead of the configured one if it is of the same user and lasts longer.
    #[must_use]
    pub fn token_store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.token_store = Some(store);
        self
    }

    /// What the platform signs this bot's webhooks with.
    #[must_use]
    pub fn secrets(mut self, secrets: WebhookSecrets) -> Self {
        self.secrets = secrets;
        self
    }

    /// Accepts events from anybody. Only for tests on a machine that nobody else reaches.
    #[must_use]
    pub fn insecure_no_signature(mut self) -> Self {
        self.insecure = true;
        self
    }

    /// Which events never reach the bot.
    #[must_use]
    pub fn ignoring(mut self, ignoring: Ignoring) -> Self {
        self.conduct.ignoring = ignoring;
        self
    }

    /// What the bot does once a person has taken a conversation over.
    #[must_use]
    pub fn after_takeover(mut self, policy: AfterTakeover) -> Self {
        self.conduct.after_takeover = policy;
        self
    }

    /// Whose instance decides whether the bot works for an organization.
    #[must_use]
    pub fn inherit(mut self, inherit: Inherit) -> Self {
        self.conduct.inherit = inherit;
        self
    }

    /// Something the bot does by the calendar: [`Bot::on_job`] is called at each instant.
    #[must_use]
    pub fn job(mut self, job: Job) -> Self {
        self.jobs.push(job);
        self
    }

    /// How people are called when the bot fails.
    #[must_use]
    pub fn fail_open(mut self, policy: FailOpen) -> Self {
        self.conduct.fail_open = policy;
        self
    }
}

impl BotSetup {
    fn hosted<B: Bot>(name: impl Into<Arc<str>>, host: MakeHost) -> Self {
        Self {
            name: name.into(),
            token: None,
            refresh: None,
            email: None,
            token_store: None,
            secrets: WebhookSecrets::default(),
            insecure: false,
            conduct: Conduct::default(),
            jobs: Vec::new(),
            surveys: Surveys::default(),
            host,
            auditor: Arc::new(Audits::<B::Config>(B::check_config)),
        }
    }

    /// A questionnaire of this bot, by the id under which its responses are
    /// [kept](crate::Turn::keep_response): results of it are shown.
    #[must_use]
    pub fn questionnaire(mut self, id: impl Into<String>, questionnaire: Questionnaire) -> Self {
        self.surveys.register(&self.name, id.into(), questionnaire);
        self
    }

    pub(crate) fn surveys(&self) -> &Surveys {
        &self.surveys
    }

    /// Checks the settings of all organizations that use the bot `bot`.
    pub(crate) async fn audit(
        &self,
        client: &Client,
        bot: &BotId,
    ) -> Result<Audit, web1on1::Error> {
        self.auditor.audit(client, bot, self.conduct.inherit).await
    }

    /// Whose tokens these are, as far as they say so.
    fn user(&self) -> Option<UserId> {
        let token = self.token.as_ref().and_then(Token::claims);
        let refresh = || self.refresh.as_ref().and_then(RefreshToken::claims);
        Some(token.or_else(refresh)?.user)
    }

    fn client(&self, api_url: &str, pacer: &Arc<Pacer>) -> Result<Client, web1on1::Error> {
        let mut client = Client::builder(api_url)
            .pacer(Arc::clone(pacer))
            // Events and messages are tried again by the dispatcher and the outbox.
            .without_retries();
        if let Some(token) = self.token.clone() {
            client = client.token(token);
        }
        if let Some(refresh) = self.refresh.clone() {
            client = client.refresh(refresh, self.email.clone());
        }
        if let Some(store) = self.token_store.clone() {
            client = client.token_store(store);
        }
        client.build()
    }
}

impl fmt::Debug for BotSetup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BotSetup")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Why a service cannot be built. Names the setting.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// There is nothing to serve.
    #[error("the service has no bot; add one with `bot(…)`")]
    NoBot,
    /// Two bots of the same name.
    #[error("two bots are named `{name}`; names are part of addresses, so each needs its own")]
    SameName {
        /// The name.
        name: String,
    },
    /// A name that does not fit into an address.
    #[error("`{name}` is not a name for a bot; use letters, digits, `-` and `_`")]
    BadName {
        /// The name.
        name: String,
    },
    /// A bot that could not talk to the platform.
    #[error(
        "bot `{name}` has no token; set SHIPMATE_TOKEN, or SHIPMATE_TOKEN_FILE to a file that holds it"
    )]
    NoToken {
        /// The bot's name.
        name: String,
    },
    /// A bot that anybody could send events to.
    #[error(
        "bot `{name}` has no webhook secret, so anybody could send it events; set SHIPMATE_WEBHOOK_SECRET to the secret shown on the platform, or allow it with --insecure-no-signature"
    )]
    NoSecret {
        /// The bot's name.
        name: String,
    },
    /// Two jobs of a bot under one name, or a name that is none.
    #[error(
        "bot `{bot}` has a job named `{job}`, which is {problem}; use letters, digits, `-` and `_`, and another name for each"
    )]
    BadJob {
        /// The bot's name.
        bot: String,
        /// The job's name.
        job: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The platform's client cannot be built.
    #[error("cannot talk to the platform; check SHIPMATE_API_URL")]
    Client(#[from] web1on1::Error),
    /// Keys of events would be forgotten while the platform may still deliver them again.
    #[error(
        "a retention of {given_hours} h is too short: a redelivery would be handled twice; set SHIPMATE_RETENTION to {least_hours} h or more"
    )]
    RetentionTooShort {
        /// What was given, in hours.
        given_hours: i64,
        /// The least that will do, in hours.
        least_hours: i64,
    },
    /// A campaign does not fit.
    #[error(transparent)]
    Campaign(#[from] CampaignError),
    /// It is not clear which bot a campaign is of.
    #[error("campaign `{campaign}`: `bot` is not usable: name one of {}", .bots.join(", "))]
    CampaignBot {
        /// The campaign.
        campaign: String,
        /// The bots there are.
        bots: Vec<String>,
    },
    /// The store cannot be opened.
    #[error("cannot use the store; check SHIPMATE_STORE")]
    Store(#[from] StoreError),
}

/// Puts a service together; see [`Service`].
#[derive(Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct ServiceBuilder {
    api_url: String,
    api_rate: NonZeroU32,
    bots: Vec<BotSetup>,
    store: Result<Arc<dyn Store>, String>,
    clock: Arc<dyn Clock>,
    limits: Limits,
    plan: PlanOptions,
    dispatch: DispatchOptions,
    outbox: OutboxOptions,
    retention: Option<Retention>,
    server: ServerOptions,
    campaigns: Vec<Campaign>,
    opt_out: OptOut,
}

impl ServiceBuilder {
    pub(super) fn new(api_url: String) -> Self {
        Self {
            api_url,
            api_rate: NonZeroU32::new(20).unwrap_or(NonZeroU32::MIN),
            bots: Vec::new(),
            store: Err("sqlite:shipmate.db".to_owned()),
            clock: Arc::new(SystemClock),
            limits: Limits::default(),
            plan: PlanOptions::default(),
            dispatch: DispatchOptions::default(),
            outbox: OutboxOptions::default(),
            retention: None,
            server: ServerOptions::default(),
            campaigns: Vec::new(),
            opt_out: OptOut::default(),
        }
    }

    /// Adds a bot.
    pub fn bot(mut self, bot: BotSetup) -> Self {
        self.bots.push(bot);
        self
    }

    /// Adds a campaign. It runs when somebody starts it.
    pub fn campaign(mut self, campaign: Campaign) -> Self {
        self.campaigns.push(campaign);
        self
    }

    /// Adds the campaigns of a file, with its words to opt out by.
    pub fn campaigns(mut self, campaigns: Campaigns) -> Self {
        self.campaigns.extend(campaigns.campaigns);
        self.opt_out = campaigns.opt_out;
        self
    }

    /// By which words contacts opt out of campaigns, and what they are told.
    pub fn opt_out(mut self, words: OptOut) -> Self {
        self.opt_out = words;
        self
    }

    /// Requests per second to the API, over all bots: the platform counts per key and per address
    /// (API Basics, rate limiting). 20 unless set.
    pub fn api_rate(mut self, requests_per_second: NonZeroU32) -> Self {
        self.api_rate = requests_per_second;
        self
    }

    /// Where everything is kept: `sqlite:<path>` or `memory:`. `sqlite:shipmate.db` unless set.
    pub fn store_url(mut self, url: impl Into<String>) -> Self {
        self.store = Err(url.into());
        self
    }

    /// A store of your own.
    pub fn store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = Ok(store);
        self
    }

    /// Where the time comes from; the machine's clock unless set.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The platform's limits on messages.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// How a turn's commands become messages.
    pub fn plan(mut self, plan: PlanOptions) -> Self {
        self.plan = plan;
        self
    }

    /// How events are handled.
    pub fn dispatch(mut self, dispatch: DispatchOptions) -> Self {
        self.dispatch = dispatch;
        self
    }

    /// Holds no event back for one that may have happened before it.
    #[cfg(feature = "sandbox")]
    pub(crate) fn without_reordering(mut self) -> Self {
        self.dispatch.reorder_window = std::time::Duration::ZERO;
        self
    }

    /// How messages are sent.
    pub fn outbox(mut self, outbox: OutboxOptions) -> Self {
        self.outbox = outbox;
        self
    }

    /// How long what is over stays on record; as long as keys of events are needed unless set.
    pub fn retention(mut self, retention: Retention) -> Self {
        self.retention = Some(retention);
        self
    }

    /// How requests are received.
    pub fn server(mut self, server: ServerOptions) -> Self {
        self.server = server;
        self
    }

    /// The service.
    ///
    /// # Errors
    ///
    /// If a setting is missing or cannot be used; the error names it.
    pub fn build(self) -> Result<Service, BuildError> {
        check(&self.bots)?;
        let campaigns = prepare(&self.campaigns, &self.opt_out, &self.bots)?;
        let retention = retention(self.retention, self.dispatch.oldest)?;
        let store = self.store.or_else(|url| store::open(&url))?;
        let clock = self.clock;
        let metrics = Arc::new(Metrics::new());
        let activity = Activity::new();
        let pacer = Arc::new(Pacer::new(self.api_rate, Arc::clone(&clock)));
        // What a hook asks of the platform waits within its work; the outbox waits outside of its own.
        let observed = Arc::new(pacer.observed_by(Arc::new(activity.clone())));
        let crew = crew(self.bots, &self.api_url, &observed, &activity)?;
        let conversations = Arc::new(Conversations::new(
            Arc::clone(&store),
            Arc::clone(&clock),
            self.limits,
            CONVERSATIONS_IN_MEMORY,
        ));
        let deployment = Arc::new(Deployment::new(&self.plan));
        let (outbox, lanes) = Outbox::new(outbox::Parts {
            deployment: Arc::clone(&deployment),
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            conversations: Arc::clone(&conversations),
            clients: crew.clients,
            pacer,
            metrics: Arc::clone(&metrics),
            activity: activity.clone(),
            limits: self.limits,
            options: self.outbox,
        });
        let outbox = Arc::new(outbox);
        let readiness = Arc::new(Readiness::new(
            Arc::clone(&store),
            Arc::clone(&outbox),
            crew.hosts.len(),
        ));
        let bells = Bells::new(Arc::clone(&clock), Arc::clone(&metrics));
        let (dispatcher, mailboxes) = Dispatcher::new(dispatch::Parts {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            metrics: Arc::clone(&metrics),
            activity: activity.clone(),
            conversations: Arc::clone(&conversations),
            outbox: Arc::clone(&outbox),
            hosts: crew.hosts,
            options: self.dispatch,
            plan: self.plan,
            policies: self.outbox.policies,
            deployment,
            limits: self.limits,
            bells: bells.clone(),
            opt_out: self.opt_out,
        });
        let dispatcher = Arc::new(dispatcher);
        let ringer = ringer(&dispatcher, bells, crew.jobs);
        let runner = Arc::new(Runner::new(campaign::Parts {
            conversations: Arc::clone(&conversations),
            outbox: Arc::clone(&outbox),
            dispatcher: Arc::clone(&dispatcher),
            limits: self.limits,
            options: self.outbox,
            campaigns,
            summaries: self.campaigns.iter().map(Campaign::summary).collect(),
        }));
        let receiver = Receiver::new(
            Arc::clone(&dispatcher),
            crew.secrets,
            Arc::clone(&readiness),
            &self.server,
        );
        let running = operator::Running {
            dispatcher: Arc::clone(&dispatcher),
            outbox: Arc::clone(&outbox),
            metrics: Arc::clone(&metrics),
        };
        let operator = Operator::of_running(
            Arc::clone(&store),
            Arc::clone(&clock),
            self.limits,
            conversations,
            running,
        );
        Ok(Service {
            store,
            clock,
            metrics,
            activity,
            dispatcher,
            outbox,
            receiver: Arc::new(receiver),
            readiness,
            server: self.server,
            queues: Queues { mailboxes, lanes },
            operator,
            surveys: crew.surveys,
            ringer,
            retention,
            runner,
        })
    }
}

/// The campaigns, each with its bot.
fn prepare(
    campaigns: &[Campaign],
    opt_out: &OptOut,
    bots: &[BotSetup],
) -> Result<Vec<Prepared>, BuildError> {
    opt_out.check()?;
    let mut prepared = Vec::<Prepared>::new();
    for campaign in campaigns {
        let name = campaign.name();
        if prepared.iter().any(|other| &*other.name == name) {
            let name = name.to_owned();
            return Err(CampaignError::SameName { name }.into());
        }
        let bot = match (campaign.wanted_bot(), bots) {
            (Some(wanted), bots) => bots.iter().find(|bot| &*bot.name == wanted),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        let bot = bot.ok_or_else(|| BuildError::CampaignBot {
            campaign: name.to_owned(),
            bots: bots.iter().map(|bot| bot.name.to_string()).collect(),
        })?;
        prepared.push(campaign.prepare(&bot.name)?);
    }
    Ok(prepared)
}

fn ringer(dispatcher: &Arc<Dispatcher>, bells: Bells, jobs: Vec<(Arc<str>, Job)>) -> Ringer {
    Ringer {
        store: Arc::clone(&dispatcher.store),
        clock: Arc::clone(&dispatcher.clock),
        metrics: Arc::clone(&dispatcher.metrics),
        activity: dispatcher.activity.clone(),
        dispatcher: Arc::clone(dispatcher),
        bells,
        jobs,
    }
}

/// The bots, taken apart by who needs what.
#[derive(Default)]
struct Crew {
    hosts: HashMap<Arc<str>, Hosted>,
    clients: HashMap<Arc<str>, Client>,
    secrets: HashMap<Arc<str>, WebhookSecrets>,
    jobs: Vec<(Arc<str>, Job)>,
    surveys: Surveys,
}

fn crew(
    bots: Vec<BotSetup>,
    api_url: &str,
    pacer: &Arc<Pacer>,
    activity: &Activity,
) -> Result<Crew, BuildError> {
    let mut crew = Crew::default();
    for bot in bots {
        let own_user = bot.user();
        let client = bot.client(api_url, pacer)?;
        let hosted = Hosted {
            host: (bot.host)(client.clone(), bot.conduct, activity),
            own_user: own_user.map(Into::into).unwrap_or_default(),
        };
        crew.surveys.extend(&bot.surveys);
        let jobs = bot.jobs.into_iter();
        crew.jobs
            .extend(jobs.map(|job| (Arc::clone(&bot.name), job)));
        crew.clients.insert(Arc::clone(&bot.name), client);
        crew.hosts.insert(Arc::clone(&bot.name), hosted);
        crew.secrets.insert(bot.name, bot.secrets);
    }
    Ok(crew)
}

fn retention(given: Option<Retention>, oldest: SignedDuration) -> Result<Retention, BuildError> {
    let least = Retention::least(oldest);
    let Some(given) = given else {
        let usual = Retention::default();
        return Ok(Retention {
            ended: usual.ended.max(least),
            letters: usual.letters.max(least),
            ..usual
        });
    };
    let shortest = given.ended.min(given.letters);
    if shortest < least {
        return Err(BuildError::RetentionTooShort {
            given_hours: shortest.as_hours(),
            least_hours: least.as_hours(),
        });
    }
    Ok(given)
}

fn check(bots: &[BotSetup]) -> Result<(), BuildError> {
    if bots.is_empty() {
        return Err(BuildError::NoBot);
    }
    for (index, bot) in bots.iter().enumerate() {
        let name = bot.name.to_string();
        check_jobs(bot)?;
        if !is_name(&name) {
            return Err(BuildError::BadName { name });
        }
        if bots
            .iter()
            .skip(index + 1)
            .any(|other| other.name == bot.name)
        {
            return Err(BuildError::SameName { name });
        }
        if bot.token.is_none() && bot.refresh.is_none() {
            return Err(BuildError::NoToken { name });
        }
        if bot.secrets.is_empty() && !bot.insecure {
            return Err(BuildError::NoSecret { name });
        }
    }
    Ok(())
}

fn check_jobs(bot: &BotSetup) -> Result<(), BuildError> {
    for (index, job) in bot.jobs.iter().enumerate() {
        let is_twice = bot.jobs.iter().take(index).any(|it| it.name == job.name);
        let problem = match is_twice {
            true => "there twice",
            false if !is_name(&job.name) => "no name",
            false => continue,
        };
        return Err(BuildError::BadJob {
            bot: bot.name.to_string(),
            job: job.name.clone(),
            problem,
        });
    }
    Ok(())
}

/// Whether it fits into an address.
fn is_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    !text.is_empty() && text.chars().all(fits)
}

//! A bot as a program: `serve`, `sandbox`, `test`, `check`, `doctor`, `why`, `letters`, `campaign`,
//! `forget`, `results`.

mod arguments;
mod ask;
mod check;
mod doctor;
mod logging;
mod operate;
mod results;
#[cfg(feature = "sandbox")]
mod sandbox;
mod serve;
#[cfg(feature = "sandbox")]
mod test;
mod tokens;

use std::{path::Path, process::ExitCode};

use clap::Parser;

use self::arguments::{Arguments, Command};
use crate::{
    bot::Bot,
    campaign::{Campaign, Campaigns, OptOut},
    service::BotSetup,
    settings::Settings,
};

/// Runs `bot` as a program, by the command line and the environment, under the name `bot`; see
/// [`App`] for another name.
///
/// ```no_run
/// # use shipmate::{Bot, Message, NoConfig, Outcome, Result, Turn};
/// # struct Echo;
/// # impl Bot for Echo {
/// #     type State = ();
/// #     type Config = NoConfig;
/// #     async fn on_message(&self, turn: &mut Turn<Self>, _: &Message) -> Result<Outcome> { turn.done() }
/// # }
/// fn main() -> std::process::ExitCode {
///     shipmate::run(Echo)
/// }
/// ```
pub fn run<B: Bot>(bot: B) -> ExitCode {
    App::new("bot", bot).run()
}

/// A bot as a program, with choices. See [`run`].
#[derive(Debug)]
pub struct App {
    setup: BotSetup,
    campaigns: Campaigns,
    surveys: Vec<crate::form::Definition>,
    #[cfg(feature = "sandbox")]
    seed: Option<shipmate_sandbox::Seed>,
    #[cfg(feature = "sandbox")]
    sandbox_campaigns: Campaigns,
}

impl App {
    /// The program of `bot`. `name` is the key of its state in the store, and the last part of its
    /// address, `/webhook/{name}`; keep it when the bot is changed.
    pub fn new<B: Bot>(name: impl Into<std::sync::Arc<str>>, bot: B) -> Self {
        Self {
            setup: BotSetup::new(name, bot),
            campaigns: Campaigns::default(),
            surveys: Vec::new(),
            #[cfg(feature = "sandbox")]
            seed: None,
            #[cfg(feature = "sandbox")]
            sandbox_campaigns: Campaigns::default(),
        }
    }

    /// Adds a campaign. Others can be given in a file (`SHIPMATE_CAMPAIGNS`).
    #[must_use]
    pub fn campaign(mut self, campaign: Campaign) -> Self {
        self.campaigns.campaigns.push(campaign);
        self
    }

    /// By which words contacts opt out of campaigns. What a file of campaigns says of it counts
    /// instead.
    #[must_use]
    pub fn opt_out(mut self, words: OptOut) -> Self {
        self.campaigns.opt_out = words;
        self
    }

    /// Which events never reach the bot.
    #[must_use]
    pub fn ignoring(mut self, ignoring: crate::Ignoring) -> Self {
        self.setup = self.setup.ignoring(ignoring);
        self
    }

    /// What the bot does once a person has taken a conversation over.
    #[must_use]
    pub fn after_takeover(mut self, policy: crate::AfterTakeover) -> Self {
        self.setup = self.setup.after_takeover(policy);
        self
    }

    /// Whose instance decides whether the bot works for an organization.
    #[must_use]
    pub fn inherit(mut self, inherit: crate::tenant::Inherit) -> Self {
        self.setup = self.setup.inherit(inherit);
        self
    }

    /// How people are called when the bot fails.
    #[must_use]
    pub fn fail_open(mut self, policy: crate::FailOpen) -> Self {
        self.setup = self.setup.fail_open(policy);
        self
    }

    /// Something the bot does by the calendar: [`Bot::on_job`](crate::Bot::on_job) is called at each
    /// instant.
    #[must_use]
    pub fn job(mut self, job: crate::schedule::Job) -> Self {
        self.setup = self.setup.job(job);
        self
    }

    /// A survey that the bot holds, for its commands `check` and `results`; several, if called again.
    #[must_use]
    pub fn survey(mut self, definition: crate::form::Definition) -> Self {
        // What is wrong with one, `check` tells; there are no results of it.
        if let Ok(questionnaire) = crate::form::Questionnaire::from_definition(&definition) {
            self.setup = self.setup.questionnaire(&*definition.id, questionnaire);
        }
        self.surveys.push(definition);
        self
    }

    /// A questionnaire of this bot that is no [survey](App::survey), by the id under which its
    /// responses are [kept](crate::Turn::keep_response): `results` and the operator's page show
    /// what it found out.
    #[must_use]
    pub fn questionnaire(
        mut self,
        id: impl Into<String>,
        questionnaire: crate::form::Questionnaire,
    ) -> Self {
        self.setup = self.setup.questionnaire(id, questionnaire);
        self
    }

    /// What the sandbox holds when it starts, and the worlds of tests. Its first bot is this one.
    #[cfg(feature = "sandbox")]
    #[must_use]
    pub fn sandbox_seed(mut self, seed: shipmate_sandbox::Seed) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Campaigns to watch in the sandbox by moving its clock, and in the worlds of tests; nowhere
    /// else. The command leaves them out where a file of campaigns is given (`SHIPMATE_CAMPAIGNS`),
    /// and those whose organization the sandbox does not have.
    #[cfg(feature = "sandbox")]
    #[must_use]
    pub fn sandbox_campaigns(mut self, campaigns: Campaigns) -> Self {
        self.sandbox_campaigns = campaigns;
        self
    }

    /// The world in which `test` plays `.chat` files: with this bot and this seed, for tests in Rust.
    #[cfg(feature = "sandbox")]
    pub fn world(self) -> crate::testing::WorldBuilder {
        let campaigns = self.campaigns.and(self.sandbox_campaigns);
        let world = crate::testing::World::builder()
            .setup(self.setup)
            .service(move |service| service.campaigns(campaigns.clone()));
        match self.seed.filter(|seed| seed.first_bot().is_some()) {
            Some(seed) => world.seed(seed),
            None => world,
        }
    }

    /// Does what the command line says. Errors are printed on standard error.
    pub fn run(self) -> ExitCode {
        let arguments = Arguments::parse();
        let result = arguments
            .runtime()
            .enable_all()
            .build()
            .map_err(Into::into)
            .and_then(|runtime| runtime.block_on(self.execute(arguments)));
        match result {
            Ok(code) => code,
            Err(error) => {
                complain(&*error);
                ExitCode::FAILURE
            }
        }
    }

    async fn execute(self, arguments: Arguments) -> Result<ExitCode, Failure> {
        let config = arguments.config();
        let settings = || Settings::from_environment(config.as_deref().map(Path::new));
        match arguments.command() {
            Command::Serve(options) => {
                let settings = settings()?;
                logging::start(&settings.log, settings.log_format)?;
                let campaigns = self.campaigns.and_of_file(settings.campaigns.as_deref())?;
                serve::serve(self.setup, campaigns, settings, options).await?;
                Ok(ExitCode::SUCCESS)
            }
            Command::Check(options) => Ok(check::run(&self.surveys, &options)),
            Command::Why(options) => operate::why(&settings()?, &options).await,
            Command::Letters(options) => operate::letters(&settings()?, options).await,
            Command::Campaign(command) => {
                let settings = settings()?;
                let campaigns = self.campaigns.and_of_file(settings.campaigns.as_deref())?;
                operate::campaign(&settings, &campaigns, command).await
            }
            Command::Forget(options) => operate::forget(&settings()?, options).await,
            Command::Results(options) => {
                results::results(&settings()?, self.setup.surveys(), &options).await
            }
            Command::Doctor(options) => {
                let settings = settings().map_err(Into::into);
                Ok(doctor::examine(&self.setup, self.campaigns, settings, &options).await)
            }
            #[cfg(feature = "sandbox")]
            Command::Test(options) => Ok(test::run(&self.world(), &options).await),
            #[cfg(feature = "sandbox")]
            Command::Sandbox(options) => {
                let settings = settings()?;
                logging::start(&settings.log, settings.log_format)?;
                let campaigns = match settings.campaigns.as_deref() {
                    None => self.campaigns.and(self.sandbox_campaigns),
                    file => self.campaigns.and_of_file(file)?,
                };
                let seed = self.seed.unwrap_or_default();
                sandbox::play(self.setup, campaigns, seed, settings, &options).await?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

#[cfg(feature = "sandbox")]
impl From<App> for crate::testing::WorldBuilder {
    fn from(app: App) -> Self {
        app.world()
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Prints an error with its causes.
fn complain(error: &(dyn std::error::Error + 'static)) {
    eprintln!("error: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("  because: {error}");
        cause = error.source();
    }
}

//! The command line.

use clap::{Args, Parser, Subcommand};

use crate::{settings::KNOWN, store::Place};

/// A bot on Shipmate. Without a command it serves.
#[derive(Debug, Parser)]
#[command(version, about = "A bot on Shipmate. Without a command it serves.", after_help = settings_help())]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    serve: ServeOptions,

    /// A settings file (TOML); `shipmate.toml` is read if it is there
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<String>,
}

#[derive(Debug, Clone, Subcommand)]
pub(super) enum Command {
    /// Receive webhooks and talk to the platform
    Serve(ServeOptions),
    /// Check settings, token, platform and store, and say what to fix
    Doctor(DoctorOptions),
    /// Check surveys: mistakes with line and column, questions that nobody gets to, conditions that
    /// always hold, texts that a language lacks
    ///
    /// Fails if there are errors, not for warnings.
    Check(CheckOptions),
    /// Tell what happened to an event, a message or a conversation, and why
    Why(WhyOptions),
    /// List what needs a person: events that were given up, messages that were refused or may be
    /// there or not
    Letters(LettersOptions),
    /// Start campaigns, let them pause, and tell how far they have come
    #[command(subcommand)]
    Campaign(CampaignCommand),
    /// Forget a conversation or a contact, and take it out of the store's file
    Forget(ForgetOptions),
    /// Show what surveys found out; it holds what people wrote
    Results(ResultsOptions),
    /// Run the platform on this machine, with a chat page, and the bot in it
    #[cfg(feature = "sandbox")]
    Sandbox(SandboxOptions),
    /// Play conversations that are written in `.chat` files, and say where the bot does otherwise
    #[cfg(feature = "sandbox")]
    Test(TestOptions),
}

#[derive(Debug, Clone, Default, Args)]
pub(super) struct ServeOptions {
    /// Accept events from anybody; only for tests
    #[arg(long)]
    pub(super) insecure_no_signature: bool,
}

#[derive(Debug, Clone, Args)]
pub(super) struct DoctorOptions {
    /// Also try on the platform, in a conversation made for it, whether several commands may share
    /// a message
    #[arg(long)]
    pub(super) live: bool,
}

#[derive(Debug, Clone, Args)]
pub(super) struct CheckOptions {
    /// Definitions in TOML, or in JSON if the name ends in `.json`; the surveys that are built into
    /// the bot, if none are named
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<std::path::PathBuf>,

    /// For machines
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Clone, Args)]
pub(super) struct WhyOptions {
    /// Of a conversation, a message or another resource; a marker; an event's key; or a place:
    /// `12` or `event:12` for an event, `message:12` for a message
    // Markers may begin with a hyphen.
    #[arg(allow_hyphen_values = true)]
    pub(super) id: String,

    /// How many events are told of at most
    #[arg(long, default_value_t = 20, value_name = "EVENTS")]
    pub(super) latest: usize,

    /// For machines
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct LettersOptions {
    #[command(subcommand)]
    pub(super) command: Option<LettersCommand>,

    /// For machines
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Clone, Subcommand)]
pub(super) enum LettersCommand {
    /// Show one, with what it says: it holds what people wrote
    Show {
        /// As listed: `event:12` or `message:12`
        place: Place,
    },
    /// Handle events again, send messages again
    Retry(WhichLetters),
    /// Give up for good, and delete what they say
    Drop(WhichLetters),
}

#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub(super) struct WhichLetters {
    /// As listed: `event:12` or `message:12`
    pub(super) place: Option<Place>,

    /// All that are listed
    #[arg(long)]
    pub(super) all: bool,
}

#[derive(Debug, Clone, Subcommand)]
pub(super) enum CampaignCommand {
    /// List all campaigns, and how far they have come
    List,
    /// Tell who would be written to, and write to nobody
    DryRun(WhichCampaign),
    /// Begin a run
    Start(WhichCampaign),
    /// Let the run pause
    Pause(WhichCampaign),
    /// Let the run go on
    Resume(WhichCampaign),
    /// Tell how far the latest run has come
    Status(WhichCampaign),
}

#[derive(Debug, Clone, Args)]
pub(super) struct WhichCampaign {
    /// The campaign's name, as listed
    pub(super) name: String,
}

#[derive(Debug, Clone, Args)]
pub(super) struct ResultsOptions {
    /// The survey's id; without it, every survey of this bot
    pub(super) survey: Option<String>,

    /// Responses that began on this day (UTC) or later, or at this time, such as
    /// `2026-03-04T12:00:00Z`
    #[arg(long, value_name = "DAY")]
    pub(super) from: Option<String>,

    /// Responses that began on this day (UTC) or earlier, or before this time
    #[arg(long, value_name = "DAY")]
    pub(super) to: Option<String>,

    /// Responses of this organization
    #[arg(long, value_name = "ID")]
    pub(super) organization: Option<String>,

    /// Responses in this language
    #[arg(long, value_name = "LANGUAGE")]
    pub(super) language: Option<Language>,

    /// Responses to this version of the survey
    #[arg(long, value_name = "VERSION")]
    pub(super) of_version: Option<u32>,

    /// Write the responses into a file, one line each; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub(super) csv: Option<std::path::PathBuf>,

    /// Write a report with charts into a file that any browser shows; `-` is standard output
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<std::path::PathBuf>,

    /// For machines
    #[arg(long, conflicts_with_all = ["csv", "html"])]
    pub(super) json: bool,
}

/// A language the form engine speaks.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(super) enum Language {
    En,
    Nl,
    De,
    Fr,
}

impl From<Language> for crate::form::Locale {
    fn from(language: Language) -> Self {
        match language {
            Language::En => Self::En,
            Language::Nl => Self::Nl,
            Language::De => Self::De,
            Language::Fr => Self::Fr,
        }
    }
}

#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = true)]
pub(super) struct ForgetOptions {
    /// Ids of conversations
    #[arg(value_name = "CONVERSATION")]
    pub(super) conversations: Vec<String>,

    /// The id of a contact: all its conversations
    #[arg(long, value_name = "CONTACT")]
    pub(super) contact: Option<String>,
}

/// Where the sandbox and the bot in it are found.
#[cfg(feature = "sandbox")]
#[derive(Debug, Clone, Args)]
pub(super) struct SandboxOptions {
    /// Where the chat page and the API are served
    #[arg(long, default_value = "127.0.0.1:7070", value_name = "ADDRESS")]
    pub(super) listen: std::net::SocketAddr,

    /// Which bot of the seed file or the snapshot this one is: an id or a name. The first by default.
    #[arg(long, value_name = "ID OR NAME")]
    pub(super) bot: Option<String>,

    #[command(flatten)]
    pub(super) world: shipmate_sandbox::WorldOptions,
}

/// Which conversations are played.
#[cfg(feature = "sandbox")]
#[derive(Debug, Clone, Args)]
pub(super) struct TestOptions {
    /// `.chat` files, and folders that hold some
    #[arg(default_value = ".", value_name = "FILE OR FOLDER")]
    pub(super) paths: Vec<std::path::PathBuf>,

    /// Write what the bot says into the files instead of comparing it
    #[arg(long)]
    pub(super) update: bool,
}

impl Arguments {
    /// What the command runs on. A world takes its turns on one thread.
    pub(super) fn runtime(&self) -> tokio::runtime::Builder {
        match &self.command {
            #[cfg(feature = "sandbox")]
            Some(Command::Test(_)) => tokio::runtime::Builder::new_current_thread(),
            _ => tokio::runtime::Builder::new_multi_thread(),
        }
    }

    pub(super) fn command(&self) -> Command {
        self.command
            .clone()
            .unwrap_or_else(|| Command::Serve(self.serve.clone()))
    }

    pub(super) fn config(&self) -> Option<String> {
        const USUAL: &str = "shipmate.toml";
        let usual = || {
            std::path::Path::new(USUAL)
                .exists()
                .then(|| USUAL.to_owned())
        };
        self.config.clone().or_else(usual)
    }
}

fn settings_help() -> String {
    use std::fmt::Write;
    let mut help =
        "Settings (environment, or a settings file with the same names in lower case):\n"
            .to_owned();
    for known in KNOWN {
        let default = match known.default {
            "" => String::new(),
            default => format!(" [{default}]"),
        };
        let file = if known.secret { " (or …_FILE)" } else { "" };
        // Writing into a string cannot fail.
        let _ = writeln!(help, "  {:<26} {}{file}{default}", known.name, known.help);
    }
    help
}

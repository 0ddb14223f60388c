//! The command line.

use clap::{Args, Parser, Subcommand};

use crate::settings::KNOWN;

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
    Doctor,
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
        let _ = writeln!(help, "  {:<24} {}{file}{default}", known.name, known.help);
    }
    help
}

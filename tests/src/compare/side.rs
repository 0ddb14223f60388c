//! The two bots, and how their processes are started.

use std::{env, fmt, io, net::SocketAddr, path::Path};

use tokio::net::TcpListener;

use crate::{
    binary,
    service::{SECRET, Settings},
};

const SDK_FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sdk");

/// Whose bot it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// An example of this workspace, on the runtime.
    Shipmate,
    /// A script of `tests/sdk`, on the official Node SDK.
    Sdk,
}

/// What the bot does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// Asks ten questions, keeps the answers and hands over.
    Survey,
    /// Repeats what the consumer says.
    Echo,
    /// Nothing; for Shipmate the same as [`Echo`](Self::Echo).
    Idle,
}

/// Where a bot's platform is, and where the bot keeps its store.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub(super) api_url: String,
    pub(super) token: String,
    pub(super) folder: &'a Path,
    /// The address to listen on.
    pub(super) address: SocketAddr,
    /// Requests per second, which only Shipmate keeps.
    pub(super) api_rate: u32,
}

impl Side {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Shipmate, Self::Sdk];

    /// How the bot is started.
    pub(super) fn settings(self, script: Script, place: &Place<'_>) -> io::Result<Settings> {
        match self {
            Self::Shipmate => shipmate(script, place),
            Self::Sdk => sdk(script, place),
        }
    }

    /// What a bot answers once it takes webhooks.
    pub(super) fn ready_path(self) -> &'static str {
        match self {
            Self::Shipmate => "/readyz",
            Self::Sdk => "/webhook/ping",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shipmate => "Shipmate",
            Self::Sdk => "official SDK",
        })
    }
}

fn shipmate(script: Script, place: &Place<'_>) -> io::Result<Settings> {
    let binary = match script {
        Script::Survey => binary::test_drive()?,
        Script::Echo | Script::Idle => binary::echo()?,
    };
    Ok(Settings::new(&binary, place.folder, &place.api_url)
        .with("SHIPMATE_LISTEN", &place.address.to_string())
        .with("SHIPMATE_TOKEN", &place.token)
        .with("SHIPMATE_API_RATE", &place.api_rate.to_string()))
}

fn sdk(script: Script, place: &Place<'_>) -> io::Result<Settings> {
    let folder = Path::new(SDK_FOLDER);
    if !folder.join("node_modules/chipchat").is_dir() {
        return Err(io::Error::other(
            "the SDK is not installed; run `npm ci --ignore-scripts` in tests/sdk",
        ));
    }
    let script = match script {
        Script::Survey => "intake.js",
        Script::Echo => "echo.js",
        Script::Idle => "idle.js",
    };
    let path = env::var("PATH").unwrap_or_default();
    Ok(Settings::bare(Path::new("node"), folder)
        .with_argument(script)
        .with("PATH", &path)
        .with("NODE_ENV", "production")
        .with("APIHOST", &place.api_url)
        .with("TOKEN", &place.token)
        .with("SECRET", SECRET)
        .with("WEBHOOK_PATH", "/webhook")
        .with("PORT", &place.address.port().to_string()))
}

/// An address that is free now: a bot that is started again has to come back where it was.
pub(super) async fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0").await?.local_addr()
}

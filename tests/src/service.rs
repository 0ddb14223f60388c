//! A bot's service as a child process.

mod log;
mod process;

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use tokio::time::{Duration, sleep};

pub use log::Log;
pub use process::Process;

use crate::http::{self, Connection, Response};

/// The secret that [`Settings::new`] gives the service.
pub const SECRET: &str = "kJ8-webhook-secret-0001";
/// The API token that [`Settings::new`] gives the service.
pub const TOKEN: &str = "tok-5f0c-api-token-0001";

/// How a service is started: a binary, a folder of its own, and its environment. Nothing else is
/// inherited, so that the machine's own settings cannot change a test.
#[derive(Debug, Clone)]
pub struct Settings {
    binary: PathBuf,
    folder: PathBuf,
    arguments: Vec<String>,
    variables: BTreeMap<String, String>,
}

impl Settings {
    /// Settings for `binary` with its store in `folder` and the API at `api_url`. The service and
    /// its console take free ports; the API rate is so high that it does not matter.
    pub fn new(binary: &Path, folder: &Path, api_url: &str) -> Self {
        let settings = Self::bare(binary, folder);
        let store = format!("sqlite:{}", folder.join("store.db").display());
        settings
            .with("SHIPMATE_LISTEN", "127.0.0.1:0")
            .with("SHIPMATE_CONSOLE_LISTEN", "127.0.0.1:0")
            .with("SHIPMATE_API_URL", api_url)
            .with("SHIPMATE_TOKEN", TOKEN)
            .with("SHIPMATE_WEBHOOK_SECRET", SECRET)
            .with("SHIPMATE_STORE", &store)
            .with("SHIPMATE_API_RATE", "100000")
            // Here a message is there as soon as it is taken.
            .with("SHIPMATE_CARRIED_OUT_WITHIN", "1s")
            .with("SHIPMATE_LOG", "info")
            .with("NO_COLOR", "1")
            .with("RUST_BACKTRACE", "1")
    }

    /// `binary` in `folder` with nothing in its environment.
    pub fn bare(binary: &Path, folder: &Path) -> Self {
        Self {
            binary: binary.to_owned(),
            folder: folder.to_owned(),
            arguments: Vec::new(),
            variables: BTreeMap::new(),
        }
    }

    /// The same with one more argument.
    #[must_use]
    pub fn with_argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// The same with the variable `name` set to `value`.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The same without the variable `name`.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.variables.remove(name);
        self
    }

    /// Where the store is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs the binary with `arguments` to its end, beside whatever else uses the store.
    ///
    /// # Errors
    ///
    /// When the binary cannot be started.
    pub async fn command(&self, arguments: &[&str]) -> io::Result<Output> {
        tokio::process::Command::new(&self.binary)
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .envs(&self.variables)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
    }

    /// Starts the process and waits for nothing.
    ///
    /// # Errors
    ///
    /// When the binary cannot be started.
    pub fn spawn(&self) -> io::Result<Process> {
        let mut command = Command::new(&self.binary);
        command
            .current_dir(&self.folder)
            .args(&self.arguments)
            .env_clear()
            .envs(&self.variables);
        Process::spawn(&mut command)
    }
}

/// A running service. It is killed when it is dropped.
#[derive(Debug)]
pub struct Service {
    process: Process,
    address: SocketAddr,
}

impl Service {
    /// Starts a service and waits until it listens, ready or not.
    ///
    /// # Errors
    ///
    /// When it cannot be started or ends before it listens; its log is in the message.
    pub async fn listening(settings: &Settings) -> io::Result<Self> {
        let process = settings.spawn()?;
        let address = tokio::select! {
            address = process.log().address() => address,
            status = process.ended() => {
                return Err(process.failure(&format!("ended with {status} before it listened")));
            }
        };
        Ok(Self { process, address })
    }

    /// Starts a service and waits until `/readyz` says 200.
    ///
    /// # Errors
    ///
    /// When it cannot be started, ends, or is not ready after half a minute; its log is in the
    /// message.
    pub async fn ready(settings: &Settings) -> io::Result<Self> {
        let service = Self::listening(settings).await?;
        service.becomes_ready().await?;
        Ok(service)
    }

    /// Waits until `/readyz` says 200.
    ///
    /// # Errors
    ///
    /// When the service ends or is not ready after half a minute; its log is in the message.
    pub async fn becomes_ready(&self) -> io::Result<()> {
        const ATTEMPTS: u32 = 600;
        const PAUSE: Duration = Duration::from_millis(50);

        for _ in 0..ATTEMPTS {
            if matches!(self.get("/readyz").await, Ok(answer) if answer.status == 200) {
                return Ok(());
            }
            // Another process gives no signal when it becomes ready.
            sleep(PAUSE).await;
        }
        Err(self.process.failure("did not become ready"))
    }

    /// Where it takes webhooks.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The process behind it.
    pub fn process(&self) -> &Process {
        &self.process
    }

    /// Opens a connection.
    ///
    /// # Errors
    ///
    /// When the service does not accept it.
    pub async fn connect(&self) -> io::Result<Connection> {
        Connection::open(self.address).await
    }

    /// Gets `path` over a new connection.
    ///
    /// # Errors
    ///
    /// When there is no answer.
    pub async fn get(&self, path: &str) -> io::Result<Response> {
        self.connect().await?.send(&http::get(path)).await
    }
}

//! A bot's process under a supervisor.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::time::sleep;

use super::Side;
use crate::{
    http::{self, Connection},
    service::{Process, Settings},
};

/// A bot that is started again whenever it ends. It is killed when this is dropped.
#[derive(Debug)]
pub(super) struct Worker {
    settings: Settings,
    address: SocketAddr,
    process: Mutex<Arc<Process>>,
    ends: AtomicUsize,
    kills: AtomicUsize,
}

impl Worker {
    /// Starts the bot and waits until it takes webhooks.
    pub(super) async fn start(
        side: Side,
        settings: Settings,
        address: SocketAddr,
    ) -> io::Result<Self> {
        let process = Mutex::new(Arc::new(settings.spawn()?));
        let worker = Self {
            settings,
            address,
            process,
            ends: AtomicUsize::new(0),
            kills: AtomicUsize::new(0),
        };
        worker.becomes_ready(side).await?;
        Ok(worker)
    }

    /// Starts the bot again each time it ends; returns only if that fails.
    pub(super) async fn supervise(&self) -> io::Error {
        loop {
            self.process().ended().await;
            self.ends.fetch_add(1, Ordering::Relaxed);
            match self.settings.spawn() {
                Ok(process) => *self.lock() = Arc::new(process),
                Err(error) => return error,
            }
        }
    }

    /// Kills the process at once (SIGKILL).
    pub(super) async fn kill(&self) {
        self.kills.fetch_add(1, Ordering::Relaxed);
        self.process().kill().await;
    }

    /// How often it ended without being killed.
    pub(super) fn own_ends(&self) -> usize {
        let ends = self.ends.load(Ordering::Relaxed);
        ends.saturating_sub(self.kills.load(Ordering::Relaxed))
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn process(&self) -> Arc<Process> {
        Arc::clone(&self.lock())
    }

    async fn becomes_ready(&self, side: Side) -> io::Result<()> {
        const ATTEMPTS: u32 = 600;
        const PAUSE: Duration = Duration::from_millis(50);

        for _ in 0..ATTEMPTS {
            if matches!(self.ask(side).await, Ok(200)) {
                return Ok(());
            }
            // Another process gives no signal when it becomes ready.
            sleep(PAUSE).await;
        }
        let log = self.process().log().text();
        Err(io::Error::other(format!(
            "the bot of {side} did not become ready; its log:\n{log}"
        )))
    }

    async fn ask(&self, side: Side) -> io::Result<u16> {
        let mut connection = Connection::open(self.address).await?;
        let answer = connection.send(&http::get(side.ready_path())).await?;
        Ok(answer.status)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Arc<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

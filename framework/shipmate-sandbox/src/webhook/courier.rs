//! The task that does what the state has queued: webhook deliveries and delayed messages.

use std::sync::Arc;

use jiff::Timestamp;
use reqwest::{Client, redirect::Policy};
use tokio::{sync::watch, task::JoinSet};

use super::DeliverySettings;
use crate::platform::Platform;

/// A client for deliveries: no redirects, no proxy, and the time-out of the settings.
///
/// # Errors
/// If the machine's TLS set-up cannot be used.
pub(crate) fn client(settings: &DeliverySettings) -> Result<Client, reqwest::Error> {
    // Fails only if a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent(concat!("web1on1-sandbox/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .no_proxy()
        .timeout(settings.timeout)
        .build()
}

/// Makes deliveries until it is told to stop.
#[derive(Debug)]
pub(crate) struct Courier {
    pub(crate) platform: Arc<Platform>,
    pub(crate) client: Client,
}

impl Courier {
    /// Runs until `stop` changes or its sender is gone; attempts under way are then abandoned.
    pub(crate) async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut attempts = JoinSet::new();
        loop {
            let (due_now, due) = self
                .platform
                .change_quietly(|state, now| (state.start_attempts(now), state.next_due()));
            for attempt in due_now {
                attempts.spawn(attempt.make(Arc::clone(&self.platform), self.client.clone()));
            }
            tokio::select! {
                () = self.platform.work() => {}
                () = self.platform.clock().sleep_until(due.unwrap_or(Timestamp::MAX)), if due.is_some() => {}
                Some(_) = attempts.join_next() => {}
                _ = stop.changed() => return,
            }
        }
    }
}

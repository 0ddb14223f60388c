//! The task that does what the state has queued: webhook deliveries and delayed messages.

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use reqwest::{Client, redirect::Policy};
use rustls::{ClientConfig, crypto::ring};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::{sync::watch, task::JoinSet};

use super::DeliverySettings;
use crate::platform::Platform;

/// Why there is no client.
pub(crate) type SetupError = Box<dyn std::error::Error + Send + Sync>;

/// A client for deliveries: no redirects, no proxy, and the time-out of the settings.
///
/// # Errors
/// If the machine's TLS set-up cannot be used.
pub(crate) fn client(settings: &DeliverySettings) -> Result<Client, SetupError> {
    // Other clients in the process may count on one. Fails only if there is one already.
    let _ = ring::default_provider().install_default();
    let client = Client::builder()
        .tls_backend_preconfigured(system_trust()?)
        .user_agent(concat!("web1on1-sandbox/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .no_proxy()
        .timeout(settings.timeout)
        .build();
    Ok(client?)
}

/// TLS that trusts what the system trusts. Its certificates are read once: tests start many sandboxes.
fn system_trust() -> Result<ClientConfig, SetupError> {
    static TRUST: OnceLock<ClientConfig> = OnceLock::new();
    if let Some(trust) = TRUST.get() {
        return Ok(trust.clone());
    }
    let trust = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    Ok(TRUST.get_or_init(|| trust).clone())
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

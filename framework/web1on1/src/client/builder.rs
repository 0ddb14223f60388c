//! Building a client.

use std::{
    num::NonZeroU32,
    sync::{Arc, RwLock},
    time::Duration,
};

use reqwest::redirect;
use url::{Host, Url};

use super::{Client, Inner, base, tls};
use crate::{Error, Pacer, SystemClock, Token};

/// Requests per second and key (API Basics, rate limiting).
const DEFAULT_RATE: NonZeroU32 = NonZeroU32::new(20).expect("20 is not zero");

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(15);
const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const DEFAULT_MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// Shorter than what servers and balancers usually keep, so that a request rarely meets a
/// connection that is just being closed: such a request would be in doubt.
const IDLE_CONNECTION: Duration = Duration::from_secs(30);

/// Settings of a [`Client`]; see [`Client::builder`].
#[derive(Debug)]
#[must_use]
pub struct ClientBuilder {
    base_url: String,
    token: Option<Token>,
    pacer: Option<Arc<Pacer>>,
    timeout: Duration,
    connect_timeout: Duration,
    max_body_bytes: usize,
}

impl ClientBuilder {
    pub(super) fn new(base_url: String) -> Self {
        Self {
            base_url,
            token: None,
            pacer: None,
            timeout: DEFAULT_TIMEOUT,
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            max_body_bytes: DEFAULT_MAX_BODY_BYTES,
        }
    }

    /// On whose behalf requests are made. Without it they carry no token, which is good for
    /// logging in only.
    pub fn token(mut self, token: Token) -> Self {
        self.token = Some(token);
        self
    }

    /// Whom requests wait for; by default a pacer of this client's own with the documented 20
    /// requests per second.
    pub fn pacer(mut self, pacer: Arc<Pacer>) -> Self {
        self.pacer = Some(pacer);
        self
    }

    /// How long a request may take from its start to the end of its answer, not counting the wait
    /// for its turn; 15 seconds by default.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long a connection may take to be made; 5 seconds by default. Keep it well below
    /// [`timeout`](Self::timeout): when that runs out first, the request counts as in doubt.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How long an answer's body may be; 16 MiB by default.
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = bytes;
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// [`Error::BaseUrl`] if the address cannot be used, and [`Error::Setup`] if the system offers
    /// no certificates to trust.
    pub fn build(self) -> Result<Client, Error> {
        let base = base::parse(&self.base_url)?;
        warn_of_plain_text(&base);
        let tls = if base.scheme() == "https" {
            tls::system_trust()
        } else {
            tls::no_trust()
        };
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.map_err(setup)?)
            .http1_only()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .tcp_nodelay(true)
            .timeout(self.timeout)
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(IDLE_CONNECTION)
            .user_agent(concat!("shipmate-web1on1/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(setup)?;
        let pacer = self
            .pacer
            .unwrap_or_else(|| Arc::new(Pacer::new(DEFAULT_RATE, Arc::new(SystemClock))));
        Ok(Client {
            inner: Arc::new(Inner {
                http,
                base,
                token: RwLock::new(self.token),
                pacer,
                max_body_bytes: self.max_body_bytes,
            }),
        })
    }
}

fn setup(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Setup {
        source: Box::new(error),
    }
}

fn warn_of_plain_text(base: &Url) {
    let is_local = match base.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    if base.scheme() == "http" && !is_local {
        tracing::warn!(%base, "the token goes to another machine in plain text; use an https address");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_for_https_and_http_can_be_built_side_by_side() {
        for url in ["https://api.web1on1.chat", "http://127.0.0.1:1"] {
            let token = Token::new("s3cr3t").unwrap();
            let client = Client::builder(url).token(token).build().unwrap();
            assert!(!format!("{client:?}").contains("s3cr3t"));
        }
    }
}

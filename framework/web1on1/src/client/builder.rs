//! Building a client.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use jiff::SignedDuration;
use reqwest::redirect;
use url::{Host, Url};

use super::{Client, Inner, base, tls};
use crate::{
    Credentials, Error, Pacer, RefreshToken, Retries, SystemClock, Token, TokenStore, Tokens,
    auth::{Means, Session},
    retry::Chance,
};

/// Requests per second and key (API Basics, rate limiting).
const DEFAULT_RATE: NonZeroU32 = NonZeroU32::new(20).expect("20 is not zero");

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(15);
const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const DEFAULT_RENEWAL_MARGIN: Duration = Duration::from_mins(5);
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
    credentials: Option<Credentials>,
    refresh: Option<RefreshToken>,
    email: Option<String>,
    token_store: Option<Arc<dyn TokenStore>>,
    renewal_margin: Duration,
    pacer: Option<Arc<Pacer>>,
    address_pacer: Option<Arc<Pacer>>,
    retries: Retries,
    random_seed: Option<u64>,
    timeout: Duration,
    connect_timeout: Duration,
    max_body_bytes: usize,
}

impl ClientBuilder {
    pub(super) fn new(base_url: String) -> Self {
        Self {
            base_url,
            token: None,
            credentials: None,
            refresh: None,
            email: None,
            token_store: None,
            renewal_margin: DEFAULT_RENEWAL_MARGIN,
            pacer: None,
            address_pacer: None,
            retries: Retries::default(),
            random_seed: None,
            timeout: DEFAULT_TIMEOUT,
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            max_body_bytes: DEFAULT_MAX_BODY_BYTES,
        }
    }

    /// On whose behalf requests are made. Without it, and without
    /// [`credentials`](Self::credentials) or [`refresh`](Self::refresh), they carry no token, which
    /// is good for logging in only.
    pub fn token(mut self, token: Token) -> Self {
        self.token = Some(token);
        self
    }

    /// Logs in when there is no token, or when the token and the refresh token have ended.
    ///
    /// One renewal serves all requests that need it; they are made again with the new token. It
    /// counts toward the pacer. The SDK renews tokens with the scope `admin` or `bot` only; here it
    /// is tried for any.
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = Some(credentials);
        self
    }

    /// Renews the token by `refresh`, before it ends and when the platform says that it has ended.
    /// `email` is the address of the token's user, by which the SDK refreshes; see
    /// [`Auth::refresh`](crate::Auth::refresh). The rest is as for
    /// [`credentials`](Self::credentials).
    pub fn refresh(mut self, refresh: RefreshToken, email: Option<String>) -> Self {
        self.refresh = Some(refresh);
        self.email = email;
        self
    }

    /// Where renewed tokens are kept. A kept token is used instead of the configured one if it is
    /// certainly of the same user and lasts longer.
    pub fn token_store(mut self, store: Arc<dyn TokenStore>) -> Self {
        self.token_store = Some(store);
        self
    }

    /// How long before its end a token is renewed; 5 minutes by default, and never more than half
    /// of its life.
    pub fn renew_before(mut self, margin: Duration) -> Self {
        self.renewal_margin = margin;
        self
    }

    /// What the requests of this client's key wait for; by default a pacer of this client's own
    /// with the documented 20 requests per second. Its clock is the client's clock.
    pub fn pacer(mut self, pacer: Arc<Pacer>) -> Self {
        self.pacer = Some(pacer);
        self
    }

    /// What the requests of all keys that are used from this address wait for, besides their own
    /// [`pacer`](Self::pacer): the platform counts per key and per address (API Basics, rate
    /// limiting). By default there is none.
    pub fn address_pacer(mut self, pacer: Arc<Pacer>) -> Self {
        self.address_pacer = Some(pacer);
        self
    }

    /// How requests that can be repeated without harm are repeated.
    pub fn retries(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }

    /// Makes every request once.
    pub fn without_retries(self) -> Self {
        self.retries(Retries::NONE)
    }

    /// Makes the pauses between repetitions the same at each run, for tests.
    pub fn random_seed(mut self, seed: u64) -> Self {
        self.random_seed = Some(seed);
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
    /// [`Error::BaseUrl`] if the address cannot be used, [`Error::Token`] if token and refresh
    /// token are of different users, and [`Error::Setup`] if the system offers no certificates to
    /// trust.
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
        let pacer = match &self.address_pacer {
            Some(address) => Arc::new(pacer.within(address)),
            None => pacer,
        };
        let means = Means {
            credentials: self.credentials,
            refresh: self.refresh,
            email: self.email,
            store: self.token_store,
            margin: SignedDuration::try_from(self.renewal_margin).unwrap_or(SignedDuration::MAX),
        };
        let tokens = self.token.map(Tokens::new);
        Ok(Client {
            inner: Arc::new(Inner {
                http,
                base,
                session: Session::new(tokens, means, pacer.clock().now())?,
                pacer,
                retries: self.retries,
                chance: Chance::new(self.random_seed),
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

//! The REST client.

mod base;
mod builder;
pub use builder::ClientBuilder;
mod tls;

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use serde::de::DeserializeOwned;
use url::Url;

use crate::{
    Answer, Error, Pacer, Permit, Request, Token,
    answer::{lost, read, read_refusal},
    refusal,
    request::Addressed,
};

/// A client of the platform's REST API. Clones share connections, token and pacer.
///
/// Each request waits for its turn at the [`Pacer`], is sent once, and is never repeated or
/// redirected: what to do after a failure is the caller's decision, with the help of [`Error`].
/// Dropping the future of a request gives it up; it may have taken effect then.
///
/// ```no_run
/// # async fn example() -> Result<(), web1on1::Error> {
/// use web1on1::{Client, Query, Token};
///
/// let client = Client::builder("https://api.web1on1.chat")
///     .token(Token::new("94c70d470e391bdc16a8d8363b5d4891")?)
///     .build()?;
/// let me = client.users().me().await?;
/// for form in client.forms().list(&Query::new().limit(10)).await? {
///     println!("{} has {} fields", form.name, form.fields.len());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    http: reqwest::Client,
    base: Url,
    token: RwLock<Option<Token>>,
    pacer: Arc<Pacer>,
    max_body_bytes: usize,
}

impl Client {
    /// Begins a client of the API at `base_url`, for example `https://api.web1on1.chat`, with or
    /// without `/v2` at its end.
    pub fn builder(base_url: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(base_url.into())
    }

    /// Whom requests wait for.
    pub fn pacer(&self) -> &Arc<Pacer> {
        &self.inner.pacer
    }

    /// Uses `token` from the next request on, in this client and all its clones.
    pub fn set_token(&self, token: Token) {
        *self
            .inner
            .token
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(token);
    }

    /// Sends `request` when its turn comes and reads the whole answer.
    ///
    /// # Errors
    ///
    /// Every answer but a 2XX, and no answer; see [`Error`].
    pub async fn send(&self, request: Request) -> Result<Answer, Error> {
        let request = request.under(&self.inner.base)?;
        let permit = self.inner.pacer.acquire().await;
        self.exchange(permit, request).await
    }

    /// Sends `request` now, by a permit of [`pacer`](Client::pacer) that the caller has waited
    /// for. The permit is held until the answer is complete or the future is dropped.
    ///
    /// # Errors
    ///
    /// As for [`send`](Client::send).
    pub async fn send_with(&self, permit: Permit, request: Request) -> Result<Answer, Error> {
        match request.under(&self.inner.base) {
            Ok(request) => self.exchange(permit, request).await,
            Err(error) => {
                permit.return_unused();
                Err(error)
            }
        }
    }

    /// Sends `request` and reads the answer as a value.
    ///
    /// # Errors
    ///
    /// As for [`send`](Client::send) and [`Answer::json`].
    pub async fn fetch<T: DeserializeOwned>(&self, request: Request) -> Result<T, Error> {
        self.send(request).await?.json()
    }

    async fn exchange(&self, permit: Permit, request: Addressed) -> Result<Answer, Error> {
        let token = self.token();
        let label = request.label;
        let mut http = self.inner.http.request(request.method, request.address);
        if let Some(token) = &token {
            http = http.header(AUTHORIZATION, bearer(token)?);
        }
        if let Some(body) = request.body {
            http = http.header(CONTENT_TYPE, request.content_type).body(body);
        }
        let response = match http.send().await {
            Ok(response) => response,
            Err(error) => return Err(lost(label, error)),
        };
        let status = response.status();
        tracing::debug!(request = %label, status = status.as_u16(), "answered");
        let result = if status.is_success() {
            read(label, response, self.inner.max_body_bytes).await
        } else {
            let now = self.inner.pacer.clock().now();
            let retry_after = response
                .headers()
                .get(RETRY_AFTER)
                .and_then(|value| refusal::retry_after(value.to_str().ok()?, now));
            let message = read_refusal(response).await;
            Err(Error::Status {
                request: label,
                status: status.as_u16(),
                message: message.map(|message| without(message, token.as_ref())),
                retry_after,
            })
        };
        // Only now has the platform certainly counted the request.
        drop(permit);
        result
    }

    fn token(&self) -> Option<Token> {
        self.inner
            .token
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.inner.base.as_str())
            .field("rate", &self.inner.pacer.rate())
            .finish_non_exhaustive()
    }
}

fn bearer(token: &Token) -> Result<HeaderValue, Error> {
    let mut value =
        HeaderValue::try_from(format!("Bearer {}", token.expose())).map_err(|_| Error::Token {
            problem: "it does not fit into a header",
        })?;
    value.set_sensitive(true);
    Ok(value)
}

/// An answer may quote the token it refuses.
fn without(message: String, token: Option<&Token>) -> String {
    match token {
        Some(token) if message.contains(token.expose()) => {
            message.replace(token.expose(), "[redacted]")
        }
        _ => message,
    }
}

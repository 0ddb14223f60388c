//! The REST client.

mod base;
mod builder;
pub use builder::ClientBuilder;
mod tls;

use std::{fmt, sync::Arc};

use jiff::Timestamp;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use serde::de::DeserializeOwned;
use url::Url;

use crate::{
    Answer, Error, Pacer, Permit, Request, Retries, Token, Tokens,
    answer::{lost, read, read_refusal},
    auth::{Held, Session},
    hidden::Hidden,
    refusal,
    request::Addressed,
    retry::{Attempts, Chance},
};

/// A client of the platform's REST API. Clones share connections, tokens and pacer.
///
/// Each request waits for its turn at the [`Pacer`]. Reads and deletions that the platform refuses
/// for now are made again, see [`Retries`]; other requests are made once, and what to do after a
/// failure is the caller's decision, with the help of [`Error`]. A token that has ended is renewed
/// if the client knows how, see [`ClientBuilder::refresh`] and [`ClientBuilder::credentials`]. No
/// redirect is followed. Dropping the future of a request gives it up; it may have taken effect
/// then.
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
    session: Session,
    pacer: Arc<Pacer>,
    retries: Retries,
    chance: Chance,
    max_body_bytes: usize,
}

/// On whose behalf a request is made.
enum Bearer {
    /// The client's, whose tokens are renewed when they are refused.
    Own,
    /// This one, or nobody's, as logging in needs it.
    Given(Option<HeaderValue>),
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

    /// Uses `token` from the next request on, in this client and all its clones. A token of another
    /// user than before is not renewed.
    pub fn set_token(&self, token: Token) {
        if let Err(error) = self.set_tokens(Tokens::new(token)) {
            // Every `Token` fits into a header.
            tracing::warn!(%error, "the token stays as it was");
        }
    }

    /// Uses `tokens` from the next request on, in this client and all its clones. Tokens of another
    /// user than before are renewed by their own refresh token only.
    ///
    /// # Errors
    ///
    /// [`Error::Token`] if the access token cannot be sent.
    pub fn set_tokens(&self, tokens: Tokens) -> Result<(), Error> {
        self.inner.session.set(tokens, self.time())
    }

    /// The tokens that the next request would use, as far as they are known by now.
    pub fn tokens(&self) -> Option<Tokens> {
        self.held().map(|held| held.tokens.clone())
    }

    /// Sends `request` when its turn comes and reads the whole answer.
    ///
    /// # Errors
    ///
    /// Every answer but a 2XX, and no answer; see [`Error`].
    pub async fn send(&self, request: Request) -> Result<Answer, Error> {
        let request = request.under(&self.inner.base)?;
        self.deliver(request).await
    }

    /// Sends `request` now, by a permit of [`pacer`](Client::pacer) that the caller has waited
    /// for. The permit is held until the answer is complete or the future is dropped.
    ///
    /// The request is made once, with one exception: if it was refused because the token has ended,
    /// it was not carried out, so it is made again with a renewed token when its turn comes.
    ///
    /// # Errors
    ///
    /// As for [`send`](Client::send).
    pub async fn send_with(&self, permit: Permit, request: Request) -> Result<Answer, Error> {
        let request = match request.under(&self.inner.base) {
            Ok(request) => request,
            Err(error) => {
                permit.return_unused();
                return Err(error);
            }
        };
        let permit = if self.needs_preparation() {
            // The renewal needs a permit as well, and must not wait for one behind this one.
            permit.return_unused();
            self.prepare(&request.label).await?;
            self.inner.pacer.acquire().await
        } else {
            permit
        };
        self.attempt(permit, request, &Bearer::Own).await
    }

    /// Sends `request` and reads the answer as a value.
    ///
    /// # Errors
    ///
    /// As for [`send`](Client::send) and [`Answer::json`].
    pub async fn fetch<T: DeserializeOwned>(&self, request: Request) -> Result<T, Error> {
        self.send(request).await?.json()
    }

    /// Sends `request` with the client's tokens.
    pub(crate) async fn deliver(&self, request: Addressed) -> Result<Answer, Error> {
        self.prepare(&request.label).await?;
        self.repeat(request, &Bearer::Own).await
    }

    /// Sends `request` with `bearer` or no token at all.
    pub(crate) async fn send_as(
        &self,
        request: Request,
        bearer: Option<HeaderValue>,
    ) -> Result<Answer, Error> {
        let request = request.under(&self.inner.base)?;
        self.repeat(request, &Bearer::Given(bearer)).await
    }

    pub(crate) fn base(&self) -> &Url {
        &self.inner.base
    }

    pub(crate) fn session(&self) -> &Session {
        &self.inner.session
    }

    pub(crate) fn held(&self) -> Option<Arc<Held>> {
        self.inner.session.held()
    }

    /// Makes `request` until it succeeds, as often as [`Retries`] allow.
    async fn repeat(&self, request: Addressed, bearer: &Bearer) -> Result<Answer, Error> {
        let retries = if request.is_repeatable {
            self.inner.retries
        } else {
            Retries::NONE
        };
        let mut attempts = Attempts::new(retries);
        loop {
            let permit = self.inner.pacer.acquire().await;
            let error = match self.attempt(permit, request.clone(), bearer).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let chance = &self.inner.chance;
            let Some(pause) = attempts.pause_after(&error, &request.method, chance) else {
                return Err(error);
            };
            tracing::debug!(request = %request.label, %error, ?pause, "made again");
            self.inner.pacer.clock().sleep(pause).await;
        }
    }

    /// Makes `request` once, or twice if the first time only showed that the token has ended.
    async fn attempt(
        &self,
        permit: Permit,
        request: Addressed,
        bearer: &Bearer,
    ) -> Result<Answer, Error> {
        let held = match bearer {
            Bearer::Given(bearer) => {
                return self.exchange(permit, request, bearer.clone()).await;
            }
            Bearer::Own => self.held(),
        };
        let own = held.as_ref().map(|held| held.bearer.clone());
        let again = self.inner.session.is_renewable().then(|| request.clone());
        let error = match self.exchange(permit, request, own).await {
            Err(error) if error.is_token_problem() => error,
            answered => return answered,
        };
        let (Some(again), Some(held)) = (again, held) else {
            return Err(error);
        };
        let renewed = self.renewed(Some((held, error)), &again.label).await?;
        let permit = self.inner.pacer.acquire().await;
        self.exchange(permit, again, Some(renewed.bearer.clone()))
            .await
    }

    async fn exchange(
        &self,
        permit: Permit,
        request: Addressed,
        bearer: Option<HeaderValue>,
    ) -> Result<Answer, Error> {
        let label = request.label;
        let mut http = self.inner.http.request(request.method, request.address);
        let hidden = Hidden {
            bearer,
            secrets: request.secrets,
        };
        if let Some(bearer) = &hidden.bearer {
            http = http.header(AUTHORIZATION, bearer);
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
            read(label, response, self.inner.max_body_bytes, hidden).await
        } else {
            let now = self.time();
            let retry_after = response
                .headers()
                .get(RETRY_AFTER)
                .and_then(|value| refusal::retry_after(value.to_str().ok()?, now));
            let message = read_refusal(response).await;
            let error = Error::Status {
                request: label,
                status: status.as_u16(),
                message,
                retry_after,
            };
            // An answer may quote the token or the password it refuses.
            Err(hidden.hide(error))
        };
        // Only now has the platform certainly counted the request.
        drop(permit);
        result
    }

    pub(crate) fn time(&self) -> Timestamp {
        self.inner.pacer.clock().now()
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

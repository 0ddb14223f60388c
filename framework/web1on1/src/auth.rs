//! Logging in, and renewing tokens.

mod credentials;
pub use credentials::Credentials;

mod grant;
pub use grant::Grant;

mod tokens;
pub use tokens::Tokens;

mod store;
pub use store::{MemoryTokenStore, TokenStore, TokenStoreError};

mod file;
pub use file::FileTokenStore;

mod session;
pub(crate) use session::{Held, Means, Session};

mod renewal;

use reqwest::header::HeaderValue;
use serde::Serialize;

use crate::{Client, Error, Query, RefreshToken, Request};

const PATH: [&str; 2] = ["auth", "token"];

/// Logging in and refreshing by hand: `/auth/token`. A client that is given
/// [`credentials`](crate::ClientBuilder::credentials) or a
/// [`refresh`](crate::ClientBuilder::refresh) token does this by itself.
///
/// What is granted is returned and not used; see [`Client::set_tokens`].
///
/// ```no_run
/// # async fn example() -> Result<(), web1on1::Error> {
/// use web1on1::{Client, Credentials};
///
/// let client = Client::builder("https://api.web1on1.chat").build()?;
/// let credentials = Credentials::password("ann@example.com", "correct horse").otp("123456");
/// let grant = client.auth().log_in(&credentials).await?;
/// client.set_tokens(grant.into())?;
/// println!("{}", client.users().me().await?.id);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Auth<'a> {
    client: &'a Client,
}

impl Client {
    /// Logging in and refreshing by hand.
    pub fn auth(&self) -> Auth<'_> {
        Auth { client: self }
    }
}

#[derive(Serialize)]
struct LogIn<'a> {
    email: &'a str,
    password: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    otp: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Refresh<'a> {
    client_id: &'a str,
    refresh_token: &'a str,
}

impl Auth<'_> {
    /// Exchanges credentials for tokens (API Reference, authentication). Do it once and use the
    /// tokens for as long as they last (SDK).
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`]; 401 if the credentials are wrong.
    pub async fn log_in(&self, credentials: &Credentials) -> Result<Grant, Error> {
        let body = LogIn {
            email: &credentials.email,
            password: credentials.exposed_password(),
            otp: credentials.one_time_password(),
        };
        let request = Request::post(PATH).json(&body)?;
        let secrets = [body.password, body.otp.unwrap_or_default()];
        self.ask(request, None, &secrets).await
    }

    /// Exchanges a refresh token for new tokens. `client_id` is the address of the token's user, by
    /// which the SDK refreshes (`POST /auth/token`). Without it, and where the platform does not
    /// know that form (400, 404, 405, 422), the form of the reference is used
    /// (`GET /auth/token?refreshToken=…`, with the client's access token).
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`]; 401 or 403 if the refresh token is not accepted.
    pub async fn refresh(
        &self,
        token: &RefreshToken,
        client_id: Option<&str>,
    ) -> Result<Grant, Error> {
        if let Some(client_id) = client_id {
            let body = Refresh {
                client_id,
                refresh_token: token.expose(),
            };
            let request = Request::post(PATH).json(&body)?;
            match self.ask(request, None, &[token.expose()]).await {
                Err(error) if matches!(error.status(), Some(400 | 404 | 405 | 422)) => {
                    tracing::debug!(%error, "the SDK's form of a refresh is not taken, the reference's is tried");
                }
                answered => return answered,
            }
        }
        let held = self.client.held();
        let request = Request::get(PATH).query(Query::new().filter("refreshToken", token.expose()));
        let bearer = held.as_ref().map(|held| held.bearer.clone());
        self.ask(request, bearer, &[token.expose()]).await
    }

    /// Neither form changes anything but tokens, so both may be repeated.
    async fn ask(
        &self,
        request: Request,
        bearer: Option<HeaderValue>,
        secrets: &[&str],
    ) -> Result<Grant, Error> {
        let answer = self.client.send_as(request.repeatable(), bearer).await;
        let granted = answer.and_then(|answer| Grant::read(&answer));
        granted.map_err(|error| {
            secrets
                .iter()
                .fold(error, |error, secret| error.without(secret))
        })
    }
}

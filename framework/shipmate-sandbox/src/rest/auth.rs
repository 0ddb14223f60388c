//! Logging in and refreshing tokens.

use axum::{
    body::Bytes,
    extract::{Query, State as Shared},
    http::{HeaderMap, header},
};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use web1on1::UserId;

use super::{Answer, Api, ApiResult, answer::read, scope::Scope};
use crate::{
    Refusal,
    clock::iso,
    directory::{Kind, Object, text},
    state::State,
    token::{self, ACCESS_LIFETIME, BOT_LIFETIME, Claims, Grant, REFRESH_LIFETIME},
};

/// A login by password, or the SDK's form of a refresh.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Credentials {
    email: Option<String>,
    password: Option<String>,
    client_id: Option<String>,
    refresh_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RefreshQuery {
    refresh_token: Option<String>,
}

/// `POST /auth/token`
pub(super) async fn log_in(Shared(api): Shared<Api>, body: Bytes) -> ApiResult {
    let given: Credentials = read(&body)?;
    api.platform.change(|state, now| {
        let user = match (given.email, given.password, given.refresh_token) {
            (Some(email), Some(password), _) => {
                let user = state.user_with_password(&email, &password)?;
                state.note_login(&user, now);
                user
            }
            (_, _, Some(token)) => {
                state.user_of_refresh(&token, given.client_id.as_deref(), now)?
            }
            _ => {
                return Err(Refusal::bad_request(
                    "give email and password, or clientId and refreshToken",
                ));
            }
        };
        Ok(Answer::Created {
            body: state.grant(&user, now)?,
            location: "/auth/token".to_owned(),
        })
    })
}

/// `GET /auth/token?refreshToken=…`, the form of the reference, with the old token as bearer.
pub(super) async fn refresh(
    Shared(api): Shared<Api>,
    Query(query): Query<RefreshQuery>,
    headers: HeaderMap,
) -> ApiResult {
    if !headers.contains_key(header::AUTHORIZATION) {
        return Err(Refusal::unauthorized("no authorization token was found"));
    }
    let token = query
        .refresh_token
        .ok_or_else(|| Refusal::bad_request("refreshToken is missing"))?;
    api.platform.change(|state, now| {
        let user = state.user_of_refresh(&token, None, now)?;
        state.grant(&user, now).map(Answer::Ok)
    })
}

impl State {
    fn user_with_password(&self, email: &str, password: &str) -> Result<UserId, Refusal> {
        let user = self
            .directory
            .all(Kind::User)
            .find(|user| text(user, "email") == Some(email) && is_let_in(user))
            .and_then(|user| text(user, "id").map(UserId::from));
        user.filter(|user| self.passwords.get(user).map(String::as_str) == Some(password))
            .ok_or_else(|| Refusal::unauthorized("wrong email or password"))
    }

    fn user_of_refresh(
        &self,
        token: &str,
        client: Option<&str>,
        now: Timestamp,
    ) -> Result<UserId, Refusal> {
        let claims = token::read(token, &self.signing_key, now)?;
        let user = self.directory.get(Kind::User, claims.user.as_str());
        let user = user.filter(|user| is_let_in(user));
        let is_clients = client
            .is_none_or(|client| user.is_some_and(|user| text(user, "email") == Some(client)));
        if claims.grant_type == Grant::RefreshToken && user.is_some() && is_clients {
            Ok(claims.user)
        } else {
            Err(Refusal::unauthorized("invalid token"))
        }
    }

    fn note_login(&mut self, id: &UserId, now: Timestamp) {
        if let Some(user) = self.directory.get(Kind::User, id.as_str()) {
            let mut user = user.clone();
            user.insert("lastLogin".into(), iso(now).into());
            self.directory.put(Kind::User, user);
            self.announce_resource(Kind::User, "login", id.as_str(), Some(id), now);
        }
    }

    /// What an access token says; tokens that were chosen before are good for ever.
    ///
    /// # Errors
    /// 401 with `invalid token` or `jwt expired`, the words on which the SDK refreshes.
    pub(crate) fn claims(&self, token: &str, now: Timestamp) -> Result<Claims, Refusal> {
        let given = self.given_tokens.get(token);
        match given.and_then(|user| self.directory.get(Kind::User, user.as_str())) {
            Some(user) => Ok(claims_of(user, Grant::AccessToken, BOT_LIFETIME, now)),
            None => token::read(token, &self.signing_key, now),
        }
    }

    /// A fresh pair of tokens.
    fn grant(&self, id: &UserId, now: Timestamp) -> Result<Value, Refusal> {
        let user = self
            .directory
            .get(Kind::User, id.as_str())
            .ok_or_else(|| Refusal::unauthorized("invalid token"))?;
        let expires = now
            .saturating_add(ACCESS_LIFETIME)
            .unwrap_or(Timestamp::MAX);
        Ok(json!({
            "tokenType": "Bearer",
            "token": self.token(user, Grant::AccessToken, ACCESS_LIFETIME, now),
            "refreshToken": self.token(user, Grant::RefreshToken, REFRESH_LIFETIME, now),
            "user": id,
            "organization": user.get("organization"),
            "expiresAt": iso(expires),
            "scope": Scope::words_of(user),
        }))
    }

    /// A signed token of `user`.
    pub(crate) fn token(
        &self,
        user: &Object,
        grant_type: Grant,
        lifetime: SignedDuration,
        now: Timestamp,
    ) -> String {
        let claims = claims_of(user, grant_type, lifetime, now);
        token::sign(&claims, &self.signing_key)
    }
}

fn claims_of(user: &Object, grant_type: Grant, lifetime: SignedDuration, now: Timestamp) -> Claims {
    let iat = now.as_second();
    Claims {
        user: text(user, "id").unwrap_or_default().into(),
        organization: text(user, "organization").unwrap_or_default().into(),
        scope: Scope::words_of(user).to_owned(),
        grant_type,
        iat,
        exp: iat.saturating_add(lifetime.as_secs()),
    }
}

fn is_let_in(user: &Object) -> bool {
    text(user, "status") != Some("archived")
}

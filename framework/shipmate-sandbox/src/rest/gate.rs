//! What every request passes: the request limits and authentication.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use axum::{
    body::{Body, Bytes},
    extract::{ConnectInfo, Request, State as Shared},
    http::header,
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::stream;
use jiff::Timestamp;

use super::{Api, Caller, answer::refused, scope::Scope};
use crate::{
    Refusal,
    directory::{Kind, text},
    fault::Failure,
    limit::Rule,
    state::State,
    token::Grant,
};

pub(super) async fn pass(Shared(api): Shared<Api>, mut request: Request, next: Next) -> Response {
    let address = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(address)| address.ip());
    let bearer = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
        .map(str::to_owned);
    let is_open = request.uri().path() == "/auth/token";
    let fault = api.platform.change(|state, _| {
        state
            .faults
            .strike(request.method().as_str(), request.uri().path())
    });
    if let Some(Failure::Answer(status)) = fault {
        return refused(&Refusal::broken(status));
    }
    let admitted = api.platform.change(|state, now| {
        state.admit_address(address, now)?;
        if is_open {
            return Ok(None);
        }
        let caller = state.authenticate(bearer.as_deref(), now)?;
        state.admit_key(&caller, now)?;
        Ok(Some(caller))
    });
    let response = match admitted {
        Ok(caller) => {
            if let Some(caller) = caller {
                request.extensions_mut().insert(caller);
            }
            next.run(request).await
        }
        Err(refusal) => refused(&refusal),
    };
    match fault {
        Some(Failure::Lose) => broken_connection(),
        Some(Failure::Hang) => {
            let mut stopped = api.stopped;
            // An error means that the sandbox is gone, which ends the waiting as well.
            let _ = stopped.changed().await;
            broken_connection()
        }
        _ => response,
    }
}

/// An answer whose body fails before its first byte: the server can only drop the connection.
fn broken_connection() -> Response {
    let failure = io::Error::new(io::ErrorKind::ConnectionAborted, "fault injected");
    Body::from_stream(stream::once(async { Err::<Bytes, _>(failure) })).into_response()
}

impl State {
    fn admit_address(&mut self, address: Option<IpAddr>, now: Timestamp) -> Result<(), Refusal> {
        match address {
            Some(address) if !self.requests_by_address.admit(address, now) => {
                self.tally.refuse(Rule::PerAddress, 1);
                Err(Refusal::limited(Rule::PerAddress, "too many requests"))
            }
            _ => Ok(()),
        }
    }

    fn admit_key(&mut self, caller: &Caller, now: Timestamp) -> Result<(), Refusal> {
        if self.requests_by_key.admit(caller.user.clone(), now) {
            self.tally.requests += 1;
            Ok(())
        } else {
            self.tally.refuse(Rule::PerKey, 1);
            Err(Refusal::limited(Rule::PerKey, "too many requests"))
        }
    }

    /// The caller behind a bearer token.
    ///
    /// # Errors
    /// 401; the SDK refreshes its token on the words `invalid token` and `jwt expired`.
    pub(super) fn authenticate(
        &self,
        bearer: Option<&str>,
        now: Timestamp,
    ) -> Result<Caller, Refusal> {
        let bearer =
            bearer.ok_or_else(|| Refusal::unauthorized("no authorization token was found"))?;
        let claims = self.claims(bearer, now)?;
        let is_usable = claims.grant_type == Grant::AccessToken
            && self
                .directory
                .get(Kind::User, claims.user.as_str())
                .is_some_and(|user| text(user, "status") != Some("archived"));
        if !is_usable {
            return Err(Refusal::unauthorized("invalid token"));
        }
        Ok(Caller {
            author: self.author(&claims.user),
            user: claims.user,
            organization: claims.organization,
            scope: Scope::highest(&claims.scope),
        })
    }
}

//! What every request passes: the request limits and authentication.

mod call;
use call::{Call, KnownAnswer};

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{ConnectInfo, Request, State as Shared},
    http::header,
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::stream;
use jiff::Timestamp;

use super::{Api, Caller, MAX_BODY_BYTES, answer::refused, scope::Scope};
use crate::{
    Refusal,
    directory::{Kind, text},
    fault::Failure,
    limit::Rule,
    platform::Platform,
    state::State,
    token::{self, Grant},
};

pub(super) async fn pass(Shared(api): Shared<Api>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let read = to_bytes(body, MAX_BODY_BYTES).await;
    let mut call = Call::begin(&api.platform, &parts, read.as_deref().unwrap_or_default());
    let fault = api.platform.change(|state, _| {
        let failure = state
            .faults
            .strike(parts.method.as_str(), parts.uri.path())?;
        state.journal.fault_struck(call.number, failure.strike());
        Some(failure)
    });
    let response = match (fault, read) {
        (Some(Failure::Answer(status)), _) => refused(&Refusal::broken(status)),
        (_, Err(_)) => refused(&Refusal::too_large(MAX_BODY_BYTES)),
        (_, Ok(body)) => {
            let request = Request::from_parts(parts, Body::from(body));
            let number = call.number;
            Platform::on_account_of(number, carry_out(&api, &call, request, next)).await
        }
    };
    let (answer, response) = KnownAnswer::read(response).await;
    match fault {
        Some(Failure::Lose) => {
            call.broken(Some(&answer));
            broken_connection()
        }
        Some(Failure::Hang) => {
            let mut stopped = api.stopped;
            // An error means that the sandbox is gone, which ends the waiting as well.
            let _ = stopped.changed().await;
            call.broken(Some(&answer));
            broken_connection()
        }
        _ => {
            call.answered(&answer);
            response
        }
    }
}

/// Carries out a request that passes the limits and authentication.
async fn carry_out(api: &Api, call: &Call, mut request: Request, next: Next) -> Response {
    match admit(api, &request) {
        Ok(caller) => {
            if let Some(caller) = caller {
                call.made_by(&caller);
                request.extensions_mut().insert(caller);
            }
            next.run(request).await
        }
        Err(refusal) => refused(&refusal),
    }
}

/// The caller of a request that is let through; nobody where no token is asked for.
fn admit(api: &Api, request: &Request) -> Result<Option<Caller>, Refusal> {
    let address = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(address)| address.ip());
    let bearer = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    api.platform.change(|state, now| {
        state.admit_address(address, now)?;
        if request.uri().path() == "/auth/token" {
            return Ok(None);
        }
        let caller = state.authenticate(bearer, now)?;
        state.admit_key(&caller, now)?;
        Ok(Some(caller))
    })
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
        let claims = token::read(bearer, &self.signing_key, now)?;
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

//! What every request passes: the request limits and authentication.

mod call;
use call::{Call, KnownAnswer};

mod spoil;

use std::net::{IpAddr, SocketAddr};

use axum::{
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request, State as Shared},
    http::{HeaderMap, header, request::Parts},
    middleware::Next,
    response::Response,
};
use jiff::{SignedDuration, Timestamp};

use super::{Api, Caller, MAX_BODY_BYTES, answer::refused, scope::Scope};
use crate::{
    Refusal,
    directory::{Kind, text},
    fault::{Failure, Target},
    limit::Rule,
    platform::Platform,
    state::State,
    token::Grant,
};

pub(super) async fn pass(Shared(api): Shared<Api>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let read = to_bytes(body, MAX_BODY_BYTES).await;
    let call = Call::begin(&api.platform, &parts, read.as_deref().unwrap_or_default());
    if !call.arrives() {
        return call.break_off(None);
    }
    let fault = api
        .platform
        .change(|state, now| state.strike_call(&call, &parts, now));
    let Ok(body) = read else {
        return call
            .finish(refused(&Refusal::too_large(format!(
                "the request body exceeds {MAX_BODY_BYTES} bytes"
            ))))
            .await;
    };
    let request = Request::from_parts(parts, Body::from(body));
    match fault {
        None => {
            let response = carry_out(&api, &call, request, next).await;
            call.finish(response).await
        }
        Some(Failure::Latency { wait }) => delay(api, call, wait.0, request, next).await,
        Some(failure) => fail(api, call, &failure, request, next).await,
    }
}

/// Carries a request out after a wait. The client may leave meanwhile, which changes nothing.
async fn delay(
    api: Api,
    call: Call,
    wait: SignedDuration,
    request: Request,
    next: Next,
) -> Response {
    let late = tokio::spawn(async move {
        api.wait_since(call.arrived, wait).await;
        let response = carry_out(&api, &call, request, next).await;
        call.finish(response).await
    });
    late.await.unwrap_or_else(|_| spoil::broken_connection())
}

/// Answers a request as a fault has it.
async fn fail(api: Api, call: Call, failure: &Failure, request: Request, next: Next) -> Response {
    if let Some(response) = spoil::instead(failure, api.platform.clock().now()) {
        return call.finish(response).await;
    }
    if matches!(failure, Failure::ResetBefore {}) {
        return call.break_off(None);
    }
    let response = carry_out(&api, &call, request, next).await;
    let (answer, response) = KnownAnswer::read(response).await;
    match failure {
        Failure::HoldAnswer { wait } => {
            api.wait_since(call.arrived, wait.0).await;
            call.finish(response).await
        }
        Failure::Hang {} => {
            api.wait_since(call.arrived, SignedDuration::MAX).await;
            call.break_off(Some(&answer))
        }
        Failure::CutBody {} => {
            call.break_off(Some(&answer));
            spoil::cut(response, &answer)
        }
        Failure::SlowBody { every } => spoil::slow(response, answer, call, every.0, api.platform),
        Failure::Garbage {} | Failure::EmptyBody {} => {
            call.finish(spoil::garbled(failure, response)).await
        }
        _ => call.break_off(Some(&answer)),
    }
}

impl Api {
    /// Waits on the sandbox's clock, at most until the sandbox stops. A clock that is moved as soon
    /// as the journal shows a call counts for that call.
    async fn wait_since(&self, start: Timestamp, wait: SignedDuration) {
        let mut stopped = self.stopped.clone();
        tokio::select! {
            () = self.platform.clock().sleep_since(start, wait) => {}
            // An error means that the sandbox is gone, which ends the waiting as well.
            _ = stopped.changed() => {}
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
            Platform::on_account_of(call.number, next.run(request)).await
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
    let bearer = bearer(request.headers());
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

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")
}

impl State {
    /// The fault that strikes a call, if one does. Who calls is what a
    /// valid token says, for nobody is authenticated yet.
    fn strike_call(&mut self, call: &Call, parts: &Parts, now: Timestamp) -> Option<Failure> {
        if self.faults.are_none() {
            return None;
        }
        let caller = bearer(&parts.headers)
            .and_then(|token| self.claims(token, now).ok())
            .map(|claims| claims.user);
        let (strike, failure) = self.faults.strike(Target::Call {
            method: parts.method.as_str(),
            path: parts.uri.path(),
            caller: caller.as_ref(),
            conversation: call.conversation.as_ref(),
        })?;
        self.journal.fault_struck(call.number, strike);
        Some(failure)
    }

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

//! What each address answers.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    Router,
    body::Body,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, StatusCode, header};

use super::{
    body::{Bodies, NotReceived},
    server::ServerOptions,
    signature::WebhookSecrets,
};
use crate::{
    dispatch::{Accepted, Dispatcher, NotAccepted},
    event::Arrival,
    service::Readiness,
};

/// What receives for all bots of a service.
#[derive(Debug)]
pub(crate) struct Receiver {
    dispatcher: Arc<Dispatcher>,
    bots: HashMap<Arc<str>, WebhookSecrets>,
    bodies: Bodies,
    readiness: Arc<Readiness>,
    draining: AtomicBool,
}

impl Receiver {
    pub(crate) fn new(
        dispatcher: Arc<Dispatcher>,
        bots: HashMap<Arc<str>, WebhookSecrets>,
        readiness: Arc<Readiness>,
        options: &ServerOptions,
    ) -> Self {
        Self {
            bodies: Bodies::new(
                options.max_body_bytes,
                options.all_bodies_bytes,
                options.body_timeout,
            ),
            dispatcher,
            bots,
            readiness,
            draining: AtomicBool::new(false),
        }
    }

    /// From now on nothing is accepted; the platform tries again later.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Release);
    }

    fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// The bot behind `/webhook/{bot}`, or the only one behind `/webhook`.
    fn bot(&self, name: Option<&str>) -> Option<(&Arc<str>, &WebhookSecrets)> {
        match name {
            Some(name) => self.bots.get_key_value(name),
            None if self.bots.len() == 1 => self.bots.iter().next(),
            None => None,
        }
    }

    async fn receive(
        &self,
        bot: Option<&str>,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Accepted, Refusal> {
        let (bot, secrets) = self.bot(bot).ok_or(Refusal::NoSuchBot)?;
        if self.is_draining() {
            return Err(Refusal::Draining);
        }
        if let Err(error) = secrets.check_present(headers) {
            self.bodies.discard(body).await;
            tracing::warn!(%bot, %error, "webhook refused");
            return Err(Refusal::Signature);
        }
        let body = self.bodies.receive(body).await?;
        secrets.check(headers, &body).map_err(|error| {
            tracing::warn!(%bot, %error, "webhook refused");
            Refusal::Signature
        })?;
        let now = self.dispatcher.clock.now();
        let arrival = Arrival::read(bot, body, now).map_err(|error| {
            tracing::warn!(%bot, %error, "webhook refused");
            Refusal::Unreadable
        })?;
        self.dispatcher
            .accept(bot, arrival)
            .await
            .map_err(|error| match error {
                NotAccepted::Full => Refusal::Full,
                NotAccepted::Store(error) => {
                    tracing::error!(%bot, %error, "webhook refused");
                    Refusal::Store
                }
            })
    }
}

/// The service's addresses.
pub(crate) fn router(receiver: Arc<Receiver>) -> Router {
    Router::new()
        .route("/webhook", get(challenge).post(receive))
        .route("/webhook/{bot}", get(challenge_bot).post(receive_bot))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(receiver)
}

async fn receive(
    State(receiver): State<Arc<Receiver>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    answer(&receiver, receiver.receive(None, &headers, body).await)
}

async fn receive_bot(
    State(receiver): State<Arc<Receiver>>,
    Path(bot): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    answer(
        &receiver,
        receiver.receive(Some(&bot), &headers, body).await,
    )
}

fn answer(receiver: &Receiver, result: Result<Accepted, Refusal>) -> Response {
    match result {
        // An answer with a body could be taken for messages to post (webhooks, responding).
        Ok(Accepted::Stored | Accepted::Duplicate | Accepted::TooOld) => {
            StatusCode::OK.into_response()
        }
        Err(refusal) => {
            let (status, text) = refusal.answer();
            receiver.dispatcher.metrics.refused(status.as_u16());
            let mut response = plain(status, text);
            if refusal.ends_connection() {
                let close = header::HeaderValue::from_static("close");
                response.headers_mut().insert(header::CONNECTION, close);
            }
            response
        }
    }
}

type Parameters = Query<HashMap<String, String>>;

async fn challenge(
    State(receiver): State<Arc<Receiver>>,
    Query(parameters): Parameters,
) -> Response {
    respond_to_challenge(&receiver, None, &parameters)
}

async fn challenge_bot(
    State(receiver): State<Arc<Receiver>>,
    Path(bot): Path<String>,
    Query(parameters): Parameters,
) -> Response {
    respond_to_challenge(&receiver, Some(&bot), &parameters)
}

/// `GET ?type=subscribe&challenge=X` is answered with `X` (webhooks, example).
fn respond_to_challenge(
    receiver: &Receiver,
    bot: Option<&str>,
    parameters: &HashMap<String, String>,
) -> Response {
    if receiver.bot(bot).is_none() {
        let (status, text) = Refusal::NoSuchBot.answer();
        return plain(status, text);
    }
    let subscribes = parameters
        .get("type")
        .is_some_and(|kind| kind == "subscribe");
    match parameters.get("challenge").filter(|_| subscribes) {
        Some(challenge) => plain(StatusCode::OK, challenge),
        None => plain(
            StatusCode::FORBIDDEN,
            "expected ?type=subscribe&challenge=…",
        ),
    }
}

async fn healthz() -> Response {
    plain(StatusCode::OK, "ok")
}

async fn readyz(State(receiver): State<Arc<Receiver>>) -> Response {
    if receiver.is_draining() {
        return plain(StatusCode::SERVICE_UNAVAILABLE, "draining");
    }
    match receiver
        .readiness
        .check(receiver.dispatcher.clock.now())
        .await
    {
        Ok(()) => plain(StatusCode::OK, "ready"),
        Err(problem) => plain(StatusCode::SERVICE_UNAVAILABLE, problem.as_str()),
    }
}

async fn metrics(State(receiver): State<Arc<Receiver>>) -> Response {
    let dispatcher = &receiver.dispatcher;
    for (name, hosted) in dispatcher.hosts() {
        let unusable = hosted.host.quarantined().len();
        dispatcher.metrics.quarantined(name, unusable);
    }
    plain(StatusCode::OK, &dispatcher.metrics.render())
}

/// Plain text that no browser takes for anything else.
fn plain(status: StatusCode, text: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, text.to_owned()).into_response()
}

/// Why a webhook was not accepted. The sender learns the status and a fixed text; the reason goes to
/// the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    NoSuchBot,
    Signature,
    Unreadable,
    TooLarge,
    TooSlow,
    Broken,
    NoRoom,
    Full,
    Store,
    Draining,
}

impl Refusal {
    fn answer(self) -> (StatusCode, &'static str) {
        match self {
            Self::NoSuchBot => (StatusCode::NOT_FOUND, "no such bot"),
            Self::Signature => (StatusCode::UNAUTHORIZED, "missing or wrong signature"),
            Self::Unreadable => (StatusCode::BAD_REQUEST, "not a readable event"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "body too large"),
            Self::TooSlow => (StatusCode::REQUEST_TIMEOUT, "body too slow"),
            Self::Broken => (StatusCode::BAD_REQUEST, "body incomplete"),
            Self::NoRoom | Self::Full => (StatusCode::SERVICE_UNAVAILABLE, "full; try again later"),
            Self::Store => (
                StatusCode::SERVICE_UNAVAILABLE,
                "store unavailable; try again later",
            ),
            Self::Draining => (StatusCode::SERVICE_UNAVAILABLE, "draining; try again later"),
        }
    }

    /// Whether the rest of the request may still be on its way.
    fn ends_connection(self) -> bool {
        matches!(
            self,
            Self::Signature
                | Self::TooLarge
                | Self::TooSlow
                | Self::Broken
                | Self::NoRoom
                | Self::Draining
        )
    }
}

impl From<NotReceived> for Refusal {
    fn from(error: NotReceived) -> Self {
        match error {
            NotReceived::TooLarge => Self::TooLarge,
            NotReceived::TooSlow => Self::TooSlow,
            NotReceived::NoRoom => Self::NoRoom,
            NotReceived::Broken => Self::Broken,
        }
    }
}

//! The sandbox's own API under `/admin`, for tests in any language: its clock, faults and journal,
//! and what consumers and people at the desk do. Whoever reaches it can do everything, so the
//! page's guard keeps foreign web pages out.

mod chat;

mod clock;

mod faults;

mod history;

mod quirks;

mod read;
use read::{read, read_query};

mod setup;

mod snapshot;
use snapshot::MAX_SNAPSHOT_BYTES;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    middleware,
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use reqwest::Client;
use serde::Serialize;

use crate::{Refusal, page::guard, platform::Platform};

/// What the handlers work with.
#[derive(Debug, Clone)]
pub(crate) struct Admin {
    pub(crate) platform: Arc<Platform>,
    /// For the verification of webhooks.
    pub(crate) client: Client,
}

/// What a handler returns.
type AdminResult = Result<Answer, Refusal>;

/// A successful answer.
struct Answer(Response);

impl Answer {
    fn ok(body: impl Serialize) -> Self {
        Self(Json(body).into_response())
    }

    fn created(body: impl Serialize) -> Self {
        Self((StatusCode::CREATED, Json(body)).into_response())
    }

    fn nothing() -> Self {
        Self(StatusCode::NO_CONTENT.into_response())
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        self.0
    }
}

/// All addresses under `/admin`.
pub(crate) fn router(admin: Admin) -> Router {
    let endpoints = Router::new()
        .route("/clock", get(clock::show).post(clock::advance))
        .route("/quirks", get(quirks::show).post(quirks::change))
        .route(
            "/faults",
            get(faults::list).post(faults::inject).delete(faults::clear),
        )
        .route("/faults/kinds", get(faults::kinds))
        .route("/faults/{id}", delete(faults::remove))
        .route("/journal", get(history::journal))
        .route("/report", get(history::report))
        .route("/deliveries", get(history::deliveries))
        .route("/conversations", get(chat::list).post(chat::open))
        .route("/conversations/{id}", get(chat::show))
        .route("/conversations/{id}/contact", post(chat::contact))
        .route("/conversations/{id}/agent", post(chat::agent))
        .route("/directory", get(setup::directory))
        .route("/tokens", post(setup::token))
        .route("/webhooks", get(setup::webhooks).post(setup::set_webhook))
        .route("/webhooks/{bot}", delete(setup::remove_webhook))
        .route(
            "/snapshot",
            get(snapshot::take)
                .put(snapshot::restore)
                .layer(DefaultBodyLimit::max(MAX_SNAPSHOT_BYTES)),
        )
        .fallback(async || Refusal::no_such_path())
        .method_not_allowed_fallback(async || Refusal::wrong_method())
        .layer(middleware::from_fn(guard::pass))
        .with_state(admin);
    Router::new().nest("/admin", endpoints)
}

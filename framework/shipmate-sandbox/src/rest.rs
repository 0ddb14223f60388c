//! The REST API under `/v2`.

mod answer;
use answer::{Answer, ApiResult};

mod auth;

mod caller;
use caller::Caller;

mod conversations;

mod fields;

mod gate;

mod messages;

mod populate;

mod query;
use query::Query;

mod resources;

mod scope;

use std::sync::Arc;

use axum::{
    Router, middleware,
    routing::{get, post},
};
use reqwest::Client;
use tokio::sync::watch;

use crate::{Refusal, platform::Platform};

/// What the handlers work with.
#[derive(Debug, Clone)]
pub(crate) struct Api {
    pub(crate) platform: Arc<Platform>,
    /// For the verification of webhooks.
    pub(crate) client: Client,
    /// Ends requests that would hang for ever when the sandbox stops.
    pub(crate) stopped: watch::Receiver<bool>,
}

/// The largest request body, in bytes. The platform's is not documented.
const MAX_BODY_BYTES: usize = 4 << 20;

/// All endpoints. Every request passes the limits and, but for `/auth/token`, authentication.
pub(crate) fn router(api: Api) -> Router {
    let endpoints = Router::new()
        .route("/auth/token", post(auth::log_in).get(auth::refresh))
        .route(
            "/conversations",
            get(conversations::list).post(conversations::create),
        )
        .route(
            "/conversations/{id}",
            get(conversations::fetch)
                .patch(conversations::update)
                .delete(conversations::delete),
        )
        .route("/conversations/{id}/messages", post(messages::create_in))
        .route("/messages", get(messages::list).post(messages::create))
        .route("/messages/{id}", get(messages::fetch))
        .route("/forms/{id}/fields", get(fields::list).post(fields::create))
        .route("/forms/{id}/fields/{field}", get(fields::fetch))
        .route("/{resource}", get(resources::list).post(resources::create))
        .route(
            "/{resource}/{id}",
            get(resources::fetch)
                .patch(resources::update)
                .delete(resources::delete),
        )
        .fallback(async || answer::refused(&Refusal::no_such_path()))
        .method_not_allowed_fallback(async || answer::refused(&Refusal::method_not_allowed()))
        .layer(axum::extract::DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn_with_state(api.clone(), gate::pass))
        .with_state(api);
    Router::new().nest("/v2", endpoints)
}

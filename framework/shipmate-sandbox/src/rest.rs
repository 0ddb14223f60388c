//! The REST API under `/v2`.

mod answer;
use answer::{Answer, ApiResult};

mod auth;

mod avatar;
pub(crate) use avatar::Avatars;

mod caller;
use caller::Caller;

mod conversations;

mod fields;
use fields::{CATEGORIES, FIELDS, Part};

mod gate;

mod memberships;

mod messages;

mod organizations;

mod pages;
pub use pages::PageLimits;

mod populate;

mod query;
use query::Query;

mod resources;

mod rows;

mod scope;

use std::sync::Arc;

use axum::{
    Extension, Router, middleware,
    routing::{delete, get, post},
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
    pub(crate) pages: PageLimits,
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
        .route(
            "/conversations/{id}/messages",
            get(messages::list_in).post(messages::create_in),
        )
        .route("/messages", get(messages::list).post(messages::create))
        .route(
            "/messages/{id}",
            get(messages::fetch)
                .patch(messages::update)
                .put(messages::replace)
                .delete(messages::delete),
        )
        .merge(parts("forms", FIELDS))
        .merge(parts("organizations", CATEGORIES))
        .route(
            "/organizations/{id}/workflows",
            get(organizations::workflows),
        )
        .route(
            "/orggroups/{id}/members",
            get(organizations::members).post(organizations::add_members),
        )
        .route(
            "/orggroups/{id}/members/{organization}",
            delete(organizations::remove_member),
        )
        .route("/users/me/organizations", get(memberships::list))
        .route(
            "/users/{id}/organizations/{organization}",
            delete(memberships::remove),
        )
        .route(
            "/users/{id}/avatar",
            post(avatar::upload).delete(avatar::delete),
        )
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
        .layer(middleware::map_response(answer::in_json))
        .layer(middleware::from_fn_with_state(api.clone(), gate::pass))
        .with_state(api.clone());
    let avatars = Router::new()
        .route("/avatars/{key}", get(avatar::serve))
        .with_state(api);
    Router::new().nest("/v2", endpoints).merge(avatars)
}

/// The endpoints of a list inside a resource.
fn parts(resource: &str, part: Part) -> Router<Api> {
    let all = format!("/{resource}/{{id}}/{}", part.list());
    Router::new()
        .route(&all, get(fields::list).post(fields::create))
        .route(
            &format!("{all}/{{item}}"),
            get(fields::fetch)
                .patch(fields::update)
                .delete(fields::delete),
        )
        .layer(Extension(part))
}

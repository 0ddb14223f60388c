//! The chat page: the consumer on the left, the desk on the right, everything live.
//!
//! The server renders; a small script swaps panels when the platform changed. Without the script
//! the page still works, by reloading.

mod acts;

mod answer;

mod assets;

mod chat;

mod facts;

pub(crate) mod guard;

mod home;

mod layout;

mod link;

mod live;

mod phone;

mod timeline;

use std::sync::Arc;

use axum::{
    Router, middleware,
    routing::{get, post},
};
use reqwest::Client;
use tokio::sync::watch;

use crate::platform::Platform;

/// What the page's handlers work with.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) platform: Arc<Platform>,
    /// For the verification of webhooks.
    pub(crate) client: Client,
    /// Ends the live updates when the sandbox stops.
    pub(crate) stopped: watch::Receiver<bool>,
}

/// All addresses of the page. Every request passes the guard.
pub(crate) fn router(page: Page) -> Router {
    Router::new()
        .route("/", get(home::show))
        .route("/panels", get(home::panels))
        .route("/events", get(live::events))
        .route("/conversations", post(acts::open))
        .route("/clock", post(acts::advance))
        .route("/bots/{bot}/webhook", post(acts::set_webhook))
        .route("/chat/{id}", get(chat::show))
        .route("/chat/{id}/panels", get(chat::panels))
        .route("/chat/{id}/json", get(chat::json))
        .route("/chat/{id}/events", get(live::events))
        .route("/chat/{id}/contact", post(acts::contact))
        .route("/chat/{id}/desk", post(acts::desk))
        .route("/chat/{id}/messages/{message}", get(chat::message))
        .route("/style.css", get(assets::style))
        .route("/page.js", get(assets::script))
        .route("/icon.svg", get(assets::icon))
        .layer(middleware::from_fn(guard::pass))
        .with_state(page)
}

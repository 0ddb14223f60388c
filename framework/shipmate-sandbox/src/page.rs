//! The chat page: the consumer on the left, the desk on the right, everything live.
//!
//! The server renders; a small script swaps panels when the platform changed. Without the script
//! the page still works, by reloading.

mod answer;

mod assets;

mod bots;

mod chat;

mod clock;

mod consumer;

mod content;

mod desk;

mod edit;

mod facts;

mod faults;

mod filter;

mod form;

pub(crate) mod guard;

mod home;

mod journal;

mod layout;

mod limits;

mod link;

mod live;

mod memory;
pub(crate) use memory::Memory;

mod phone;

mod quirks;

mod replay;

mod scene;

mod switcher;

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
    pub(crate) memory: Memory,
}

/// All addresses of the page. Every request passes the guard.
pub(crate) fn router(page: Page) -> Router {
    Router::new()
        .route("/", get(home::show))
        .route("/panels", get(home::panels))
        .route("/events", get(live::events))
        .route("/conversations", post(consumer::open))
        .route("/clock", post(clock::advance))
        .route("/quirks", post(quirks::change))
        .route("/faults", get(faults::show).post(faults::add))
        .route("/faults/panels", get(faults::panels))
        .route("/faults/events", get(live::events))
        .route("/faults/off", post(faults::off))
        .route("/faults/clear", post(faults::clear))
        .route("/journal", get(journal::show))
        .route("/journal/panels", get(journal::panels))
        .route("/journal/events", get(live::events))
        .route("/journal/{number}", get(journal::details))
        .route("/bots", post(bots::add))
        .route("/bots/{bot}", get(bots::show))
        .route("/bots/{bot}/instances", post(bots::install))
        .route("/bots/{bot}/webhook", post(bots::set_webhook))
        .route("/bots/{bot}/webhook/switch", post(bots::switch_webhook))
        .route("/instances/{instance}", post(bots::instance))
        .merge(conversation())
        .route("/style.css", get(assets::style))
        .route("/page.js", get(assets::script))
        .route("/icon.svg", get(assets::icon))
        .layer(middleware::from_fn(guard::pass))
        .with_state(page)
}

/// The addresses of one conversation.
fn conversation() -> Router<Page> {
    Router::new()
        .route("/chat/{id}", get(chat::show))
        .route("/chat/{id}/panels", get(chat::panels))
        .route("/chat/{id}/json", get(chat::json))
        .route("/chat/{id}/transcript.txt", get(replay::transcript))
        .route("/chat/{id}/test.rs", get(replay::test))
        .route("/chat/{id}/events", get(live::events))
        .route("/chat/{id}/contact", post(consumer::write))
        .route("/chat/{id}/profile", post(consumer::profile))
        .route("/chat/{id}/desk", post(desk::act))
        .route("/chat/{id}/variables", post(edit::variable))
        .route("/chat/{id}/facts", post(edit::facts))
        .route("/chat/{id}/messages/{message}", get(chat::message))
}

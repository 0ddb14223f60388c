//! The operator's page: how much waits, what needs a person, and why.
//!
//! What the page can do, the command line does too, by the same addresses, when a service runs.

mod acts;
mod guard;
mod page;
mod results;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, Query, State},
    middleware::{from_fn, from_fn_with_state},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use http::{StatusCode, header};
use maud::Markup;
use secrecy::SecretString;
use serde::Deserialize;

use self::page::Overview;
use crate::{
    alarms::Alarms,
    campaign::Runner,
    operator::Operator,
    service::{Problem, Readiness},
    store::{Place, Store, StoreError},
    surveys::Surveys,
    why,
};

/// The header by which a program says that it is none of those that a web page can drive.
pub(crate) const OPERATOR_HEADER: &str = "x-shipmate-operator";

/// Letters of each kind on the page.
const LETTERS: usize = 50;

/// Events in an answer to a why.
const EVENTS: usize = 50;

/// What the page shows.
#[derive(Debug, Clone)]
pub(crate) struct Console {
    pub(crate) bots: Vec<Arc<str>>,
    pub(crate) surveys: Surveys,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) operator: Operator,
    pub(crate) readiness: Arc<Readiness>,
    pub(crate) clock: Arc<dyn web1on1::Clock>,
    pub(crate) alarms: [Alarms; 3],
    pub(crate) runner: Arc<Runner>,
}

impl Console {
    /// The page, behind `token` if there is one: as password of HTTP basic authentication, with any
    /// user name.
    pub(crate) fn router(self, token: Option<SecretString>) -> Router {
        let pages = Router::new()
            .route("/", get(overview))
            .route("/why", get(tell_why))
            .route("/letters/{place}", get(letter))
            .route("/results", get(results::show));
        let acts = Router::new()
            .route("/letters/{which}/{verdict}", post(acts::settle))
            .route("/campaigns/{name}/{order}", post(acts::campaign))
            .route("/forget", post(acts::forget))
            .layer(from_fn(guard::same_site));
        pages
            .merge(acts)
            .with_state(self)
            .layer(from_fn_with_state(token, guard::token_or_local))
    }
}

async fn overview(State(console): State<Console>) -> Response {
    answer(
        read_overview(&console)
            .await
            .map(|overview| page::overview(&overview)),
    )
}

async fn read_overview(console: &Console) -> Result<Overview, StoreError> {
    let now = console.clock.now();
    Ok(Overview {
        bots: console.bots.join(", "),
        surveys: console.surveys.clone(),
        problem: console
            .readiness
            .check(now)
            .await
            .err()
            .map(Problem::as_str),
        next: console.alarms.iter().filter_map(Alarms::next).min(),
        counts: console.store.counts().await?,
        ends: console.store.ends().await?,
        letters: console.operator.letters(LETTERS).await?,
        campaigns: console.runner.summaries().await?,
        quarantined: console.operator.quarantined(),
        now,
    })
}

#[derive(Debug, Deserialize)]
struct Asked {
    #[serde(default)]
    id: String,
}

async fn tell_why(State(console): State<Console>, Query(asked): Query<Asked>) -> Response {
    let story = console.operator.why(&asked.id, EVENTS).await;
    answer(story.map(|story| page::story(&asked.id, &story)))
}

async fn letter(State(console): State<Console>, Path(place): Path<String>) -> Response {
    let Ok(place) = place.parse::<Place>() else {
        return (StatusCode::NOT_FOUND, "no such letter").into_response();
    };
    match console.operator.body(place).await {
        Ok(Some(body)) => answer(Ok(page::letter(place, &why::body(&body)))),
        Ok(None) => (
            StatusCode::NOT_FOUND,
            "there is no such letter, or its text is gone",
        )
            .into_response(),
        Err(error) => answer(Err(error)),
    }
}

/// The headers of every answer, under a policy of what the page may do.
fn headers(policy: &str) -> [(header::HeaderName, &str); 4] {
    [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Ids stand in addresses. Forms of this page still say where they come from.
        (header::REFERRER_POLICY, "same-origin"),
    ]
}

fn answer(page: Result<Markup, StoreError>) -> Response {
    let headers =
        headers("default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    match page {
        Ok(page) => (headers, Html(page.into_string())).into_response(),
        Err(error) => {
            tracing::error!(%error, "the console cannot use the store");
            let words = "the store cannot be used; see the log";
            (StatusCode::SERVICE_UNAVAILABLE, headers, words).into_response()
        }
    }
}

//! What the page's buttons and the command line do.

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde_json::json;

use super::{Console, OPERATOR_HEADER, answer, page};
use crate::{
    campaign::{Order, OrderError},
    operator::{Verdict, Which, forgotten_words, settled_words},
    store::{StoreError, Whose},
};

/// `POST /letters/{all or place}/{retry or drop}`.
pub(super) async fn settle(
    State(console): State<Console>,
    Path((which, verdict)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let (Some(which), Some(verdict)) = (Which::from_name(&which), Verdict::from_name(&verdict))
    else {
        return (StatusCode::NOT_FOUND, "no such letter, or no such verdict").into_response();
    };
    let who = if is_program(&headers) {
        "at the command line"
    } else {
        "on the operator's page"
    };
    let settled = console.operator.settle(which, verdict, who).await;
    tell(
        &headers,
        settled.map(|count| (count, settled_words(verdict, count))),
    )
}

/// `POST /campaigns/{name}/{start, pause, resume or dry-run}`.
pub(super) async fn campaign(
    State(console): State<Console>,
    Path((name, order)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let Some(order) = Order::from_name(&order) else {
        return (StatusCode::NOT_FOUND, "no such order").into_response();
    };
    let who = if is_program(&headers) {
        "at the command line"
    } else {
        "on the operator's page"
    };
    match console.runner.carry_out(&name, order, who).await {
        Ok(told) => tell(&headers, Ok(told)),
        Err(OrderError::Store(error)) => tell(&headers, Err(error)),
        Err(error @ OrderError::Unknown(_)) => {
            (StatusCode::NOT_FOUND, error.to_string()).into_response()
        }
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

/// `POST /forget`, with `conversation=` or `contact=`.
pub(super) async fn forget(
    State(console): State<Console>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(whose) = whose(&body) else {
        let words = "give the id of a conversation or of a contact";
        return (StatusCode::BAD_REQUEST, words).into_response();
    };
    let forgotten = console.operator.forget(&whose).await;
    let words = forgotten.map(|forgotten| {
        let all = forgotten.events + forgotten.messages + forgotten.conversations;
        (all, forgotten_words(&forgotten))
    });
    tell(&headers, words)
}

fn whose(body: &[u8]) -> Option<Whose> {
    let mut fields = url::form_urlencoded::parse(body);
    fields.find_map(|(name, value)| {
        let id = value.trim().to_owned();
        match &*name {
            _ if id.is_empty() => None,
            "conversation" => Some(Whose::Conversation(id)),
            "contact" => Some(Whose::Contact(id)),
            _ => None,
        }
    })
}

fn is_program(headers: &HeaderMap) -> bool {
    headers.contains_key(OPERATOR_HEADER)
}

/// A page for a person, an object for a program.
fn tell(headers: &HeaderMap, done: Result<(u64, String), StoreError>) -> Response {
    match done {
        Ok((count, words)) if is_program(headers) => {
            let told = json!({"count": count, "words": words}).to_string();
            ([(header::CONTENT_TYPE, "application/json")], told).into_response()
        }
        done => answer(done.map(|(_, words)| page::done(&words))),
    }
}

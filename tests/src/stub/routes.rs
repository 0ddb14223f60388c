//! The paths of the API that a bot needs.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, Query, Request, State},
    http::{StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Map, Value, json};
use tokio::time::Instant;
use web1on1::{Clock, SystemClock};

use super::{Mode, Refusal, Shared};
use crate::event::{BOT_USER, ORGANIZATION, PARENT};

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route(
            "/v2/conversations/{id}/messages",
            post(create_messages).get(messages_of),
        )
        .route("/v2/conversations/{id}", get(conversation))
        .route("/v2/messages", get(messages))
        .route("/v2/users/{id}", get(user))
        .route("/v2/bots/{id}", get(bot))
        .route("/v2/botinstances", get(instances))
        .fallback(unknown)
        .layer(from_fn_with_state(Arc::clone(&shared), count))
        .with_state(shared)
}

async fn count(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    // The time is read under the lock, so that the window sees it in order.
    shared.record(|record| record.requests.count(Instant::now()));
    let has_token = request.headers().contains_key(header::AUTHORIZATION);
    if has_token {
        next.run(request).await
    } else {
        error(StatusCode::UNAUTHORIZED, "send a bearer token")
    }
}

async fn create_messages(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let at = Instant::now();
    let _in_flight = InFlight::begin(&shared, &id);
    shared.past(Mode::HoldRequests).await;
    let response = decide(&shared, &id, &body, at);
    shared.past(Mode::HoldAnswers).await;
    response
}

fn decide(shared: &Shared, id: &str, body: &[u8], at: Instant) -> Response {
    let refusal = shared.record(super::record::Record::refusal_due);
    let response = match (refusal, Sent::read(body)) {
        (Some(refusal), _) => refuse(refusal),
        (None, None) => error(
            StatusCode::UNPROCESSABLE_ENTITY,
            "send a message or an array of messages",
        ),
        (None, Some(Sent::One(message))) => {
            let taken = take(shared, id, vec![message]);
            (StatusCode::CREATED, json(taken.concat())).into_response()
        }
        (None, Some(Sent::Many(messages))) => {
            let taken = take(shared, id, messages);
            (StatusCode::CREATED, json_array(&taken)).into_response()
        }
    };
    let status = response.status();
    shared.change(|record| record.decide(id, at, status));
    response
}

fn take(shared: &Shared, id: &str, messages: Vec<Map<String, Value>>) -> Vec<Box<str>> {
    let now = SystemClock.now();
    shared.record(|record| {
        messages
            .into_iter()
            .map(|message| record.take(id, message, now))
            .collect()
    })
}

/// One message or an array of them, each with a text; the answer has the same shape (messages,
/// endpoints).
enum Sent {
    One(Map<String, Value>),
    Many(Vec<Map<String, Value>>),
}

impl Sent {
    fn read(body: &[u8]) -> Option<Self> {
        match serde_json::from_slice(body).ok()? {
            Value::Array(messages) => messages
                .into_iter()
                .map(message)
                .collect::<Option<_>>()
                .map(Self::Many),
            one => message(one).map(Self::One),
        }
    }
}

fn message(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(message) if message.get("text").is_some_and(Value::is_string) => {
            Some(message)
        }
        _ => None,
    }
}

fn refuse(refusal: Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = error(status, refusal.message);
    if let Some(after) = refusal.retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, after.as_secs().into());
    }
    response
}

async fn messages_of(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    list(&shared, &id, &query)
}

async fn messages(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    match query.get("conversation") {
        Some(id) => list(&shared, id, &query),
        None => error(StatusCode::BAD_REQUEST, "filter by conversation"),
    }
}

/// `sort`, `limit` and `offset` as the platform has them (fetching resources); other filters are
/// not kept here, so more comes back than asked for, never less.
fn list(shared: &Shared, id: &str, query: &HashMap<String, String>) -> Response {
    let number = |key: &str| query.get(key).and_then(|value| value.parse().ok());
    let mut messages = shared.record(|record| record.json_of(id).to_vec());
    if query.get("sort").is_some_and(|sort| sort.starts_with('-')) {
        messages.reverse();
    }
    let page: Vec<_> = messages
        .into_iter()
        .skip(number("offset").unwrap_or(0))
        .take(number("limit").unwrap_or(100))
        .collect();
    json_array(&page).into_response()
}

async fn conversation(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Json<Value> {
    let messages = shared.record(|record| record.messages_of(&id));
    let messages = if query
        .get("populate")
        .is_some_and(|fields| fields.contains("messages"))
    {
        messages
    } else {
        messages
            .iter()
            .filter_map(|message| message.get("id").cloned())
            .collect()
    };
    Json(json!({
        "id": id, "organization": ORGANIZATION, "orgPath": format!("{PARENT}#{ORGANIZATION}"),
        "type": "contact", "status": "active", "participants": [], "messages": messages, "meta": {}
    }))
}

async fn user() -> Json<Value> {
    Json(json!({
        "id": BOT_USER, "displayName": "Echo", "email": format!("bot+{BOT_USER}@web1on1.chat"),
        "organization": ORGANIZATION, "role": "bot", "status": "active", "meta": {}
    }))
}

async fn bot(Path(id): Path<String>) -> Json<Value> {
    Json(json!({
        "id": id, "organization": PARENT, "name": "Echo", "status": "active",
        "enabled": true, "roles": ["bot"], "audience": "owner", "commands": [], "meta": {}
    }))
}

async fn instances() -> Json<Value> {
    let instance = |id: &str, organization: &str, org_path: &str| {
        json!({
            "id": id, "organization": organization, "orgPath": org_path, "bot": BOT_USER,
            "name": "Echo", "enabled": true, "meta": {}
        })
    };
    Json(json!([
        instance("64a100000000000000000000", PARENT, PARENT),
        instance(
            "64a100000000000000000001",
            ORGANIZATION,
            &format!("{PARENT}#{ORGANIZATION}")
        ),
    ]))
}

async fn unknown(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let what = format!("{} {}", request.method(), request.uri());
    shared.record(|record| record.unknown.push(what));
    error(StatusCode::NOT_FOUND, "the stub has no such resource")
}

fn json_array(items: &[Box<str>]) -> impl IntoResponse {
    json(format!("[{}]", items.join(",")))
}

fn json(text: String) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], text)
}

fn error(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({"message": message}))).into_response()
}

/// Counts a message request for as long as somebody waits for its answer.
struct InFlight<'a> {
    shared: &'a Shared,
    conversation: &'a str,
}

impl<'a> InFlight<'a> {
    fn begin(shared: &'a Shared, conversation: &'a str) -> Self {
        shared.change(|record| record.begin(conversation));
        Self {
            shared,
            conversation,
        }
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.shared.change(|record| record.end(self.conversation));
    }
}

//! Messages.

use axum::{
    Extension,
    body::Bytes,
    extract::{Path, RawQuery, State as Shared},
    http::Uri,
};
use serde_json::Value;
use web1on1::{ConversationId, MessageId, NewMessage};

use super::{Answer, Api, ApiResult, Caller, Query, answer::read, resources, scope::Scope};
use crate::{Refusal, conversation::Thread, state::State, view};

/// A list of messages must be filtered by one of these (fetching resources).
const MANDATORY: [&str; 6] = [
    "id",
    "organization",
    "conversation",
    "type",
    "role",
    "createdAt",
];

/// `GET /messages`
pub(super) async fn list(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> ApiResult {
    caller.scope.require(Scope::Bot)?;
    let query = Query::parse(query.as_deref())?;
    if !query.filtered().any(|field| MANDATORY.contains(&field)) {
        return Err(Refusal::bad_request(format!(
            "messages must be filtered by one of {}",
            MANDATORY.join(", ")
        )));
    }
    api.platform.look(|state, _| {
        let messages = threads_to_search(state, &query)
            .into_iter()
            .filter(|thread| caller.require_thread(state, thread).is_ok())
            .flat_map(|thread| &thread.entries)
            .map(|entry| Value::Object(view::message(&entry.message)));
        Ok(resources::page(state, &query, messages, &uri))
    })
}

/// `GET /messages/{id}`
pub(super) async fn fetch(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> ApiResult {
    caller.scope.require(Scope::Bot)?;
    let query = Query::parse(query.as_deref())?;
    api.platform.look(|state, _| {
        let message = state
            .threads
            .message(&MessageId::from(id.as_str()))
            .ok_or_else(|| Refusal::not_found("message", &id))?;
        let thread = message
            .conversation
            .as_ref()
            .and_then(|id| state.threads.get(id))
            .ok_or_else(|| Refusal::not_found("message", &id))?;
        caller.require_thread(state, thread)?;
        let shown = resources::shown(state, &query, Value::Object(view::message(message)));
        Ok(Answer::Ok(shown))
    })
}

/// `POST /conversations/{id}/messages`: one message or an array, answered in the same shape.
pub(super) async fn create_in(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    body: Bytes,
) -> ApiResult {
    let given = Given::read(&body)?;
    let conversation = ConversationId::from(id);
    let location = format!("/conversations/{conversation}/messages");
    post(&api, &caller, &conversation, given, location)
}

/// `POST /messages`, with the conversation in the body.
pub(super) async fn create(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> ApiResult {
    let given = Given::read(&body)?;
    let conversation = given
        .messages
        .first()
        .and_then(|message| message.conversation.clone())
        .ok_or_else(|| Refusal::bad_request("a message needs conversation"))?;
    post(&api, &caller, &conversation, given, "/messages".to_owned())
}

/// The messages of a request, and whether they came as an array.
struct Given {
    messages: Vec<NewMessage>,
    is_array: bool,
}

impl Given {
    fn read(body: &[u8]) -> Result<Self, Refusal> {
        let is_array = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
        let messages = if is_array {
            read(body)?
        } else {
            vec![read(body)?]
        };
        Ok(Self { messages, is_array })
    }
}

fn post(
    api: &Api,
    caller: &Caller,
    conversation: &ConversationId,
    given: Given,
    location: String,
) -> ApiResult {
    api.platform.change(|state, now| {
        let thread = state
            .threads
            .get(conversation)
            .ok_or_else(|| Refusal::not_found("conversation", conversation.as_str()))?;
        caller.require_thread(state, thread)?;
        let created = state.post(&caller.author, conversation, given.messages, now)?;
        let mut views: Vec<Value> = created
            .iter()
            .map(|message| Value::Object(view::message(message)))
            .collect();
        Ok(match (given.is_array, created.first()) {
            (false, Some(message)) => Answer::Created {
                location: format!("/messages/{}", message.id),
                body: views.pop().unwrap_or_default(),
            },
            _ => Answer::Created {
                body: Value::Array(views),
                location,
            },
        })
    })
}

/// The conversations in which messages that match can be: one, if the query names it.
fn threads_to_search<'a>(state: &'a State, query: &Query) -> Vec<&'a Thread> {
    if let Some(id) = query.exactly("conversation") {
        return state.threads.get(&id.into()).into_iter().collect();
    }
    if let Some(id) = query.exactly("id") {
        return state
            .threads
            .message(&id.into())
            .and_then(|message| state.threads.get(message.conversation.as_ref()?))
            .into_iter()
            .collect();
    }
    state.threads.iter().collect()
}

//! Messages.

use axum::{
    Extension,
    body::Bytes,
    extract::{Path, RawQuery, State as Shared},
    http::Uri,
};
use serde_json::Value;
use web1on1::{ConversationId, Message, MessageId, NewMessage};

use super::{
    Answer, Api, ApiResult, Caller, Query,
    answer::{read, read_object},
    pages::{page, shown},
    scope::Scope,
};
use crate::{
    Refusal,
    conversation::{Thread, read_message},
    directory::schema::{self, MESSAGE},
    state::State,
    view,
};

/// `GET /messages`
pub(super) async fn list(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> ApiResult {
    caller.scope.require(Scope::Bot)?;
    let query = Query::parse(query.as_deref(), api.pages)?;
    query.require_filter::<Message>("messages must be filtered")?;
    api.platform.look(|state, _| {
        let reached = caller.filter_of_threads(state);
        let messages = threads_to_search(state, &query)
            .filter(reached)
            .flat_map(messages_of);
        Ok(page(state, &query, messages, &uri))
    })
}

/// `GET /conversations/{id}/messages`
pub(super) async fn list_in(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> ApiResult {
    caller.scope.require(Scope::Bot)?;
    let query = Query::parse(query.as_deref(), api.pages)?;
    api.platform.look(|state, _| {
        let thread = state.reachable(&caller, &id.into())?;
        Ok(page(state, &query, messages_of(thread), &uri))
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
    let query = Query::parse(query.as_deref(), api.pages)?;
    api.platform.look(|state, _| {
        let message = state.readable_message(&caller, &id.into())?;
        let message = Value::Object(view::message(message));
        Ok(Answer::Ok(shown(state, &query, message)))
    })
}

/// `PATCH /messages/{id}`: changes what is shown; what the message did is not undone.
pub(super) async fn update(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    body: Bytes,
) -> ApiResult {
    write(&api, &caller, &id.into(), &body, Writing::Merge)
}

/// `PUT /messages/{id}`: "replace" in the SDK. Note that the SDK sends no body with it, which is
/// refused.
pub(super) async fn replace(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    body: Bytes,
) -> ApiResult {
    write(&api, &caller, &id.into(), &body, Writing::Replace)
}

/// `DELETE /messages/{id}`
pub(super) async fn delete(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> ApiResult {
    let id = MessageId::from(id);
    api.platform.change(|state, now| {
        state.require_own_message(&caller, &id)?;
        state.delete_message(&id, &caller.author, now);
        Ok(Answer::NoContent)
    })
}

/// What happens to the fields that a change does not name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Writing {
    Merge,
    Replace,
}

/// What stays as it was when the message was created.
const FIXED: [&str; 11] = [
    "id",
    "conversation",
    "organization",
    "orgPath",
    "type",
    "role",
    "user",
    "delay",
    "touchpoint",
    "createdAt",
    "updatedAt",
];

fn write(api: &Api, caller: &Caller, id: &MessageId, body: &[u8], writing: Writing) -> ApiResult {
    let mut changes = read_object(body)?;
    schema::check("message", MESSAGE, &mut changes, false)?;
    changes.retain(|field, _| !FIXED.contains(&field.as_str()));
    api.platform.change(|state, now| {
        let before = view::message(state.require_own_message(caller, id)?);
        let mut after = before;
        if writing == Writing::Replace {
            after.retain(|field, _| FIXED.contains(&field.as_str()));
        }
        after.extend(changes);
        let after = serde_json::from_value(Value::Object(after))
            .map_err(|error| Refusal::bad_request(format!("message: {error}")))?;
        let written = state.replace_message(after, &caller.author, now)?;
        Ok(Answer::Ok(Value::Object(view::message(&written))))
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
        let (given, is_array) = match read(body)? {
            Value::Array(given) => (given, true),
            one => (vec![one], false),
        };
        let messages = given.into_iter().map(read_message);
        Ok(Self {
            messages: messages.collect::<Result<_, _>>()?,
            is_array,
        })
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
        let thread = state.threads.find(conversation)?;
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
fn threads_to_search<'a>(
    state: &'a State,
    query: &'a Query,
) -> Box<dyn Iterator<Item = &'a Thread> + 'a> {
    if let Some(id) = query.exactly("conversation") {
        return Box::new(state.threads.get(&id.into()).into_iter());
    }
    if let Some(id) = query.exactly("id") {
        let message = state.threads.message(&id.into());
        let id = message.and_then(|message| message.conversation.as_ref());
        return Box::new(id.and_then(|id| state.threads.get(id)).into_iter());
    }
    let organization = query.exactly("organization");
    Box::new(state.threads.iter().filter(move |thread| {
        let own = thread.conversation.organization.as_ref();
        organization.is_none_or(|wanted| own.is_some_and(|id| id.as_str() == wanted))
    }))
}

fn messages_of(thread: &Thread) -> impl Iterator<Item = &Message> {
    thread.entries.iter().map(|entry| &entry.message)
}

impl State {
    /// # Errors
    /// 403 and 404.
    fn readable_message(&self, caller: &Caller, id: &MessageId) -> Result<&Message, Refusal> {
        let not_found = || Refusal::not_found("message", id.as_str());
        let message = self.threads.message(id).ok_or_else(not_found)?;
        let conversation = message.conversation.as_ref().ok_or_else(not_found)?;
        self.reachable(caller, conversation)?;
        Ok(message)
    }

    /// Everybody may change their own messages; those of others, whoever may read all.
    fn require_own_message(&self, caller: &Caller, id: &MessageId) -> Result<&Message, Refusal> {
        let message = self.readable_message(caller, id)?;
        if message.user.as_ref() != Some(&caller.user) {
            caller.scope.require(Scope::Bot)?;
        }
        Ok(message)
    }
}

//! Conversations.

use axum::{
    Extension,
    body::Bytes,
    extract::{Path, RawQuery, State as Shared},
    http::Uri,
};
use serde_json::Value;
use web1on1::{ContactId, Conversation, ConversationId};

use super::{
    Answer, Api, ApiResult, Caller, Query,
    answer::read_object,
    pages::{page, shown},
    scope::Scope,
};
use crate::{
    Refusal,
    conversation::{Opened, Thread},
    directory::{
        Object,
        schema::{self, CONVERSATION},
        text,
    },
    state::State,
    view,
};

/// What a PATCH leaves as it is.
const READ_ONLY: [&str; 12] = [
    "id",
    "organization",
    "orgPath",
    "type",
    "slug",
    "url",
    "contact",
    "participants",
    "messages",
    "createdBy",
    "createdAt",
    "updatedAt",
];

/// `GET /conversations`
pub(super) async fn list(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> ApiResult {
    caller.scope.require(Scope::Agent)?;
    let query = Query::parse(query.as_deref(), api.pages)?;
    query.require_filter::<Conversation>("conversations filtered by meta must also be filtered")?;
    api.platform.look(|state, _| {
        let reached = caller.filter_of_threads(state);
        let conversations = threads_to_search(state, &query).filter(reached);
        Ok(page(state, &query, conversations, &uri))
    })
}

/// `GET /conversations/{id}`
pub(super) async fn fetch(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> ApiResult {
    let query = Query::parse(query.as_deref(), api.pages)?;
    api.platform.look(|state, _| {
        let thread = state.reachable(&caller, &id.into())?;
        let conversation = Value::Object(view::thread(thread));
        Ok(Answer::Ok(shown(state, &query, conversation)))
    })
}

/// `POST /conversations`
pub(super) async fn create(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> ApiResult {
    caller.scope.require(Scope::Agent)?;
    let body = read_conversation(&body)?;
    api.platform.change(|state, now| {
        if let Some(id) = text(&body, "id") {
            state.reachable(&caller, &id.into())?;
        } else if let Some(organization) = text(&body, "organization") {
            caller.require_reach(state, organization)?;
        }
        let opened = state.create_conversation(&caller.author, &caller.organization, body, now)?;
        let (Opened::New(id) | Opened::Existing(id)) = &opened;
        let thread = state.reachable(&caller, id)?;
        let body = Value::Object(view::thread(thread));
        Ok(match &opened {
            Opened::New(id) => Answer::Created {
                location: format!("/conversations/{id}"),
                body,
            },
            Opened::Existing(_) => Answer::Ok(body),
        })
    })
}

/// `PATCH /conversations/{id}`
pub(super) async fn update(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    body: Bytes,
) -> ApiResult {
    caller.scope.require(Scope::Agent)?;
    let mut changes = read_conversation(&body)?;
    changes.retain(|field, _| !READ_ONLY.contains(&field.as_str()));
    let id = ConversationId::from(id);
    api.platform.change(|state, now| {
        state.reachable(&caller, &id)?;
        state.patch_conversation(&id, changes, &caller.user, now)?;
        let thread = state.reachable(&caller, &id)?;
        Ok(Answer::Ok(Value::Object(view::thread(thread))))
    })
}

/// `DELETE /conversations/{id}`
pub(super) async fn delete(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> ApiResult {
    caller.scope.require(Scope::Admin)?;
    let id = ConversationId::from(id);
    api.platform.change(|state, now| {
        state.reachable(&caller, &id)?;
        state.announce_conversation("delete", &id, Some(&caller.user), now);
        state.threads.remove(&id);
        Ok(Answer::NoContent)
    })
}

impl State {
    /// The conversation, if it is within the caller's reach.
    pub(super) fn reachable(
        &self,
        caller: &Caller,
        id: &ConversationId,
    ) -> Result<&Thread, Refusal> {
        let thread = self.threads.find(id)?;
        caller.require_thread(self, thread)?;
        Ok(thread)
    }
}

/// The JSON of a conversation, with the documented types.
fn read_conversation(body: &[u8]) -> Result<Object, Refusal> {
    let mut given = read_object(body)?;
    schema::check("conversation", CONVERSATION, &mut given, false)?;
    Ok(given)
}

/// One conversation, if the query names it or its contact; otherwise all.
fn threads_to_search<'a>(
    state: &'a State,
    query: &Query,
) -> Box<dyn Iterator<Item = &'a Thread> + 'a> {
    if let Some(id) = query.exactly("id") {
        return Box::new(state.threads.get(&id.into()).into_iter());
    }
    if let Some(contact) = query.exactly("contact") {
        let id = state.threads.of_contact(&ContactId::from(contact));
        return Box::new(id.and_then(|id| state.threads.get(id)).into_iter());
    }
    Box::new(state.threads.iter())
}

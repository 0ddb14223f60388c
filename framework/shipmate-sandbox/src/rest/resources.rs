//! The endpoints that work alike for everything in the directory.

use axum::{
    Extension,
    body::Bytes,
    extract::{Path, RawQuery, State as Shared},
    http::Uri,
};
use serde_json::{Value, json};

use super::{
    Answer, Api, ApiResult, Caller, Query,
    answer::read_object,
    caller::owner,
    populate::{populate, select},
    scope,
};
use crate::{
    Refusal,
    directory::{Kind, Object, text},
    state::State,
    webhook::verify,
};

/// `GET /{resource}`
pub(super) async fn list(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path(resource): Path<String>,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> ApiResult {
    let kind = kind(&resource)?;
    caller.scope.require(scope::to_list(kind))?;
    let query = Query::parse(query.as_deref())?;
    api.platform.look(|state, _| {
        let visible = state
            .directory
            .all(kind)
            .filter(|resource| caller.sees(state, kind, resource))
            .map(|resource| Value::Object(resource.clone()));
        Ok(page(state, &query, visible, &uri))
    })
}

/// `GET /{resource}/{id}`
pub(super) async fn fetch(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path((resource, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> ApiResult {
    let kind = kind(&resource)?;
    let query = Query::parse(query.as_deref())?;
    let id = own_id(kind, id, &caller);
    if id != caller.user.as_str() {
        caller.scope.require(scope::to_fetch(kind))?;
    }
    api.platform.look(|state, _| {
        let resource = state.visible(&caller, kind, &id)?.clone();
        Ok(Answer::Ok(shown(state, &query, Value::Object(resource))))
    })
}

/// `POST /{resource}`
pub(super) async fn create(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path(resource): Path<String>,
    body: Bytes,
) -> ApiResult {
    let kind = kind(&resource)?;
    caller.scope.require(scope::to_write(kind))?;
    let mut given = read_object(&body)?;
    given
        .entry("organization")
        .or_insert_with(|| json!(caller.organization));
    let organization = text(&given, "organization").unwrap_or_default().to_owned();
    api.platform
        .look(|state, _| caller.require_reach(state, &organization))?;
    let complete = kind.complete(given.clone())?;
    verify_webhook(&api, kind, None, &complete).await?;
    api.platform.change(|state, now| {
        let created = state.create_resource(kind, given, Some(&caller.user), now)?;
        let id = text(&created, "id").unwrap_or_default();
        let location = format!("/{}/{id}", kind.path());
        Ok(Answer::Created {
            body: Value::Object(created),
            location,
        })
    })
}

/// `PATCH /{resource}/{id}`
pub(super) async fn update(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path((resource, id)): Path<(String, String)>,
    body: Bytes,
) -> ApiResult {
    let kind = kind(&resource)?;
    let id = own_id(kind, id, &caller);
    if id != caller.user.as_str() {
        caller.scope.require(scope::to_write(kind))?;
    }
    let changes = read_object(&body)?;
    let before = api.platform.look(|state, _| {
        let resource = state.visible(&caller, kind, &id)?;
        let owner = owner(kind, resource).unwrap_or_default();
        if id != caller.user.as_str() {
            caller.require_reach(state, owner)?;
        }
        Ok::<_, Refusal>(resource.clone())
    })?;
    let merged = kind.merge(&before, changes.clone())?;
    verify_webhook(&api, kind, Some(&before), &merged).await?;
    api.platform.change(|state, now| {
        let updated = state.update_resource(kind, &id, changes, Some(&caller.user), now)?;
        Ok(Answer::Ok(Value::Object(updated)))
    })
}

/// `DELETE /{resource}/{id}`
pub(super) async fn delete(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path((resource, id)): Path<(String, String)>,
) -> ApiResult {
    let kind = kind(&resource)?;
    caller.scope.require(scope::to_write(kind))?;
    api.platform.change(|state, now| {
        let resource = state.visible(&caller, kind, &id)?;
        let owner = owner(kind, resource).unwrap_or_default().to_owned();
        caller.require_reach(state, &owner)?;
        state.delete_resource(kind, &id, Some(&caller.user), now)?;
        Ok(Answer::NoContent)
    })
}

/// One page of a list.
pub(super) fn page(
    state: &State,
    query: &Query,
    resources: impl Iterator<Item = Value>,
    uri: &Uri,
) -> Answer {
    let mut matching: Vec<Value> = resources
        .filter(|resource| query.matches(resource))
        .collect();
    query.sort(&mut matching);
    let total = matching.len();
    let items: Vec<Value> = matching
        .into_iter()
        .skip(query.offset)
        .take(query.limit)
        .map(|resource| shown(state, query, resource))
        .collect();
    let end = query.offset + items.len();
    let next = (end < total && !items.is_empty())
        .then(|| next_address(&state.api_url(), uri, query.limit, end));
    Answer::Page { items, total, next }
}

/// A resource with what the query asks to populate and to select.
pub(super) fn shown(state: &State, query: &Query, mut resource: Value) -> Value {
    populate(state, &mut resource, &query.populate);
    select(resource, &query.select)
}

fn next_address(api: &str, uri: &Uri, limit: usize, offset: usize) -> String {
    let kept = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .filter(|(key, _)| key != "offset" && key != "limit");
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .append_pair("limit", &limit.to_string())
        .append_pair("offset", &offset.to_string())
        .finish();
    format!("{api}{}?{query}", uri.path())
}

fn kind(segment: &str) -> Result<Kind, Refusal> {
    Kind::from_path(segment).ok_or_else(Refusal::no_such_path)
}

/// `/users/me` is the caller.
fn own_id(kind: Kind, id: String, caller: &Caller) -> String {
    if kind == Kind::User && id == "me" {
        caller.user.as_str().to_owned()
    } else {
        id
    }
}

/// A webhook's address must answer the challenge before it is used.
async fn verify_webhook(
    api: &Api,
    kind: Kind,
    before: Option<&Object>,
    after: &Object,
) -> Result<(), Refusal> {
    let url = |service: &Object| {
        let is_webhook = kind == Kind::Service && text(service, "type") == Some("webhook");
        let url = service.get("params")?.get("url")?.as_str()?.to_owned();
        is_webhook.then_some(url)
    };
    let Some(address) = url(after) else {
        return Ok(());
    };
    if before.and_then(url).as_ref() == Some(&address) {
        return Ok(());
    }
    let challenge = api.platform.change(|state, _| state.ids.random().secret());
    verify(&api.client, &address, &challenge).await
}

impl State {
    /// The resource, if the caller may see it.
    pub(super) fn visible(
        &self,
        caller: &Caller,
        kind: Kind,
        id: &str,
    ) -> Result<&Object, Refusal> {
        let resource = self
            .directory
            .get(kind, id)
            .ok_or_else(|| Refusal::not_found(kind.name(), id))?;
        if caller.sees(self, kind, resource) {
            Ok(resource)
        } else {
            Err(Refusal::forbidden("not allowed in this organization"))
        }
    }
}

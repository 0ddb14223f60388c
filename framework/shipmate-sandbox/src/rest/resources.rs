//! The endpoints that work alike for everything in the directory.

use axum::{
    Extension,
    body::Bytes,
    extract::{Path, RawQuery, State as Shared},
    http::Uri,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Answer, Api, ApiResult, Caller, Query,
    answer::read_object,
    caller::owner,
    pages::{page, shown},
    scope::{self, Scope},
};
use crate::{
    Refusal,
    directory::{Kind, Object, text},
    state::State,
    token::{BOT_LIFETIME, Grant},
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
    let query = Query::parse(query.as_deref(), api.pages)?;
    // Archived users do not come up in listings (API reference, users).
    let hides_archived = kind == Kind::User && !query.filtered().any(|field| field == "status");
    api.platform.look(|state, _| {
        let visible = state
            .directory
            .all(kind)
            .filter(|resource| !hides_archived || text(resource, "status") != Some("archived"))
            .filter(|resource| caller.sees(state, kind, resource));
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
    let query = Query::parse(query.as_deref(), api.pages)?;
    let id = own_id(kind, id, &caller);
    if id != caller.user.as_str() {
        caller.scope.require(scope::to_fetch(kind))?;
    }
    api.platform.look(|state, now| {
        let mut resource = state.visible(&caller, kind, &id)?.clone();
        if kind == Kind::User && caller.scope == Scope::Admin {
            state.show_api_token(&mut resource, now);
        }
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
        if kind == Kind::Organization {
            state.require_removable(&caller, &id)?;
        }
        state.delete_resource(kind, &id, Some(&caller.user), now)?;
        Ok(Answer::NoContent)
    })
}

fn kind(segment: &str) -> Result<Kind, Refusal> {
    Kind::from_path(segment).ok_or_else(Refusal::no_such_path)
}

/// `/users/me` is the caller.
pub(super) fn own_id(kind: Kind, id: String, caller: &Caller) -> String {
    if kind == Kind::User && id == "me" {
        caller.user.as_str().to_owned()
    } else {
        id
    }
}

/// The list at `field`.
pub(super) fn items<'a>(resource: &'a Object, field: &str) -> &'a [Value] {
    resource
        .get(field)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn items_of(mut resource: Object, field: &str) -> Vec<Value> {
    match resource.remove(field) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    }
}

/// Where in a list the object with this id is.
pub(super) fn position(items: &[Value], id: &str) -> Option<usize> {
    items
        .iter()
        .position(|item| item.get("id").and_then(Value::as_str) == Some(id))
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
    /// The token of a bot's user, which an admin may read (API reference, users).
    fn show_api_token(&self, user: &mut Object, now: Timestamp) {
        if text(user, "role") == Some("bot") {
            let token = self.token(user, Grant::AccessToken, BOT_LIFETIME, now);
            user.insert("apiToken".into(), token.into());
        }
    }

    /// An organization is deleted by an admin of the organization at the top of its tree, the
    /// "master organization holder" (API reference), once nothing is below it.
    fn require_removable(&self, caller: &Caller, id: &str) -> Result<(), Refusal> {
        let path = self.directory.org_path(id).unwrap_or_default();
        if path.split('#').next() != Some(caller.organization.as_str()) {
            return Err(Refusal::forbidden(
                "not allowed; only the master organization deletes organizations",
            ));
        }
        let below = self
            .directory
            .all(Kind::Organization)
            .any(|other| text(other, "organization") == Some(id));
        if below || id == caller.organization.as_str() {
            return Err(Refusal::unprocessable(
                "the organization is in use; delete those below it first, and never your own",
            ));
        }
        Ok(())
    }

    /// The resource, if it is in reach for changes.
    pub(super) fn writable(
        &self,
        caller: &Caller,
        kind: Kind,
        id: &str,
    ) -> Result<&Object, Refusal> {
        let resource = self.visible(caller, kind, id)?;
        caller.require_reach(self, owner(kind, resource).unwrap_or_default())?;
        Ok(resource)
    }

    /// Changes the list at `field` of a resource; the result is checked as by PATCH.
    pub(super) fn change_list<R>(
        &mut self,
        caller: &Caller,
        (kind, id, field): (Kind, &str, &str),
        now: Timestamp,
        change: impl FnOnce(&mut Vec<Value>) -> Result<R, Refusal>,
    ) -> Result<(Vec<Value>, R), Refusal> {
        let resource = self.writable(caller, kind, id)?;
        let mut items = items(resource, field).to_vec();
        let result = change(&mut items)?;
        let changes = Object::from_iter([(field.to_owned(), Value::Array(items))]);
        let updated = self.update_resource(kind, id, changes, Some(&caller.user), now)?;
        Ok((items_of(updated, field), result))
    }

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

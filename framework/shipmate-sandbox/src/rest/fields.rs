//! The lists inside resources that have endpoints of their own: the fields of a form, and the
//! categories of an organization.

use axum::{
    Extension,
    body::Bytes,
    extract::{Path, State as Shared},
};
use serde_json::Value;

use super::{
    Answer, Api, ApiResult, Caller,
    answer::read_object,
    resources::{items, position},
    scope,
};
use crate::{Refusal, clock::iso, directory::Kind};

/// What kind of list it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    kind: Kind,
    /// The field of the resource, and the segment of the path.
    list: &'static str,
    name: &'static str,
    /// Whether an item that is taken out leaves `null` in its slot, so that the others keep theirs
    /// (API reference, organization categories).
    keeps_slots: bool,
    /// Whether items are stamped.
    has_times: bool,
}

/// `/forms/{id}/fields`. Updating and deleting is not in the readable part of the reference; it
/// works as everywhere else.
pub(super) const FIELDS: Part = Part {
    kind: Kind::Form,
    list: "fields",
    name: "field",
    keeps_slots: false,
    has_times: true,
};

/// `/organizations/{id}/categories`. A new category takes a slot at the end: freed ones are only
/// filled by PATCH of the organization (API reference).
pub(super) const CATEGORIES: Part = Part {
    kind: Kind::Organization,
    list: "categories",
    name: "category",
    keeps_slots: true,
    has_times: false,
};

pub(super) async fn list(
    Extension(part): Extension<Part>,
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> ApiResult {
    caller.scope.require(scope::to_fetch(part.kind))?;
    api.platform.look(|state, _| {
        let resource = state.visible(&caller, part.kind, &id)?;
        Ok(Answer::Ok(items(resource, part.list).into()))
    })
}

pub(super) async fn fetch(
    Extension(part): Extension<Part>,
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path((id, item)): Path<(String, String)>,
) -> ApiResult {
    caller.scope.require(scope::to_fetch(part.kind))?;
    api.platform.look(|state, _| {
        let resource = state.visible(&caller, part.kind, &id)?;
        let all = items(resource, part.list);
        let found = position(all, &item).and_then(|index| all.get(index));
        found
            .map(|item| Answer::Ok(item.clone()))
            .ok_or_else(|| Refusal::not_found(part.name, &item))
    })
}

pub(super) async fn create(
    Extension(part): Extension<Part>,
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    body: Bytes,
) -> ApiResult {
    caller.scope.require(scope::to_write(part.kind))?;
    let mut item = read_object(&body)?;
    item.remove("id");
    api.platform.change(|state, now| {
        let place = (part.kind, id.as_str(), part.list);
        let (all, ()) = state.change_list(&caller, place, now, |items| {
            items.push(Value::Object(item));
            Ok(())
        })?;
        let created = all.last().cloned().unwrap_or_default();
        let item = created.get("id").and_then(Value::as_str);
        Ok(Answer::Created {
            location: format!(
                "/{}/{id}/{}/{}",
                part.kind.path(),
                part.list,
                item.unwrap_or_default()
            ),
            body: created,
        })
    })
}

pub(super) async fn update(
    Extension(part): Extension<Part>,
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path((id, item)): Path<(String, String)>,
    body: Bytes,
) -> ApiResult {
    caller.scope.require(scope::to_write(part.kind))?;
    let mut changes = read_object(&body)?;
    for fixed in ["id", "createdAt", "updatedAt"] {
        changes.remove(fixed);
    }
    api.platform.change(|state, now| {
        let place = (part.kind, id.as_str(), part.list);
        let (all, index) = state.change_list(&caller, place, now, |items| {
            let index = part.find(items, &item)?;
            if let Some(Value::Object(known)) = items.get_mut(index) {
                known.extend(changes);
                if part.has_times {
                    known.insert("updatedAt".into(), iso(now).into());
                }
            }
            Ok(index)
        })?;
        Ok(Answer::Ok(all.get(index).cloned().unwrap_or_default()))
    })
}

pub(super) async fn delete(
    Extension(part): Extension<Part>,
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path((id, item)): Path<(String, String)>,
) -> ApiResult {
    caller.scope.require(scope::to_write(part.kind))?;
    api.platform.change(|state, now| {
        let place = (part.kind, id.as_str(), part.list);
        state.change_list(&caller, place, now, |items| {
            let index = part.find(items, &item)?;
            if !part.keeps_slots {
                items.remove(index);
            } else if let Some(slot) = items.get_mut(index) {
                *slot = Value::Null;
            }
            Ok(())
        })?;
        Ok(Answer::NoContent)
    })
}

impl Part {
    pub(super) fn list(self) -> &'static str {
        self.list
    }

    fn find(self, items: &[Value], id: &str) -> Result<usize, Refusal> {
        position(items, id).ok_or_else(|| Refusal::not_found(self.name, id))
    }
}

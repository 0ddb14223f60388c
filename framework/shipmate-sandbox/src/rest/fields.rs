//! The fields of a form.

use axum::{
    Extension,
    body::Bytes,
    extract::{Path, State as Shared},
};
use serde_json::{Value, json};

use super::{Answer, Api, ApiResult, Caller, answer::read_object, caller::owner, scope};
use crate::{
    Refusal,
    directory::{Kind, Object, text},
};

/// `GET /forms/{id}/fields`
pub(super) async fn list(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> ApiResult {
    caller.scope.require(scope::to_fetch(Kind::Form))?;
    api.platform.look(|state, _| {
        let form = state.visible(&caller, Kind::Form, &id)?;
        Ok(Answer::Ok(
            form.get("fields").cloned().unwrap_or_else(|| json!([])),
        ))
    })
}

/// `GET /forms/{id}/fields/{field}`
pub(super) async fn fetch(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path((id, field)): Path<(String, String)>,
) -> ApiResult {
    caller.scope.require(scope::to_fetch(Kind::Form))?;
    api.platform.look(|state, _| {
        let form = state.visible(&caller, Kind::Form, &id)?;
        fields(form)
            .find(|known| known.get("id").and_then(Value::as_str) == Some(&field))
            .map(|known| Answer::Ok(known.clone()))
            .ok_or_else(|| Refusal::not_found("field", &field))
    })
}

/// `POST /forms/{id}/fields`
pub(super) async fn create(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    body: Bytes,
) -> ApiResult {
    caller.scope.require(scope::to_write(Kind::Form))?;
    let field = read_object(&body)?;
    if text(&field, "name").is_none_or(str::is_empty) {
        return Err(Refusal::bad_request("a field needs name"));
    }
    api.platform.change(|state, now| {
        let form = state.visible(&caller, Kind::Form, &id)?;
        caller.require_reach(state, owner(Kind::Form, form).unwrap_or_default())?;
        let mut all: Vec<Value> = fields(form).cloned().collect();
        all.push(Value::Object(field));
        let changes = Object::from_iter([("fields".to_owned(), Value::Array(all))]);
        let form = state.update_resource(Kind::Form, &id, changes, Some(&caller.user), now)?;
        let created = fields(&form).last().cloned().unwrap_or_default();
        let field = created
            .get("id")
            .and_then(Value::as_str)
            .unwrap_or_default();
        Ok(Answer::Created {
            location: format!("/forms/{id}/fields/{field}"),
            body: created,
        })
    })
}

fn fields(form: &Object) -> impl Iterator<Item = &Value> {
    form.get("fields")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

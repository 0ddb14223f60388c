//! `populate` and `select`: references as resources, and resources with less in them.

use serde_json::Value;
use web1on1::{ConversationId, MessageId};

use crate::{
    directory::{Kind, Object},
    state::State,
    view,
};

/// Replaces the ids at each dotted path of `paths` by the resources they name.
pub(super) fn populate(state: &State, resource: &mut Value, paths: &[String]) {
    for path in paths {
        expand(state, resource, path);
    }
}

/// Keeps only the fields of `paths`, and the id.
pub(super) fn select(resource: Value, paths: &[String]) -> Value {
    if paths.is_empty() {
        return resource;
    }
    let mut kept = Object::new();
    for path in std::iter::once("id").chain(paths.iter().map(String::as_str)) {
        copy(&resource, path, &mut kept);
    }
    Value::Object(kept)
}

fn expand(state: &State, value: &mut Value, path: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| expand(state, item, path)),
        Value::Object(object) => {
            let (field, rest) = path.split_once('.').unwrap_or((path, ""));
            let Some(inner) = object.get_mut(field) else {
                return;
            };
            resolve(state, field, inner);
            if !rest.is_empty() {
                expand(state, inner, rest);
            }
        }
        _ => {}
    }
}

fn resolve(state: &State, field: &str, value: &mut Value) {
    match value {
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| resolve(state, field, item)),
        Value::String(id) => {
            if let Some(resource) = look_up(state, field, id) {
                *value = Value::Object(resource);
            }
        }
        _ => {}
    }
}

/// A reference's field names the kind of what it refers to.
fn look_up(state: &State, field: &str, id: &str) -> Option<Object> {
    match field {
        "message" | "messages" => Some(view::message(state.threads.message(&MessageId::from(id))?)),
        "conversation" => Some(view::thread(state.threads.get(&ConversationId::from(id))?)),
        _ => state.directory.get(Kind::from_field(field)?, id).cloned(),
    }
}

fn copy(from: &Value, path: &str, kept: &mut Object) {
    if let Some(value) = from.get(path) {
        kept.insert(path.to_owned(), value.clone());
        return;
    }
    let Some((field, rest)) = path.split_once('.') else {
        return;
    };
    let Some(inner) = from.get(field) else {
        return;
    };
    let slot = kept
        .entry(field)
        .or_insert_with(|| Value::Object(Object::new()));
    if let Value::Object(slot) = slot {
        copy(inner, rest, slot);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn select_keeps_the_id_and_nested_fields() {
        let resource = json!({"id": "1", "name": "x", "meta": {"a": 1, "b": 2}, "tags": []});
        let paths = ["meta.a".to_owned(), "name".to_owned(), "nothing".to_owned()];
        assert_eq!(
            select(resource.clone(), &paths),
            json!({"id": "1", "name": "x", "meta": {"a": 1}})
        );
        assert_eq!(select(resource.clone(), &[]), resource);
    }
}

//! Switching faults on and off.

use axum::{body::Bytes, extract::State as Shared, http::HeaderMap};
use serde_json::Value;

use crate::{
    FaultId, Injection, Refusal,
    directory::Object,
    page::{
        Page,
        answer::{Answer, done},
        form::Form,
    },
};

/// The fields whose values are words, even if they look like numbers.
const WORDS: [&str; 8] = [
    "kind",
    "method",
    "path",
    "event",
    "caller",
    "conversation",
    "location",
    "body",
];

/// `POST /faults`: switches one on.
pub(in crate::page) async fn add(
    Shared(page): Shared<Page>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let asked: Object = Form::read(&body)
        .all_given()
        .map(|(name, value)| (name.to_owned(), read(name, value)))
        .collect();
    match Injection::try_from(asked) {
        Ok(injection) => {
            page.platform.change(|state, _| state.faults.add(injection));
            done(&headers)
        }
        Err(refusal) => refusal.into(),
    }
}

/// `POST /faults/off`: removes the one with an `id`, or all of a `kind`.
pub(in crate::page) async fn off(
    Shared(page): Shared<Page>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let form = Form::read(&body);
    let removed = page.platform.change(|state, _| {
        let ids: Vec<FaultId> = match form.given("id").and_then(|id| id.parse::<u64>().ok()) {
            Some(id) => vec![id.into()],
            None => state
                .faults
                .list()
                .filter(|active| is_of(&active.fault, form.get("kind")))
                .map(|active| active.id)
                .collect(),
        };
        ids.into_iter()
            .filter(|id| state.faults.remove(*id))
            .count()
    });
    if removed == 0 {
        return Refusal::not_found("fault", form.get("id")).into();
    }
    done(&headers)
}

/// `POST /faults/clear`
pub(in crate::page) async fn clear(Shared(page): Shared<Page>, headers: HeaderMap) -> Answer {
    page.platform.change(|state, _| state.faults.clear());
    done(&headers)
}

fn is_of(injection: &Injection, kind: &str) -> bool {
    matches!(injection, Injection::One(fault) if fault.kind().name() == kind)
}

/// A number or a truth value where one is meant, otherwise a text.
fn read(name: &str, value: &str) -> Value {
    let as_text = || Value::String(value.to_owned());
    if WORDS.contains(&name) {
        return as_text();
    }
    match serde_json::from_str(value) {
        Ok(read @ (Value::Number(_) | Value::Bool(_))) => read,
        _ => as_text(),
    }
}

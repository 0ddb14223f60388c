//! Changing a conversation as a PATCH does.

use axum::{
    body::Bytes,
    extract::{Path, State as Shared},
    http::HeaderMap,
};
use serde_json::{Value, json};
use web1on1::{Conversation, ConversationId, UserId};

use super::{
    Page,
    answer::{Answer, done},
    form::Form,
};
use crate::{
    Refusal,
    directory::{Kind, Object, text},
    state::State,
};

/// `POST /chat/{id}/variables`: sets the variable `key`, or removes it.
pub(super) async fn variable(
    Shared(page): Shared<Page>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let form = Form::read(&body);
    let Some(key) = form.given("key") else {
        return Refusal::unprocessable("a variable needs a name").into();
    };
    patch(&page, &id.into(), &headers, |known| {
        let mut meta = known.meta.clone();
        if form.get("act") == "remove" {
            meta.remove(key);
        } else {
            let value = like(meta.get(key), form.get("value"));
            meta.insert(key.to_owned(), value);
        }
        vec![("meta", Value::Object(meta))]
    })
}

/// A number, list or object stays one if what was written can be read as JSON; texts stay texts.
fn like(before: Option<&Value>, written: &str) -> Value {
    let as_text = || Value::String(written.to_owned());
    match before {
        None | Some(Value::String(_)) => as_text(),
        Some(_) => serde_json::from_str(written).unwrap_or_else(|_| as_text()),
    }
}

/// `POST /chat/{id}/facts`: name, status and category.
pub(super) async fn facts(
    Shared(page): Shared<Page>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let form = Form::read(&body);
    let category = form.given("category").map(str::to_owned);
    patch(&page, &id.into(), &headers, |known| {
        let mut changes = vec![("status", json!(form.get("status")))];
        if let Some(name) = form.given("name") {
            changes.push(("name", json!(name)));
        }
        if category.is_some() || known.category.is_some() {
            changes.push(("category", json!(category)));
        }
        changes
    })
}

fn patch(
    page: &Page,
    id: &ConversationId,
    headers: &HeaderMap,
    changes: impl FnOnce(&Conversation) -> Vec<(&'static str, Value)>,
) -> Answer {
    let patched = page.platform.change(|state, now| {
        let thread = state.threads.find(id)?;
        let actor = somebody(state)
            .ok_or_else(|| Refusal::unprocessable("there is nobody here who could change it"))?;
        let changes = changes(&thread.conversation).into_iter();
        let changes = changes.map(|(field, value)| (field.to_owned(), value));
        state.patch_conversation(id, changes.collect(), &actor, now)
    });
    match patched {
        Ok(()) => done(headers),
        Err(refusal) => Answer::No(refusal),
    }
}

/// On whose behalf the page changes things: an administrator, or else any user.
fn somebody(state: &State) -> Option<UserId> {
    let by_role = |wanted: &[&str]| {
        let mut users = state.directory.all(Kind::User);
        let found = users.find(|user: &&Object| {
            text(user, "status") == Some("active")
                && text(user, "role").is_some_and(|role| wanted.contains(&role))
        })?;
        text(found, "id").map(UserId::from)
    };
    by_role(&["admin", "owner"])
        .or_else(|| by_role(&["agent"]))
        .or_else(|| by_role(&["bot"]))
}

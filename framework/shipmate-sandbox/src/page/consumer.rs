//! What the consumer does.

use axum::{
    body::Bytes,
    extract::{Path, State as Shared},
    http::HeaderMap,
};
use jiff::Timestamp;
use serde_json::{Value, json};
use web1on1::{ConversationId, MessageType, Meta, NewMessage, OrganizationId, Touchpoint};

use super::{
    Page,
    answer::{Answer, done},
    desk::post,
    form::Form,
};
use crate::{
    Refusal,
    conversation::Author,
    directory::{Kind, Object},
    state::State,
};

/// What a consumer tells about themselves.
const PROFILE: [&str; 4] = ["name", "email", "telephone", "locale"];

/// `POST /conversations`: a consumer opens the chat.
pub(super) async fn open(Shared(page): Shared<Page>, body: Bytes) -> Answer {
    let form = Form::read(&body);
    let opened = page.platform.change(|state, now| {
        let organization = OrganizationId::from(form.get("organization"));
        let mut profile = Meta::new();
        fill(&mut profile, &form);
        profile
            .entry("name")
            .or_insert_with(|| format!("Visitor {}", state.threads.len() + 1).into());
        let id: ConversationId = state.ids.next(now);
        let id = state.open_chat(id, &organization, profile, now)?;
        if let Some(touchpoint) = form.given("touchpoint").filter(|word| *word != "web") {
            come_through(state, &id, &touchpoint.into(), now);
        }
        Ok(id)
    });
    match opened {
        Ok(id) => Answer::Go(format!("/chat/{id}")),
        Err(refusal) => Answer::No(refusal),
    }
}

/// A conversation that does not begin on the web.
fn come_through(state: &mut State, id: &ConversationId, touchpoint: &Touchpoint, now: Timestamp) {
    if let Some(thread) = state.threads.get_mut(id) {
        thread.conversation.touchpoints.clear();
        thread.select_touchpoint(touchpoint);
    }
    state.touch(id);
    state.announce_conversation("update", id, None, now);
}

/// `POST /chat/{id}/contact`: the consumer writes, or presses a button.
pub(super) async fn write(
    Shared(page): Shared<Page>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let form = Form::read(&body);
    let kind = match form.get("kind") {
        "postback" => MessageType::Postback,
        _ => MessageType::Chat,
    };
    let message = NewMessage {
        touchpoint: form.given("touchpoint").map(Touchpoint::from),
        ..NewMessage::new(kind, form.get("text"))
    };
    post(&page, &Author::Contact, &id.into(), message, &headers)
}

/// `POST /chat/{id}/profile`: the contact behind the conversation is somebody else than was known.
pub(super) async fn profile(
    Shared(page): Shared<Page>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let form = Form::read(&body);
    let id = ConversationId::from(id);
    let changed = page.platform.change(|state, now| {
        let thread = state.threads.find(&id)?;
        let contact = thread
            .conversation
            .contact_id()
            .ok_or_else(|| Refusal::unprocessable("this conversation has no consumer"))?;
        let known = state.directory.get(Kind::Contact, contact.as_str());
        let mut profile = known
            .and_then(|contact| contact.get("profile")?.as_object())
            .cloned()
            .unwrap_or_default();
        fill(&mut profile, &form);
        let changes = Object::from_iter([("profile".to_owned(), Value::Object(profile))]);
        state.update_resource(Kind::Contact, contact.as_str(), changes, None, now)
    });
    match changed {
        Ok(_) => done(&headers),
        Err(refusal) => Answer::No(refusal),
    }
}

/// Takes over what was given; what was left empty is forgotten.
fn fill(profile: &mut Object, form: &Form) {
    for field in PROFILE {
        match form.given(field) {
            Some(value) => profile.insert(field.to_owned(), json!(value)),
            None => profile.remove(field),
        };
    }
}

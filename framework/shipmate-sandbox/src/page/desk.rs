//! What the people at the desk do, and what any bot does.

mod form;
pub(super) use form::form;

use axum::{
    body::Bytes,
    extract::{Path, State as Shared},
    http::HeaderMap,
};
use serde_json::json;
use web1on1::{ConversationId, MessageType, NewMessage, Role, UserId};

use super::{
    Page,
    answer::{Answer, done},
    form::Form,
    limits,
};
use crate::{Refusal, conversation::Author, directory::Kind};

/// `POST /chat/{id}/desk`: an agent or a bot does something.
pub(super) async fn act(
    Shared(page): Shared<Page>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let form = Form::read(&body);
    let id = ConversationId::from(id);
    let (author, mentioned) = page.platform.look(|state, _| {
        let author = |field| state.author(&UserId::from(form.get(field)));
        (author("agent"), author("whom"))
    });
    if form.get("act") == "close" {
        return close(&page, &author, &id, &headers);
    }
    match message(&form, &author, &mentioned) {
        Ok(message) => post(&page, &author, &id, message, &headers),
        Err(refusal) => refusal.into(),
    }
}

/// The message that a button of the desk sends.
fn message(form: &Form, author: &Author, mentioned: &Author) -> Result<NewMessage, Refusal> {
    let text = form.get("text");
    Ok(match form.get("act") {
        "say" => NewMessage::chat(text),
        "note" => NewMessage {
            is_backchannel: true,
            role: Some(Role::Agent),
            ..NewMessage::new(MessageType::Chat, text)
        },
        "to-agents" => to_agents(text, author)?,
        "command" => NewMessage::command(text.trim_end()),
        "accept" => NewMessage::command("/accept"),
        "join" => NewMessage::command("/join"),
        "leave" => NewMessage::command("/leave"),
        "assign" => with_list("/assign", "users", form.given("bot")),
        "notify" => with_list("/notify", "channels", form.given("channel")),
        "mention" => mention(text, mentioned),
        _ => entry(form)?,
    })
}

/// Tags, searches, variables, forms and fields.
fn entry(form: &Form) -> Result<NewMessage, Refusal> {
    let value = form.get("value");
    Ok(match form.get("act") {
        "tag" => NewMessage::new(MessageType::Tag, needed(form, "word", "which tag")?),
        "search" => {
            let word = needed(form, "word", "what to search for")?;
            NewMessage::new(MessageType::Search, word)
        }
        "set" => {
            let key = needed(form, "key", "which variable")?;
            NewMessage::command(format!("/set {key} {value}"))
        }
        "form-add" => of_form(form, MessageType::Form, format!("+{}", form.get("form")))?,
        "form-remove" => of_form(form, MessageType::Form, format!("-{}", form.get("form")))?,
        "field" => {
            let key = needed(form, "key", "which field")?;
            of_form(form, MessageType::Field, format!(".{key} {value}"))?
        }
        other => return Err(Refusal::bad_request(format!("unknown act {other}"))),
    })
}

fn needed<'a>(form: &'a Form, field: &str, what: &str) -> Result<&'a str, Refusal> {
    form.given(field)
        .ok_or_else(|| Refusal::unprocessable(format!("say {what} first")))
}

fn of_form(form: &Form, kind: MessageType, text: String) -> Result<NewMessage, Refusal> {
    let mut message = NewMessage::new(kind, text);
    let chosen = needed(form, "form", "which form")?;
    message.meta.insert("form".into(), chosen.into());
    Ok(message)
}

fn to_agents(text: &str, author: &Author) -> Result<NewMessage, Refusal> {
    if !author.is_bot() {
        return Err(Refusal::unprocessable(
            "only bots have the role bot; people write notes",
        ));
    }
    Ok(NewMessage {
        role: Some(Role::Bot),
        ..NewMessage::new(MessageType::Chat, text)
    })
}

fn with_list(command: &str, key: &str, id: Option<&str>) -> NewMessage {
    let mut message = NewMessage::command(command);
    if let Some(id) = id {
        message.meta.insert(key.into(), json!([id]));
    }
    message
}

fn mention(text: &str, whom: &Author) -> NewMessage {
    let mut message = NewMessage {
        role: Some(Role::Agent),
        is_backchannel: true,
        ..NewMessage::new(MessageType::Mention, text)
    };
    let key = if whom.is_bot() {
        "targetBot"
    } else {
        "targetUser"
    };
    message.meta.insert(key.into(), json!(whom.user()));
    message
}

/// Everybody who has accepted leaves, which closes the conversation.
fn close(page: &Page, author: &Author, id: &ConversationId, headers: &HeaderMap) -> Answer {
    let accepted: Vec<UserId> = page.platform.look(|state, _| {
        let participants = state
            .threads
            .get(id)
            .map(|thread| &thread.conversation.participants);
        participants
            .into_iter()
            .flatten()
            .filter(|participant| participant.accepted)
            .map(|participant| participant.user.clone())
            .collect()
    });
    if accepted.is_empty() {
        return Refusal::unprocessable("nobody has accepted this conversation").into();
    }
    let leaves = accepted
        .into_iter()
        .map(|user| NewMessage {
            user: Some(user),
            ..NewMessage::command("/leave")
        })
        .collect();
    post_all(page, author, id, leaves, headers)
}

pub(super) fn post(
    page: &Page,
    author: &Author,
    id: &ConversationId,
    message: NewMessage,
    headers: &HeaderMap,
) -> Answer {
    post_all(page, author, id, vec![message], headers)
}

fn post_all(
    page: &Page,
    author: &Author,
    id: &ConversationId,
    messages: Vec<NewMessage>,
    headers: &HeaderMap,
) -> Answer {
    let posted = page.platform.change(|state, now| {
        if let Some(user) = author.user()
            && !state.directory.has(Kind::User, user.as_str())
        {
            return Err(Answer::No(Refusal::not_found("user", user.as_str())));
        }
        state
            .post(author, id, messages, now)
            .map_err(|refusal| limits::explained(state, author, id, refusal, now))
    });
    match posted {
        Ok(_) => done(headers),
        Err(answer) => answer,
    }
}

//! Conversations: the consumer and the people at the desk.

use axum::{
    body::Bytes,
    extract::{Path, State as Shared},
};
use serde::Deserialize;
use serde_json::{Value, json};
use web1on1::{BotId, ConversationId, MessageType, NewMessage, OrganizationId, Role, UserId};

use super::{Admin, AdminResult, Answer, read};
use crate::{
    Refusal,
    conversation::{Author, Thread, reaches_consumer},
    directory::{Kind, Object},
    view,
};

/// `GET /admin/conversations`
pub(super) async fn list(Shared(admin): Shared<Admin>) -> Answer {
    let conversations: Vec<Value> = admin.platform.look(|state, _| {
        let shown = state.threads.iter().map(|thread| {
            let conversation = &thread.conversation;
            json!({
                "id": conversation.id,
                "name": conversation.name,
                "status": conversation.status,
                "organization": conversation.organization,
                "messages": thread.entries.len(),
            })
        });
        shown.collect()
    });
    Answer::ok(json!({"conversations": conversations}))
}

/// `GET /admin/conversations/{id}`: the conversation, its messages, and what the consumer read.
pub(super) async fn show(Shared(admin): Shared<Admin>, Path(id): Path<String>) -> AdminResult {
    let id = ConversationId::from(id);
    admin.platform.look(|state, _| {
        let thread = state.threads.find(&id)?;
        Ok(Answer::ok(shown(thread)))
    })
}

fn shown(thread: &Thread) -> Object {
    let processed = thread.processed();
    let messages: Vec<Object> = processed.iter().copied().map(view::message).collect();
    let pending = thread.pending();
    let pending = pending.iter().map(|(_, message)| view::message(message));
    let told = processed
        .iter()
        .filter(|message| reaches_consumer(message))
        .map(|message| message.text.as_str());
    let mut shown = view::conversation(&thread.conversation);
    shown.insert("toldContact".into(), told.collect());
    shown.insert("pending".into(), pending.map(Value::Object).collect());
    shown.insert("fields".into(), json!(thread.fields));
    shown.insert(
        "messages".into(),
        messages.into_iter().map(Value::Object).collect(),
    );
    shown
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Opening {
    organization: OrganizationId,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    profile: Object,
}

/// `POST /admin/conversations`: a consumer opens the chat of an organization.
pub(super) async fn open(Shared(admin): Shared<Admin>, body: Bytes) -> AdminResult {
    let opening: Opening = read(&body)?;
    let mut profile = opening.profile;
    if let Some(name) = opening.name {
        profile.insert("name".into(), name.into());
    }
    admin.platform.change(|state, now| {
        let id: ConversationId = state.ids.next(now);
        let id = state.open_chat(id, &opening.organization, profile, now)?;
        let shown = state.threads.get(&id).map(shown);
        Ok(Answer::created(shown))
    })
}

/// What the consumer does: one of the three.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ContactAct {
    text: Option<String>,
    payload: Option<String>,
    message: Option<NewMessage>,
}

/// `POST /admin/conversations/{id}/contact`
pub(super) async fn contact(
    Shared(admin): Shared<Admin>,
    Path(id): Path<String>,
    body: Bytes,
) -> AdminResult {
    let message = match read(&body)? {
        ContactAct {
            text: Some(text),
            payload: None,
            message: None,
        } => NewMessage::new(MessageType::Chat, text),
        ContactAct {
            text: None,
            payload: Some(payload),
            message: None,
        } => NewMessage::new(MessageType::Postback, payload),
        ContactAct {
            text: None,
            payload: None,
            message: Some(message),
        } => message,
        _ => {
            return Err(Refusal::bad_request(
                "give one of text, payload (of a button) and message",
            ));
        }
    };
    post(&admin, &Author::Contact, &id.into(), message)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AgentAct {
    user: UserId,
    act: Act,
    text: Option<String>,
    bot: Option<BotId>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Act {
    Say,
    Note,
    Command,
    Accept,
    Leave,
    Assign,
}

/// `POST /admin/conversations/{id}/agent`
pub(super) async fn agent(
    Shared(admin): Shared<Admin>,
    Path(id): Path<String>,
    body: Bytes,
) -> AdminResult {
    let act: AgentAct = read(&body)?;
    let user = act.user.clone();
    let message = act.message()?;
    let author = admin.platform.look(|state, _| {
        if state.directory.has(Kind::User, user.as_str()) {
            Ok(state.author(&user))
        } else {
            Err(Refusal::not_found("user", user.as_str()))
        }
    })?;
    post(&admin, &author, &id.into(), message)
}

impl AgentAct {
    fn message(self) -> Result<NewMessage, Refusal> {
        match (self.act, self.text, self.bot) {
            (Act::Accept, None, None) => Ok(NewMessage::command("/accept")),
            (Act::Leave, None, None) => Ok(NewMessage::command("/leave")),
            (Act::Say, Some(text), None) => Ok(NewMessage::chat(text)),
            (Act::Command, Some(text), None) => Ok(NewMessage::command(text)),
            (Act::Note, Some(text), None) => Ok(NewMessage {
                role: Some(Role::Agent),
                is_backchannel: true,
                ..NewMessage::new(MessageType::Chat, text)
            }),
            (Act::Assign, None, Some(bot)) => {
                let mut command = NewMessage::command("/assign");
                command.meta.insert("users".into(), json!([bot]));
                Ok(command)
            }
            _ => Err(Refusal::bad_request(
                "say, note and command take text, assign takes bot, accept and leave take neither",
            )),
        }
    }
}

fn post(admin: &Admin, author: &Author, id: &ConversationId, message: NewMessage) -> AdminResult {
    admin.platform.change(|state, now| {
        let created = state.post(author, id, vec![message], now)?;
        Ok(Answer::created(created.first().map(view::message)))
    })
}

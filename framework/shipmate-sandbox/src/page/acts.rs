//! What can be done on the page.

use axum::{
    body::Bytes,
    extract::{Path, State as Shared},
    http::{HeaderMap, header},
};
use jiff::SignedDuration;
use serde_json::{Value, json};
use url::form_urlencoded;
use web1on1::{BotId, ConversationId, MessageType, Meta, NewMessage, OrganizationId, Role, UserId};

use super::{Page, answer::Answer};
use crate::{Refusal, Webhook, conversation::Author, directory::Kind, webhook::verify};

/// `POST /conversations`: a consumer opens the chat.
pub(super) async fn open(Shared(page): Shared<Page>, body: Bytes) -> Answer {
    let form = Form::read(&body);
    let opened = page.platform.change(|state, now| {
        let organization = OrganizationId::from(form.get("organization"));
        let name = match form.get("name").trim() {
            "" => format!("Visitor {}", state.threads.len() + 1),
            name => name.to_owned(),
        };
        let profile = Meta::from_iter([("name".to_owned(), Value::String(name))]);
        let id: ConversationId = state.ids.next(now);
        state.open_chat(id, &organization, profile, now)
    });
    match opened {
        Ok(id) => Answer::Go(format!("/chat/{id}")),
        Err(refusal) => refusal.into(),
    }
}

/// `POST /clock`
pub(super) async fn advance(Shared(page): Shared<Page>, headers: HeaderMap, body: Bytes) -> Answer {
    let minutes = Form::read(&body).get("minutes").parse().unwrap_or(0);
    if !page
        .platform
        .clock()
        .advance(SignedDuration::from_mins(minutes))
    {
        return Refusal::unprocessable("this sandbox runs on a clock that cannot be moved").into();
    }
    // What has come due happens now, and the page is told of the new time.
    page.platform.change(|_, _| ());
    done(&headers)
}

/// `POST /chat/{id}/contact`: the consumer writes, or presses a button.
pub(super) async fn contact(
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
    let message = NewMessage::new(kind, form.get("text"));
    post(&page, &Author::Contact, id, message, &headers)
}

/// `POST /chat/{id}/desk`: an agent does something.
pub(super) async fn desk(
    Shared(page): Shared<Page>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let form = Form::read(&body);
    let text = form.get("text");
    let message = match form.get("act") {
        "accept" => NewMessage::command("/accept"),
        "leave" => NewMessage::command("/leave"),
        "command" => NewMessage::command(text.trim_end()),
        "assign" => {
            let mut assign = NewMessage::command("/assign");
            assign.meta.insert("users".into(), json!([form.get("bot")]));
            assign
        }
        "note" => NewMessage {
            is_backchannel: true,
            role: Some(Role::Agent),
            ..NewMessage::new(MessageType::Chat, text)
        },
        "say" => NewMessage::chat(text),
        other => return Refusal::bad_request(format!("unknown act {other}")).into(),
    };
    let author = Author::Person(UserId::from(form.get("agent")));
    post(&page, &author, id, message, &headers)
}

/// `POST /bots/{bot}/webhook`: the address must answer the challenge before it is saved.
pub(super) async fn set_webhook(
    Shared(page): Shared<Page>,
    Path(bot): Path<String>,
    body: Bytes,
) -> Answer {
    let form = Form::read(&body);
    let challenge = page.platform.change(|state, _| state.ids.random().secret());
    if let Err(refusal) = verify(&page.client, form.get("url"), &challenge).await {
        return refusal.into();
    }
    let webhook = Webhook::new(form.get("url"));
    let webhook = match form.get("secret") {
        "" => webhook,
        secret => webhook.secret(secret),
    };
    let bot = BotId::from(bot);
    let saved = page.platform.change(|state, _| {
        if !state.directory.has(Kind::Bot, bot.as_str()) {
            return Err(Refusal::not_found("bot", bot.as_str()));
        }
        state.bot_webhooks.insert(bot, webhook);
        state.refresh_hooks(Kind::Bot);
        Ok(())
    });
    match saved {
        Ok(()) => Answer::Go("/".to_owned()),
        Err(refusal) => refusal.into(),
    }
}

fn post(
    page: &Page,
    author: &Author,
    id: String,
    message: NewMessage,
    headers: &HeaderMap,
) -> Answer {
    let id = ConversationId::from(id);
    let posted = page.platform.change(|state, now| {
        if let Some(user) = author.user()
            && !state.directory.has(Kind::User, user.as_str())
        {
            return Err(Refusal::not_found("user", user.as_str()));
        }
        state.post(author, &id, vec![message], now)
    });
    match posted {
        Ok(_) => done(headers),
        Err(refusal) => refusal.into(),
    }
}

/// The script stays on the page; without it the browser goes back to where it came from.
fn done(headers: &HeaderMap) -> Answer {
    if headers.contains_key("x-quiet") {
        return Answer::Done;
    }
    let from = headers
        .get(header::REFERER)
        .and_then(|referer| referer.to_str().ok())
        .and_then(|referer| url::Url::parse(referer).ok());
    Answer::Go(from.map_or_else(|| "/".to_owned(), |from| from.path().to_owned()))
}

/// The fields of a submitted form.
struct Form(Vec<(String, String)>);

impl Form {
    fn read(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// The value of a field; empty if it is missing.
    fn get(&self, field: &str) -> &str {
        self.0
            .iter()
            .find(|(name, _)| name == field)
            .map_or("", |(_, value)| value.as_str())
    }
}

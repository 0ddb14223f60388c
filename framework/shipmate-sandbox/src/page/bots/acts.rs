//! What can be done to bots.

use axum::{
    body::Bytes,
    extract::{Path, State as Shared},
    http::HeaderMap,
};
use serde_json::{Value, json};
use web1on1::BotId;

use crate::{
    Refusal, Webhook,
    directory::{Kind, Object},
    page::{
        Page,
        answer::{Answer, done},
        form::Form,
    },
    state::State,
    webhook::verify,
};

/// `POST /bots`: a new bot, installed in its own organization.
pub(in crate::page) async fn add(Shared(page): Shared<Page>, body: Bytes) -> Answer {
    let form = Form::read(&body);
    let given = object(json!({
        "name": form.given("name"), "organization": form.get("organization"), "audience": "group",
    }));
    let created = page
        .platform
        .change(|state, now| state.create_resource(Kind::Bot, given, None, now));
    match created {
        Ok(bot) => Answer::Go(format!(
            "/bots/{}",
            crate::directory::text(&bot, "id").unwrap_or_default()
        )),
        Err(refusal) => refusal.into(),
    }
}

/// `POST /bots/{bot}/instances`: installs the bot at an organization.
pub(in crate::page) async fn install(
    Shared(page): Shared<Page>,
    Path(bot): Path<String>,
    body: Bytes,
) -> Answer {
    let form = Form::read(&body);
    let installed = page.platform.change(|state, now| {
        let name = state
            .directory
            .get(Kind::Bot, &bot)
            .and_then(|bot| bot.get("name").cloned());
        let given = object(json!({
            "bot": bot, "name": name, "organization": form.get("organization"),
        }));
        state.create_resource(Kind::Instance, given, None, now)
    });
    match installed {
        Ok(_) => Answer::Go(format!("/bots/{bot}")),
        Err(refusal) => refusal.into(),
    }
}

/// `POST /instances/{instance}`: switches it on or off and replaces its settings.
pub(in crate::page) async fn instance(
    Shared(page): Shared<Page>,
    Path(instance): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let form = Form::read(&body);
    let meta: Object = match serde_json::from_str(form.get("meta")) {
        Ok(meta) => meta,
        Err(error) => {
            return Refusal::unprocessable(format!(
                "the settings are not a JSON object: {error}; correct them and save again"
            ))
            .into();
        }
    };
    let changes = object(json!({"enabled": form.get("enabled") == "yes", "meta": meta}));
    let saved = page
        .platform
        .change(|state, now| state.update_resource(Kind::Instance, &instance, changes, None, now));
    match saved {
        Ok(_) => done(&headers),
        Err(refusal) => refusal.into(),
    }
}

/// `POST /bots/{bot}/webhook`: the address must answer the challenge before it is saved.
pub(in crate::page) async fn set_webhook(
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
    save(&page, &BotId::from(bot), Some(webhook))
}

/// `POST /bots/{bot}/webhook/switch`: off, or on again with what it was. Deliveries that wait
/// when it is switched off are dropped.
pub(in crate::page) async fn switch_webhook(
    Shared(page): Shared<Page>,
    Path(bot): Path<String>,
    body: Bytes,
) -> Answer {
    let bot = BotId::from(bot);
    if Form::read(&body).get("on").is_empty() {
        let in_use = page
            .platform
            .look(|state, _| state.bot_webhooks.get(&bot).cloned());
        if let Some(webhook) = in_use {
            page.memory.park(bot.clone(), webhook);
        }
        return save(&page, &bot, None);
    }
    match page.memory.parked(&bot) {
        Some(webhook) => save(&page, &bot, Some(webhook)),
        None => Refusal::unprocessable("this bot had no webhook; give its address").into(),
    }
}

fn save(page: &Page, bot: &BotId, webhook: Option<Webhook>) -> Answer {
    let saved = page.platform.change(|state: &mut State, _| {
        if !state.directory.has(Kind::Bot, bot.as_str()) {
            return Err(Refusal::not_found("bot", bot.as_str()));
        }
        match webhook {
            Some(webhook) => state.bot_webhooks.insert(bot.clone(), webhook),
            None => state.bot_webhooks.remove(bot),
        };
        state.refresh_hooks(Kind::Bot);
        Ok(())
    });
    match saved {
        Ok(()) => Answer::Go(format!("/bots/{bot}")),
        Err(refusal) => refusal.into(),
    }
}

fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        _ => Object::new(),
    }
}

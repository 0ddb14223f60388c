//! Who there is, their tokens, and the webhooks of bots.

use axum::{
    body::Bytes,
    extract::{Path, State as Shared},
};
use serde::Deserialize;
use serde_json::{Value, json};
use web1on1::{BotId, UserId};

use super::{Admin, AdminResult, Answer, read};
use crate::{
    Refusal,
    clock::iso,
    directory::{Kind, Object},
    duration::Length,
    state::State,
    token::{ACCESS_LIFETIME, Grant},
    webhook::{Webhook, verify},
};

/// `GET /admin/directory`: the ids that tests need.
pub(super) async fn directory(Shared(admin): Shared<Admin>) -> Answer {
    let listed = |kind, fields: &[&str]| -> Vec<Object> {
        admin.platform.look(|state, _| {
            let all = state.directory.all(kind);
            all.map(|resource| only(resource, fields)).collect()
        })
    };
    Answer::ok(json!({
        "organizations": listed(Kind::Organization, &["id", "name", "organization"]),
        "users": listed(Kind::User, &["id", "displayName", "email", "role", "organization"]),
        "bots": listed(Kind::Bot, &["id", "name", "organization"]),
        "forms": listed(Kind::Form, &["id", "name", "organization"]),
        "channels": listed(Kind::Channel, &["id", "name", "organization"]),
    }))
}

fn only(resource: &Object, fields: &[&str]) -> Object {
    let kept = resource
        .iter()
        .filter(|(name, _)| fields.contains(&name.as_str()));
    kept.map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenWish {
    user: UserId,
    #[serde(default)]
    kind: TokenKind,
    lifetime: Option<Length>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum TokenKind {
    #[default]
    Access,
    Refresh,
}

/// `POST /admin/tokens`: a token of a user, valid for 24 hours unless another lifetime is given.
pub(super) async fn token(Shared(admin): Shared<Admin>, body: Bytes) -> AdminResult {
    let wish: TokenWish = read(&body)?;
    let lifetime = wish.lifetime.map_or(ACCESS_LIFETIME, |length| length.0);
    let grant = match wish.kind {
        TokenKind::Access => Grant::AccessToken,
        TokenKind::Refresh => Grant::RefreshToken,
    };
    admin.platform.look(|state, now| {
        let user = state
            .directory
            .get(Kind::User, wish.user.as_str())
            .ok_or_else(|| Refusal::not_found("user", wish.user.as_str()))?;
        let expires = now
            .checked_add(lifetime)
            .map_err(|_| Refusal::bad_request("lifetime is out of range"))?;
        let token = state.token(user, grant, lifetime, now);
        Ok(Answer::created(
            json!({"token": token, "expiresAt": iso(expires)}),
        ))
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewWebhook {
    bot: BotId,
    url: String,
    secret: Option<String>,
    events: Option<Vec<String>>,
    /// Whether the address must answer the challenge first.
    #[serde(default)]
    verify: bool,
}

/// `GET /admin/webhooks`: the bot-specific webhooks, without their secrets.
pub(super) async fn webhooks(Shared(admin): Shared<Admin>) -> Answer {
    let webhooks: Vec<Value> = admin.platform.look(|state, _| {
        let shown = state.bot_webhooks.iter().map(|(bot, webhook)| {
            json!({
                "bot": bot,
                "url": webhook.url(),
                "isSigned": webhook.signing_secret().is_some(),
            })
        });
        shown.collect()
    });
    Answer::ok(json!({"webhooks": webhooks}))
}

/// `POST /admin/webhooks`: sets the bot-specific webhook of a bot.
pub(super) async fn set_webhook(Shared(admin): Shared<Admin>, body: Bytes) -> AdminResult {
    let new: NewWebhook = read(&body)?;
    url::Url::parse(&new.url)
        .map_err(|error| Refusal::bad_request(format!("url {:?}: {error}", new.url)))?;
    admin
        .platform
        .look(|state, _| state.require_bot(&new.bot))?;
    if new.verify {
        let challenge = admin
            .platform
            .change(|state, _| state.ids.random().secret());
        verify(&admin.client, &new.url, &challenge).await?;
    }
    let mut webhook = Webhook::new(&new.url);
    if let Some(secret) = new.secret {
        webhook = webhook.secret(secret);
    }
    if let Some(events) = new.events {
        webhook = webhook.events(events);
    }
    admin.platform.change(|state, _| {
        state.bot_webhooks.insert(new.bot.clone(), webhook);
        state.refresh_hooks(Kind::Bot);
    });
    Ok(Answer::created(json!({"bot": new.bot, "url": new.url})))
}

/// `DELETE /admin/webhooks/{bot}`
pub(super) async fn remove_webhook(
    Shared(admin): Shared<Admin>,
    Path(bot): Path<String>,
) -> AdminResult {
    let bot = BotId::from(bot);
    admin.platform.change(|state, _| {
        state.require_bot(&bot)?;
        state.bot_webhooks.remove(&bot);
        state.refresh_hooks(Kind::Bot);
        Ok(Answer::nothing())
    })
}

impl State {
    fn require_bot(&self, bot: &BotId) -> Result<(), Refusal> {
        if self.directory.has(Kind::Bot, bot.as_str()) {
            Ok(())
        } else {
            Err(Refusal::not_found("bot", bot.as_str()))
        }
    }
}

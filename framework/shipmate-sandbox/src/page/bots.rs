//! Bots: how to connect one, where it is installed, and its webhook.

mod acts;
pub(super) use acts::{add, install, instance, set_webhook, switch_webhook};

use axum::extract::{Path, RawQuery, State as Shared};
use jiff::Timestamp;
use maud::{Markup, html};
use serde_json::Value;
use web1on1::BotId;

use super::{
    Page,
    answer::Answer,
    content::shortened,
    filter::Filter,
    home::name_of,
    layout::{self, Frame},
    scene::Scene,
};
use crate::{
    Refusal,
    directory::{Kind, Object, text},
    state::State,
    token::{BOT_LIFETIME, Grant},
};

/// All bots, with where they are reached.
pub(super) fn list(scene: Scene<'_>) -> Markup {
    let state = scene.state;
    html! {
        ul.bots {
            @for bot in state.directory.all(Kind::Bot) {
                @let id = BotId::from(text(bot, "id").unwrap_or_default());
                li id={ "b-" (id) } {
                    a.bot href={ "/bots/" (id) } {
                        span.name dir="auto" { (shortened(name_of(bot), 90)) }
                        (switch_state(scene, &id))
                        span.meta { (instances_of(state, &id).count()) " installed" }
                    }
                }
            }
        }
        @if state.directory.all(Kind::Bot).next().is_none() {
            p.empty { "No bots yet. Add one to get its token." }
        }
    }
}

fn switch_state(scene: Scene<'_>, id: &BotId) -> Markup {
    html! {
        @if let Some(webhook) = scene.state.bot_webhooks.get(id) {
            span.meta.address { (shortened(webhook.url(), 90)) }
        } @else if scene.memory.parked(id).is_some() {
            span.meta.off { "webhook off" }
        } @else {
            span.meta.off { "no webhook yet" }
        }
    }
}

pub(super) fn new_bot(state: &State) -> Markup {
    html! {
        details.new-bot {
            summary.button.small data-testid="new-bot" { "Add a bot" }
            form.row action="/bots" method="post" {
                label.grow { span.label { "Name" } input name="name" required autocomplete="off" data-testid="bot-name"; }
                label.grow {
                    span.label { "Organization" }
                    select name="organization" { (organizations(state)) }
                }
                button.primary data-testid="add-bot" { "Add" }
            }
        }
    }
}

fn organizations(state: &State) -> Markup {
    html! {
        @for organization in state.directory.all(Kind::Organization) {
            option value=[text(organization, "id")] { (name_of(organization)) }
        }
    }
}

/// `GET /bots/{bot}`
pub(super) async fn show(
    Shared(page): Shared<Page>,
    Path(bot): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let filter = Filter::read(query.as_deref());
    page.scene(&filter, None, |scene| {
        let Some(bot) = scene.state.directory.get(Kind::Bot, &bot) else {
            return Refusal::not_found("bot", &bot).into();
        };
        let name = shortened(name_of(bot), 60);
        let frame = Frame {
            title: &name,
            live: "",
            view: "bot",
            heading: html! { h1.title dir="auto" { (name) } },
            main: main(scene, bot),
        };
        Answer::Html(layout::page(scene, &frame))
    })
}

fn main(scene: Scene<'_>, bot: &Object) -> Markup {
    let state = scene.state;
    let id = BotId::from(text(bot, "id").unwrap_or_default());
    html! {
        main #main .home tabindex="-1" {
            section.card aria-labelledby="webhook-title" {
                h2 #webhook-title { "Webhook" }
                (webhook(scene, &id))
            }
            section.card aria-labelledby="connect-title" {
                h2 #connect-title { "Connect" }
                dl.facts {
                    dt { "API" } dd { code { (state.api_url()) } }
                    dt { "Id" } dd { code { (id) } }
                    dt { "Token" } dd { code.token tabindex="0" { (token(state, &id, scene.now)) } }
                }
            }
            section.card aria-labelledby="instances-title" {
                h2 #instances-title { "Installed at" }
                @for one in instances_of(state, &id) { (installed(state, one)) }
                details.new-bot {
                    summary.button.small { "Install at another organization" }
                    form.row action={ "/bots/" (id) "/instances" } method="post" {
                        label.grow { span.label { "Organization" } select name="organization" { (organizations(state)) } }
                        button.primary { "Install" }
                    }
                }
            }
        }
    }
}

fn webhook(scene: Scene<'_>, id: &BotId) -> Markup {
    let in_use = scene.state.bot_webhooks.get(id);
    let parked = scene.memory.parked(id);
    let known = in_use.or(parked.as_ref());
    html! {
        @if known.is_some() {
            form.row action={ "/bots/" (id) "/webhook/switch" } method="post" {
                @if in_use.is_some() {
                    p.grow { span.flag data-flag="accepted" { "on" } " Events are delivered." }
                    button.small name="on" value="" data-testid="webhook-off" { "Switch off" }
                } @else {
                    p.grow { span.flag { "off" } " Nothing is delivered." }
                    button.small.primary name="on" value="yes" data-testid="webhook-on" { "Switch on" }
                }
            }
        }
        form.row action={ "/bots/" (id) "/webhook" } method="post" {
            label.grow {
                span.label { "Address" }
                input type="url" name="url" required placeholder="http://127.0.0.1:8080/webhook"
                    value=[known.map(crate::Webhook::url)] data-testid="webhook-url";
            }
            label.grow {
                span.label { "Secret" }
                input name="secret" autocomplete="off" placeholder="unsigned if empty"
                    value=[known.and_then(crate::Webhook::signing_secret)];
            }
            button { "Verify and save" }
        }
    }
}

/// One instance: whether it is enabled, and its settings.
fn installed(state: &State, instance: &Object) -> Markup {
    let id = text(instance, "id").unwrap_or_default();
    let organization = text(instance, "organization")
        .and_then(|id| state.directory.get(Kind::Organization, id))
        .map_or("(no organization)", name_of);
    let enabled = instance.get("enabled").and_then(Value::as_bool) != Some(false);
    let meta = instance.get("meta").cloned().unwrap_or_default();
    let meta = serde_json::to_string_pretty(&meta).unwrap_or_default();
    html! {
        form.instance.stack id={ "i-" (id) } action={ "/instances/" (id) } method="post" data-quiet {
            div.row {
                p.grow.name dir="auto" { (organization) }
                label.inline { input type="checkbox" name="enabled" value="yes" checked[enabled]; "Enabled" }
            }
            label {
                span.label { "Settings (meta), as JSON" }
                textarea.code name="meta" rows=(meta.lines().count().clamp(3, 14)) spellcheck="false" { (meta) }
            }
            div.row { button.small { "Save" } }
        }
    }
}

fn instances_of<'a>(state: &'a State, bot: &'a BotId) -> impl Iterator<Item = &'a Object> {
    state
        .directory
        .all(Kind::Instance)
        .filter(move |instance| text(instance, "bot") == Some(bot.as_str()))
}

fn token(state: &State, bot: &BotId, now: Timestamp) -> String {
    state
        .directory
        .get(Kind::User, bot.as_str())
        .map(|user| state.token(user, Grant::AccessToken, BOT_LIFETIME, now))
        .unwrap_or_default()
}

//! The list of conversations, and how to connect a bot.

use axum::extract::State as Shared;
use jiff::Timestamp;
use maud::{Markup, html};
use web1on1::BotId;

use super::{Page, answer::Answer, layout};
use crate::{
    conversation::Thread,
    directory::{Kind, Object, text},
    state::State,
    token::{BOT_LIFETIME, Grant},
};

/// The newest conversations that are shown.
const SHOWN: usize = 100;

/// `GET /`
pub(super) async fn show(Shared(page): Shared<Page>) -> Answer {
    let can_move = page.platform.clock().can_move();
    page.platform.look(|state, now| {
        let body = html! {
            (layout::bar(now, can_move, &html! { h1.title { "Conversations" } }))
            main.home {
                section.start aria-labelledby="start-title" {
                    h2 #start-title { "Start a conversation" }
                    (start_form(state))
                }
                section.card aria-label="Conversations" {
                    div data-panel="conversations" { (conversations(state)) }
                }
                section.card aria-labelledby="bots-title" {
                    h2 #bots-title { "Bots" }
                    (connections(state, now))
                }
            }
        };
        Answer::Html(layout::page("Conversations", "", &body))
    })
}

/// `GET /panels`
pub(super) async fn panels(Shared(page): Shared<Page>) -> Answer {
    page.platform.look(|state, now| {
        Answer::Html(html! {
            div data-panel="clock" { (layout::clock(now)) }
            div data-panel="conversations" { (conversations(state)) }
        })
    })
}

fn start_form(state: &State) -> Markup {
    let mut organizations: Vec<&Object> = state.directory.all(Kind::Organization).collect();
    // Consumers write to the organizations at the bottom of the tree.
    organizations.sort_by_key(|organization| {
        let depth = text(organization, "orgPath").map_or(0, |path| path.split('#').count());
        std::cmp::Reverse(depth)
    });
    html! {
        form.row action="/conversations" method="post" {
            label.grow {
                span.label { "Consumer" }
                input name="name" autocomplete="off" placeholder="Name (optional)" maxlength="200";
            }
            label.grow {
                span.label { "Writes to" }
                select name="organization" {
                    @for organization in organizations {
                        option value=[text(organization, "id")] { (name_of(organization)) }
                    }
                }
            }
            button.primary data-testid="new-conversation" { "New conversation" }
        }
    }
}

fn conversations(state: &State) -> Markup {
    let mut newest = state.threads.iter().rev().take(SHOWN).peekable();
    let all = state.threads.len();
    html! {
        @if newest.peek().is_none() {
            p.empty { "No conversations yet. Start one, or let a bot start one through the API." }
        } @else {
            ul.list {
                @for thread in newest { (row(state, thread)) }
            }
            @if all > SHOWN {
                p.hint { "The newest " (SHOWN) " of " (all) "." }
            }
        }
    }
}

fn row(state: &State, thread: &Thread) -> Markup {
    let conversation = &thread.conversation;
    let organization = conversation
        .organization
        .as_ref()
        .and_then(|id| state.directory.get(Kind::Organization, id.as_str()));
    let last = thread
        .entries
        .iter()
        .rev()
        .find(|entry| entry.message.role.is_some());
    html! {
        li {
            a.conversation href={ "/chat/" (conversation.id) } {
                span.name { (conversation.name.as_deref().unwrap_or("Conversation")) }
                (layout::status(conversation.status.as_ref().map_or("", |status| status.as_str())))
                span.preview {
                    @if let Some(last) = last { (last.message.text) } @else { "Nothing said yet" }
                }
                span.meta {
                    @if let Some(organization) = organization { (name_of(organization)) " · " }
                    (thread.entries.len())
                    @if thread.entries.len() == 1 { " message" } @else { " messages" }
                }
            }
        }
    }
}

fn connections(state: &State, now: Timestamp) -> Markup {
    html! {
        p.hint { "API " code { (state.api_url()) } }
        @for bot in state.directory.all(Kind::Bot) {
            @let id = BotId::from(text(bot, "id").unwrap_or_default());
            @let webhook = state.bot_webhooks.get(&id);
            details.bot open[webhook.is_none()] {
                summary {
                    span.name { (name_of(bot)) }
                    @if let Some(webhook) = webhook {
                        span.meta { (webhook.url()) }
                    } @else {
                        span.meta { "no webhook yet" }
                    }
                }
                dl.facts {
                    dt { "Id" } dd { code { (id) } }
                    dt { "Token" } dd { code.token { (token(state, &id, now)) } }
                }
                form.row action={ "/bots/" (id) "/webhook" } method="post" {
                    label.grow {
                        span.label { "Webhook address" }
                        input type="url" name="url" required placeholder="http://127.0.0.1:8080/webhook"
                            value=[webhook.map(crate::Webhook::url)];
                    }
                    label.grow {
                        span.label { "Secret" }
                        input name="secret" autocomplete="off" placeholder="unsigned if empty"
                            value=[webhook.and_then(crate::Webhook::signing_secret)];
                    }
                    button { "Verify and save" }
                }
            }
        }
    }
}

fn token(state: &State, bot: &BotId, now: Timestamp) -> String {
    state
        .directory
        .get(Kind::User, bot.as_str())
        .map(|user| state.token(user, Grant::AccessToken, BOT_LIFETIME, now))
        .unwrap_or_default()
}

pub(super) fn name_of(resource: &Object) -> &str {
    text(resource, "displayName")
        .or_else(|| text(resource, "name"))
        .unwrap_or("(no name)")
}

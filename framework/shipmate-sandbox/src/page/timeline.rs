//! Everything that happens in a conversation, as the desk sees it.

use jiff::Timestamp;
use maud::{Markup, html};
use serde_json::Value;
use web1on1::{Action, Message, MessageType, Role};

use super::{
    content::{is_changed, picture, plain, result, shortened, template, text as said},
    layout::time_of_day,
};
use crate::{
    conversation::{Thread, reaches_consumer},
    directory::{Kind, text},
    state::State,
};

/// The newest messages that are shown.
const SHOWN: usize = 200;

pub(super) fn timeline(state: &State, thread: &Thread) -> Markup {
    let all = thread.processed();
    let older = all.len().saturating_sub(SHOWN);
    let pending = thread.pending();
    html! {
        @if all.is_empty() && pending.is_empty() {
            p.empty { "Messages, commands, forms and notes appear here." }
        }
        @if older > 0 { p.hint { (older) " older messages" } }
        ol.entries {
            @for message in all.into_iter().skip(older) {
                (entry(state, thread, message, None))
            }
            @for (due, message) in pending {
                (entry(state, thread, message, Some(due)))
            }
        }
    }
}

fn entry(state: &State, thread: &Thread, message: &Message, due: Option<Timestamp>) -> Markup {
    html! {
        li.entry data-lane=(lane(message)) data-pending[due.is_some()] id={ "t-" (message.id) } data-message=(message.id) {
            div.head {
                span.by {
                    span.who dir="auto" { (shortened(sender(state, thread, message), 60)) }
                    span { (what(message)) }
                    @if let Some(due) = due {
                        span.due { "due " (time_of_day(Some(due))) }
                    }
                    @if is_changed(message) { span { "changed" } }
                }
                (time_of_day(message.created_at))
                // Out of the tab order: the facts link to all messages at once.
                a.raw tabindex="-1" href={ "/chat/" (thread.conversation.id) "/messages/" (message.id) } target="_blank"
                    rel="noopener" aria-label="This message as JSON" { "JSON" }
            }
            (body(state, message))
        }
    }
}

/// Which color an entry has: from the consumer, to the consumer, aside, or machinery.
fn lane(message: &Message) -> &'static str {
    match &message.kind {
        _ if message.is_from_contact() => "contact",
        _ if reaches_consumer(message) => "agent",
        MessageType::Chat | MessageType::Card | MessageType::Mention | MessageType::Postback => {
            "aside"
        }
        _ => "system",
    }
}

fn sender<'a>(state: &'a State, thread: &'a Thread, message: &'a Message) -> &'a str {
    match &message.user {
        Some(user) => state.directory.user_name(user),
        None if message.is_from_contact() => {
            thread.conversation.name.as_deref().unwrap_or("Consumer")
        }
        None => "The platform",
    }
}

fn what(message: &Message) -> String {
    let mut words = vec![message.kind.as_str()];
    match &message.role {
        Some(Role::Agent) if message.is_backchannel => words.push("backchannel"),
        Some(Role::Agent) if reaches_consumer(message) => words.push("to the consumer"),
        Some(Role::Bot) => words.push("to agents"),
        _ => {}
    }
    words.join(" · ")
}

fn body(state: &State, message: &Message) -> Markup {
    html! {
        @match &message.kind {
            MessageType::Command | MessageType::Field | MessageType::Form | MessageType::Tag => {
                ul.lines {
                    @for line in message.text.lines() { li { code { (line) } } }
                }
            }
            _ => {
                @if let Some(title) = message.meta.get("title").and_then(Value::as_str) {
                    p.card-title dir="auto" { (title) }
                }
                (said(message))
            }
        }
        @if let Some(results) = message.results.as_ref().and_then(Value::as_array) {
            @for one in results { (result(one)) }
        }
        (extras(state, message))
    }
}

/// Buttons, items and meta, in short.
fn extras(state: &State, message: &Message) -> Markup {
    let meta: Vec<String> = message
        .meta
        .iter()
        // A field message says its key in the text.
        .filter(|(key, _)| message.kind != MessageType::Field || *key != "key")
        .filter(|(key, _)| !["title", "template", "language"].contains(&key.as_str()))
        .map(|(key, value)| format!("{key}: {}", named(state, key, value)))
        .collect();
    html! {
        @if let Some(template) = template(message) { p.extra { "template: " (template) } }
        @for item in &message.items {
            div.of-item {
                p.card-title dir="auto" { (item.title) }
                @if let Some(description) = &item.description { p.extra dir="auto" { (description) } }
                @if let Some(media) = &item.media_url { (picture(media)) }
                (chips(&item.actions))
            }
        }
        (chips(&message.actions))
        @if !meta.is_empty() { p.extra dir="auto" { (meta.join(" · ")) } }
    }
}

/// What can be pressed, as the consumer sees it, and what pressing it does.
fn chips(actions: &[Action]) -> Markup {
    html! {
        @if !actions.is_empty() {
            ul.chips aria-label="Buttons" {
                @for action in actions {
                    @let target = action.payload.as_deref().or(action.uri.as_deref());
                    li.chip title={ (action.kind.as_str()) ": " (target.unwrap_or("its own text")) } dir="auto" {
                        (action.text.as_deref().or(target).unwrap_or("(no label)"))
                    }
                }
            }
        }
    }
}

/// Ids in the meta of commands and forms, with the names of what they stand for.
fn named(state: &State, key: &str, value: &Value) -> String {
    let kind = match key {
        "form" => Kind::Form,
        "users" | "targetUser" | "targetBot" => Kind::User,
        "channels" => Kind::Channel,
        "organizations" => Kind::Organization,
        _ => return plain(value),
    };
    let name = |value: &Value| {
        value
            .as_str()
            .and_then(|id| state.directory.get(kind, id))
            .and_then(|resource| text(resource, "displayName").or_else(|| text(resource, "name")))
            .map_or_else(|| plain(value), str::to_owned)
    };
    match value {
        Value::Array(values) => values.iter().map(name).collect::<Vec<_>>().join(", "),
        value => name(value),
    }
}

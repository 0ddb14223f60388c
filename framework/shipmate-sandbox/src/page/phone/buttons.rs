//! What the consumer can press.

use maud::{Markup, html};
use web1on1::{Action, ActionType, ConversationId, Message};

use crate::page::link;

/// Buttons that stay with their message: postbacks and links.
pub(super) fn buttons(id: &ConversationId, actions: &[Action], key: &str) -> Markup {
    let buttons: Vec<(usize, &Action)> = actions
        .iter()
        .enumerate()
        .filter(|(_, action)| action.kind != ActionType::Reply)
        .collect();
    html! {
        @if !buttons.is_empty() {
            div.buttons {
                @for (place, action) in buttons {
                    @match action.kind {
                        ActionType::Postback => {
                            (answer(id, "postback", payload(action), label(action), "button", &format!("{key}-{place}")))
                        }
                        _ => (address(action)),
                    }
                }
            }
        }
    }
}

/// Quick replies, offered under the last message until the consumer answers.
pub(super) fn quick_replies(id: &ConversationId, last: &Message) -> Markup {
    let of_items = last.items.iter().flat_map(|item| &item.actions);
    let replies: Vec<&Action> = last
        .actions
        .iter()
        .chain(of_items)
        .filter(|action| action.kind == ActionType::Reply && !last.is_from_contact())
        .collect();
    html! {
        @if !replies.is_empty() {
            div.quick role="group" aria-label="Quick replies" {
                @for (place, action) in replies.into_iter().enumerate() {
                    (answer(id, "chat", label(action), label(action), "quick-reply", &format!("{}-q{place}", last.id)))
                }
            }
        }
    }
}

/// The label of the newest button that sends `sent`.
pub(super) fn label_of<'a>(sent: &str, seen: &[&'a Message]) -> Option<&'a str> {
    seen.iter()
        .rev()
        .flat_map(|message| {
            let of_items = message.items.iter().flat_map(|item| &item.actions);
            message.actions.iter().chain(of_items)
        })
        .find(|action| action.kind == ActionType::Postback && payload(action) == sent)
        .map(label)
}

/// A button that writes for the consumer.
fn answer(
    id: &ConversationId,
    kind: &str,
    text: &str,
    label: &str,
    what: &str,
    key: &str,
) -> Markup {
    html! {
        form id={ "f-" (key) } action={ "/chat/" (id) "/contact" } method="post" data-quiet {
            input type="hidden" name="kind" value=(kind);
            input type="hidden" name="text" value=(text);
            button class=(what) id={ "a-" (key) } data-testid=(what) dir="auto" title=[(kind == "postback").then_some(text)] { (label) }
        }
    }
}

/// The address of a link is in `uri` or in `payload` (messages, actions). A web view opens inside
/// the chat where the touchpoint can do that, and its `fallback` elsewhere.
fn address(action: &Action) -> Markup {
    let given = action.uri.as_deref().or(action.payload.as_deref());
    let text_of = |key| action.extra.get(key).and_then(|value| value.as_str());
    let is_webview = action.kind == ActionType::Webview;
    html! {
        @if let Some(address) = given.and_then(link::safe) {
            a.button href=(address) target="_blank" rel="noopener noreferrer" title=(address) dir="auto" {
                (label(action)) span.mark-out aria-hidden="true" { @if is_webview { "▢" } @else { "↗" } }
            }
        } @else {
            span.button.dead title="This address cannot be opened" dir="auto" { (label(action)) }
        }
        @if is_webview {
            p.kind {
                "Opens inside the chat"
                @if let Some(size) = text_of("size") { ", " (size) }
                @if let Some(fallback) = text_of("fallback").and_then(link::safe) {
                    "; elsewhere " a href=(fallback) target="_blank" rel="noopener noreferrer" { "this" }
                }
            }
        }
    }
}

fn label(action: &Action) -> &str {
    action
        .text
        .as_deref()
        .or(action.payload.as_deref())
        .or(action.uri.as_deref())
        .unwrap_or("(no label)")
}

fn payload(action: &Action) -> &str {
    action
        .payload
        .as_deref()
        .or(action.text.as_deref())
        .unwrap_or_default()
}

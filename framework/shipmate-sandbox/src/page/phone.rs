//! What the consumer sees.

use maud::{Markup, html};
use web1on1::{Action, ActionType, ConversationId, Item, Message, MessageType};

use super::{layout::time_of_day, link};
use crate::{
    conversation::{Thread, reaches_consumer},
    state::State,
};

/// The newest messages that are shown.
const SHOWN: usize = 200;

/// The phone: the transcript, and a box to write in that stays as it is while the rest changes.
pub(super) fn phone(state: &State, thread: &Thread) -> Markup {
    let id = &thread.conversation.id;
    html! {
        section.phone aria-labelledby="phone-title" {
            h2 #phone-title { "Consumer" }
            div.screen {
                div.transcript data-testid="transcript" data-panel="transcript" data-scroll tabindex="0"
                    role="log" aria-label="What the consumer sees" {
                    (transcript(state, thread))
                }
                form.write action={ "/chat/" (id) "/contact" } method="post" data-quiet data-clear="text" {
                    input type="hidden" name="kind" value="chat";
                    textarea name="text" rows="1" required data-enter data-testid="composer" autofocus
                        aria-label="Message of the consumer" placeholder="Write a message" {}
                    button.send data-testid="send" aria-label="Send" title="Send" { span aria-hidden="true" { "↑" } }
                }
            }
        }
    }
}

/// The bubbles.
pub(super) fn transcript(state: &State, thread: &Thread) -> Markup {
    let seen: Vec<&Message> = thread
        .processed()
        .into_iter()
        .filter(|message| message.is_from_contact() || reaches_consumer(message))
        .collect();
    let older = seen.len().saturating_sub(SHOWN);
    let shown = seen.get(older..).unwrap_or_default();
    let id = &thread.conversation.id;
    html! {
        @if seen.is_empty() {
            p.empty { "Nothing said yet. Write the first message." }
        }
        @if older > 0 { p.hint { (older) " older messages" } }
        @for message in shown {
            @if message.is_from_contact() {
                (own_bubble(message, &seen))
            } @else {
                (bubble(state, id, message))
            }
        }
        @if let Some(last) = seen.last() {
            (quick_replies(id, last))
        }
    }
}

/// What the consumer wrote. A pressed button shows its label; its payload is what was sent.
fn own_bubble(message: &Message, seen: &[&Message]) -> Markup {
    let label = (message.kind == MessageType::Postback)
        .then(|| label_of(&message.text, seen))
        .flatten();
    html! {
        div.bubble.own id={ "p-" (message.id) } {
            @if let Some(label) = label {
                p.text title={ "Postback: " (message.text) } { (label) }
            } @else {
                (content(message))
            }
            (time_of_day(message.created_at))
        }
    }
}

fn bubble(state: &State, id: &ConversationId, message: &Message) -> Markup {
    let sender = message
        .user
        .as_ref()
        .map(|user| state.directory.user_name(user));
    html! {
        div.bubble id={ "p-" (message.id) } {
            @if let Some(sender) = sender { p.sender { (sender) } }
            @if let Some(title) = message.meta.get("title").and_then(|title| title.as_str()) {
                p.card-title { (title) }
            }
            @if !message.text.is_empty() { (content(message)) }
            @if !message.items.is_empty() {
                ul.items aria-label="Items" {
                    @for (place, item) in message.items.iter().enumerate() {
                        (item_card(id, item, &format!("{}-{place}", message.id)))
                    }
                }
            }
            (buttons(id, &message.actions, message.id.as_str()))
            (time_of_day(message.created_at))
        }
    }
}

fn content(message: &Message) -> Markup {
    let kind = message.content_type.as_deref().unwrap_or("text/plain");
    let address = (kind == "text/url" || kind.starts_with("image/"))
        .then(|| link::safe(&message.text))
        .flatten();
    html! {
        @if let Some(address) = address {
            p.text { a href=(address) target="_blank" rel="noopener noreferrer" { (message.text) } }
        } @else {
            p.text { (message.text) }
        }
        @if kind != "text/plain" { p.kind { (kind) } }
    }
}

fn item_card(id: &ConversationId, item: &Item, key: &str) -> Markup {
    html! {
        li.item {
            p.card-title { (item.title) }
            @if let Some(description) = &item.description { p.text { (description) } }
            @if let Some(media) = item.media_url.as_deref().and_then(link::safe) {
                p.text { a href=(media) target="_blank" rel="noopener noreferrer" { "Picture" } }
            }
            (buttons(id, &item.actions, key))
        }
    }
}

/// Buttons that stay with their message: postbacks and links.
fn buttons(id: &ConversationId, actions: &[Action], key: &str) -> Markup {
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
fn quick_replies(id: &ConversationId, last: &Message) -> Markup {
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
        form action={ "/chat/" (id) "/contact" } method="post" data-quiet {
            input type="hidden" name="kind" value=(kind);
            input type="hidden" name="text" value=(text);
            button class=(what) id={ "a-" (key) } data-testid=(what) { (label) }
        }
    }
}

/// The address of a link is in `uri` or in `payload` (messages, actions).
fn address(action: &Action) -> Markup {
    let given = action.uri.as_deref().or(action.payload.as_deref());
    html! {
        @if let Some(address) = given.and_then(link::safe) {
            a.button href=(address) target="_blank" rel="noopener noreferrer" { (label(action)) }
        } @else {
            span.button.dead title="This address cannot be opened" { (label(action)) }
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

/// The label of the newest button that sends `sent`.
fn label_of<'a>(sent: &str, seen: &[&'a Message]) -> Option<&'a str> {
    seen.iter()
        .rev()
        .flat_map(|message| {
            let of_items = message.items.iter().flat_map(|item| &item.actions);
            message.actions.iter().chain(of_items)
        })
        .find(|action| action.kind == ActionType::Postback && payload(action) == sent)
        .map(label)
}

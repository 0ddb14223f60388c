//! What the consumer sees.

mod buttons;

use jiff::Timestamp;
use maud::{Markup, html};
use web1on1::{ConversationId, Item, Message, MessageType};

use super::{
    content::{folded, is_changed, picture, shortened, template, text},
    layout::time_of_day,
    scene::Scene,
    switcher::touchpoints,
};
use crate::{
    conversation::{Thread, reaches_consumer},
    state::State,
};

/// The newest messages that are shown.
const SHOWN: usize = 200;

/// The phone: the transcript, and a box to write in that stays as it is while the rest changes.
pub(super) fn phone(scene: Scene<'_>, thread: &Thread) -> Markup {
    let id = &thread.conversation.id;
    html! {
        section.phone aria-labelledby="phone-title" {
            header.pane-head {
                h2 #phone-title { "Consumer" }
                label.inline {
                    span.label { "via" }
                    select name="touchpoint" form="write" data-testid="consumer-touchpoint" {
                        (touchpoints(thread.conversation.touchpoint.as_ref()))
                    }
                }
            }
            div.screen {
                div.transcript data-testid="transcript" data-panel="transcript" data-scroll tabindex="0"
                    role="log" aria-label="What the consumer sees" {
                    (transcript(scene, thread))
                }
                form #write .write action={ "/chat/" (id) "/contact" } method="post" data-quiet {
                    input type="hidden" name="kind" value="chat";
                    textarea name="text" rows="1" required data-enter data-clear data-testid="composer" autofocus dir="auto"
                        aria-label="Message of the consumer" placeholder="Write a message" {}
                    button.send data-testid="send" aria-label="Send" title="Send" { span aria-hidden="true" { "↑" } }
                }
            }
        }
    }
}

/// The bubbles.
pub(super) fn transcript(scene: Scene<'_>, thread: &Thread) -> Markup {
    let seen: Vec<&Message> = thread
        .processed()
        .into_iter()
        .filter(|message| message.is_from_contact() || reaches_consumer(message))
        .collect();
    let older = seen.len().saturating_sub(SHOWN);
    let shown = seen.get(older..).unwrap_or_default();
    let id = &thread.conversation.id;
    let coming = thread
        .pending()
        .into_iter()
        .find(|(_, message)| reaches_consumer(message));
    html! {
        @if seen.is_empty() && coming.is_none() {
            p.empty { "Nothing said yet. Write the first message." }
        }
        @if older > 0 { p.hint { (older) " older messages" } }
        @for message in shown {
            @if message.is_from_contact() {
                (own_bubble(message, &seen))
            } @else {
                (bubble(scene.state, id, message))
            }
        }
        @if let Some((due, message)) = coming { (typing(scene.state, message, due)) }
        @if let Some(last) = seen.last() {
            (buttons::quick_replies(id, last))
        }
    }
}

/// What the consumer wrote. A pressed button shows its label; its payload is what was sent.
fn own_bubble(message: &Message, seen: &[&Message]) -> Markup {
    let label = (message.kind == MessageType::Postback)
        .then(|| buttons::label_of(&message.text, seen))
        .flatten();
    html! {
        div.bubble.own id={ "p-" (message.id) } data-message=(message.id) {
            @if let Some(label) = label {
                p.text dir="auto" title={ "Postback: " (message.text) } { (label) }
            } @else {
                (text(message))
            }
            (foot(message))
        }
    }
}

fn bubble(state: &State, id: &ConversationId, message: &Message) -> Markup {
    html! {
        div.bubble id={ "p-" (message.id) } data-message=(message.id) {
            (sender(state, message))
            @if let Some(title) = message.meta.get("title").and_then(|title| title.as_str()) {
                p.card-title dir="auto" { (title) }
            }
            @if let Some(template) = template(message) {
                p.kind { "Template " (template) }
            }
            (text(message))
            @if !message.items.is_empty() {
                ul.items aria-label="Items" tabindex="0" {
                    @for (place, item) in message.items.iter().enumerate() {
                        (item_card(id, item, &format!("{}-{place}", message.id)))
                    }
                }
            }
            (buttons::buttons(id, &message.actions, message.id.as_str()))
            (foot(message))
        }
    }
}

fn sender(state: &State, message: &Message) -> Markup {
    html! {
        @if let Some(user) = &message.user {
            p.sender dir="auto" { (shortened(state.directory.user_name(user), 60)) }
        }
    }
}

fn foot(message: &Message) -> Markup {
    html! {
        span.foot {
            @if let Some(touchpoint) = message.touchpoint.as_ref().filter(|touchpoint| touchpoint.as_str() != "web") {
                span { (touchpoint.as_str()) }
            }
            @if is_changed(message) { span title=[message.updated_at] { "changed" } }
            (time_of_day(message.created_at))
        }
    }
}

/// A message whose delay has not passed.
fn typing(state: &State, message: &Message, due: Timestamp) -> Markup {
    html! {
        div.bubble.typing {
            (sender(state, message))
            p.text { span.dots aria-hidden="true" { i {} i {} i {} } span.foot { "due " (time_of_day(Some(due))) } }
        }
    }
}

fn item_card(id: &ConversationId, item: &Item, key: &str) -> Markup {
    html! {
        li.item {
            @if let Some(media) = &item.media_url { (picture(media)) }
            p.card-title dir="auto" { (item.title) }
            @if let Some(description) = &item.description { (folded(description)) }
            (buttons::buttons(id, &item.actions, key))
        }
    }
}

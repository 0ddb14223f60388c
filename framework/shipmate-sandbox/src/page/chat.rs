//! One conversation: the consumer's phone, the desk's view, and the facts.

use axum::extract::{Path, State as Shared};
use maud::{Markup, html};
use serde_json::Value;
use web1on1::{ConversationId, MessageId};

use super::{Page, answer::Answer, facts, home::name_of, layout, phone, timeline};
use crate::{
    Refusal,
    conversation::Thread,
    directory::{Kind, text},
    state::State,
    view,
};

/// `GET /chat/{id}`
pub(super) async fn show(Shared(page): Shared<Page>, Path(id): Path<String>) -> Answer {
    let id = ConversationId::from(id);
    let can_move = page.platform.clock().can_move();
    page.platform.look(|state, now| {
        let Some(thread) = state.threads.get(&id) else {
            return Refusal::not_found("conversation", id.as_str()).into();
        };
        let name = thread.conversation.name.as_deref().unwrap_or("Conversation");
        let body = html! {
            (layout::bar(now, can_move, &html! {
                h1.title { (name) }
                div data-panel="status" { (status(thread)) }
            }))
            main.chat {
                (phone::phone(state, thread))
                section.desk aria-labelledby="desk-title" {
                    h2 #desk-title { "Desk" }
                    div.timeline data-testid="timeline" data-panel="timeline" data-scroll tabindex="0"
                        role="log" aria-label="Everything in the conversation" {
                        (timeline::timeline(state, thread))
                    }
                    (desk_form(state, &id))
                }
                aside.side aria-label="Facts" data-panel="facts" { (facts::facts(state, thread, now)) }
            }
        };
        Answer::Html(layout::page(name, &format!("/chat/{id}"), &body))
    })
}

/// `GET /chat/{id}/panels`
pub(super) async fn panels(Shared(page): Shared<Page>, Path(id): Path<String>) -> Answer {
    let id = ConversationId::from(id);
    page.platform.look(|state, now| {
        let Some(thread) = state.threads.get(&id) else {
            return Refusal::not_found("conversation", id.as_str()).into();
        };
        Answer::Html(html! {
            div data-panel="clock" { (layout::clock(now)) }
            div data-panel="status" { (status(thread)) }
            div data-panel="transcript" { (phone::transcript(state, thread)) }
            div data-panel="timeline" { (timeline::timeline(state, thread)) }
            div data-panel="facts" { (facts::facts(state, thread, now)) }
        })
    })
}

/// `GET /chat/{id}/messages/{message}`: the message as the API shows it.
pub(super) async fn message(
    Shared(page): Shared<Page>,
    Path((_, message)): Path<(String, String)>,
) -> Answer {
    page.platform.look(
        |state, _| match state.threads.message(&MessageId::from(message.as_str())) {
            Some(found) => {
                let view = Value::Object(view::message(found));
                Answer::Json(serde_json::to_string_pretty(&view).unwrap_or_default())
            }
            None => Refusal::not_found("message", &message).into(),
        },
    )
}

/// `GET /chat/{id}/json`: the conversation with its messages, as the API shows them.
pub(super) async fn json(Shared(page): Shared<Page>, Path(id): Path<String>) -> Answer {
    let id = ConversationId::from(id);
    page.platform.look(|state, _| {
        let Some(thread) = state.threads.get(&id) else {
            return Refusal::not_found("conversation", id.as_str()).into();
        };
        let mut view = view::conversation(&thread.conversation);
        let messages = thread
            .entries
            .iter()
            .map(|entry| Value::Object(view::message(&entry.message)));
        view.insert("messages".into(), messages.collect());
        Answer::Json(serde_json::to_string_pretty(&Value::Object(view)).unwrap_or_default())
    })
}

fn status(thread: &Thread) -> Markup {
    let status = thread.conversation.status.as_ref();
    html! {
        span data-testid="status" { (layout::status(status.map_or("", |status| status.as_str()))) }
    }
}

/// Stays as it is while panels are swapped, so that nobody loses what they are typing.
fn desk_form(state: &State, id: &ConversationId) -> Markup {
    let people = state.directory.all(Kind::User).filter(|user| {
        matches!(text(user, "role"), Some("agent" | "admin"))
            && text(user, "status") == Some("active")
    });
    html! {
        form.composer action={ "/chat/" (id) "/desk" } method="post" data-quiet data-clear="text" {
            div.row {
                label.inline {
                    span.label { "As" }
                    select name="agent" data-testid="agent" {
                        @for user in people {
                            option value=[text(user, "id")] { (name_of(user)) }
                        }
                    }
                }
                button.small name="act" value="accept" formnovalidate data-testid="accept" { "Accept" }
                button.small name="act" value="leave" formnovalidate data-testid="leave" { "Leave" }
                span.space {}
                span.inline {
                    button.small name="act" value="assign" formnovalidate data-testid="assign" { "Assign to" }
                    select name="bot" data-testid="bot" aria-label="Bot to assign to" {
                        @for bot in state.directory.all(Kind::Bot) {
                            option value=[text(bot, "id")] { (name_of(bot)) }
                        }
                    }
                }
            }
            textarea name="text" rows="2" aria-label="Message of the agent" data-testid="desk-composer"
                placeholder="Write as the agent" {}
            div.row {
                span.hint.space { "One command per line" }
                span.inline {
                    button.small name="act" value="command" data-testid="desk-command" { "Command" }
                    button.small name="act" value="note" data-testid="desk-note" { "Note" }
                    button.small.primary name="act" value="say" data-testid="desk-say" { "Say" }
                }
            }
        }
    }
}

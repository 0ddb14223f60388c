//! One conversation: the consumer's phone, the desk's view, and the facts.

use axum::extract::{Path, RawQuery, State as Shared};
use maud::{Markup, html};
use serde_json::Value;
use web1on1::{ConversationId, MessageId};

use super::{
    Page,
    answer::Answer,
    content::shortened,
    desk, facts,
    filter::Filter,
    form::Form,
    journal::{self, Search},
    layout::{self, Frame},
    phone, replay,
    scene::Scene,
    timeline,
};
use crate::{Refusal, conversation::Thread, view};

/// What the middle of the page shows: name and heading. On narrow screens the first and the last
/// have no place of their own and are chosen like the others.
const PANES: [(&str, &str); 4] = [
    ("consumer", "Consumer"),
    ("timeline", "Timeline"),
    ("journal", "What happened"),
    ("facts", "Facts"),
];

/// `GET /chat/{id}`
pub(super) async fn show(
    Shared(page): Shared<Page>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let id = ConversationId::from(id);
    let filter = Filter::read(query.as_deref());
    page.scene(&filter, Some(&id), |scene| {
        let Some(thread) = scene.state.threads.get(&id) else {
            return Refusal::not_found("conversation", id.as_str()).into();
        };
        scene.memory.look_at(thread);
        let frame = Frame {
            title: &name(thread),
            live: &format!("/chat/{id}"),
            view: "chat",
            heading: html! {
                h1.title data-panel="name" dir="auto" { (name(thread)) }
                div data-panel="status" { (status(thread)) }
            },
            main: main(scene, thread),
        };
        Answer::Html(layout::page(scene, &frame))
    })
}

fn main(scene: Scene<'_>, thread: &Thread) -> Markup {
    let id = &thread.conversation.id;
    html! {
        main #main .chat data-pane="start" tabindex="-1" {
            nav.panes aria-label="Views" {
                @for (pane, heading) in PANES {
                    button.pane-switch type="button" data-pane=(pane) data-testid={ "pane-" (pane) } aria-pressed="false" aria-label=(heading) { (heading) }
                }
                span.space {}
                (replay::offer(id))
            }
            (phone::phone(scene, thread))
            section.desk aria-label="Timeline" {
                div.timeline data-testid="timeline" data-panel="timeline" data-scroll tabindex="0"
                    role="log" aria-label="Everything in the conversation" {
                    (timeline::timeline(scene.state, thread))
                }
                (desk::form(scene.state, id))
            }
            // Filled when it is looked at.
            section.journal aria-label="What happened" {
                div.calls data-panel="journal" data-testid="journal" data-scroll tabindex="0" role="log" aria-label="What happened" {}
            }
            aside.side aria-label="Facts" data-panel="facts" tabindex="-1" { (facts::facts(scene, thread)) }
        }
    }
}

/// `GET /chat/{id}/panels`
pub(super) async fn panels(
    Shared(page): Shared<Page>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let id = ConversationId::from(id);
    let filter = Filter::read(query.as_deref());
    page.scene(&filter, Some(&id), |scene| {
        let Some(thread) = scene.state.threads.get(&id) else {
            return Refusal::not_found("conversation", id.as_str()).into();
        };
        scene.memory.look_at(thread);
        let wants_journal = Form::read(query.as_deref().unwrap_or_default().as_bytes()).get("journal") == "yes";
        let own = html! {
            @if wants_journal { div data-panel="journal" { (journal::entries(scene, &Search::of(&id))) } }
            h1 data-panel="name" { (name(thread)) }
            div data-panel="status" { (status(thread)) }
            div data-panel="transcript" { (phone::transcript(scene, thread)) }
            div data-panel="timeline" { (timeline::timeline(scene.state, thread)) }
            div data-panel="facts" { (facts::facts(scene, thread)) }
        };
        Answer::Html(layout::panels(scene, &own))
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

fn name(thread: &Thread) -> String {
    shortened(
        thread
            .conversation
            .name
            .as_deref()
            .unwrap_or("Conversation"),
        80,
    )
}

fn status(thread: &Thread) -> Markup {
    let status = thread.conversation.status.as_ref();
    html! {
        span data-testid="status" { (layout::status(status.map_or("", |status| status.as_str()))) }
    }
}

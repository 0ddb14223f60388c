//! A conversation to take along: as text to read, and as a test that holds it again.

mod literal;

mod notation;

mod script;

use axum::extract::{Path, State as Shared};
use jiff::{SignedDuration, Unit};
use maud::{Markup, html};
use web1on1::{ConversationId, Message};

use super::{Page, answer::Answer};
use crate::{
    Refusal,
    conversation::{Author, Entry, Progress, Thread},
    state::State,
};

/// Shorter pauses are left out: people read and type.
const SHORTEST_PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// `GET /chat/{id}/transcript.txt`
pub(super) async fn transcript(Shared(page): Shared<Page>, Path(id): Path<String>) -> Answer {
    written(&page, &id.into(), notation::write)
}

/// `GET /chat/{id}/test.rs`
pub(super) async fn test(Shared(page): Shared<Page>, Path(id): Path<String>) -> Answer {
    written(&page, &id.into(), script::write)
}

fn written(
    page: &Page,
    id: &ConversationId,
    write: impl FnOnce(&State, &Thread) -> String,
) -> Answer {
    page.platform.look(|state, _| match state.threads.get(id) {
        Some(thread) => Answer::Text(write(state, thread)),
        None => Refusal::not_found("conversation", id.as_str()).into(),
    })
}

/// The button that offers both.
pub(super) fn offer(id: &ConversationId) -> Markup {
    html! {
        details.popover.take {
            summary.button.small data-testid="copy" { "Copy…" }
            div.offers {
                (one(id, "Transcript", "transcript.txt", "copy-transcript"))
                (one(id, "Rust test", "test.rs", "copy-test"))
            }
        }
    }
}

fn one(id: &ConversationId, name: &str, file: &str, test_id: &str) -> Markup {
    let address = format!("/chat/{id}/{file}");
    html! {
        p.offer {
            a.button.small href=(address) data-copy=(name) data-testid=(test_id) { (name) }
            a.raw href=(address) download { "Download" }
        }
    }
}

/// One thing that happened, in the order in which it took effect.
enum Step<'a> {
    Pause(SignedDuration),
    Sent(&'a Message, &'a Author),
}

fn steps(thread: &Thread) -> Vec<Step<'_>> {
    let mut sent: Vec<(u64, &Entry)> = thread
        .entries
        .iter()
        .filter_map(|entry| match entry.progress {
            Progress::Processed { order } => Some((order, entry)),
            Progress::Pending { .. } => None,
        })
        .collect();
    sent.sort_by_key(|(order, _)| *order);
    let mut last = thread.conversation.created_at;
    let mut steps = Vec::new();
    for (
        _,
        Entry {
            message, author, ..
        },
    ) in sent
    {
        let pause = last
            .zip(message.created_at)
            .map(|(from, to)| to.duration_since(from).round(Unit::Second));
        if let Some(Ok(pause)) = pause
            && pause >= SHORTEST_PAUSE
        {
            steps.push(Step::Pause(pause));
        }
        last = message.created_at.or(last);
        steps.push(Step::Sent(message, author));
    }
    steps
}

//! What happened: API calls and deliveries to webhooks side by side, and what caused what.

mod details;
pub(super) use details::details;

mod row;
use row::group;

use std::collections::BTreeMap;

use axum::extract::{RawQuery, State as Shared};
use maud::{Markup, html};
use web1on1::ConversationId;

use super::{
    Page,
    answer::Answer,
    filter::Filter,
    form::Form,
    layout::{self, Frame},
    scene::Scene,
};
use crate::{AttemptOutcome, CallOutcome, DeliveryAttempt, Entry};

/// The newest entries that are shown.
const SHOWN: usize = 150;

/// Which entries are shown.
#[derive(Debug, Default)]
pub(super) struct Search {
    conversation: Option<ConversationId>,
    find: String,
    only_failed: bool,
}

impl Search {
    /// Everything about one conversation.
    pub(super) fn of(conversation: &ConversationId) -> Self {
        Self {
            conversation: Some(conversation.clone()),
            ..Self::default()
        }
    }

    fn read(query: Option<&str>) -> Self {
        let form = Form::read(query.unwrap_or_default().as_bytes());
        Self {
            conversation: None,
            find: form.get("find").trim().to_lowercase(),
            only_failed: form.get("failed") == "yes",
        }
    }

    fn admits(&self, entry: &Entry) -> bool {
        let is_here = self
            .conversation
            .as_ref()
            .is_none_or(|id| entry.conversation() == Some(id));
        is_here
            && (!self.only_failed || has_failed(entry))
            && (self.find.is_empty() || words_of(entry).to_lowercase().contains(&self.find))
    }
}

/// What a search looks at.
fn words_of(entry: &Entry) -> String {
    let conversation = entry.conversation().map_or("", |id| id.as_str());
    match entry {
        Entry::Call(call) => format!("{} {} {conversation}", call.method, call.path),
        Entry::Delivery(attempt) => {
            format!("{} {} {conversation}", attempt.event, attempt.url)
        }
        _ => conversation.to_owned(),
    }
}

fn has_failed(entry: &Entry) -> bool {
    match entry {
        Entry::Call(call) => match call.outcome {
            CallOutcome::Answered { status } => status >= 400,
            CallOutcome::UnderWay => false,
            _ => true,
        },
        Entry::Delivery(attempt) => match attempt.outcome {
            AttemptOutcome::Answered { status } => !(200..300).contains(&status),
            AttemptOutcome::UnderWay => false,
            AttemptOutcome::Failed { .. } => true,
        },
        Entry::Act(_) => false,
    }
}

/// `GET /journal`
pub(super) async fn show(Shared(page): Shared<Page>, RawQuery(query): RawQuery) -> Answer {
    let filter = Filter::read(query.as_deref());
    let search = Search::read(query.as_deref());
    page.scene(&filter, None, |scene| {
        let frame = Frame {
            title: "Journal",
            live: "/journal",
            view: "journal",
            heading: html! { h1.title { "Journal" } },
            main: main(scene, &search),
        };
        Answer::Html(layout::page(scene, &frame))
    })
}

/// `GET /journal/panels`
pub(super) async fn panels(Shared(page): Shared<Page>, RawQuery(query): RawQuery) -> Answer {
    let filter = Filter::read(query.as_deref());
    let search = Search::read(query.as_deref());
    page.scene(&filter, None, |scene| {
        let own = html! { div data-panel="journal" { (entries(scene, &search)) } };
        Answer::Html(layout::panels(scene, &own))
    })
}

fn main(scene: Scene<'_>, search: &Search) -> Markup {
    html! {
        main #main .journal-page data-pane="journal" tabindex="-1" {
            form.row.find action="/journal" method="get" role="search" {
                input.grow type="search" name="find" value=(search.find) autocomplete="off"
                    aria-label="Search the journal" placeholder="Path, event, address or conversation" data-testid="journal-find";
                label.inline { input type="checkbox" name="failed" value="yes" checked[search.only_failed]; "Failures only" }
                button.small { "Search" }
            }
            (panel(scene, search))
        }
    }
}

/// The list, which is kept current and follows what is new.
pub(super) fn panel(scene: Scene<'_>, search: &Search) -> Markup {
    html! {
        div.calls data-panel="journal" data-testid="journal" data-scroll tabindex="0" role="log" aria-label="What happened" {
            (entries(scene, search))
        }
    }
}

pub(super) fn entries(scene: Scene<'_>, search: &Search) -> Markup {
    let mut found: Vec<&Entry> = scene
        .state
        .journal
        .entries()
        .rev()
        .filter(|entry| search.admits(entry))
        .take(SHOWN + 1)
        .collect();
    let is_more = found.len() > SHOWN;
    found.truncate(SHOWN);
    found.reverse();
    html! {
        @if found.is_empty() {
            p.empty { "Nothing here. Calls to the API, acts of people and deliveries to webhooks appear here." }
        } @else {
            div.sides aria-hidden="true" {
                span { "Calls and acts" }
                span { "Deliveries they caused" }
            }
        }
        @if is_more { p.hint { "The newest " (SHOWN) "; search to see others." } }
        ol.happened {
            @for (number, deliveries) in by_cause(&found) {
                (group(scene.state, number, &deliveries))
            }
        }
    }
}

/// The deliveries that are to be shown beside each call and act, by its number.
fn by_cause<'a>(found: &[&'a Entry]) -> BTreeMap<u64, Vec<&'a DeliveryAttempt>> {
    let mut groups: BTreeMap<u64, Vec<&DeliveryAttempt>> = BTreeMap::new();
    for entry in found {
        match entry {
            Entry::Delivery(attempt) => {
                let group = groups.entry(attempt.cause.number()).or_default();
                group.push(attempt);
            }
            other => {
                groups.entry(other.number()).or_default();
            }
        }
    }
    groups
}

use axum::{extract::State as Shared, http::Uri};
use serde::Deserialize;
use serde_json::json;
use web1on1::ConversationId;

use super::{Admin, AdminResult, Answer, read_query};
use crate::{Delivery, Entry, state::State};

/// Entries in an answer, unless another number is asked for.
const USUAL_ENTRIES: usize = 100;

/// Entries in an answer at most.
const MAX_ENTRIES: usize = 1000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    after: Option<u64>,
    conversation: Option<ConversationId>,
    kind: Option<EntryKind>,
    limit: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum EntryKind {
    Call,
    Act,
    Delivery,
}

impl Wanted {
    fn matches(&self, entry: &Entry) -> bool {
        let kind = match entry {
            Entry::Call(_) => EntryKind::Call,
            Entry::Act(_) => EntryKind::Act,
            Entry::Delivery(_) => EntryKind::Delivery,
        };
        self.kind.is_none_or(|wanted| wanted == kind)
            && self
                .conversation
                .as_ref()
                .is_none_or(|wanted| entry.conversation() == Some(wanted))
    }

    fn limit(&self) -> usize {
        self.limit.unwrap_or(USUAL_ENTRIES).min(MAX_ENTRIES)
    }
}

/// `GET /admin/journal`: the entries after a number, or else the newest ones; oldest first.
pub(super) async fn journal(Shared(admin): Shared<Admin>, uri: Uri) -> AdminResult {
    let wanted: Wanted = read_query(&uri)?;
    let entries: Vec<Entry> = admin.platform.look(|state, _| {
        let after = wanted.after.unwrap_or(0);
        let matching: Vec<&Entry> = state
            .journal
            .after(after)
            .filter(|entry| wanted.matches(entry))
            .collect();
        let skipped = match wanted.after {
            Some(_) => 0,
            None => matching.len().saturating_sub(wanted.limit()),
        };
        matching
            .into_iter()
            .skip(skipped)
            .take(wanted.limit())
            .cloned()
            .collect()
    });
    let last = entries.last().map(Entry::number).or(wanted.after);
    Ok(Answer::ok(
        json!({"entries": entries, "last": last.unwrap_or(0)}),
    ))
}

/// `GET /admin/report`
pub(super) async fn report(Shared(admin): Shared<Admin>) -> Answer {
    Answer::ok(admin.platform.look(State::report))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WantedDeliveries {
    conversation: Option<ConversationId>,
    limit: Option<usize>,
}

/// `GET /admin/deliveries`: the newest deliveries, oldest first.
pub(super) async fn deliveries(Shared(admin): Shared<Admin>, uri: Uri) -> AdminResult {
    let wanted: WantedDeliveries = read_query(&uri)?;
    let limit = wanted.limit.unwrap_or(USUAL_ENTRIES).min(MAX_ENTRIES);
    let is_wanted = |delivery: &&Delivery| {
        wanted.conversation.is_none() || delivery.conversation == wanted.conversation
    };
    let (mut deliveries, unfinished) = admin.platform.look(|state, _| {
        let newest = state.queue.deliveries().rev().filter(is_wanted).take(limit);
        let newest: Vec<Delivery> = newest.cloned().collect();
        (newest, state.queue.unfinished())
    });
    deliveries.reverse();
    Ok(Answer::ok(
        json!({"deliveries": deliveries, "unfinished": unfinished}),
    ))
}

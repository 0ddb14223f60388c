//! Joining texts to the consumer into fewer messages.

use super::{Draft, Ended, Options, body::Body, is_untried};
use crate::{
    policy::Overflow,
    store::{QueuedRow, RowEnd},
};

/// What a text may have without being more than a text.
const FIELDS: &[&str] = &["type", "text", "role", "touchpoint", "contentType"];

/// Joins neighbours as far as the policy and the length allow. Also returns the rows that end so:
/// the last one of those that are joined says it all.
pub(super) fn join<'a>(drafts: &[Draft<'a>], options: &Options) -> (Vec<Draft<'a>>, Vec<Ended>) {
    let mut joined: Vec<Draft<'a>> = Vec::with_capacity(drafts.len());
    let mut ended = Vec::new();
    for draft in drafts {
        let both = joined
            .last()
            .and_then(|earlier| both(earlier, draft, options));
        match (both, joined.last_mut()) {
            (Some(both), Some(last)) => {
                let reason = format!("merged into row {}", draft.id);
                ended.push((last.id, RowEnd::Superseded, reason));
                *last = both;
            }
            _ => joined.push(draft.clone()),
        }
    }
    (joined, ended)
}

/// Two texts as one, if they may be.
fn both<'a>(earlier: &QueuedRow, later: &QueuedRow, options: &Options) -> Option<Draft<'a>> {
    if !may_join(earlier, later, options) {
        return None;
    }
    let (first, second) = (read(earlier)?, read(later)?);
    if first.field("touchpoint") != second.field("touchpoint") {
        return None;
    }
    let text = format!("{}\n\n{}", first.text(), second.text());
    (text.chars().count() <= options.longest).then(|| second.rewrite(later, text))
}

/// The later row takes over: it must not end before the earlier one would have.
fn may_join(earlier: &QueuedRow, later: &QueuedRow, options: &Options) -> bool {
    let (content, class) = (&earlier.content, later.content.class);
    let lasts_as_long = match (content.expires_at, later.content.expires_at) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(earlier), Some(later)) => earlier <= later,
    };
    options.policies.of(class).overflow == Overflow::Merge
        && content.class == class
        && lasts_as_long
        && is_untried(earlier)
        && is_untried(later)
        && content.to_consumer
        && later.content.to_consumer
}

/// A row that is a text to the consumer and nothing else: no buttons, no delay, nothing in `meta`.
fn read(row: &QueuedRow) -> Option<Body> {
    let body = Body::read(row)?;
    let is_text = body.has_only(FIELDS)
        && body.field("type") == Some("chat")
        && body.field("role") == Some("agent")
        && matches!(body.field("contentType"), None | Some("text/plain"))
        && !body.text().is_empty();
    is_text.then_some(body)
}

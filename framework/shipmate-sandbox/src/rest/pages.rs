//! Pages of lists.

use axum::http::Uri;
use serde_json::Value;

use super::{
    Answer, Query,
    populate::{populate, select},
    rows::Row,
};
use crate::state::State;

/// How many items a list has.
///
/// The platform's numbers are not known, and clients are told not to rely on them (API Basics,
/// versioning); the SDK asks for pages of 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLimits {
    /// Items of a list that does not ask for a number; 30.
    pub default: usize,
    /// The most items of a list, whatever it asks for; 100.
    pub most: usize,
}

impl Default for PageLimits {
    fn default() -> Self {
        Self {
            default: 30,
            most: 100,
        }
    }
}

/// One page of the rows that match. Only what is on it becomes JSON.
pub(super) fn page<R: Row>(
    state: &State,
    query: &Query,
    rows: impl Iterator<Item = R>,
    uri: &Uri,
) -> Answer {
    let matching = query.sorted(rows.filter(|row| query.matches(row)).collect());
    let total = matching.len();
    let items = matching
        .iter()
        .skip(query.offset)
        .take(query.limit)
        .map(|row| shown(state, query, Value::Object(row.json())))
        .collect();
    let links = links(&state.api_url(), uri, query, total);
    Answer::Page {
        items,
        total,
        links,
    }
}

/// A resource with what the query asks to populate and to select.
pub(super) fn shown(state: &State, query: &Query, mut resource: Value) -> Value {
    populate(state, &mut resource, &query.populate);
    select(resource, &query.select)
}

/// The `Link` header: `next` is what the SDK follows; the others are for people.
fn links(api: &str, uri: &Uri, query: &Query, total: usize) -> String {
    if query.limit == 0 || total <= query.limit {
        return String::new();
    }
    let last = (total - 1) / query.limit * query.limit;
    let offset = query.offset;
    let next = offset + query.limit;
    let offsets = [
        ("next", (next < total).then_some(next)),
        (
            "prev",
            (offset > 0).then(|| offset.saturating_sub(query.limit)),
        ),
        ("first", Some(0)),
        ("last", Some(last)),
    ];
    let links = offsets.into_iter().filter_map(|(rel, offset)| {
        let address = address(api, uri, query.limit, offset?);
        Some(format!("<{address}>; rel=\"{rel}\""))
    });
    links.collect::<Vec<_>>().join(", ")
}

fn address(api: &str, uri: &Uri, limit: usize, offset: usize) -> String {
    let kept = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .filter(|(key, _)| key != "offset" && key != "limit");
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .append_pair("limit", &limit.to_string())
        .append_pair("offset", &offset.to_string())
        .finish();
    format!("{api}{}?{query}", uri.path())
}

//! Which messages in doubt are on the platform, going by what it lists.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use web1on1::{Message, NewMessage, Role};

use crate::store::{Marker, QueuedRow, RowId};

/// How far the platform's clock and what we know of it may differ.
const MARGIN: SignedDuration = SignedDuration::from_secs(5);

/// What was found of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) row: RowId,
    pub(super) at: Option<Place>,
}

/// A row's message on the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) message: String,
    pub(super) created_at: Option<Timestamp>,
    pub(super) by: Witness,
}

/// By what a message was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Witness {
    /// Its marker.
    Marker,
    /// Its text and time: the platform does not hand markers back.
    Text,
}

/// From when on messages have to be listed to find `rows`.
pub(super) fn earliest(rows: &[QueuedRow]) -> Option<Timestamp> {
    let claimed = rows.iter().filter_map(|row| Some(row.doubt?.claimed_at));
    claimed
        .min()
        .map(|at| at.saturating_sub(MARGIN).unwrap_or(Timestamp::MIN))
}

/// Whether somebody's messages came back without a marker, so that [`resolve`] needs to know which
/// messages belong to other rows.
pub(super) fn has_unmarked(messages: &[Message]) -> bool {
    messages.iter().any(is_unmarked)
}

/// What is there of `rows`. `messages` are the conversation's, from [`earliest`] on, the oldest
/// first; `known` are the ids of those that belong to other rows.
pub(super) fn resolve(
    rows: &[QueuedRow],
    messages: &[Message],
    known: &HashSet<String>,
) -> Vec<Found> {
    let mut taken = known.clone();
    let find = |row: &QueuedRow| {
        let at = marked(row, messages).or_else(|| alike(row, messages, &taken));
        if let Some(place) = &at {
            taken.insert(place.message.clone());
        }
        Found { row: row.id, at }
    };
    rows.iter().map(find).collect()
}

fn marked(row: &QueuedRow, messages: &[Message]) -> Option<Place> {
    let carries =
        |message: &&Message| Marker::of(&message.meta).as_ref() == Some(&row.content.marker);
    messages
        .iter()
        .find(carries)
        .map(|message| place(message, Witness::Marker))
}

/// A message that says the same at the right time and belongs to nobody else.
fn alike(row: &QueuedRow, messages: &[Message], taken: &HashSet<String>) -> Option<Place> {
    let doubt = row.doubt?;
    let sent: NewMessage = serde_json::from_slice(&row.content.body).ok()?;
    let delay = SignedDuration::from_millis(sent.delay.unwrap_or(0).try_into().unwrap_or(i64::MAX));
    let earliest = doubt.claimed_at.saturating_sub(MARGIN).ok()?;
    let latest = doubt.at.saturating_add(MARGIN + delay).ok()?;
    let is_it = |message: &&Message| {
        is_unmarked(message)
            && message.kind == sent.kind
            && message.text == sent.text
            && message
                .created_at
                .is_some_and(|at| earliest <= at && at <= latest)
            && !taken.contains(message.id.as_str())
    };
    messages
        .iter()
        .find(is_it)
        .map(|message| place(message, Witness::Text))
}

/// Whether it may be one of ours that lost its marker.
fn is_unmarked(message: &Message) -> bool {
    message.role != Some(Role::Contact) && Marker::of(&message.meta).is_none()
}

fn place(message: &Message, by: Witness) -> Place {
    Place {
        message: message.id.to_string(),
        created_at: message.created_at,
        by,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::store::{Content, Doubt};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn row(id: RowId, text: &str) -> QueuedRow {
        QueuedRow {
            id,
            content: Content {
                body: serde_json::to_vec(&NewMessage::from(text)).unwrap().into(),
                marker: Marker::from_text(format!("mark{id}")),
                ..Content::for_test()
            },
            attempts: 0,
            retry_at: None,
            doubt: Some(Doubt {
                claimed_at: at(100),
                at: at(115),
            }),
            created_at: at(99),
        }
    }

    fn message(id: &str, second: i64, text: &str, marker: Option<&str>) -> Message {
        let meta = marker.map_or(json!({}), |marker| json!({Marker::META_KEY: marker}));
        serde_json::from_value(json!({
            "id": id, "type": "chat", "role": "agent", "text": text,
            "createdAt": at(second).to_string(), "meta": meta,
        }))
        .unwrap()
    }

    /// What is found, as `<row>=<message>`, `<row>~<message>` if by its text, `<row>?` if missing.
    fn check(rows: &[QueuedRow], messages: &[Message], known: &[&str], expected: &[&str]) {
        let known = known.iter().map(|id| (*id).to_owned()).collect();
        let found: Vec<_> = resolve(rows, messages, &known)
            .into_iter()
            .map(|found| match found.at {
                None => format!("{}?", found.row),
                Some(place) => {
                    let by = if place.by == Witness::Marker {
                        '='
                    } else {
                        '~'
                    };
                    format!("{}{by}{}", found.row, place.message)
                }
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_marker_tells_messages_of_one_text_apart() {
        let rows = [row(1, "hi"), row(2, "hi"), row(3, "hi")];
        let messages = [
            message("a", 90, "hi", Some("other")),
            message("b", 101, "hi", Some("mark1")),
            message("c", 101, "hi", Some("mark3")),
        ];
        check(&rows, &messages, &[], &["1=b", "2?", "3=c"]);
    }

    #[test]
    fn without_markers_each_message_is_one_row_at_most() {
        let rows = [row(1, "hi"), row(2, "hi"), row(3, "ho")];
        let messages = [
            message("early", 60, "hi", None),
            message("known", 101, "hi", None),
            message("a", 102, "hi", None),
            message("late", 200, "ho", None),
        ];
        check(&rows, &messages, &["known"], &["1~a", "2?", "3?"]);
    }

    #[test]
    fn what_carries_another_marker_or_is_the_consumers_is_not_ours() {
        let mut consumer = message("a", 101, "hi", None);
        consumer.role = Some(Role::Contact);
        let other = message("b", 101, "hi", Some("mark9"));
        check(&[row(1, "hi")], &[consumer, other], &[], &["1?"]);
    }

    #[test]
    fn a_message_with_a_delay_may_appear_that_much_later() {
        let mut leave = row(1, "bye");
        let mut body = NewMessage::from("bye");
        body.delay = Some(60_000);
        leave.content.body = serde_json::to_vec(&body).unwrap().into();
        check(&[leave], &[message("a", 170, "bye", None)], &[], &["1~a"]);
    }
}

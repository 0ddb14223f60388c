//! The story for machines.

use jiff::Timestamp;
use serde_json::{Value, json as value};

use super::{Chapter, Story, Told, Wait};
use crate::store::{EventKey, EventRecord, RowKind, RowRecord, TimerRecord};

/// The whole story as one object: `events`, each with its `messages`, and the `timers` that are set.
pub(crate) fn json(story: &Story) -> Value {
    let events: Vec<_> = story.chapters.iter().map(chapter).collect();
    let timers: Vec<_> = story.timers.iter().map(timer).collect();
    value!({"events": events, "timers": timers, "more": story.more, "now": story.now})
}

fn timer(record: &TimerRecord) -> Value {
    value!({
        "bot": record.mailbox.bot,
        "mailbox": record.mailbox.mailbox,
        "name": record.timer.name,
        "due": record.timer.due,
        "set_by": record.set_by,
        "ends": {
            "answered": record.timer.ends.answered,
            "taken_over": record.timer.ends.taken_over,
            "closed": record.timer.ends.closed,
        },
    })
}

fn chapter(chapter: &Chapter) -> Value {
    let messages: Vec<_> = chapter
        .messages
        .iter()
        .map(|Told { row, waits }| message(row, *waits))
        .collect();
    let mut told = match &chapter.event {
        Some(record) => event(record),
        None => value!({"place": chapter.seq}),
    };
    if let Some(told) = told.as_object_mut() {
        told.insert("messages".into(), messages.into());
    }
    told
}

pub(crate) fn event(event: &EventRecord) -> Value {
    value!({
        "place": event.place,
        "key": hexadecimal(&event.key),
        "bot": event.mailbox.bot,
        "mailbox": event.mailbox.mailbox,
        "name": event.name,
        "at": event.at,
        "received_at": event.received_at,
        "duplicates": event.duplicates,
        "outcome": event.outcome,
        "reason": event.reason,
        "attempts": event.attempts,
        "retry_at": event.retry_at,
        "decided_at": event.decided_at,
    })
}

pub(crate) fn message(row: &RowRecord, waits: Option<Wait>) -> Value {
    let kind = match row.kind {
        RowKind::Message => "message",
        RowKind::Patch => "patch",
        RowKind::Profile => "profile",
    };
    value!({
        "place": row.place,
        "event": row.event,
        "bot": row.mailbox.bot,
        "mailbox": row.mailbox.mailbox,
        "kind": kind,
        "class": row.class.as_str(),
        "marker": row.marker.as_str(),
        "to_consumer": row.to_consumer,
        "status": row.status.as_str(),
        "waits": waits.map(wait),
        "reason": row.reason,
        "attempts": row.attempts,
        "retry_at": row.retry_at,
        "message": row.message,
        "at": row.at,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "expires_at": row.expires_at,
    })
}

fn wait(wait: Wait) -> Value {
    let until = |word: &str, at: Timestamp| value!({"for": word, "until": at});
    match wait {
        Wait::Turn => value!({"for": "turn"}),
        Wait::Behind(first) => value!({"for": "message", "place": first}),
        Wait::Pause(at) => until("pause", at),
        Wait::Limit(rule, at) => until(rule.as_str(), at),
    }
}

fn hexadecimal(key: &EventKey) -> String {
    use std::fmt::Write;
    key.iter().fold(String::new(), |mut text, byte| {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

//! Reading back what happened. These look through whole tables where no index helps, so they run on
//! a thread of their own.

use rusqlite::{Connection, Row, ToSql, named_params, types::Type};

use super::columns::{class, key, kind, optional_time, time};
use crate::store::{EventKey, EventRecord, Marker, Page, Place, RowRecord, RowStatus, Subject};

pub(super) fn events(
    connection: &Connection,
    of: &Subject,
    page: Page,
) -> rusqlite::Result<Vec<EventRecord>> {
    let condition = match of {
        Subject::All => "",
        Subject::Place(Place::Event(_)) => "AND seq = :number",
        Subject::Place(Place::Message(_)) => {
            "AND seq = (SELECT seq FROM outbox WHERE id = :number)"
        }
        Subject::Id(_) => {
            "AND (mailbox = :text OR key BETWEEN :first_key AND :last_key OR key = :key)"
        }
        Subject::Letters => "AND outcome = 'dead-letter'",
    };
    let select = format!(
        "SELECT seq, key, bot, mailbox, name, at, received_at, outcome, reason, attempts, retry_at,
                decided_at, duplicates
         FROM event WHERE {} {condition} {}",
        bound("seq", page),
        order("seq", page)
    );
    read(connection, &select, of, page, event)
}

pub(super) fn rows(
    connection: &Connection,
    of: &Subject,
    page: Page,
) -> rusqlite::Result<Vec<RowRecord>> {
    let condition = match of {
        Subject::All => "",
        // By the conversation, which has an index; the event has none.
        Subject::Place(Place::Event(_)) => {
            "AND seq = :number
             AND (bot, mailbox) = (SELECT bot, mailbox FROM event WHERE seq = :number)"
        }
        Subject::Place(Place::Message(_)) => "AND id = :number",
        Subject::Id(_) => "AND (mailbox = :text OR marker = :text OR message = :text)",
        Subject::Letters => {
            "AND id IN (SELECT id FROM outbox WHERE status = 'dead'
                        UNION ALL SELECT id FROM outbox WHERE status = 'unresolved')"
        }
    };
    let select = format!(
        "SELECT id, seq, bot, mailbox, kind, class, marker, to_consumer, status, error, attempts,
                retry_at, message, at, created_at, updated_at, expires_at
         FROM outbox WHERE {} {condition} {}",
        bound("id", page),
        order("id", page)
    );
    read(connection, &select, of, page, row)
}

fn bound(place: &str, page: Page) -> String {
    match page {
        Page::After(..) => format!("{place} > :from"),
        Page::Before(..) => format!("{place} < :from"),
    }
}

fn order(place: &str, page: Page) -> String {
    match page {
        Page::After(..) => format!("ORDER BY {place} LIMIT :limit"),
        Page::Before(..) => format!("ORDER BY {place} DESC LIMIT :limit"),
    }
}

fn read<T>(
    connection: &Connection,
    select: &str,
    of: &Subject,
    page: Page,
    record: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    let (Page::After(from, limit) | Page::Before(from, limit)) = page;
    let number = match of {
        Subject::Place(Place::Event(number) | Place::Message(number)) => Some(*number),
        _ => None,
    };
    let text = match of {
        Subject::Id(text) => Some(text.as_str()),
        _ => None,
    };
    let (first_key, last_key) = text.map_or((None, None), |id| {
        let (first, last) = keys_of(id);
        (Some(first), Some(last))
    });
    let key = text.and_then(key_of);
    let all: [(&str, &dyn ToSql); 7] = [
        (":from", &from),
        (":limit", &limit),
        (":number", &number),
        (":text", &text),
        (":first_key", &first_key),
        (":last_key", &last_key),
        (":key", &key),
    ];
    let mut statement = connection.prepare_cached(select)?;
    let used: Vec<_> = all
        .into_iter()
        .filter(|(name, _)| select.contains(name))
        .collect();
    let mut records: Vec<T> = statement
        .query_map(used.as_slice(), |row| record(row))?
        .collect::<rusqlite::Result<_>>()?;
    if matches!(page, Page::Before(..)) {
        records.reverse();
    }
    Ok(records)
}

/// The first and the last key that an event about the resource `id` can have: keys begin with the
/// resource's id, see `event/envelope.rs`.
fn keys_of(id: &str) -> (EventKey, EventKey) {
    let (mut first, mut last) = (EventKey::default(), [u8::MAX; 32]);
    let beginning = crate::event::beginning_of_keys(id);
    for (index, byte) in beginning.into_iter().enumerate() {
        for key in [&mut first, &mut last] {
            if let Some(to) = key.get_mut(index) {
                *to = byte;
            }
        }
    }
    (first, last)
}

/// A key that is written in hexadecimal digits.
fn key_of(text: &str) -> Option<EventKey> {
    let mut key = EventKey::default();
    if text.len() != key.len() * 2 || !text.is_ascii() {
        return None;
    }
    for (index, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(key)
}

fn event(row: &Row<'_>) -> rusqlite::Result<EventRecord> {
    Ok(EventRecord {
        place: row.get(0)?,
        key: row.get(1)?,
        mailbox: key(row, 2)?,
        name: row.get(4)?,
        at: time(row, 5)?,
        received_at: time(row, 6)?,
        outcome: row.get(7)?,
        reason: row.get(8)?,
        attempts: row.get(9)?,
        retry_at: optional_time(row, 10)?,
        decided_at: optional_time(row, 11)?,
        duplicates: row.get(12)?,
    })
}

fn row(row: &Row<'_>) -> rusqlite::Result<RowRecord> {
    Ok(RowRecord {
        place: row.get(0)?,
        event: row.get(1)?,
        mailbox: key(row, 2)?,
        kind: kind(row, 4)?,
        class: class(row, 5)?,
        marker: Marker::from_text(row.get::<_, String>(6)?),
        to_consumer: row.get(7)?,
        status: status(row, 8)?,
        reason: row.get(9)?,
        attempts: row.get(10)?,
        retry_at: optional_time(row, 11)?,
        message: row.get(12)?,
        at: optional_time(row, 13)?,
        created_at: time(row, 14)?,
        updated_at: time(row, 15)?,
        expires_at: optional_time(row, 16)?,
    })
}

fn status(row: &Row<'_>, column: usize) -> rusqlite::Result<RowStatus> {
    let name = row.get_ref(column)?.as_str()?;
    RowStatus::from_name(name).ok_or_else(|| {
        let problem = format!("`{name}` is no status of a message");
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, problem.into())
    })
}

/// How many messages ended in each way but the usual ones.
pub(super) fn ends(connection: &Connection) -> rusqlite::Result<Vec<(RowStatus, u64)>> {
    connection
        .prepare_cached(
            "SELECT status, count(*) FROM outbox INDEXED BY outbox_ended
             WHERE (status = 'cancelled' OR status = 'expired' OR status = 'superseded' OR status = 'dropped')
             GROUP BY status",
        )?
        .query_map(named_params! {}, |row| Ok((status(row, 0)?, row.get(1)?)))?
        .collect()
}

//! What needs a person: tried again, or dropped.

use bytes::Bytes;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::columns::{bytes, key, time};
use crate::store::{PendingEvent, Place, Retried, RowId, Seq};

pub(super) fn body(connection: &Connection, place: Place) -> rusqlite::Result<Option<Bytes>> {
    let (select, place) = match place {
        Place::Event(seq) => ("SELECT payload FROM body WHERE seq = ?1", seq),
        Place::Message(id) => ("SELECT body FROM outbox WHERE id = ?1", id),
    };
    let body = connection
        .prepare_cached(select)?
        .query_row([place], |row| bytes(row, 0))
        .optional()?;
    Ok(body.flatten())
}

pub(super) fn retry(
    connection: &Connection,
    place: Place,
    now: Timestamp,
) -> rusqlite::Result<Option<Retried>> {
    match place {
        Place::Event(seq) => retry_event(connection, seq),
        Place::Message(id) => retry_message(connection, id, now),
    }
}

/// A dead letter had no effects, so handling it once more is handling it once.
fn retry_event(connection: &Connection, seq: Seq) -> rusqlite::Result<Option<Retried>> {
    let changed = connection
        .prepare_cached(
            "UPDATE event SET outcome = NULL, decided_at = NULL, attempts = 0, retry_at = NULL
             WHERE seq = ?1 AND outcome = 'dead-letter' AND EXISTS (SELECT 1 FROM body WHERE seq = ?1)",
        )?
        .execute([seq])?;
    if changed == 0 {
        return Ok(None);
    }
    let event = connection
        .prepare_cached(
            "SELECT seq, key, bot, mailbox, at, length(payload) FROM event JOIN body USING (seq)
             WHERE seq = ?1",
        )?
        .query_row([seq], |row| {
            Ok(PendingEvent {
                seq: row.get(0)?,
                key: row.get(1)?,
                mailbox: key(row, 2)?,
                at: time(row, 4)?,
                attempts: 0,
                retry_at: None,
                bytes: row.get(5)?,
                payload: None,
            })
        })?;
    Ok(Some(Retried::Event(event)))
}

/// The person knows that it is late, so it does not expire any more.
fn retry_message(
    connection: &Connection,
    id: RowId,
    now: Timestamp,
) -> rusqlite::Result<Option<Retried>> {
    let mailbox = connection
        .prepare_cached(
            "UPDATE outbox SET status = 'queued', attempts = 0, retry_at = NULL, at = NULL, claimed_at = NULL,
                 expires_at = NULL, updated_at = ?2
             WHERE id = ?1 AND status IN ('dead', 'unresolved') AND body IS NOT NULL
             RETURNING bot, mailbox",
        )?
        .query_row(params![id, now.as_millisecond()], |row| key(row, 0))
        .optional()?;
    Ok(mailbox.map(Retried::Message))
}

pub(super) fn discard(
    connection: &Connection,
    place: Place,
    reason: &str,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    match place {
        Place::Event(seq) => discard_event(connection, seq, reason, now),
        Place::Message(id) => discard_message(connection, id, reason, now),
    }
}

pub(super) fn discard_event(
    connection: &Connection,
    seq: Seq,
    reason: &str,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let changed = connection
        .prepare_cached(
            "UPDATE event SET outcome = 'dropped', reason = ?2 || coalesce('; before: ' || reason, ''),
                 decided_at = ?3
             WHERE seq = ?1 AND outcome = 'dead-letter'",
        )?
        .execute(params![seq, reason, now.as_millisecond()])?;
    if changed == 1 {
        connection
            .prepare_cached("DELETE FROM body WHERE seq = ?1")?
            .execute([seq])?;
    }
    Ok(changed == 1)
}

/// One that may have arrived goes on counting towards the limits.
pub(super) fn discard_message(
    connection: &Connection,
    id: RowId,
    reason: &str,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let changed = connection
        .prepare_cached(
            "UPDATE outbox SET status = 'dropped', body = NULL, variants = NULL, sets = NULL, updated_at = ?3,
                 error = ?2 || coalesce('; before: ' || error, '')
             WHERE id = ?1 AND status IN ('dead', 'unresolved')",
        )?
        .execute(params![id, reason, now.as_millisecond()])?;
    Ok(changed == 1)
}

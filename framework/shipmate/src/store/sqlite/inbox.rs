//! Events, from their arrival to their turn.

use bytes::Bytes;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    columns::{bytes, key, optional_time, time},
    forget,
};
use crate::store::{Appended, NewEvent, PendingEvent, Seq};

pub(super) fn append(connection: &Connection, event: &NewEvent) -> rusqlite::Result<Appended> {
    if forget::is_known(connection, &event.key)? {
        return Ok(Appended::Duplicate);
    }
    // Not ON CONFLICT with RETURNING, for which SQLite builds a table each time.
    let repeated = connection
        .prepare_cached("UPDATE event SET duplicates = duplicates + 1 WHERE key = ?1")?
        .execute([&event.key])?;
    if repeated > 0 {
        return Ok(Appended::Duplicate);
    }
    let outcome = event.outcome.as_ref();
    connection
        .prepare_cached(
            "INSERT INTO event (key, bot, mailbox, name, at, received_at, outcome, reason, decided_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, iif(?7 IS NULL, NULL, ?6))",
        )?
        .execute(params![
            event.key,
            event.mailbox.bot,
            event.mailbox.mailbox,
            event.name,
            event.at.as_millisecond(),
            event.received_at.as_millisecond(),
            outcome.map(|outcome| outcome.outcome),
            outcome.and_then(|outcome| outcome.reason.as_deref()),
        ])?;
    let seq: Seq = connection.last_insert_rowid();
    if outcome.is_none() {
        connection
            .prepare_cached("INSERT INTO body (seq, payload) VALUES (?1, ?2)")?
            .execute(params![seq, &*event.payload])?;
    }
    Ok(Appended::Stored(seq))
}

pub(super) fn pending(
    connection: &Connection,
    after: Seq,
    limit: usize,
) -> rusqlite::Result<Vec<PendingEvent>> {
    connection
        .prepare_cached(
            "SELECT seq, bot, mailbox, at, attempts, retry_at, length(payload), key
             FROM event LEFT JOIN body USING (seq)
             WHERE outcome IS NULL AND seq > ?1 ORDER BY seq LIMIT ?2",
        )?
        .query_map(params![after, limit], |row| {
            Ok(PendingEvent {
                seq: row.get(0)?,
                key: row.get(7)?,
                mailbox: key(row, 1)?,
                at: time(row, 3)?,
                attempts: row.get(4)?,
                retry_at: optional_time(row, 5)?,
                bytes: row.get::<_, Option<usize>>(6)?.unwrap_or(0),
                payload: None,
            })
        })?
        .collect()
}

pub(super) fn payload(connection: &Connection, seq: Seq) -> rusqlite::Result<Option<Bytes>> {
    let payload = connection
        .prepare_cached("SELECT payload FROM body WHERE seq = ?1")?
        .query_row([seq], |row| bytes(row, 0))
        .optional()?;
    Ok(payload.flatten())
}

pub(super) fn postpone(
    connection: &Connection,
    seq: Seq,
    attempts: u32,
    retry_at: Timestamp,
    reason: &str,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE event SET attempts = ?2, retry_at = ?3, reason = ?4
             WHERE seq = ?1 AND outcome IS NULL",
        )?
        .execute(params![seq, attempts, retry_at.as_millisecond(), reason])?;
    Ok(())
}

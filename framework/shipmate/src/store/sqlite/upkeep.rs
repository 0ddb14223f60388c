//! Counting, cleaning up, and what concerns the store as a whole.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::columns::optional_time;
use crate::store::Counts;

pub(super) fn fact(connection: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT value FROM fact WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()
}

/// Events go in order of arrival, so the first that is too young ends the sweep.
pub(super) fn sweep(
    connection: &Connection,
    before: Timestamp,
    limit: usize,
) -> rusqlite::Result<u64> {
    let before = before.as_millisecond();
    let events = connection
        .prepare_cached(
            "DELETE FROM event WHERE seq IN (
                 SELECT seq FROM (SELECT seq, received_at, at FROM event
                                  WHERE outcome IS NOT NULL AND outcome != 'dead-letter' ORDER BY seq LIMIT ?2)
                 WHERE received_at < ?1 AND at < ?1)",
        )?
        .execute(params![before, limit])?;
    let rows = connection
        .prepare_cached(
            "DELETE FROM outbox WHERE id IN (
                 SELECT id FROM (SELECT id, updated_at FROM outbox WHERE status = 'sent' ORDER BY id LIMIT ?2)
                 WHERE updated_at < ?1)",
        )?
        .execute(params![before, limit])?;
    Ok((events + rows) as u64)
}

pub(super) fn last_change(connection: &Connection) -> rusqlite::Result<Option<Timestamp>> {
    connection
        .prepare_cached(
            "SELECT max(updated_at) FROM (
                 SELECT updated_at FROM outbox WHERE status != 'queued' ORDER BY id DESC LIMIT 10000)",
        )?
        .query_row([], |row| optional_time(row, 0))
}

pub(super) fn counts(connection: &Connection) -> rusqlite::Result<Counts> {
    let mut counts = connection
        .prepare_cached(
            "SELECT count(*), coalesce(sum(length(payload)), 0)
             FROM event LEFT JOIN body USING (seq) WHERE outcome IS NULL",
        )?
        .query_row([], |row| {
            Ok(Counts {
                pending: row.get(0)?,
                pending_bytes: row.get(1)?,
                ..Counts::default()
            })
        })?;
    counts.dead_letters = connection
        .prepare_cached("SELECT count(*) FROM event WHERE outcome = 'dead-letter'")?
        .query_row([], |row| row.get(0))?;
    let rows = |condition: &str| -> rusqlite::Result<u64> {
        connection
            .prepare_cached(&format!("SELECT count(*) FROM outbox WHERE {condition}"))?
            .query_row([], |row| row.get(0))
    };
    counts.queued = rows("status IN ('queued', 'retry')")?;
    counts.unknown = rows("status = 'unknown'")?;
    counts.unresolved = rows("status = 'unresolved'")?;
    counts.dead = rows("status = 'dead'")?;
    Ok(counts)
}

/// Writes without changing anything, to learn whether writing works.
pub(super) fn touch(connection: &Connection) -> rusqlite::Result<()> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    connection.pragma_update(None, "user_version", version)
}

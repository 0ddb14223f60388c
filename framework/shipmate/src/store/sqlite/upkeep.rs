//! Counting, cleaning up, and what concerns the store as a whole.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    campaign,
    columns::{optional_time, time},
    letters,
    outbox::OPEN,
    responses,
};
use crate::store::{Counts, RowId, Seq, Sweep, Swept};

pub(super) fn fact(connection: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    connection
        .prepare_cached("SELECT value FROM fact WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()
}

pub(super) fn learn(connection: &Connection, name: &str, value: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO fact (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )?
        .execute([name, value])?;
    Ok(())
}

/// The reason of what nobody looked into.
const NOBODY: &str = "nobody looked into it in time";

pub(super) fn sweep(connection: &Connection, sweep: &Sweep) -> rusqlite::Result<Swept> {
    let swept = Swept {
        events_dropped: drop_old_events(connection, sweep)?,
        messages_dropped: drop_old_messages(connection, sweep)?,
        deleted: delete_events(connection, sweep)?
            + delete_messages(connection, sweep)?
            + campaign::sweep(connection, sweep)?
            + responses::sweep(connection, sweep)?,
    };
    let a_day_ago = sweep.now.as_millisecond() - 24 * 60 * 60 * 1_000;
    connection
        .prepare_cached("DELETE FROM forgotten_send WHERE at < ?1")?
        .execute([a_day_ago])?;
    Ok(swept)
}

fn drop_old_events(connection: &Connection, sweep: &Sweep) -> rusqlite::Result<u64> {
    let old: Vec<Seq> = connection
        .prepare_cached(
            "SELECT seq FROM event WHERE outcome = 'dead-letter' AND decided_at < ?1 LIMIT ?2",
        )?
        .query_map(
            params![sweep.letters_before.as_millisecond(), sweep.limit],
            |row| row.get(0),
        )?
        .collect::<rusqlite::Result<_>>()?;
    for seq in &old {
        letters::discard_event(connection, *seq, NOBODY, sweep.now)?;
    }
    Ok(old.len() as u64)
}

fn drop_old_messages(connection: &Connection, sweep: &Sweep) -> rusqlite::Result<u64> {
    let mut dropped = 0;
    for status in ["dead", "unresolved"] {
        // Written out, so that the small index of each is used.
        let old: Vec<RowId> = connection
            .prepare_cached(&format!(
                "SELECT id FROM outbox WHERE status = '{status}' AND updated_at < ?1 LIMIT ?2"
            ))?
            .query_map(
                params![sweep.letters_before.as_millisecond(), sweep.limit],
                |row| row.get(0),
            )?
            .collect::<rusqlite::Result<_>>()?;
        for id in &old {
            letters::discard_message(connection, *id, NOBODY, sweep.now)?;
        }
        dropped += old.len() as u64;
    }
    Ok(dropped)
}

fn delete_events(connection: &Connection, sweep: &Sweep) -> rusqlite::Result<u64> {
    let young = first_young(connection, "event", "seq", "received_at", sweep.before)?;
    let deleted = connection
        .prepare_cached(
            "DELETE FROM event WHERE seq IN (
                 SELECT seq FROM event
                 WHERE seq < ?1 AND outcome IS NOT NULL AND outcome != 'dead-letter'
                     AND at < ?2 AND coalesce(decided_at, received_at) < ?2
                 ORDER BY seq LIMIT ?3)",
        )?
        .execute(params![young, sweep.before.as_millisecond(), sweep.limit])?;
    Ok(deleted as u64)
}

fn delete_messages(connection: &Connection, sweep: &Sweep) -> rusqlite::Result<u64> {
    let young = first_young(connection, "outbox", "id", "created_at", sweep.before)?;
    let deleted = connection
        .prepare_cached(
            "DELETE FROM outbox WHERE id IN (
                 SELECT id FROM outbox
                 WHERE id < ?1 AND updated_at < ?2
                     AND status IN ('sent', 'cancelled', 'expired', 'superseded', 'dropped', 'forgotten')
                 ORDER BY id LIMIT ?3)",
        )?
        .execute(params![young, sweep.before.as_millisecond(), sweep.limit])?;
    Ok(deleted as u64)
}

/// The first place that is not older than `before`. Times follow places, so a few looks are enough
/// however long the table is; there is no index by time.
fn first_young(
    connection: &Connection,
    table: &str,
    place: &str,
    written_at: &str,
    before: Timestamp,
) -> rusqlite::Result<i64> {
    let last: Option<i64> = connection
        .prepare_cached(&format!("SELECT max({place}) FROM {table}"))?
        .query_row([], |row| row.get(0))?;
    let mut at_or_after = connection.prepare_cached(&format!(
        "SELECT {place}, {written_at} FROM {table} WHERE {place} >= ?1 ORDER BY {place} LIMIT 1"
    ))?;
    let (mut low, mut high) = (0, last.map_or(0, |last| last.saturating_add(1)));
    while low < high {
        let middle = low + (high - low) / 2;
        let found = at_or_after
            .query_row([middle], |row| Ok((row.get::<_, i64>(0)?, time(row, 1)?)))
            .optional()?;
        match found {
            Some((place, at)) if at < before => low = place + 1,
            _ => high = middle,
        }
    }
    Ok(low)
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
    counts.unknown = rows("status = 'unknown'")?;
    counts.queued = rows(OPEN)? - counts.unknown;
    counts.unresolved = rows("status = 'unresolved'")?;
    counts.dead = rows("status = 'dead'")?;
    counts.timers = connection
        .prepare_cached("SELECT count(*) FROM timer")?
        .query_row([], |row| row.get(0))?;
    Ok(counts)
}

/// Writes without changing anything, to learn whether writing works.
pub(super) fn touch(connection: &Connection) -> rusqlite::Result<()> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    connection.pragma_update(None, "user_version", version)
}

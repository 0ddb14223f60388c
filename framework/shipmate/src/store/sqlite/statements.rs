//! What is read and written, one function per operation, each inside the caller's transaction.

use bytes::Bytes;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params, types::Type};

use crate::{
    limit::{Entry, TextHash},
    store::{
        Appended, Commit, Counts, Key, Mark, NewEvent, NewRow, OpenLane, PendingEvent, QueuedRow,
        Record, RowId, RowKind, Seq,
    },
};

pub(super) fn append(connection: &Connection, event: &NewEvent) -> rusqlite::Result<Appended> {
    let outcome = event.outcome.as_ref();
    let mut insert = connection.prepare_cached(
        "INSERT INTO event (key, bot, mailbox, name, at, received_at, outcome, reason, decided_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, iif(?7 IS NULL, NULL, ?6))
         ON CONFLICT (key) DO NOTHING",
    )?;
    let inserted = insert.execute(params![
        event.key,
        event.mailbox.bot,
        event.mailbox.mailbox,
        event.name,
        event.at.as_millisecond(),
        event.received_at.as_millisecond(),
        outcome.map(|outcome| outcome.outcome),
        outcome.and_then(|outcome| outcome.reason.as_deref()),
    ])?;
    if inserted == 0 {
        return Ok(Appended::Duplicate);
    }
    let seq = connection.last_insert_rowid();
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
            "SELECT seq, bot, mailbox, at, attempts, retry_at, length(payload)
             FROM event LEFT JOIN body USING (seq)
             WHERE outcome IS NULL AND seq > ?1 ORDER BY seq LIMIT ?2",
        )?
        .query_map(params![after, limit], |row| {
            Ok(PendingEvent {
                seq: row.get(0)?,
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

pub(super) fn record(
    connection: &Connection,
    mailbox: &Key,
    sent_since: Timestamp,
) -> rusqlite::Result<Record> {
    let mut record = connection
        .prepare_cached(
            "SELECT state, reset_at, last_event_at FROM conversation WHERE bot = ?1 AND mailbox = ?2",
        )?
        .query_row(params![mailbox.bot, mailbox.mailbox], |row| {
            Ok(Record {
                state: bytes(row, 0)?,
                reset_at: optional_time(row, 1)?,
                last_event_at: optional_time(row, 2)?,
                sent: Vec::new(),
            })
        })
        .optional()?
        .unwrap_or_default();
    record.sent = connection
        .prepare_cached(
            "SELECT at, text FROM outbox
             WHERE bot = ?1 AND mailbox = ?2 AND kind = 'message' AND at >= ?3 ORDER BY id",
        )?
        .query_map(
            params![mailbox.bot, mailbox.mailbox, sent_since.as_millisecond()],
            |row| {
                Ok(Entry {
                    at: time(row, 0)?,
                    text: text_hash(row, 1)?,
                })
            },
        )?
        .collect::<rusqlite::Result<_>>()?;
    Ok(record)
}

pub(super) fn commit(connection: &Connection, commit: &Commit) -> rusqlite::Result<Vec<RowId>> {
    decide(connection, commit)?;
    if commit.state.is_some() || commit.reset_at.is_some() || commit.last_event_at.is_some() {
        keep_conversation(connection, commit)?;
    }
    let enqueue = |(index, row)| enqueue(connection, commit, index, row);
    commit.rows.iter().enumerate().map(enqueue).collect()
}

/// A dead letter keeps its body, for the person who looks into it.
fn decide(connection: &Connection, commit: &Commit) -> rusqlite::Result<()> {
    let decided = connection
        .prepare_cached(
            "UPDATE event SET outcome = ?2, reason = ?3, decided_at = ?4, retry_at = NULL
             WHERE seq = ?1 AND outcome IS NULL",
        )?
        .execute(params![
            commit.seq,
            commit.decision.outcome,
            commit.decision.reason,
            commit.now.as_millisecond(),
        ])?;
    if decided != 1 {
        // An event that already has an outcome must not have effects a second time.
        return Err(rusqlite::Error::QueryReturnedNoRows);
    }
    if commit.decision.outcome != "dead-letter" {
        connection
            .prepare_cached("DELETE FROM body WHERE seq = ?1")?
            .execute([commit.seq])?;
    }
    Ok(())
}

fn keep_conversation(connection: &Connection, commit: &Commit) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO conversation (bot, mailbox, state, reset_at, last_event_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (bot, mailbox) DO UPDATE SET
                 state = coalesce(excluded.state, state),
                 reset_at = coalesce(max(excluded.reset_at, reset_at), excluded.reset_at, reset_at),
                 last_event_at = coalesce(excluded.last_event_at, last_event_at),
                 updated_at = excluded.updated_at",
        )?
        .execute(params![
            commit.mailbox.bot,
            commit.mailbox.mailbox,
            commit.state.as_deref(),
            commit.reset_at.map(Timestamp::as_millisecond),
            commit.last_event_at.map(Timestamp::as_millisecond),
            commit.now.as_millisecond(),
        ])?;
    Ok(())
}

fn enqueue(
    connection: &Connection,
    commit: &Commit,
    index: usize,
    row: &NewRow,
) -> rusqlite::Result<RowId> {
    let kind = match row.kind {
        RowKind::Message => "message",
        RowKind::Patch => "patch",
    };
    connection
        .prepare_cached(
            "INSERT INTO outbox (bot, mailbox, seq, kind, body, text, marker, status, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'queued', ?8, ?8)",
        )?
        .execute(params![
            commit.mailbox.bot,
            commit.mailbox.mailbox,
            commit.seq,
            kind,
            &*row.body,
            row.text.map(TextHash::to_bits),
            format!("{:x}.{index:x}", commit.seq),
            commit.now.as_millisecond(),
        ])?;
    Ok(connection.last_insert_rowid())
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
            "UPDATE event SET attempts = ?2, retry_at = ?3, reason = ?4 WHERE seq = ?1",
        )?
        .execute(params![seq, attempts, retry_at.as_millisecond(), reason])?;
    Ok(())
}

pub(super) fn open_lanes(connection: &Connection) -> rusqlite::Result<Vec<OpenLane>> {
    // The first row of a lane decides: the others wait behind it. With a bare column beside
    // min(), SQLite takes that column from the row with the minimum.
    connection
        .prepare_cached(
            "SELECT bot, mailbox, min(id), retry_at FROM outbox
             WHERE status IN ('queued', 'retry') GROUP BY bot, mailbox",
        )?
        .query_map([], |row| {
            Ok(OpenLane {
                mailbox: key(row, 0)?,
                due_at: optional_time(row, 3)?,
            })
        })?
        .collect()
}

pub(super) fn queued(
    connection: &Connection,
    mailbox: &Key,
    after: RowId,
    limit: usize,
) -> rusqlite::Result<Vec<QueuedRow>> {
    connection
        .prepare_cached(
            "SELECT id, kind, body, text, attempts, retry_at, created_at FROM outbox
             WHERE bot = ?1 AND mailbox = ?2 AND id > ?3 AND status IN ('queued', 'retry')
             ORDER BY id LIMIT ?4",
        )?
        .query_map(params![mailbox.bot, mailbox.mailbox, after, limit], |row| {
            Ok(QueuedRow {
                id: row.get(0)?,
                kind: match row.get_ref(1)?.as_str()? {
                    "patch" => RowKind::Patch,
                    _ => RowKind::Message,
                },
                body: bytes(row, 2)?.unwrap_or_default(),
                text: text_hash(row, 3)?,
                attempts: row.get(4)?,
                retry_at: optional_time(row, 5)?,
                created_at: time(row, 6)?,
            })
        })?
        .collect()
}

pub(super) fn claim(
    connection: &Connection,
    rows: &[RowId],
    at: Timestamp,
) -> rusqlite::Result<Vec<RowId>> {
    let mut claim = connection.prepare_cached(
        "UPDATE outbox SET status = 'sending', at = ?2, updated_at = ?2
         WHERE id = ?1 AND status IN ('queued', 'retry')",
    )?;
    let mut claimed = Vec::with_capacity(rows.len());
    for id in rows {
        if claim.execute(params![id, at.as_millisecond()])? == 1 {
            claimed.push(*id);
        }
    }
    Ok(claimed)
}

pub(super) fn mark(
    connection: &Connection,
    marks: &[(RowId, Mark)],
    now: Timestamp,
) -> rusqlite::Result<()> {
    let now = now.as_millisecond();
    for (id, mark) in marks {
        match mark {
            Mark::Sent { message, at } => connection
                .prepare_cached(
                    "UPDATE outbox SET status = 'sent', at = ?3, message = ?4, body = NULL, error = NULL, updated_at = ?2
                     WHERE id = ?1",
                )?
                .execute(params![id, now, at.as_millisecond(), message])?,
            Mark::Retry { at, error } => connection
                .prepare_cached(
                    "UPDATE outbox SET status = 'retry', at = NULL, attempts = attempts + 1, retry_at = ?3, error = ?4,
                         updated_at = ?2
                     WHERE id = ?1",
                )?
                .execute(params![id, now, at.as_millisecond(), error])?,
            Mark::Unknown { at, error } => connection
                .prepare_cached(
                    "UPDATE outbox SET status = 'unknown', at = ?3, error = ?4, updated_at = ?2 WHERE id = ?1",
                )?
                .execute(params![id, now, at.as_millisecond(), error])?,
            Mark::Dead { error } => connection
                .prepare_cached(
                    "UPDATE outbox SET status = 'dead', at = NULL, error = ?3, updated_at = ?2 WHERE id = ?1",
                )?
                .execute(params![id, now, error])?,
        };
    }
    Ok(())
}

pub(super) fn doubt_interrupted(connection: &Connection, now: Timestamp) -> rusqlite::Result<u64> {
    let changed = connection
        .prepare_cached(
            "UPDATE outbox SET status = 'unknown', at = ?1, updated_at = ?1,
                 error = 'the service stopped before the answer was recorded'
             WHERE status = 'sending'",
        )?
        .execute([now.as_millisecond()])?;
    Ok(changed as u64)
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
    counts.dead = rows("status = 'dead'")?;
    Ok(counts)
}

/// Writes without changing anything, to learn whether writing works.
pub(super) fn touch(connection: &Connection) -> rusqlite::Result<()> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    connection.pragma_update(None, "user_version", version)
}

fn key(row: &Row<'_>, first: usize) -> rusqlite::Result<Key> {
    Ok(Key {
        bot: row.get(first)?,
        mailbox: row.get(first + 1)?,
    })
}

fn bytes(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Bytes>> {
    Ok(row.get::<_, Option<Vec<u8>>>(column)?.map(Bytes::from))
}

fn text_hash(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<TextHash>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(TextHash::from_bits))
}

fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    let millisecond = row.get(column)?;
    Timestamp::from_millisecond(millisecond).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Integer, Box::new(error))
    })
}

fn optional_time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    match row.get_ref(column)?.as_i64_or_null()? {
        None => Ok(None),
        Some(_) => time(row, column).map(Some),
    }
}

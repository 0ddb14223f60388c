//! Rows of the outbox, from their commit to their end.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::columns::{bytes, class, key, kind, optional_text, optional_time, text_hash, time};
use crate::{
    limit::TextHash,
    store::{Claim, Content, Doubt, Key, Mark, Marker, OpenLane, QueuedRow, RowId},
};

/// Rows of which somebody still has to do something.
pub(super) const OPEN: &str = "(status = 'queued' OR status = 'retry' OR status = 'unknown')";

pub(super) fn open_lanes(connection: &Connection) -> rusqlite::Result<Vec<OpenLane>> {
    // The first row of a lane decides: the others wait behind it. With a bare column beside
    // min(), SQLite takes that column from the row with the minimum.
    connection
        .prepare_cached(&format!(
            "SELECT bot, mailbox, min(id), retry_at, class, organization FROM outbox
             WHERE {OPEN} GROUP BY bot, mailbox"
        ))?
        .query_map([], |row| {
            Ok(OpenLane {
                mailbox: key(row, 0)?,
                due_at: optional_time(row, 3)?,
                class: class(row, 4)?,
                organization: optional_text(row, 5)?,
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
        .prepare_cached(&format!(
            "SELECT id, kind, body, text, marker, class, to_consumer, expires_at, variants, organization, sets,
                    attempts, retry_at, created_at, status, claimed_at, at
             FROM outbox INDEXED BY outbox_open
             WHERE bot = ?1 AND mailbox = ?2 AND id > ?3 AND {OPEN} ORDER BY id LIMIT ?4"
        ))?
        .query_map(
            params![mailbox.bot, mailbox.mailbox, after, limit],
            queued_row,
        )?
        .collect()
}

fn queued_row(row: &Row<'_>) -> rusqlite::Result<QueuedRow> {
    let content = Content {
        kind: kind(row, 1)?,
        body: bytes(row, 2)?.unwrap_or_default(),
        text: text_hash(row, 3)?,
        marker: Marker::from_text(row.get::<_, String>(4)?),
        class: class(row, 5)?,
        to_consumer: row.get(6)?,
        expires_at: optional_time(row, 7)?,
        variants: variants(row, 8)?,
        organization: optional_text(row, 9)?,
        sets: bytes(row, 10)?,
    };
    let in_doubt = row.get_ref(14)?.as_str()? == "unknown";
    let doubt = in_doubt.then(|| {
        let at = time(row, 16)?;
        let claimed_at = optional_time(row, 15)?.unwrap_or(at);
        Ok::<_, rusqlite::Error>(Doubt { claimed_at, at })
    });
    Ok(QueuedRow {
        id: row.get(0)?,
        content,
        attempts: row.get(11)?,
        retry_at: optional_time(row, 12)?,
        doubt: doubt.transpose()?,
        created_at: time(row, 13)?,
    })
}

fn variants(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<String>> {
    let text: Option<String> = row.get(column)?;
    Ok(text.map_or_else(Vec::new, |text| {
        serde_json::from_str(&text).unwrap_or_default()
    }))
}

/// A row's variants as they are kept.
pub(super) fn variants_text(content: &Content) -> rusqlite::Result<Option<String>> {
    (!content.variants.is_empty())
        .then(|| serde_json::to_string(&content.variants))
        .transpose()
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

pub(super) fn claim(
    connection: &Connection,
    claim: &Claim,
    at: Timestamp,
) -> rusqlite::Result<Vec<RowId>> {
    let at = at.as_millisecond();
    for (id, end, reason) in &claim.ended {
        connection
            .prepare_cached(
                "UPDATE outbox SET status = ?2, body = NULL, at = NULL, retry_at = NULL, error = ?3, updated_at = ?4
                 WHERE id = ?1 AND status IN ('queued', 'retry')",
            )?
            .execute(params![id, end.as_str(), reason, at])?;
    }
    for (id, content) in &claim.rewritten {
        connection
            .prepare_cached(
                "UPDATE outbox SET body = ?2, text = ?3, variants = ?4, sets = ?5
                 WHERE id = ?1 AND status IN ('queued', 'retry')",
            )?
            .execute(params![
                id,
                &*content.body,
                content.text.map(TextHash::to_bits),
                variants_text(content)?,
                content.sets.as_deref(),
            ])?;
    }
    let mut take = connection.prepare_cached(
        "UPDATE outbox SET status = 'sending', at = ?2, claimed_at = ?2, updated_at = ?2
         WHERE id = ?1 AND status IN ('queued', 'retry')",
    )?;
    let mut claimed = Vec::with_capacity(claim.rows.len());
    for id in &claim.rows {
        if take.execute(params![id, at])? == 1 {
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
    for (id, mark) in marks {
        mark_row(connection, *id, mark, now.as_millisecond())?;
    }
    Ok(())
}

/// A row that was forgotten meanwhile stays so.
///
/// A row with the id of its message is there, whatever is said of it now. A person who took over
/// while the message was under way does not want it any more.
fn mark_row(connection: &Connection, id: RowId, mark: &Mark, now: i64) -> rusqlite::Result<()> {
    match mark {
        Mark::Sent { message, at, note } => connection
            .prepare_cached(
                "UPDATE outbox SET status = 'sent', at = ?3, message = coalesce(?4, message), body = NULL, error = ?5,
                     retry_at = NULL, updated_at = ?2
                 WHERE id = ?1 AND mailbox != ''",
            )?
            .execute(params![id, now, at.as_millisecond(), message, note])?,
        Mark::Retry { at, error } => connection
            .prepare_cached(
                "UPDATE outbox SET
                     status = CASE WHEN message IS NOT NULL THEN 'sent'
                         WHEN to_consumer AND (
                             SELECT taken_over = 1 FROM conversation
                             WHERE bot = outbox.bot AND mailbox = outbox.mailbox) THEN 'cancelled'
                         ELSE 'retry' END,
                     at = iif(message IS NULL, NULL, at),
                     attempts = attempts + 1, retry_at = ?3, error = ?4, updated_at = ?2
                 WHERE id = ?1 AND mailbox != ''",
            )?
            .execute(params![id, now, at.as_millisecond(), error])?,
        Mark::Unknown {
            doubt,
            look_at,
            error,
        } => connection
            .prepare_cached(
                "UPDATE outbox SET status = iif(message IS NULL, 'unknown', 'sent'), at = iif(message IS NULL, ?3, at),
                     attempts = attempts + 1, retry_at = ?4, error = ?5, updated_at = ?2
                 WHERE id = ?1 AND mailbox != ''",
            )?
            .execute(params![
                id,
                now,
                doubt.at.as_millisecond(),
                look_at.as_millisecond(),
                error
            ])?,
        Mark::Ended { end, reason } => connection
            .prepare_cached(
                "UPDATE outbox SET status = iif(message IS NULL, ?3, 'sent'), retry_at = NULL, error = ?4, updated_at = ?2,
                     at = iif(message IS NULL AND ?3 != 'unresolved', NULL, at)
                 WHERE id = ?1 AND mailbox != ''",
            )?
            .execute(params![id, now, end.as_str(), reason])?,
    };
    Ok(())
}

/// They are looked for at once: whoever was to answer is gone.
pub(super) fn doubt_interrupted(connection: &Connection, now: Timestamp) -> rusqlite::Result<u64> {
    let changed = connection
        .prepare_cached(
            "UPDATE outbox SET status = iif(message IS NULL, 'unknown', 'sent'), at = iif(message IS NULL, ?1, at),
                 retry_at = NULL, updated_at = ?1, error = 'the service stopped before the answer was recorded'
             WHERE status = 'sending'",
        )?
        .execute([now.as_millisecond()])?;
    Ok(changed as u64)
}

pub(super) fn sent_messages(
    connection: &Connection,
    mailbox: &Key,
    since: Timestamp,
) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare_cached(
            "SELECT message FROM outbox
             WHERE bot = ?1 AND mailbox = ?2 AND message IS NOT NULL AND at >= ?3",
        )?
        .query_map(
            params![mailbox.bot, mailbox.mailbox, since.as_millisecond()],
            |row| row.get(0),
        )?
        .collect()
}

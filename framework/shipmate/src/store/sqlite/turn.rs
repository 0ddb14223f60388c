//! What a turn reads, and everything that it changes.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    campaign,
    columns::{bytes, class_number, kind_name, optional_time, text_hash, time},
    forget,
    outbox::{OPEN, variants_text},
    responses, timers, upkeep,
};
use crate::{
    limit::{Entry, TextHash},
    store::{
        Commit, Committed, Content, ConversationChange, Key, NewRow, Record, RowEnd, RowId,
        Takeover, TimerEnds, Unverified, Witnessed,
    },
};

pub(super) fn record(
    connection: &Connection,
    mailbox: &Key,
    sent_since: Timestamp,
) -> rusqlite::Result<Record> {
    let conversation = params![mailbox.bot, mailbox.mailbox];
    let mut record = connection
        .prepare_cached(
            "SELECT state, reset_at, last_event_at, taken_over, takeover_at, in_incident, bot_turns
             FROM conversation WHERE bot = ?1 AND mailbox = ?2",
        )?
        .query_row(conversation, |row| {
            let holder: i64 = row.get(3)?;
            let since = optional_time(row, 4)?;
            Ok(Record {
                state: bytes(row, 0)?,
                reset_at: optional_time(row, 1)?,
                last_event_at: optional_time(row, 2)?,
                takeover: since.map(|since| Takeover {
                    by_person: holder == BY_PERSON,
                    by_assignment: holder == BY_ASSIGNMENT,
                    since,
                }),
                in_incident: row.get(5)?,
                bot_turns: row.get(6)?,
                ..Record::default()
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
    record
        .sent
        .extend(forget::still_counting(connection, mailbox, sent_since)?);
    record
        .sent
        .extend(campaign::counting(connection, mailbox, sent_since)?);
    record.queued = connection
        .prepare_cached(&format!(
            "SELECT count(*) FROM outbox INDEXED BY outbox_open WHERE bot = ?1 AND mailbox = ?2 AND {OPEN}"
        ))?
        .query_row(conversation, |row| row.get(0))?;
    record.unverified = connection
        .prepare_cached(
            "SELECT id, coalesce(at, updated_at), sets FROM outbox
             WHERE bot = ?1 AND mailbox = ?2 AND status IN ('sent', 'dead') AND sets IS NOT NULL ORDER BY id",
        )?
        .query_map(conversation, |row| {
            Ok(Unverified {
                row: row.get(0)?,
                at: time(row, 1)?,
                sets: bytes(row, 2)?.unwrap_or_default(),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(record)
}

pub(super) fn commit(connection: &Connection, commit: &Commit) -> rusqlite::Result<Committed> {
    decide(connection, commit)?;
    if commit.conversation != ConversationChange::default() {
        keep_conversation(
            connection,
            &commit.mailbox,
            &commit.conversation,
            commit.now,
        )?;
    }
    let mut committed = Committed::default();
    if let Some(reason) = &commit.cancel {
        committed.cancelled = cancel(connection, &commit.mailbox, reason, commit.now)?;
    }
    if let Some(witnessed) = &commit.witnessed {
        committed.found = witness(connection, commit, witnessed)?;
    }
    for row in &commit.verified {
        connection
            .prepare_cached("UPDATE outbox SET sets = NULL WHERE id = ?1")?
            .execute([row])?;
    }
    if let Some(opt) = &commit.opt {
        campaign::opt(connection, opt, commit.now)?;
    }
    for (name, value) in &commit.facts {
        upkeep::learn(connection, name, value)?;
    }
    committed.timers_ended = timers::change(connection, commit)?;
    committed.quotas = responses::keep(connection, commit)?;
    for row in &commit.rows {
        committed.rows.push(enqueue(connection, commit, row)?);
    }
    Ok(committed)
}

pub(super) fn take_over(
    connection: &Connection,
    mailbox: &Key,
    takeover: Takeover,
    reason: &str,
    now: Timestamp,
) -> rusqlite::Result<Vec<RowId>> {
    let change = ConversationChange {
        takeover: Some(takeover),
        ..ConversationChange::default()
    };
    keep_conversation(connection, mailbox, &change, now)?;
    let ends = TimerEnds {
        taken_over: true,
        ..TimerEnds::default()
    };
    timers::end(connection, mailbox, ends)?;
    cancel(connection, mailbox, reason, now)
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

fn keep_conversation(
    connection: &Connection,
    mailbox: &Key,
    change: &ConversationChange,
    now: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO conversation (bot, mailbox, state, reset_at, last_event_at, taken_over, takeover_at,
                                       in_incident, bot_turns, contact, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, coalesce(?6, 0), ?7, coalesce(?8, 0), coalesce(?9, 0), ?10, ?11)
             ON CONFLICT (bot, mailbox) DO UPDATE SET
                 state = coalesce(excluded.state, state),
                 reset_at = coalesce(max(excluded.reset_at, reset_at), excluded.reset_at, reset_at),
                 last_event_at = coalesce(excluded.last_event_at, last_event_at),
                 taken_over = coalesce(?6, taken_over),
                 takeover_at = coalesce(?7, takeover_at),
                 in_incident = coalesce(?8, in_incident),
                 bot_turns = coalesce(?9, bot_turns),
                 contact = coalesce(excluded.contact, contact),
                 updated_at = excluded.updated_at",
        )?
        .execute(params![
            mailbox.bot,
            mailbox.mailbox,
            change.state.as_deref(),
            change.reset_at.map(Timestamp::as_millisecond),
            change.last_event_at.map(Timestamp::as_millisecond),
            change.takeover.map(holder),
            change.takeover.map(|takeover| takeover.since.as_millisecond()),
            change.in_incident,
            change.bot_turns,
            change.contact.as_deref(),
            now.as_millisecond(),
        ])?;
    Ok(())
}

/// In the column `taken_over`; 0 is neither.
const BY_PERSON: i64 = 1;
const BY_ASSIGNMENT: i64 = 2;

fn holder(takeover: Takeover) -> i64 {
    match takeover {
        Takeover {
            by_person: true, ..
        } => BY_PERSON,
        Takeover {
            by_assignment: true,
            ..
        } => BY_ASSIGNMENT,
        _ => 0,
    }
}

/// What was not handed to the platform yet. What is in doubt is looked for all the same.
fn cancel(
    connection: &Connection,
    mailbox: &Key,
    reason: &str,
    now: Timestamp,
) -> rusqlite::Result<Vec<RowId>> {
    connection
        .prepare_cached(
            "UPDATE outbox SET status = 'cancelled', body = NULL, at = NULL, retry_at = NULL, error = ?3, updated_at = ?4
             WHERE bot = ?1 AND mailbox = ?2 AND to_consumer AND status IN ('queued', 'retry')
             RETURNING id",
        )?
        .query_map(
            params![
                mailbox.bot,
                mailbox.mailbox,
                reason,
                now.as_millisecond()
            ],
            |row| row.get(0),
        )?
        .collect()
}

/// A row that is just being sent keeps its status: the answer, or its loss, comes after this.
fn witness(
    connection: &Connection,
    commit: &Commit,
    witnessed: &Witnessed,
) -> rusqlite::Result<Option<RowId>> {
    let found: Option<(RowId, bool)> = connection
        .prepare_cached(
            "SELECT id, status = 'sending' FROM outbox INDEXED BY outbox_doubtful
             WHERE marker = ?3 AND bot = ?1 AND mailbox = ?2
                 AND (status = 'sending' OR status = 'unknown' OR status = 'unresolved')",
        )?
        .query_row(
            params![
                commit.mailbox.bot,
                commit.mailbox.mailbox,
                witnessed.marker.as_str()
            ],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((id, is_sending)) = found else {
        return Ok(None);
    };
    connection
        .prepare_cached(
            "UPDATE outbox SET message = ?2, at = ?3, updated_at = ?4,
                 body = iif(?5, body, NULL),
                 error = iif(?5, error, 'found: the platform delivered it as an event'),
                 status = iif(?5, 'sending', 'sent')
             WHERE id = ?1",
        )?
        .execute(params![
            id,
            witnessed.message,
            witnessed.at.as_millisecond(),
            commit.now.as_millisecond(),
            is_sending
        ])?;
    Ok((!is_sending).then_some(id))
}

fn enqueue(connection: &Connection, commit: &Commit, row: &NewRow) -> rusqlite::Result<RowId> {
    let Content {
        kind,
        body,
        text,
        marker,
        class,
        to_consumer,
        expires_at,
        variants: _,
        organization,
        sets,
    } = &row.content;
    let (end, reason) = match &row.ended {
        Some((end, reason)) => (Some(*end), Some(reason)),
        None => (None, None),
    };
    let variants = variants_text(&row.content)?;
    connection
        .prepare_cached(
            "INSERT INTO outbox (bot, mailbox, seq, kind, body, text, marker, status, error, class, to_consumer,
                                 expires_at, variants, organization, sets, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?16)",
        )?
        .execute(params![
            commit.mailbox.bot,
            commit.mailbox.mailbox,
            commit.seq,
            kind_name(*kind),
            end.is_none().then_some(&**body),
            text.map(TextHash::to_bits),
            marker.as_str(),
            end.map_or("queued", RowEnd::as_str),
            reason,
            class_number(*class),
            to_consumer,
            expires_at.map(Timestamp::as_millisecond),
            variants,
            organization.as_deref(),
            sets.as_deref(),
            commit.now.as_millisecond(),
        ])?;
    Ok(connection.last_insert_rowid())
}

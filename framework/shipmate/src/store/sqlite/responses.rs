//! Responses to surveys, and how many each quota has.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params, types::Type};

use crate::{
    results::Response,
    store::{Commit, Key, QuotaCount, QuotaKey, ResponseId, ResponseRecord, Sweep, WhichResponses},
};

/// counted: as JSON, the quotas in which the response is counted; none unless it is complete.
/// quota_count: how many ever were. It does not follow what is deleted, or quotas would open again.
pub(super) const TABLES: &str = "
CREATE TABLE response (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    bot          TEXT    NOT NULL,
    mailbox      TEXT    NOT NULL,
    run          TEXT    NOT NULL,
    survey       TEXT    NOT NULL,
    organization TEXT,
    contact      TEXT,
    started_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    counted      TEXT,
    body         BLOB    NOT NULL,
    UNIQUE (bot, mailbox, run)
) STRICT;
CREATE INDEX response_survey ON response (survey, id);
CREATE INDEX response_contact ON response (contact) WHERE contact IS NOT NULL;
CREATE INDEX response_age ON response (updated_at);

CREATE TABLE quota_count (
    bot          TEXT    NOT NULL,
    survey       TEXT    NOT NULL,
    organization TEXT    NOT NULL,
    quota        TEXT    NOT NULL,
    completed    INTEGER NOT NULL,
    PRIMARY KEY (bot, survey, organization, quota)
) STRICT, WITHOUT ROWID;
";

/// Mailboxes of a conversation or a contact, for [`forget`](super::forget).
pub(super) const MAILBOXES: &str =
    "SELECT bot, mailbox FROM response WHERE mailbox = ?1 OR contact = ?2";

/// Keeps the responses of a turn. Returns how the counts of quotas change.
pub(super) fn keep(
    connection: &Connection,
    commit: &Commit,
) -> rusqlite::Result<Vec<(QuotaKey, i64)>> {
    let mut changes = Vec::new();
    for response in &commit.responses {
        let before = counted(connection, &commit.mailbox, &response.run)?;
        let now = if response.is_complete() {
            response.quotas.as_slice()
        } else {
            &[]
        };
        write(connection, &commit.mailbox, response, now)?;
        let gone = before.iter().filter(|quota| !now.contains(quota));
        changes.extend(gone.map(|quota| (key_of(response, quota), -1)));
        let new = now.iter().filter(|quota| !before.contains(quota));
        changes.extend(new.map(|quota| (key_of(response, quota), 1)));
    }
    for (key, change) in &changes {
        count(connection, &commit.mailbox.bot, key, *change)?;
    }
    Ok(changes)
}

fn key_of(response: &Response, quota: &str) -> QuotaKey {
    QuotaKey {
        survey: response.survey.clone(),
        organization: response.organization.clone().unwrap_or_default(),
        quota: quota.to_owned(),
    }
}

/// The quotas in which the response is counted already.
fn counted(connection: &Connection, mailbox: &Key, run: &str) -> rusqlite::Result<Vec<String>> {
    let counted = connection
        .prepare_cached(
            "SELECT counted FROM response
             WHERE bot = ?1 AND mailbox = ?2 AND run = ?3 AND counted IS NOT NULL",
        )?
        .query_row(params![mailbox.bot, mailbox.mailbox, run], |row| {
            json(row, 0)
        })
        .optional()?;
    Ok(counted.unwrap_or_default())
}

fn write(
    connection: &Connection,
    mailbox: &Key,
    response: &Response,
    counted: &[String],
) -> rusqlite::Result<()> {
    let unwritable = |error| rusqlite::Error::ToSqlConversionFailure(Box::new(error));
    let body = serde_json::to_vec(response).map_err(unwritable)?;
    let counted = (!counted.is_empty())
        .then(|| serde_json::to_string(counted))
        .transpose()
        .map_err(unwritable)?;
    connection
        .prepare_cached(
            "INSERT INTO response (bot, mailbox, run, survey, organization, contact, started_at,
                                   updated_at, counted, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (bot, mailbox, run) DO UPDATE SET
                 survey = excluded.survey,
                 organization = excluded.organization,
                 contact = excluded.contact,
                 started_at = excluded.started_at,
                 updated_at = excluded.updated_at,
                 counted = excluded.counted,
                 body = excluded.body",
        )?
        .execute(params![
            mailbox.bot,
            mailbox.mailbox,
            response.run,
            response.survey,
            response.organization,
            response.contact,
            response.started_at.as_millisecond(),
            response.updated_at.as_millisecond(),
            counted,
            body,
        ])?;
    Ok(())
}

fn count(connection: &Connection, bot: &str, key: &QuotaKey, change: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO quota_count (bot, survey, organization, quota, completed)
             VALUES (?1, ?2, ?3, ?4, max(?5, 0))
             ON CONFLICT DO UPDATE SET completed = max(completed + ?5, 0)",
        )?
        .execute(params![
            bot,
            key.survey,
            key.organization,
            key.quota,
            change
        ])?;
    Ok(())
}

pub(super) fn page(
    connection: &Connection,
    which: &WhichResponses,
    after: ResponseId,
    limit: usize,
) -> rusqlite::Result<Vec<ResponseRecord>> {
    // Written out, so that the index is used.
    let survey = match which.survey {
        Some(_) => "survey = ?2",
        None => "?2 IS NULL",
    };
    connection
        .prepare_cached(&format!(
            "SELECT id, bot, body FROM response
             WHERE {survey} AND id > ?1 AND (?3 IS NULL OR bot = ?3)
                 AND (?4 IS NULL OR started_at >= ?4) AND (?5 IS NULL OR started_at < ?5)
                 AND (?6 IS NULL OR organization = ?6)
             ORDER BY id LIMIT ?7"
        ))?
        .query_map(
            params![
                after,
                which.survey,
                which.bot,
                which.from.map(Timestamp::as_millisecond),
                which.until.map(Timestamp::as_millisecond),
                which.organization,
                limit,
            ],
            |row| {
                Ok(ResponseRecord {
                    place: row.get(0)?,
                    bot: row.get(1)?,
                    response: json(row, 2)?,
                })
            },
        )?
        .collect()
}

pub(super) fn counts(connection: &Connection) -> rusqlite::Result<Vec<QuotaCount>> {
    connection
        .prepare_cached("SELECT bot, survey, organization, quota, completed FROM quota_count")?
        .query_map([], |row| {
            Ok(QuotaCount {
                bot: row.get(0)?,
                key: QuotaKey {
                    survey: row.get(1)?,
                    organization: row.get(2)?,
                    quota: row.get(3)?,
                },
                completed: row.get(4)?,
            })
        })?
        .collect()
}

pub(super) fn forget(connection: &Connection, mailbox: &Key) -> rusqlite::Result<u64> {
    let forgotten = connection
        .prepare_cached("DELETE FROM response WHERE bot = ?1 AND mailbox = ?2")?
        .execute(params![mailbox.bot, mailbox.mailbox])?;
    Ok(forgotten as u64)
}

pub(super) fn sweep(connection: &Connection, sweep: &Sweep) -> rusqlite::Result<u64> {
    let Some(before) = sweep.responses_before else {
        return Ok(0);
    };
    let deleted = connection
        .prepare_cached(
            "DELETE FROM response WHERE id IN (
                 SELECT id FROM response WHERE updated_at < ?1 ORDER BY updated_at LIMIT ?2)",
        )?
        .execute(params![before.as_millisecond(), sweep.limit])?;
    Ok(deleted as u64)
}

fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let bytes = row.get_ref(column)?.as_bytes()?;
    serde_json::from_slice(bytes).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Blob, Box::new(error))
    })
}

//! Forgetting: what is left says that something happened and how it ended, and neither what nor
//! with whom.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::{
    campaign,
    columns::{key, time},
    responses,
};
use crate::{
    limit::Entry,
    store::{EventKey, Forgotten, Key, Seq, Whose},
};

/// Mailboxes, of all bots, in which there is something to forget.
pub(super) fn mailboxes(connection: &Connection, whose: &Whose) -> rusqlite::Result<Vec<Key>> {
    let (mailbox, contact) = match whose {
        Whose::Conversation(id) => (id.clone(), None),
        Whose::Contact(id) => (format!("contact:{id}"), Some(id)),
    };
    connection
        .prepare_cached(&format!(
            "SELECT bot, mailbox FROM event WHERE mailbox = ?1
             UNION SELECT bot, mailbox FROM outbox WHERE mailbox = ?1
             UNION SELECT bot, mailbox FROM timer WHERE mailbox = ?1
             UNION SELECT bot, mailbox FROM conversation WHERE mailbox = ?1 OR contact = ?2
             UNION {} UNION {}",
            campaign::MAILBOXES,
            responses::MAILBOXES
        ))?
        .query_map(params![mailbox, contact], |row| key(row, 0))?
        .collect()
}

/// Contacts and conversations that the platform has deleted and that are not forgotten yet.
pub(super) fn deleted(connection: &Connection) -> rusqlite::Result<Vec<Whose>> {
    connection
        .prepare_cached(
            "SELECT DISTINCT mailbox FROM event INDEXED BY event_deletion
             WHERE (name = 'contact.delete' OR name = 'conversation.delete') AND outcome IS NOT NULL",
        )?
        .query_map([], |row| {
            let mailbox: String = row.get(0)?;
            Ok(match mailbox.strip_prefix("contact:") {
                Some(contact) => Whose::Contact(contact.to_owned()),
                None => Whose::Conversation(mailbox),
            })
        })?
        .collect()
}

/// The events of a mailbox. They have no index for this: it would cost every event more than a
/// look through the table costs now and then.
pub(super) fn events(
    connection: &Connection,
    mailbox: &Key,
) -> rusqlite::Result<Vec<(Seq, EventKey)>> {
    connection
        .prepare_cached("SELECT seq, key FROM event WHERE mailbox = ?2 AND bot = ?1")?
        .query_map(params![mailbox.bot, mailbox.mailbox], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect()
}

/// Forgets `events` and everything else of `mailbox`. What was sent since `sent_since` goes on
/// counting.
pub(super) fn forget(
    connection: &Connection,
    mailbox: &Key,
    events: &[(Seq, EventKey)],
    sent_since: Timestamp,
    now: Timestamp,
) -> rusqlite::Result<Forgotten> {
    let mut forgotten = Forgotten::default();
    for (seq, key) in events {
        let unhandled = forget_event(connection, *seq, key, now)?;
        forgotten.events += 1;
        forgotten.unhandled += u64::from(unhandled);
        forgotten.last_event = forgotten.last_event.max(*seq);
    }
    keep_counting(connection, mailbox, sent_since)?;
    let (messages, last_message) = forget_messages(connection, mailbox, now)?;
    forgotten.messages = messages;
    forgotten.last_message = last_message;
    forgotten.members = campaign::forget(connection, mailbox, now)?;
    forgotten.responses = responses::forget(connection, mailbox)?;
    let conversations = connection
        .prepare_cached("DELETE FROM conversation WHERE bot = ?1 AND mailbox = ?2")?
        .execute(params![mailbox.bot, mailbox.mailbox])?;
    forgotten.conversations = conversations as u64;
    Ok(forgotten)
}

/// The key begins with an id of the platform, so a hash takes its place. It recognises redeliveries
/// all the same; see [`is_known`].
fn forget_event(
    connection: &Connection,
    seq: Seq,
    key: &EventKey,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("DELETE FROM body WHERE seq = ?1")?
        .execute([seq])?;
    let unhandled = connection
        .prepare_cached("SELECT outcome IS NULL FROM event WHERE seq = ?1")?
        .query_row([seq], |row| row.get(0))
        .optional()?;
    connection
        .prepare_cached(
            "UPDATE event SET key = ?2, mailbox = '', name = '', reason = NULL, retry_at = NULL,
                 outcome = iif(outcome IS NULL OR outcome = 'dead-letter', 'forgotten', outcome),
                 decided_at = coalesce(decided_at, ?3)
             WHERE seq = ?1",
        )?
        .execute(params![seq, hidden(key), now.as_millisecond()])?;
    Ok(unhandled.unwrap_or(false))
}

fn hidden(key: &EventKey) -> EventKey {
    Sha256::digest(key).into()
}

/// Whether the event of `key` was forgotten; counts the delivery if so.
pub(super) fn is_known(connection: &Connection, key: &EventKey) -> rusqlite::Result<bool> {
    // By the small index of what was forgotten: it is in memory, unlike that of all keys.
    let known = connection
        .prepare_cached(
            "SELECT seq FROM event INDEXED BY event_forgotten WHERE key = ?1 AND mailbox = ''",
        )?
        .query_row([hidden(key)], |row| row.get::<_, Seq>(0))
        .optional()?;
    let Some(seq) = known else { return Ok(false) };
    connection
        .prepare_cached("UPDATE event SET duplicates = duplicates + 1 WHERE seq = ?1")?
        .execute([seq])?;
    Ok(true)
}

fn forget_messages(
    connection: &Connection,
    mailbox: &Key,
    now: Timestamp,
) -> rusqlite::Result<(u64, i64)> {
    let mut statement = connection.prepare_cached(
        "UPDATE outbox SET mailbox = '', marker = '', body = NULL, text = NULL, variants = NULL, sets = NULL,
             organization = NULL, message = NULL, error = NULL, retry_at = NULL, expires_at = NULL,
             status = iif(status IN ('queued', 'retry', 'sending', 'unknown', 'dead', 'unresolved'),
                          'forgotten', status),
             updated_at = ?3
         WHERE bot = ?1 AND mailbox = ?2 RETURNING id",
    )?;
    let ids: Vec<i64> = statement
        .query_map(
            params![mailbox.bot, mailbox.mailbox, now.as_millisecond()],
            |row| row.get(0),
        )?
        .collect::<rusqlite::Result<_>>()?;
    Ok((ids.len() as u64, ids.into_iter().max().unwrap_or(0)))
}

/// Without this the bot could write too much to a contact it has just forgotten.
fn keep_counting(
    connection: &Connection,
    mailbox: &Key,
    sent_since: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO forgotten_send (lane, at) SELECT ?3, at FROM outbox
             WHERE bot = ?1 AND mailbox = ?2 AND kind = 'message' AND at >= ?4",
        )?
        .execute(params![
            mailbox.bot,
            mailbox.mailbox,
            lane(mailbox),
            sent_since.as_millisecond()
        ])?;
    Ok(())
}

/// What counts towards the limits of a conversation although it was forgotten: times, no texts.
pub(super) fn still_counting(
    connection: &Connection,
    mailbox: &Key,
    sent_since: Timestamp,
) -> rusqlite::Result<Vec<Entry>> {
    connection
        .prepare_cached("SELECT at FROM forgotten_send WHERE lane = ?1 AND at >= ?2")?
        .query_map(params![lane(mailbox), sent_since.as_millisecond()], |row| {
            Ok(Entry {
                at: time(row, 0)?,
                text: None,
            })
        })?
        .collect()
}

fn lane(mailbox: &Key) -> EventKey {
    let mut hash = Sha256::new();
    hash.update((mailbox.bot.len() as u64).to_be_bytes());
    hash.update(mailbox.bot.as_bytes());
    hash.update(mailbox.mailbox.as_bytes());
    hash.finalize().into()
}

/// Writes the whole file anew: what was deleted, now or earlier, stands in free places of it and in
/// the log beside it until something else takes them. Not to be called in a transaction.
pub(super) fn scrub(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("VACUUM")?;
    let busy: bool =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy {
        let problem = "another program reads the store; run it again when that has ended";
        let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
        return Err(rusqlite::Error::SqliteFailure(code, Some(problem.into())));
    }
    Ok(())
}

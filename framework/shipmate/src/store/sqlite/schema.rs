//! Tables and pragmas.

use std::cmp::Ordering;

use rusqlite::Connection;

use crate::store::StoreError;

/// The newest schema this version writes. A later version adds a step below.
#[expect(
    clippy::cast_possible_wrap,
    reason = "there will never be so many steps"
)]
const SCHEMA: i64 = STEPS.len() as i64;

/// Prepares the connection that writes, and creates what is missing.
pub(super) fn prepare(connection: &Connection) -> rusqlite::Result<Result<(), StoreError>> {
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "secure_delete", "FAST")?;
    connection.pragma_update(None, "cache_size", -16_384)?;
    // A checkpoint stops the writer for a while; four times rarer than usual, it copies each busy
    // page once instead of four times.
    connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    connection.set_prepared_statement_cache_capacity(64);
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > SCHEMA {
        return Ok(Err(StoreError::TooNew {
            found,
            known: SCHEMA,
        }));
    }
    for (step, version) in STEPS.iter().zip(1_i64..) {
        if found < version {
            connection.execute_batch(&format!(
                "BEGIN; {step} PRAGMA user_version = {version}; COMMIT;"
            ))?;
        }
    }
    Ok(Ok(()))
}

/// Prepares the connection that reads.
pub(super) fn prepare_reader(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", -8_192)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// Prepares a connection that reads beside the service, which may be running or not.
pub(super) fn prepare_inspector(
    connection: &Connection,
) -> rusqlite::Result<Result<(), StoreError>> {
    prepare_reader(connection)?;
    let known = SCHEMA;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(match found.cmp(&known) {
        Ordering::Equal => Ok(()),
        Ordering::Less => Err(StoreError::TooOld { found, known }),
        Ordering::Greater => Err(StoreError::TooNew { found, known }),
    })
}

/// Times are milliseconds since 1970.
///
/// An event keeps its row, without its body, after it has an outcome: the row is what recognises
/// redeliveries. A sent message keeps its row, without its body, because it counts towards limits.
const STEPS: [&str; 6] = [
    TABLES,
    TRUST,
    CARE,
    TIME,
    super::campaign::TABLES,
    super::responses::TABLES,
];

const TABLES: &str = "
CREATE TABLE event (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    key         BLOB    NOT NULL UNIQUE,
    bot         TEXT    NOT NULL,
    mailbox     TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0,
    retry_at    INTEGER,
    outcome     TEXT,
    reason      TEXT,
    decided_at  INTEGER
) STRICT;
CREATE INDEX event_pending ON event (seq) WHERE outcome IS NULL;
CREATE INDEX event_dead ON event (seq) WHERE outcome = 'dead-letter';

-- Bodies of events that have no outcome, and of dead letters. Apart from the events, so that these
-- stay small and the pages of a handled body are used again.
CREATE TABLE body (
    seq     INTEGER PRIMARY KEY,
    payload BLOB NOT NULL
) STRICT;

CREATE TABLE conversation (
    bot           TEXT    NOT NULL,
    mailbox       TEXT    NOT NULL,
    state         BLOB,
    reset_at      INTEGER,
    last_event_at INTEGER,
    updated_at    INTEGER NOT NULL,
    PRIMARY KEY (bot, mailbox)
) STRICT, WITHOUT ROWID;

-- status: queued, sending, sent, retry, unknown, dead.
-- marker: what recognises the message when it is read back after a doubtful send.
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    bot        TEXT    NOT NULL,
    mailbox    TEXT    NOT NULL,
    seq        INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    body       BLOB,
    text       INTEGER,
    marker     TEXT    NOT NULL,
    status     TEXT    NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    retry_at   INTEGER,
    message    TEXT,
    at         INTEGER,
    error      TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_lane ON outbox (bot, mailbox, id);
CREATE INDEX outbox_open ON outbox (id) WHERE status IN ('queued', 'retry');
CREATE INDEX outbox_sending ON outbox (id) WHERE status = 'sending';
CREATE INDEX outbox_unknown ON outbox (id) WHERE status = 'unknown';
CREATE INDEX outbox_dead ON outbox (id) WHERE status = 'dead';
";

/// Recognising sent messages again, takeovers, priorities and deadlines.
///
/// status: also unresolved, cancelled, expired, superseded.
/// claimed_at, at: between when a message in doubt can have been created.
/// sets: of a message with several `/set`s that is not known to have taken effect.
const TRUST: &str = "
ALTER TABLE event ADD COLUMN duplicates INTEGER NOT NULL DEFAULT 0;

ALTER TABLE conversation ADD COLUMN taken_over INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN takeover_at INTEGER;
ALTER TABLE conversation ADD COLUMN in_incident INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN bot_turns INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN contact TEXT;

ALTER TABLE outbox ADD COLUMN class INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN to_consumer INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN expires_at INTEGER;
ALTER TABLE outbox ADD COLUMN variants TEXT;
ALTER TABLE outbox ADD COLUMN organization TEXT;
ALTER TABLE outbox ADD COLUMN sets BLOB;
ALTER TABLE outbox ADD COLUMN claimed_at INTEGER;
DROP INDEX outbox_open;
CREATE INDEX outbox_open ON outbox (bot, mailbox, id) WHERE status = 'queued' OR status = 'retry' OR status = 'unknown';
CREATE INDEX outbox_doubtful ON outbox (marker) WHERE status = 'sending' OR status = 'unknown' OR status = 'unresolved';
CREATE INDEX outbox_unresolved ON outbox (id) WHERE status = 'unresolved';
CREATE INDEX outbox_unverified ON outbox (bot, mailbox) WHERE sets IS NOT NULL;

CREATE TABLE fact (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
";

/// Forgetting, and finding what needs a person.
///
/// status: also dropped, forgotten.
/// A forgotten event has an empty mailbox and name, and a hash of its key as key.
/// forgotten_send: when messages were sent that still count towards the limits of a forgotten
/// conversation, of which lane is a hash.
const CARE: &str = "
CREATE UNIQUE INDEX event_forgotten ON event (key) WHERE mailbox = '';
CREATE INDEX event_deletion ON event (mailbox) WHERE name = 'contact.delete' OR name = 'conversation.delete';
CREATE INDEX outbox_ended ON outbox (status) WHERE status = 'cancelled' OR status = 'expired' OR status = 'superseded' OR status = 'dropped';

CREATE TABLE forgotten_send (
    lane BLOB    NOT NULL,
    at   INTEGER NOT NULL
) STRICT;
CREATE INDEX forgotten_send_lane ON forgotten_send (lane, at);
";

/// Timers, one per name and conversation, until they ring; and how far jobs have come.
///
/// ends: what ends a timer before, as bits.
const TIME: &str = "
CREATE TABLE timer (
    bot         TEXT    NOT NULL,
    mailbox     TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    due         INTEGER NOT NULL,
    ends        INTEGER NOT NULL,
    set_by      INTEGER NOT NULL,
    answered_at INTEGER,
    PRIMARY KEY (bot, mailbox, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX timer_due ON timer (due);

CREATE TABLE job (
    bot      TEXT    NOT NULL,
    mailbox  TEXT    NOT NULL,
    schedule TEXT    NOT NULL,
    until    INTEGER NOT NULL,
    PRIMARY KEY (bot, mailbox)
) STRICT, WITHOUT ROWID;
";

#[cfg(test)]
mod tests {
    use super::*;

    /// See [`TRUST`].
    #[test]
    fn no_index_has_a_list_in_its_condition() {
        let connection = Connection::open_in_memory().unwrap();
        prepare(&connection).unwrap().unwrap();
        let lists: Vec<String> = connection
            .prepare("SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% IN (%'")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<rusqlite::Result<_>>()
            .unwrap();
        assert_eq!(lists, [""; 0]);
    }
}

//! The tables of campaigns.

/// campaign_member: everybody in the audience of a run. state: planned, sending, doubt, sent,
/// skipped, refused, unresolved, forgotten. due_at: not before, on our clock; claimed_at, at: between
/// when the message can have been created, or when it was; written_before: when the contact had been
/// written to before this member was taken.
/// campaign_contact: who has opted out, and when a campaign last wrote to whom; key is a hash.
pub(in super::super) const TABLES: &str = "
CREATE TABLE campaign_run (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    bot         TEXT    NOT NULL,
    campaign    TEXT    NOT NULL,
    due_at      INTEGER,
    started_at  INTEGER NOT NULL,
    cursor_at   INTEGER,
    cursor_seen INTEGER NOT NULL DEFAULT 0,
    is_read     INTEGER NOT NULL DEFAULT 0,
    paused      TEXT,
    ended_at    INTEGER
) STRICT;
CREATE UNIQUE INDEX campaign_run_due ON campaign_run (bot, campaign, due_at) WHERE due_at IS NOT NULL;
CREATE UNIQUE INDEX campaign_run_open ON campaign_run (bot, campaign) WHERE ended_at IS NULL;

CREATE TABLE campaign_member (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    run            INTEGER NOT NULL,
    bot            TEXT    NOT NULL,
    contact        TEXT,
    contact_key    BLOB    NOT NULL,
    address        BLOB,
    conversation   TEXT,
    locale         TEXT,
    marker         TEXT    NOT NULL DEFAULT '',
    text           INTEGER,
    body           BLOB,
    state          TEXT    NOT NULL,
    reason         TEXT,
    attempts       INTEGER NOT NULL DEFAULT 0,
    due_at         INTEGER NOT NULL DEFAULT 0,
    claimed_at     INTEGER,
    at             INTEGER,
    written_at     INTEGER,
    written_before INTEGER,
    updated_at     INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX campaign_member_contact ON campaign_member (run, contact_key);
CREATE INDEX campaign_member_address ON campaign_member (run, address) WHERE address IS NOT NULL;
CREATE INDEX campaign_member_planned ON campaign_member (run, due_at, id) WHERE state = 'planned';
CREATE INDEX campaign_member_doubt ON campaign_member (run, due_at, id) WHERE state = 'doubt';
CREATE INDEX campaign_member_sending ON campaign_member (id) WHERE state = 'sending';
CREATE INDEX campaign_member_written ON campaign_member (run, written_at) WHERE written_at IS NOT NULL;
CREATE INDEX campaign_member_conversation ON campaign_member (bot, conversation) WHERE conversation IS NOT NULL;
CREATE INDEX campaign_member_of ON campaign_member (contact) WHERE contact IS NOT NULL;

CREATE TABLE campaign_contact (
    key          BLOB PRIMARY KEY,
    opted_out_at INTEGER,
    written_at   INTEGER,
    locale       TEXT
) STRICT, WITHOUT ROWID;
";

//! Runs of campaigns, their members, and who has opted out.

mod member;
pub(super) use member::{claim, doubt_interrupted, last_written, mark, next, plan};

mod tables;
pub(super) use tables::TABLES;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::columns::{optional_time, text_hash, time};
use crate::{
    campaign::{MemberState, Skip, Standing},
    form::Locale,
    limit::Entry,
    store::{
        Begun, ContactKey, Cursor, Key, NewRun, OptChange, Progress, RunChange, RunId, RunRecord,
        Sweep,
    },
};

pub(super) fn begin(
    connection: &Connection,
    run: &NewRun,
    now: Timestamp,
) -> rusqlite::Result<Begun> {
    let due_at = run.due_at.map(Timestamp::as_millisecond);
    let known = connection
        .prepare_cached(
            "SELECT 1 FROM campaign_run WHERE bot = ?1 AND campaign = ?2 AND due_at = ?3",
        )?
        .exists(params![run.bot, run.campaign, due_at])?;
    if known {
        return Ok(Begun::Known);
    }
    let open = connection
        .prepare_cached(
            "SELECT id FROM campaign_run WHERE bot = ?1 AND campaign = ?2 AND ended_at IS NULL",
        )?
        .query_row(params![run.bot, run.campaign], |row| row.get(0))
        .optional()?;
    if let Some(open) = open {
        return Ok(Begun::UnderWay(open));
    }
    connection
        .prepare_cached(
            "INSERT INTO campaign_run (bot, campaign, due_at, started_at) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![run.bot, run.campaign, due_at, now.as_millisecond()])?;
    Ok(Begun::Started(connection.last_insert_rowid()))
}

pub(super) fn runs(connection: &Connection) -> rusqlite::Result<Vec<RunRecord>> {
    connection
        .prepare_cached(
            "SELECT id, bot, campaign, due_at, started_at, cursor_at, cursor_seen, is_read, paused, ended_at
             FROM campaign_run
             WHERE ended_at IS NULL OR id IN (SELECT max(id) FROM campaign_run GROUP BY bot, campaign)
             ORDER BY id",
        )?
        .query_map([], run_record)?
        .collect()
}

fn run_record(row: &Row<'_>) -> rusqlite::Result<RunRecord> {
    Ok(RunRecord {
        id: row.get(0)?,
        bot: row.get(1)?,
        campaign: row.get(2)?,
        due_at: optional_time(row, 3)?,
        started_at: time(row, 4)?,
        cursor: Cursor {
            at: optional_time(row, 5)?,
            seen: row.get(6)?,
        },
        is_read: row.get(7)?,
        paused: row.get(8)?,
        ended_at: optional_time(row, 9)?,
    })
}

pub(super) fn change(
    connection: &Connection,
    run: RunId,
    change: &RunChange,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let changed = match change {
        RunChange::Pause(reason) => connection
            .prepare_cached(
                "UPDATE campaign_run SET paused = ?2 WHERE id = ?1 AND ended_at IS NULL AND paused IS NULL",
            )?
            .execute(params![run, reason])?,
        RunChange::Resume => connection
            .prepare_cached(
                "UPDATE campaign_run SET paused = NULL WHERE id = ?1 AND ended_at IS NULL AND paused IS NOT NULL",
            )?
            .execute([run])?,
        RunChange::End => connection
            .prepare_cached(
                "UPDATE campaign_run SET ended_at = ?2, paused = NULL WHERE id = ?1 AND ended_at IS NULL",
            )?
            .execute(params![run, now.as_millisecond()])?,
    };
    Ok(changed == 1)
}

pub(super) fn progress(connection: &Connection, run: RunId) -> rusqlite::Result<Progress> {
    let mut progress = Progress::default();
    let mut statement = connection.prepare_cached(
        "SELECT state, iif(state = 'skipped', reason, NULL), count(*) FROM campaign_member
         WHERE run = ?1 GROUP BY 1, 2",
    )?;
    let mut rows = statement.query([run])?;
    while let Some(row) = rows.next()? {
        let (state, reason): (String, Option<String>) = (row.get(0)?, row.get(1)?);
        let count: u64 = row.get(2)?;
        let Some(state) = MemberState::from_name(&state) else {
            continue;
        };
        match progress.states.iter_mut().find(|(it, _)| *it == state) {
            Some((_, all)) => *all += count,
            None => progress.states.push((state, count)),
        }
        if let Some(skip) = reason.as_deref().and_then(Skip::from_name) {
            progress.skips.push((skip, count));
        }
    }
    Ok(progress)
}

pub(super) fn standings(
    connection: &Connection,
    contacts: &[ContactKey],
) -> rusqlite::Result<Vec<Standing>> {
    contacts
        .iter()
        .map(|contact| standing(connection, contact))
        .collect()
}

pub(super) fn standing(
    connection: &Connection,
    contact: &ContactKey,
) -> rusqlite::Result<Standing> {
    let standing = connection
        .prepare_cached(
            "SELECT opted_out_at, written_at, locale FROM campaign_contact WHERE key = ?1",
        )?
        .query_row([contact.0], |row| {
            Ok(Standing {
                opted_out_at: optional_time(row, 0)?,
                written_at: optional_time(row, 1)?,
                locale: row.get::<_, Option<String>>(2)?.as_deref().and_then(locale),
            })
        })
        .optional()?;
    Ok(standing.unwrap_or_default())
}

fn locale(tag: &str) -> Option<Locale> {
    Locale::ALL.into_iter().find(|locale| locale.tag() == tag)
}

pub(super) fn written_in(
    connection: &Connection,
    mailbox: &Key,
) -> rusqlite::Result<Option<ContactKey>> {
    connection
        .prepare_cached(
            "SELECT contact_key FROM campaign_member
             WHERE bot = ?1 AND conversation = ?2 AND state IN ('sending', 'doubt', 'sent', 'unresolved')
             ORDER BY id DESC LIMIT 1",
        )?
        .query_row(params![mailbox.bot, mailbox.mailbox], |row| {
            row.get(0).map(ContactKey)
        })
        .optional()
}

/// Messages of campaigns that may be in a conversation and are not in the outbox yet: they count.
pub(super) fn counting(
    connection: &Connection,
    mailbox: &Key,
    sent_since: Timestamp,
) -> rusqlite::Result<Vec<Entry>> {
    connection
        .prepare_cached(
            "SELECT at, text FROM campaign_member
             WHERE bot = ?1 AND conversation = ?2 AND state IN ('sending', 'doubt', 'unresolved') AND at >= ?3",
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
        .collect()
}

/// Part of a turn's commit.
pub(super) fn opt(
    connection: &Connection,
    change: &OptChange,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let at = change.is_out.then_some(now.as_millisecond());
    connection
        .prepare_cached(
            "INSERT INTO campaign_contact (key, opted_out_at) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET opted_out_at = excluded.opted_out_at",
        )?
        .execute(params![change.contact.0, at])?;
    Ok(())
}

/// Members of runs that ended long ago. Who has opted out, and when somebody was last written to,
/// stays: a cap may be as long as a year.
pub(super) fn sweep(connection: &Connection, sweep: &Sweep) -> rusqlite::Result<u64> {
    const LONGEST_CAP_DAYS: i64 = 367;
    let year_ago = sweep.now.as_millisecond() - LONGEST_CAP_DAYS * 24 * 60 * 60 * 1_000;
    connection
        .prepare_cached(
            "DELETE FROM campaign_contact WHERE opted_out_at IS NULL AND coalesce(written_at, 0) < ?1",
        )?
        .execute([year_ago])?;
    let deleted = connection
        .prepare_cached(
            "DELETE FROM campaign_member WHERE id IN (
                 SELECT member.id FROM campaign_run AS run JOIN campaign_member AS member ON member.run = run.id
                 WHERE run.ended_at < ?1 LIMIT ?2)",
        )?
        .execute(params![
            sweep.letters_before.as_millisecond(),
            sweep.limit
        ])?;
    Ok(deleted as u64)
}

/// Mailboxes in which there is a member to forget: of a contact without a conversation it is the
/// contact's.
pub(super) const MAILBOXES: &str = "
    SELECT bot, conversation AS mailbox FROM campaign_member
        WHERE conversation IS NOT NULL AND (conversation = ?1 OR contact = ?2)
    UNION SELECT bot, 'contact:' || contact FROM campaign_member WHERE contact = ?2";

/// What is left of a member says that there was one and how it ended.
pub(super) fn forget(
    connection: &Connection,
    mailbox: &Key,
    now: Timestamp,
) -> rusqlite::Result<u64> {
    let contact = mailbox.mailbox.strip_prefix("contact:");
    let forgotten = connection
        .prepare_cached(
            "UPDATE campaign_member SET contact = NULL, conversation = NULL, address = NULL, marker = '', text = NULL,
                 body = NULL, updated_at = ?4,
                 reason = iif(state = 'skipped', reason, NULL),
                 state = iif(state IN ('planned', 'sending', 'doubt'), 'forgotten', state)
             WHERE id IN (
                 SELECT id FROM campaign_member WHERE bot = ?1 AND conversation = ?2
                 UNION ALL SELECT id FROM campaign_member WHERE contact = ?3 AND bot = ?1)",
        )?
        .execute(params![
            mailbox.bot,
            mailbox.mailbox,
            contact,
            now.as_millisecond()
        ])?;
    Ok(forgotten as u64)
}

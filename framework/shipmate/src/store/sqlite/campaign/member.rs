//! Members of runs, from the plan to the end.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::standing;
use crate::{
    campaign::Skip,
    form::Locale,
    limit::TextHash,
    store::Marker,
    store::{
        Appended, Claimed, Class, ContactKey, Cursor, Doubt, Member, MemberId, MemberMark,
        MemberSent, NewMember, NextMember, RunId, Seq,
        sqlite::{
            columns::{bytes, class_number, optional_time, text_hash, time},
            inbox,
        },
    },
};

pub(in super::super) fn plan(
    connection: &Connection,
    run: RunId,
    members: &[NewMember],
    cursor: Cursor,
    is_read: bool,
    now: Timestamp,
) -> rusqlite::Result<()> {
    for member in members {
        plan_one(connection, run, member, now)?;
    }
    connection
        .prepare_cached(
            "UPDATE campaign_run SET cursor_at = ?2, cursor_seen = ?3, is_read = ?4 WHERE id = ?1",
        )?
        .execute(params![
            run,
            cursor.at.map(Timestamp::as_millisecond),
            cursor.seen,
            is_read
        ])?;
    Ok(())
}

fn plan_one(
    connection: &Connection,
    run: RunId,
    member: &NewMember,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let planned = match &member.plan {
        Ok(planned) if is_taken(connection, run, &planned.address)? => Err(Skip::Duplicate),
        Ok(planned) => Ok(planned),
        Err(skip) => Err(*skip),
    };
    let sent = planned.ok();
    connection
        .prepare_cached(
            "INSERT INTO campaign_member (run, bot, contact, contact_key, address, conversation, marker, text, body,
                                          state, reason, updated_at, locale)
             SELECT ?1, bot, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12 FROM campaign_run WHERE id = ?1
             ON CONFLICT (run, contact_key) DO NOTHING",
        )?
        .execute(params![
            run,
            member.contact,
            member.key.0,
            sent.map(|it| it.address),
            sent.and_then(|it| it.conversation.as_deref()),
            sent.map_or("", |it| it.marker.as_str()),
            sent.and_then(|it| it.text).map(TextHash::to_bits),
            sent.map(|it| &*it.body),
            if sent.is_some() { "planned" } else { "skipped" },
            planned.err().map(Skip::as_str),
            now.as_millisecond(),
            sent.and_then(|it| it.locale).map(Locale::tag),
        ])?;
    Ok(())
}

fn is_taken(connection: &Connection, run: RunId, address: &[u8; 32]) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM campaign_member WHERE run = ?1 AND address = ?2")?
        .exists(params![run, address])
}

pub(in super::super) fn next(
    connection: &Connection,
    run: RunId,
    now: Timestamp,
) -> rusqlite::Result<NextMember> {
    let goes_on = connection
        .prepare_cached(
            "SELECT 1 FROM campaign_run WHERE id = ?1 AND ended_at IS NULL AND paused IS NULL",
        )?
        .exists([run])?;
    if !goes_on {
        return Ok(NextMember::Halted);
    }
    let mut later = None;
    for state in ["doubt", "planned"] {
        // Written out, so that the small index of each is used.
        let first = connection
            .prepare_cached(&format!(
                "SELECT id, contact, conversation, marker, text, body, attempts, claimed_at, at, due_at
                 FROM campaign_member WHERE run = ?1 AND state = '{state}' ORDER BY due_at, id LIMIT 1"
            ))?
            .query_row([run], |row| Ok((time(row, 9)?, member(row, state == "doubt")?)))
            .optional()?;
        match first {
            Some((due_at, member)) if due_at <= now => {
                return Ok(NextMember::Due(Box::new(member)));
            }
            Some((due_at, _)) => later = Some(later.map_or(due_at, |it: Timestamp| it.min(due_at))),
            None => {}
        }
    }
    Ok(later.map_or(NextMember::Nobody, NextMember::Later))
}

fn member(row: &Row<'_>, is_doubtful: bool) -> rusqlite::Result<Member> {
    let doubt = match (optional_time(row, 7)?, optional_time(row, 8)?) {
        (Some(claimed_at), Some(at)) if is_doubtful => Some(Doubt { claimed_at, at }),
        _ => None,
    };
    Ok(Member {
        id: row.get(0)?,
        contact: row.get::<_, Option<String>>(1)?.unwrap_or_default(),
        conversation: row.get(2)?,
        marker: Marker::from_text(row.get::<_, String>(3)?),
        text: text_hash(row, 4)?,
        body: bytes(row, 5)?.unwrap_or_default(),
        attempts: row.get(6)?,
        doubt,
    })
}

pub(in super::super) fn last_written(
    connection: &Connection,
    run: RunId,
) -> rusqlite::Result<Option<Timestamp>> {
    connection
        .prepare_cached(
            "SELECT max(written_at) FROM campaign_member WHERE run = ?1 AND written_at IS NOT NULL",
        )?
        .query_row([run], |row| optional_time(row, 0))
}

/// Checked and taken in one transaction, so that two campaigns do not write to one contact at once.
pub(in super::super) fn claim(
    connection: &Connection,
    member: MemberId,
    cap: Option<SignedDuration>,
    at: Timestamp,
    now: Timestamp,
) -> rusqlite::Result<Claimed> {
    let key = connection
        .prepare_cached(
            "SELECT contact_key FROM campaign_member WHERE id = ?1 AND state = 'planned'",
        )?
        .query_row([member], |row| row.get(0).map(ContactKey))
        .optional()?;
    let Some(key) = key else {
        return Ok(Claimed::Gone);
    };
    let standing = standing(connection, &key)?;
    if let Some(skip) = standing.skip(cap, now) {
        skip_member(connection, member, skip, now)?;
        return Ok(Claimed::Skipped(skip));
    }
    connection
        .prepare_cached(
            "UPDATE campaign_member SET state = 'sending', claimed_at = ?2, at = ?2, written_at = ?3,
                 written_before = ?4, updated_at = ?3
             WHERE id = ?1",
        )?
        .execute(params![
            member,
            at.as_millisecond(),
            now.as_millisecond(),
            standing.written_at.map(Timestamp::as_millisecond)
        ])?;
    connection
        .prepare_cached(
            "INSERT INTO campaign_contact (key, written_at, locale)
             SELECT contact_key, ?2, locale FROM campaign_member WHERE id = ?1
             ON CONFLICT (key) DO UPDATE SET written_at = excluded.written_at, locale = excluded.locale",
        )?
        .execute(params![member, now.as_millisecond()])?;
    Ok(Claimed::Taken)
}

fn skip_member(
    connection: &Connection,
    member: MemberId,
    skip: Skip,
    now: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE campaign_member SET state = 'skipped', reason = ?2, body = NULL, address = NULL, updated_at = ?3
             WHERE id = ?1 AND state = 'planned'",
        )?
        .execute(params![member, skip.as_str(), now.as_millisecond()])?;
    Ok(())
}

/// A member that was forgotten meanwhile stays so.
pub(in super::super) fn mark(
    connection: &Connection,
    member: MemberId,
    mark: &MemberMark,
    now: Timestamp,
) -> rusqlite::Result<Option<Appended>> {
    match mark {
        MemberMark::Sent(sent) => return mark_sent(connection, member, sent, now),
        MemberMark::Skipped(skip) => skip_member(connection, member, *skip, now)?,
        MemberMark::Doubt {
            doubt,
            look_at,
            error,
        } => {
            connection
                .prepare_cached(
                    "UPDATE campaign_member SET state = 'doubt', claimed_at = ?2, at = ?3, due_at = ?4, reason = ?5,
                         attempts = attempts + 1, updated_at = ?6
                     WHERE id = ?1 AND state IN ('sending', 'doubt')",
                )?
                .execute(params![
                    member,
                    doubt.claimed_at.as_millisecond(),
                    doubt.at.as_millisecond(),
                    look_at.as_millisecond(),
                    error,
                    now.as_millisecond()
                ])?;
        }
        MemberMark::Retry { at, error } => {
            give_back(connection, member)?;
            connection
                .prepare_cached(
                    "UPDATE campaign_member SET state = 'planned', due_at = ?2, reason = ?3, claimed_at = NULL, at = NULL,
                         attempts = attempts + 1, updated_at = ?4
                     WHERE id = ?1 AND state IN ('sending', 'doubt', 'planned')",
                )?
                .execute(params![
                    member,
                    at.as_millisecond(),
                    error,
                    now.as_millisecond()
                ])?;
        }
        MemberMark::Ended { state, reason } => {
            if !matches!(state, crate::campaign::MemberState::Unresolved) {
                give_back(connection, member)?;
            }
            connection
                .prepare_cached(
                    "UPDATE campaign_member SET state = ?2, reason = ?3, body = NULL, updated_at = ?4
                     WHERE id = ?1 AND state IN ('planned', 'sending', 'doubt')",
                )?
                .execute(params![member, state.as_str(), reason, now.as_millisecond()])?;
        }
    }
    Ok(None)
}

/// The contact was not written to after all, so the cap does not count it.
fn give_back(connection: &Connection, member: MemberId) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE campaign_contact SET written_at = member.written_before FROM campaign_member AS member
             WHERE member.id = ?1 AND member.state IN ('sending', 'doubt')
                 AND campaign_contact.key = member.contact_key AND campaign_contact.written_at = member.written_at",
        )?
        .execute([member])?;
    Ok(())
}

fn mark_sent(
    connection: &Connection,
    member: MemberId,
    sent: &MemberSent,
    now: Timestamp,
) -> rusqlite::Result<Option<Appended>> {
    let marked = connection
        .prepare_cached(
            "UPDATE campaign_member SET state = 'sent', conversation = ?2, at = ?3, body = NULL, reason = NULL,
                 updated_at = ?4
             WHERE id = ?1 AND state IN ('sending', 'doubt')",
        )?
        .execute(params![
            member,
            sent.mailbox.mailbox,
            sent.at.as_millisecond(),
            now.as_millisecond()
        ])?;
    if marked == 0 {
        return Ok(None);
    }
    let appended = inbox::append(connection, &sent.event)?;
    if let Appended::Stored(seq) = appended {
        count(connection, sent, seq, now)?;
    }
    Ok(Some(appended))
}

/// Messages of campaigns count as those of the outbox do, which is the ledger, and are told of by
/// `why` as what the event caused.
fn count(
    connection: &Connection,
    sent: &MemberSent,
    seq: Seq,
    now: Timestamp,
) -> rusqlite::Result<()> {
    for (marker, text) in &sent.messages {
        connection
            .prepare_cached(
                "INSERT INTO outbox (bot, mailbox, seq, kind, text, marker, status, class, to_consumer, organization,
                                     claimed_at, at, created_at, updated_at)
                 VALUES (?1, ?2, ?3, 'message', ?4, ?5, 'sent', ?6, 1, ?7, ?8, ?8, ?9, ?9)",
            )?
            .execute(params![
                sent.mailbox.bot,
                sent.mailbox.mailbox,
                seq,
                text.map(TextHash::to_bits),
                marker.as_str(),
                class_number(Class::Campaign),
                sent.organization,
                sent.at.as_millisecond(),
                now.as_millisecond(),
            ])?;
    }
    Ok(())
}

/// They are looked for at once: whoever was to answer is gone.
pub(in super::super) fn doubt_interrupted(
    connection: &Connection,
    at: Timestamp,
    now: Timestamp,
) -> rusqlite::Result<u64> {
    let changed = connection
        .prepare_cached(
            "UPDATE campaign_member SET state = 'doubt', at = ?1, due_at = 0, updated_at = ?2,
                 reason = 'the service stopped before the answer was recorded'
             WHERE state = 'sending'",
        )?
        .execute(params![at.as_millisecond(), now.as_millisecond()])?;
    Ok(changed as u64)
}

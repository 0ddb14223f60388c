//! Timers and jobs.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    columns::{key, optional_time, time},
    inbox,
};
use crate::store::{
    Appended, Commit, JobRecord, Key, NewEvent, NewTimer, TimerChange, TimerEnds, TimerRecord,
};

const TIMER: &str = "bot, mailbox, name, due, ends, set_by, answered_at";

/// In the column `ends`, added up.
const ANSWERED: i64 = 1;
const TAKEN_OVER: i64 = 2;
const CLOSED: i64 = 4;

fn number(ends: TimerEnds) -> i64 {
    let all = [
        (ends.answered, ANSWERED),
        (ends.taken_over, TAKEN_OVER),
        (ends.closed, CLOSED),
    ];
    all.into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, bit)| bit)
        .sum()
}

/// Ends and sets what a turn ends and sets. Returns how many have ended.
pub(super) fn change(connection: &Connection, commit: &Commit) -> rusqlite::Result<u64> {
    let mut ended = end(connection, &commit.mailbox, commit.end_timers)?;
    for change in &commit.timers {
        match change {
            TimerChange::Set(timer) => {
                ended += cancel(connection, &commit.mailbox, &timer.name)?;
                set(connection, commit, timer)?;
            }
            TimerChange::Cancel(name) => ended += cancel(connection, &commit.mailbox, name)?,
        }
    }
    Ok(ended)
}

/// Ends the timers that any of `ends` ends.
pub(super) fn end(
    connection: &Connection,
    mailbox: &Key,
    ends: TimerEnds,
) -> rusqlite::Result<u64> {
    if ends.is_none() {
        return Ok(0);
    }
    let ended = connection
        .prepare_cached("DELETE FROM timer WHERE bot = ?1 AND mailbox = ?2 AND ends & ?3 != 0")?
        .execute(params![mailbox.bot, mailbox.mailbox, number(ends)])?;
    Ok(ended as u64)
}

fn cancel(connection: &Connection, mailbox: &Key, name: &str) -> rusqlite::Result<u64> {
    let ended = connection
        .prepare_cached("DELETE FROM timer WHERE bot = ?1 AND mailbox = ?2 AND name = ?3")?
        .execute(params![mailbox.bot, mailbox.mailbox, name])?;
    Ok(ended as u64)
}

fn set(connection: &Connection, commit: &Commit, timer: &NewTimer) -> rusqlite::Result<()> {
    connection
        .prepare_cached(&format!(
            "INSERT INTO timer ({TIMER}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
        ))?
        .execute(params![
            commit.mailbox.bot,
            commit.mailbox.mailbox,
            timer.name,
            timer.due.as_millisecond(),
            number(timer.ends),
            commit.seq,
            commit.answered_at.map(Timestamp::as_millisecond),
        ])?;
    Ok(())
}

pub(super) fn due(
    connection: &Connection,
    until: Timestamp,
    limit: usize,
) -> rusqlite::Result<Vec<TimerRecord>> {
    connection
        .prepare_cached(&format!(
            "SELECT {TIMER} FROM timer WHERE due <= ?1 ORDER BY due, set_by, name LIMIT ?2"
        ))?
        .query_map(params![until.as_millisecond(), limit], record)?
        .collect()
}

pub(super) fn next(connection: &Connection) -> rusqlite::Result<Option<Timestamp>> {
    connection
        .prepare_cached("SELECT min(due) FROM timer")?
        .query_row([], |row| optional_time(row, 0))
}

pub(super) fn of_conversation(
    connection: &Connection,
    mailbox: &str,
) -> rusqlite::Result<Vec<TimerRecord>> {
    connection
        .prepare_cached(&format!(
            "SELECT {TIMER} FROM timer WHERE mailbox = ?1 ORDER BY due, set_by, name"
        ))?
        .query_map([mailbox], record)?
        .collect()
}

fn record(row: &Row<'_>) -> rusqlite::Result<TimerRecord> {
    let ends: i64 = row.get(4)?;
    Ok(TimerRecord {
        mailbox: key(row, 0)?,
        timer: NewTimer {
            name: row.get(2)?,
            due: time(row, 3)?,
            ends: TimerEnds {
                answered: ends & ANSWERED != 0,
                taken_over: ends & TAKEN_OVER != 0,
                closed: ends & CLOSED != 0,
            },
        },
        set_by: row.get(5)?,
        answered_at: optional_time(row, 6)?,
    })
}

/// Ends all timers of a conversation. Returns how many there were.
pub(super) fn forget(connection: &Connection, mailbox: &Key) -> rusqlite::Result<u64> {
    let forgotten = connection
        .prepare_cached("DELETE FROM timer WHERE bot = ?1 AND mailbox = ?2")?
        .execute(params![mailbox.bot, mailbox.mailbox])?;
    Ok(forgotten as u64)
}

/// The timer gives way to its event. None if it is not set any more, or was set anew.
pub(super) fn ring(
    connection: &Connection,
    timer: &TimerRecord,
    event: &NewEvent,
) -> rusqlite::Result<Option<Appended>> {
    let rung = connection
        .prepare_cached(
            "DELETE FROM timer
             WHERE bot = ?1 AND mailbox = ?2 AND name = ?3 AND due = ?4 AND set_by = ?5",
        )?
        .execute(params![
            timer.mailbox.bot,
            timer.mailbox.mailbox,
            timer.timer.name,
            timer.timer.due.as_millisecond(),
            timer.set_by,
        ])?;
    if rung == 0 {
        return Ok(None);
    }
    inbox::append(connection, event).map(Some)
}

pub(super) fn job(connection: &Connection, job: &Key) -> rusqlite::Result<Option<JobRecord>> {
    connection
        .prepare_cached(
            "SELECT bot, mailbox, schedule, until FROM job WHERE bot = ?1 AND mailbox = ?2",
        )?
        .query_row(params![job.bot, job.mailbox], |row| {
            Ok(JobRecord {
                mailbox: key(row, 0)?,
                schedule: row.get(2)?,
                until: time(row, 3)?,
            })
        })
        .optional()
}

pub(super) fn run_job(
    connection: &Connection,
    job: &JobRecord,
    events: &[NewEvent],
) -> rusqlite::Result<Vec<Appended>> {
    connection
        .prepare_cached(
            "INSERT INTO job (bot, mailbox, schedule, until) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (bot, mailbox) DO UPDATE SET schedule = excluded.schedule, until = excluded.until",
        )?
        .execute(params![
            job.mailbox.bot,
            job.mailbox.mailbox,
            job.schedule,
            job.until.as_millisecond(),
        ])?;
    let events = events.iter();
    events
        .map(|event| inbox::append(connection, event))
        .collect()
}

//! The story in lines of text.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::{Chapter, Story, Told, Wait, outcome::outcome};
use crate::store::{EventRecord, RowEnd, RowKind, RowRecord, RowStatus, TimerEnds, TimerRecord};

/// The whole story. Every line is safe to print: what came from outside is escaped.
pub(crate) fn lines(story: &Story) -> Vec<String> {
    let mut lines = Vec::new();
    if story.more {
        lines.push("Earlier events are left out; ask for more with `--latest`.".to_owned());
        lines.push(String::new());
    }
    for chapter in &story.chapters {
        if lines.last().is_some_and(|line| !line.is_empty()) {
            lines.push(String::new());
        }
        tell_chapter(chapter, story.now, &mut lines);
    }
    if !lines.is_empty() && !story.timers.is_empty() {
        lines.push(String::new());
    }
    for timer in &story.timers {
        tell_timer(timer, story.now, &mut lines);
    }
    lines
}

fn tell_chapter(chapter: &Chapter, now: Timestamp, lines: &mut Vec<String>) {
    match &chapter.event {
        Some(event) => tell_event(event, now, lines),
        None => lines.push(format!(
            "Event {}, which is too old to be on record",
            chapter.seq
        )),
    }
    let caused = match chapter.messages.len() {
        0 => return,
        1 => "  It caused one message:".to_owned(),
        several => format!("  It caused {several} messages:"),
    };
    lines.push(caused);
    for told in &chapter.messages {
        tell_message(told, now, lines);
    }
}

fn tell_event(event: &EventRecord, now: Timestamp, lines: &mut Vec<String>) {
    let place = event.place;
    if event.mailbox.mailbox.is_empty() {
        lines.push(format!("Event {place}, of which the rest is forgotten"));
    } else {
        let (name, mailbox) = (plain(&event.name), plain(&event.mailbox.mailbox));
        let bot = plain(&event.mailbox.bot);
        lines.push(format!("Event {place}: {name} in {mailbox}, for bot {bot}"));
    }
    lines.push(at(event.at, "it happened, by the platform's clock"));
    let delay = between(event.at, event.received_at, "happened");
    lines.push(at(event.received_at, &format!("it reached us, {delay}")));
    match event.duplicates {
        0 => {}
        1 => lines.push(beside("it was delivered once more, which was recognised")),
        times => lines.push(beside(&format!(
            "it was delivered {times} more times, which was recognised"
        ))),
    }
    match (&event.outcome, event.decided_at) {
        (Some(word), decided_at) => {
            let decided_at = decided_at.unwrap_or(event.received_at);
            let when = between(event.received_at, decided_at, "reached us");
            let meaning = Some(outcome(word)).filter(|meaning| !meaning.is_empty());
            let meaning = meaning.map_or_else(String::new, |meaning| format!(": {meaning}"));
            let word = plain(word);
            lines.push(at(decided_at, &format!("{word}{meaning}; {when}")));
            tell_attempts(event, "it had been tried", lines);
        }
        (None, _) => tell_pending(event, now, lines),
    }
    if let Some(reason) = &event.reason {
        lines.push(beside(&format!("reason: {}", plain(reason))));
    }
}

fn tell_timer(record: &TimerRecord, now: Timestamp, lines: &mut Vec<String>) {
    let (name, bot) = (plain(&record.timer.name), plain(&record.mailbox.bot));
    lines.push(format!("Timer {name}, for bot {bot}"));
    let due = record.timer.due;
    lines.push(if due > now {
        at(due, &format!("it is due, {}", ahead(now, due)))
    } else {
        at(due, "it was due: it waits for the service to run")
    });
    lines.push(beside(&format!("it was set by event {}", record.set_by)));
    if let Some(words) = ends(record.timer.ends) {
        lines.push(beside(&format!("it ends before if {words}")));
    }
}

fn ends(ends: TimerEnds) -> Option<String> {
    let all = [
        (ends.answered, "the consumer writes"),
        (ends.taken_over, "a person takes over"),
        (ends.closed, "the conversation is closed"),
    ];
    let words: Vec<_> = all
        .into_iter()
        .filter(|(is, _)| *is)
        .map(|(_, words)| words)
        .collect();
    (!words.is_empty()).then(|| words.join(", or "))
}

fn tell_attempts(event: &EventRecord, words: &str, lines: &mut Vec<String>) {
    match event.attempts {
        0 => {}
        1 => lines.push(beside(&format!("{words} once in vain"))),
        times => lines.push(beside(&format!("{words} {times} times in vain"))),
    }
}

fn tell_pending(event: &EventRecord, now: Timestamp, lines: &mut Vec<String>) {
    tell_attempts(event, "it was tried", lines);
    lines.push(match event.retry_at {
        Some(retry_at) if retry_at > now => {
            at(retry_at, &format!("it is tried again, {}", ahead(now, retry_at)))
        }
        _ => beside(
            "it waits to be handled: behind earlier events of the conversation, or until the service runs",
        ),
    });
}

fn tell_message(told: &Told, now: Timestamp, lines: &mut Vec<String>) {
    let row = &told.row;
    let what = match (row.kind, row.to_consumer) {
        (RowKind::Patch, _) => "a change of the conversation",
        (RowKind::Profile, _) => "a change of the contact's profile",
        (RowKind::Message, true) => "to the consumer",
        (RowKind::Message, false) => "a command, or to people",
    };
    let marker = match row.marker.as_str() {
        "" => String::new(),
        marker => format!(", marker {}", plain(marker)),
    };
    let (place, class) = (row.place, row.class.as_str());
    lines.push(format!("  Message {place}: {what}, {class}{marker}"));
    let mut add = |line: String| lines.push(format!("  {line}"));
    add(at(row.created_at, "it was committed"));
    add(status(row, told.waits, now));
    match row.attempts {
        0 => {}
        1 => add(beside("it was tried once in vain")),
        times => add(beside(&format!("it was tried {times} times in vain"))),
    }
    if let Some(expires_at) = row.expires_at.filter(|_| !row.status.is_final()) {
        add(at(expires_at, "it is not sent if it has not been by then"));
    }
    if let Some(reason) = &row.reason {
        add(beside(&format!("reason: {}", plain(reason))));
    }
}

fn status(row: &RowRecord, waits: Option<Wait>, now: Timestamp) -> String {
    let ended = |words: &str| at(row.updated_at, words);
    match row.status {
        RowStatus::Queued | RowStatus::Retry => waiting(waits.unwrap_or(Wait::Turn), now),
        RowStatus::Sending => ended("sending: the request is under way, or the service was killed"),
        RowStatus::Sent => sent(row),
        RowStatus::Unknown => match row.retry_at {
            Some(look_at) if look_at > now => at(
                look_at,
                &format!(
                    "in doubt: the answer was lost; it is looked for, {}",
                    ahead(now, look_at)
                ),
            ),
            _ => ended("in doubt: the answer was lost; it is being looked for"),
        },
        RowStatus::Ended(end) => ended(match end {
            RowEnd::Dead => {
                "dead: the platform refuses it; it needs a person (`letters retry`, `letters drop`)"
            }
            RowEnd::Unresolved => {
                "unresolved: it may be there or not; it needs a person (`letters retry`, `letters drop`)"
            }
            RowEnd::Cancelled => "cancelled: it was not wanted any more",
            RowEnd::Expired => "expired: its time was over before it could be sent",
            RowEnd::Superseded => "superseded: another message does what it would have done",
            RowEnd::Dropped => "dropped: a person or time decided against sending it again",
            RowEnd::Forgotten => "forgotten before it was sent",
        }),
    }
}

fn sent(row: &RowRecord) -> String {
    let sent_at = row.at.unwrap_or(row.updated_at);
    let name = match &row.message {
        Some(message) => format!(" as {}", plain(message)),
        None => String::new(),
    };
    let delay = between(row.created_at, sent_at, "was committed");
    at(
        sent_at,
        &format!("sent: the platform has it{name}; {delay}"),
    )
}

fn waiting(waits: Wait, now: Timestamp) -> String {
    match waits {
        Wait::Turn => {
            beside("it waits for its turn: the pace of all requests, or the service to run")
        }
        Wait::Behind(first) => beside(&format!("it waits behind message {first}")),
        Wait::Pause(until) => at(
            until,
            &format!(
                "it is tried again, {}; the platform refused it for now",
                ahead(now, until)
            ),
        ),
        Wait::Limit(rule, until) => at(
            until,
            &format!(
                "it is sent, {}; until then the limit on {} messages holds it back",
                ahead(now, until),
                rule.as_str()
            ),
        ),
    }
}

const INDENT: &str = "    ";

fn at(instant: Timestamp, words: &str) -> String {
    format!("{INDENT}{}  {words}", time(instant))
}

fn beside(words: &str) -> String {
    format!("{INDENT}{:24}  {words}", "")
}

/// An instant in UTC, to the millisecond.
pub(crate) fn time(instant: Timestamp) -> String {
    let utc = instant.to_zoned(TimeZone::UTC);
    utc.strftime("%Y-%m-%d %H:%M:%S.%3fZ").to_string()
}

/// How long `earlier` was before `now`.
pub(crate) fn ago(earlier: Timestamp, now: Timestamp) -> String {
    format!("{} ago", span(now.duration_since(earlier)))
}

fn between(earlier: Timestamp, later: Timestamp, what: &str) -> String {
    let passed = later.duration_since(earlier);
    if passed.is_negative() {
        // The two clocks differ.
        return format!("{} before it {what}", span(passed.abs()));
    }
    format!("{} after it {what}", span(passed))
}

fn ahead(now: Timestamp, later: Timestamp) -> String {
    format!("in {}", span(later.duration_since(now)))
}

/// The two largest units.
fn span(duration: SignedDuration) -> String {
    let milliseconds = duration.as_millis().max(0);
    let seconds = milliseconds / 1_000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    if days > 0 {
        format!("{days} d {} h", hours % 24)
    } else if hours > 0 {
        format!("{hours} h {} min", minutes % 60)
    } else if minutes > 0 {
        format!("{minutes} min {} s", seconds % 60)
    } else if seconds > 0 {
        format!("{seconds}.{} s", milliseconds % 1_000 / 100)
    } else {
        format!("{milliseconds} ms")
    }
}

/// Text from outside as it can be printed: control characters, and those that turn the direction of
/// writing, are escaped.
pub(crate) fn plain(text: &str) -> String {
    let is_safe = |letter: char| {
        !letter.is_control()
            && !matches!(letter, '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_safe(letter) {
            safe.push(letter);
        } else {
            safe.extend(letter.escape_unicode());
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_in_its_largest_units() {
        for (milliseconds, words) in [
            (340, "340 ms"),
            (2_350, "2.3 s"),
            (200_000, "3 min 20 s"),
            (7_500_000, "2 h 5 min"),
            (273_600_000, "3 d 4 h"),
        ] {
            assert_eq!(span(SignedDuration::from_millis(milliseconds)), words);
        }
    }

    #[test]
    fn what_comes_from_outside_cannot_drive_a_terminal() {
        assert_eq!(
            plain("a\u{1b}[2Jb\nc\u{202e}d é"),
            "a\\u{1b}[2Jb\\u{a}c\\u{202e}d é"
        );
    }

    #[test]
    fn clocks_that_differ_are_told_apart() {
        let at = |ms| Timestamp::from_millisecond(ms).unwrap();
        assert_eq!(
            between(at(0), at(340), "happened"),
            "340 ms after it happened"
        );
        assert_eq!(between(at(5), at(0), "happened"), "5 ms before it happened");
    }
}

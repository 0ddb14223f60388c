//! What happened, as text to read. Everything in it is untrusted: control characters are shown as
//! what they are.

use std::fmt::{self, Write as _};

use jiff::{SignedDuration, Timestamp, Unit, tz::TimeZone};

/// Lines that are shown; earlier ones are counted.
const SHOWN: usize = 300;

/// Lines that are kept, so that a world that runs for long does not fill the memory.
const KEPT: usize = 100_000;

/// Shorter pauses are left out between lines; the times tell them.
const SHORTEST_PAUSE: SignedDuration = SignedDuration::from_mins(1);

/// Everything that happened, oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Transcript {
    lines: std::collections::VecDeque<Line>,
    forgotten: usize,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    at: Timestamp,
    who: String,
    what: String,
}

impl Transcript {
    pub(super) fn add(&mut self, at: Timestamp, who: impl Into<String>, what: impl Into<String>) {
        if self.lines.len() == KEPT {
            self.lines.pop_front();
            self.forgotten += 1;
        }
        let (who, what) = (who.into(), what.into());
        self.lines.push_back(Line { at, who, what });
    }
}

impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = self.lines.len().saturating_sub(SHOWN);
        if hidden + self.forgotten > 0 {
            writeln!(f, "  ({} earlier lines)", hidden + self.forgotten)?;
        }
        let shown = self.lines.iter().skip(hidden);
        let width = shown.clone().map(|line| line.who.chars().count()).max();
        let width = width.unwrap_or_default();
        let mut last: Option<Timestamp> = None;
        for line in shown {
            let pause = last.map(|last| line.at.duration_since(last));
            if let Some(pause) = pause.filter(|pause| *pause >= SHORTEST_PAUSE) {
                writeln!(f, "  ({} later)", spoken(pause))?;
            }
            last = Some(line.at);
            let indent = " ".repeat(width + 24);
            let what = escaped(&line.what).replace('\n', &format!("\n{indent}"));
            let who = escaped(&line.who).replace('\n', " ");
            writeln!(f, "  {}  {who:<width$}  {what}", time(line.at))?;
        }
        Ok(())
    }
}

/// Date and time, to the second.
pub(super) fn time(at: Timestamp) -> String {
    let utc = at.to_zoned(TimeZone::UTC);
    utc.strftime("%a %m-%d %H:%M:%S").to_string()
}

/// `7d`, `1h 30m`: to the second.
pub(super) fn spoken(length: SignedDuration) -> String {
    let rounded = length.round(Unit::Second).unwrap_or(length);
    let (days, rest) = (rounded.as_hours() / 24, rounded.as_secs() % 86_400);
    let parts = [
        (days, "d"),
        (rest / 3_600, "h"),
        (rest / 60 % 60, "m"),
        (rest % 60, "s"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<_> = parts
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    if parts.is_empty() {
        format!("{length:#}")
    } else {
        parts.join(" ")
    }
}

/// Control characters, and those that turn the direction of a line, as `\u{…}`; line breaks stay.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter == '\n' || !is_invisible(letter) {
            escaped.push(letter);
        } else {
            // Writing into a string cannot fail.
            let _ = write!(escaped, "\\u{{{:x}}}", u32::from(letter));
        }
    }
    escaped
}

/// In quotes, on one line.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text).replace('\n', "\\n"))
}

fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_shown() {
        assert_eq!(
            escaped("a\u{1b}[2J\nb\u{202e}c"),
            "a\\u{1b}[2J\nb\\u{202e}c"
        );
        assert_eq!(quoted("a\nb"), "\"a\\nb\"");
    }

    #[test]
    fn lines_are_aligned_and_pauses_named() {
        let mut transcript = Transcript::default();
        let start = "2026-03-02T10:00:00Z".parse::<Timestamp>().unwrap();
        transcript.add(start, "Ann", "two\nlines");
        transcript.add(start + SignedDuration::from_hours(25), "Bot", "yes");
        assert_eq!(
            transcript.to_string(),
            "  Mon 03-02 10:00:00  Ann  two\n                           lines\n  (1d 1h later)\n  Tue 03-03 11:00:00  Bot  yes\n"
        );
    }

    #[test]
    fn only_the_last_lines_are_shown() {
        let mut transcript = Transcript::default();
        for number in 0..SHOWN + 5 {
            transcript.add(Timestamp::UNIX_EPOCH, "Ann", number.to_string());
        }
        let shown = transcript.to_string();
        assert!(shown.starts_with("  (5 earlier lines)\n"), "{shown}");
        assert_eq!(shown.lines().count(), SHOWN + 1);
    }
}

//! Hours as text.

use std::{
    fmt::{self, Write},
    str::FromStr,
};

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

use super::{Between, DAY, Hours, Span, day};

/// Longest text, in bytes.
const LONGEST: usize = 4_096;

/// Days in one range of dates, at most.
const MOST_DAYS: usize = 366;

/// Longest part that an error repeats, in characters.
const SHOWN: usize = 60;

/// Why a text says no hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}; write hours like `{example}`")]
pub struct HoursError {
    problem: String,
    example: &'static str,
}

const EXAMPLE: &str = "mon-fri 09:00-17:30; sat 10:00-16:00";

impl HoursError {
    pub(super) const QUIET_EXAMPLE: &'static str = "21:00-08:00";

    pub(super) fn always_quiet(text: &str) -> Self {
        Self {
            problem: format!("{} leaves no time at all", shown(text)),
            example: Self::QUIET_EXAMPLE,
        }
    }
}

/// What days, and what is on them: nothing if closed.
type Part = (Vec<Place>, Vec<Between>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Weekday(Weekday),
    Date(Date),
}

/// What is wrong with a part.
type Problem = String;

impl FromStr for Hours {
    type Err = HoursError;

    /// # Errors
    ///
    /// If a part cannot be read, or contradicts another one; the error names it.
    fn from_str(text: &str) -> Result<Self, HoursError> {
        read(text, EXAMPLE)
    }
}

pub(super) fn read(text: &str, example: &'static str) -> Result<Hours, HoursError> {
    let wrong = |problem| HoursError { problem, example };
    if text.len() > LONGEST {
        return Err(wrong(format!("the text is longer than {LONGEST} bytes")));
    }
    let mut reading = Reading::default();
    let parts = text.split([';', '\n']).map(str::trim);
    for part in parts.filter(|part| !part.is_empty()) {
        reading
            .add(part)
            .map_err(|problem| wrong(format!("{}: {problem}", shown(part))))?;
    }
    if !reading.has_parts {
        return Err(wrong("there are no hours; `closed` says never".to_owned()));
    }
    reading.hours.week.sort_unstable();
    Ok(reading.hours)
}

/// What was read so far.
#[derive(Debug, Default)]
struct Reading {
    hours: Hours,
    closed: Vec<Weekday>,
    has_parts: bool,
}

impl Reading {
    fn add(&mut self, part: &str) -> Result<(), Problem> {
        self.has_parts = true;
        let (places, betweens) = read_part(part)?;
        for place in places {
            match place {
                Place::Weekday(day) => self.add_to_week(day, &betweens)?,
                Place::Date(date) => self.add_date(date, &betweens)?,
            }
        }
        Ok(())
    }

    fn add_to_week(&mut self, day: Weekday, betweens: &[Between]) -> Result<(), Problem> {
        let mut before = self.hours.on(day);
        let is_closed = self.closed.contains(&day);
        let contradicts =
            is_closed && !betweens.is_empty() || betweens.is_empty() && !before.is_empty();
        if contradicts {
            return Err(format!("`{}` is both open and closed", day::name(day)));
        }
        if betweens.is_empty() {
            self.closed.push(day);
        }
        insert(&mut before, betweens).map_err(|()| twice(day::name(day)))?;
        self.hours.week.extend(betweens.iter().map(|between| Span {
            day: day.to_monday_zero_offset(),
            between: *between,
        }));
        Ok(())
    }

    fn add_date(&mut self, date: Date, betweens: &[Between]) -> Result<(), Problem> {
        if let Some(before) = self.hours.dates.get_mut(&date) {
            if before.is_empty() || betweens.is_empty() {
                return Err(twice(date));
            }
            return insert(before, betweens).map_err(|()| twice(date));
        }
        let mut special = Vec::new();
        insert(&mut special, betweens).map_err(|()| twice(date))?;
        self.hours.dates.insert(date, special);
        Ok(())
    }
}

fn twice(what: impl fmt::Display) -> Problem {
    format!("`{what}` has hours that overlap")
}

fn insert(before: &mut Vec<Between>, betweens: &[Between]) -> Result<(), ()> {
    for between in betweens {
        if before.iter().any(|other| other.overlaps(*between)) {
            return Err(());
        }
        before.push(*between);
    }
    before.sort_unstable();
    Ok(())
}

fn read_part(part: &str) -> Result<Part, Problem> {
    let words = words(part);
    let mut words: Vec<&str> = words.split_whitespace().collect();
    let all = || day::days("daily").unwrap_or_default();
    let mut places: Vec<_> = all().into_iter().map(Place::Weekday).collect();
    if words == ["24/7"] {
        return Ok((places, vec![Between::WHOLE_DAY]));
    }
    if words.len() > 1 {
        places = read_places(words.remove(0))?;
    }
    match words.as_slice() {
        [word] if is_closed(word) => Ok((places, Vec::new())),
        [word] if word.starts_with(|c: char| c.is_ascii_digit()) => {
            let betweens = word.split(',').map(read_between);
            Ok((places, betweens.collect::<Result<_, _>>()?))
        }
        [word] if read_places(word).is_ok() => Err("there are no times after the days".to_owned()),
        [word] => Err(format!("{} is neither times nor `closed`", shown(word))),
        _ => Err("there is more than days and times; separate parts with `;`".to_owned()),
    }
}

fn is_closed(word: &str) -> bool {
    const CLOSED: &[&str] = &[
        "closed",
        "never",
        "none",
        "gesloten",
        "dicht",
        "geschlossen",
        "zu",
        "fermé",
        "ferme",
    ];
    CLOSED.contains(&word)
}

/// In lower case, with one kind of dash, and no blanks around dashes and commas: what is left of
/// them separates days from times.
fn words(part: &str) -> String {
    let mut text = part.to_lowercase().replace(['–', '—', '−'], "-");
    text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for until in [" to ", " until ", " bis ", " tot ", " t/m ", " au ", " à "] {
        text = text.replace(until, "-");
    }
    text = text.replace(" and ", ",").replace(" en ", ",");
    text = text.replace(" und ", ",").replace(" et ", ",");
    for mark in ["-", ","] {
        text = text
            .replace(&format!(" {mark}"), mark)
            .replace(&format!("{mark} "), mark);
    }
    // `mon: 9-17`, but `9:00` stays.
    text.replace(": ", " ")
        .replace("every day", "daily")
        .replace(" uhr", "")
        .replace(" uur", "")
}

fn read_places(word: &str) -> Result<Vec<Place>, Problem> {
    let mut places = Vec::new();
    for item in word.split(',') {
        let found = match day::days(item) {
            Some(days) => days.into_iter().map(Place::Weekday).collect(),
            None => read_dates(item)
                .ok_or_else(|| format!("{} is neither a day nor a date", shown(item)))?,
        };
        for place in found {
            if places.contains(&place) {
                return Err(format!("{} is there twice", shown(item)));
            }
            places.push(place);
        }
    }
    Ok(places)
}

/// `2026-12-25`, or two dates with a dash between.
fn read_dates(item: &str) -> Option<Vec<Place>> {
    let (first, last) = match item.len() {
        10 => (item, item),
        21 => (item.get(..10)?, item.get(11..)?),
        _ => return None,
    };
    let (first, last): (Date, Date) = (first.parse().ok()?, last.parse().ok()?);
    if first > last {
        return None;
    }
    let days = first.series(1.day()).take_while(|date| *date <= last);
    let days: Vec<_> = days.take(MOST_DAYS + 1).map(Place::Date).collect();
    (days.len() <= MOST_DAYS).then_some(days)
}

fn read_between(item: &str) -> Result<Between, Problem> {
    let (from, until) = item
        .split_once('-')
        .ok_or_else(|| format!("{} has no end; write `09:00-17:30`", shown(item)))?;
    let time = |text| read_time(text).ok_or_else(|| format!("{} is no time of day", shown(text)));
    let (from, until) = (time(from)?, time(until)?);
    if from == until || from == DAY {
        return Err(format!("{} begins when it ends", shown(item)));
    }
    let until = if until < from { until + DAY } else { until };
    Ok(Between { from, until })
}

/// In minutes since midnight: `9`, `9:00`, `9.30`, `9h30`, `9am`, `24:00`.
fn read_time(text: &str) -> Option<i32> {
    let (text, half) = match (text.strip_suffix("am"), text.strip_suffix("pm")) {
        (Some(text), _) => (text, Some(0)),
        (_, Some(text)) => (text, Some(12)),
        _ => (text, None),
    };
    let text = text.trim();
    let (hour, minute) = text
        .split_once([':', '.', 'h'])
        .map_or((text, ""), |both| both);
    let number = |digits: &str| {
        let is_number = digits.len() <= 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| digits.parse::<i32>().ok())?
    };
    let hour = number(hour)?;
    let minute = match minute {
        "" => 0,
        digits if digits.len() == 2 => number(digits)?,
        _ => return None,
    };
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(half) => hour % 12 + half,
        None => hour,
    };
    let time = hour * 60 + minute;
    (minute < 60 && time <= DAY).then_some(time)
}

fn shown(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(SHOWN)
        .collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = week_parts(self);
        parts.extend(date_parts(self));
        if self.week == Self::always().week {
            parts.insert(0, "24/7".to_owned());
        } else if self.week.is_empty() {
            parts.insert(0, "closed".to_owned());
        }
        f.write_str(&parts.join("; "))
    }
}

/// Days of the same hours together, by the first of them.
fn week_parts(hours: &Hours) -> Vec<String> {
    if hours.week == Hours::always().week {
        return Vec::new();
    }
    let mut groups: Vec<(Vec<Weekday>, Vec<Between>)> = Vec::new();
    for day in Weekday::Monday.cycle_forward().take(7) {
        let betweens = hours.on(day);
        match groups.iter_mut().find(|(_, others)| *others == betweens) {
            _ if betweens.is_empty() => {}
            Some((days, _)) => days.push(day),
            None => groups.push((vec![day], betweens)),
        }
    }
    let part = |(days, betweens): &(Vec<Weekday>, Vec<Between>)| {
        format!("{} {}", days_text(days), betweens_text(betweens))
    };
    groups.iter().map(part).collect()
}

fn date_parts(hours: &Hours) -> Vec<String> {
    let mut ranges: Vec<(Date, Date, &Vec<Between>)> = Vec::new();
    for (date, betweens) in &hours.dates {
        match ranges.last_mut() {
            Some((_, last, others))
                if last.tomorrow().ok() == Some(*date) && *others == betweens =>
            {
                *last = *date;
            }
            _ => ranges.push((*date, *date, betweens)),
        }
    }
    let part = |(first, last, betweens): &(Date, Date, &Vec<Between>)| {
        let hours = betweens_text(betweens);
        if first == last {
            format!("{first} {hours}")
        } else {
            format!("{first} to {last} {hours}")
        }
    };
    ranges.iter().map(part).collect()
}

fn days_text(days: &[Weekday]) -> String {
    let mut ranges: Vec<(Weekday, Weekday)> = Vec::new();
    for day in days {
        match ranges.last_mut() {
            Some((_, last)) if last.next() == *day => *last = *day,
            _ => ranges.push((*day, *day)),
        }
    }
    let text = |(first, last): &(Weekday, Weekday)| {
        if first == last {
            day::name(*first).to_owned()
        } else {
            format!("{}-{}", day::name(*first), day::name(*last))
        }
    };
    ranges.iter().map(text).collect::<Vec<_>>().join(",")
}

fn betweens_text(betweens: &[Between]) -> String {
    if betweens.is_empty() {
        return "closed".to_owned();
    }
    let mut text = String::new();
    for between in betweens {
        let until = match between.until {
            until if until > DAY => until - DAY,
            until => until,
        };
        let comma = if text.is_empty() { "" } else { "," };
        let (from, to) = (clock(between.from), clock(until));
        // Writing into a text does not fail.
        let _ = write!(text, "{comma}{from}-{to}");
    }
    text
}

fn clock(minute: i32) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

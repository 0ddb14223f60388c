//! Dates, times, months and weeks: from what people write to ISO 8601, and back to how a language
//! writes it.

mod date;
mod example;
mod limit;
mod relative;
mod time;
mod tokens;
mod within;

pub(super) use example::{example, written_day};
pub(super) use limit::Limit;
pub(super) use within::read_within;

use jiff::{
    Span,
    civil::{Date, DateTime, ISOWeekDate, Time, Weekday},
};

use super::{Context, Locale, fold::bare, fold::fold, texts::Texts};
use tokens::{Token, tokens};

/// In characters. Nothing that names a moment is longer.
const LONGEST: usize = 64;

/// What kind of moment a question asks for.
///
/// The value of each is ISO 8601 of fixed width as HTML writes it, so that values of one kind
/// compare as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// A day: `2026-03-04`.
    Date,
    /// A time of day: `14:30`, or `14:30:15` if seconds were given.
    Time,
    /// A day and a time, in no particular time zone: `2026-03-04T14:30`.
    DateTime,
    /// A month of a year: `2026-03`.
    Month,
    /// An ISO week of a year: `2026-W10`.
    Week,
}

impl Moment {
    /// How a value is written.
    pub(super) fn example(self) -> &'static str {
        match self {
            Self::Date => "2026-03-04",
            Self::Time => "14:30",
            Self::DateTime => "2026-03-04T14:30",
            Self::Month => "2026-03",
            Self::Week => "2026-W10",
        }
    }
}

/// The values right before and right after a value, as far as there are any.
pub(super) fn next_to(what: Moment, value: &str) -> Vec<String> {
    let second = Span::new().seconds(1);
    let moments = match what {
        Moment::Date => value.parse::<Date>().ok().map(|date| {
            [date.yesterday(), date.tomorrow()].map(|date| Some(date.ok()?.to_string()))
        }),
        Moment::Time => value.parse::<Time>().ok().map(|time| {
            [time.checked_sub(second), time.checked_add(second)]
                .map(|time| Some(iso_time(time.ok()?)))
        }),
        Moment::DateTime => value.parse::<DateTime>().ok().map(|moment| {
            [moment.checked_sub(second), moment.checked_add(second)]
                .map(|moment| moment.ok().map(|moment| join(moment.date(), moment.time())))
        }),
        Moment::Month => format!("{value}-01").parse::<Date>().ok().map(|first| {
            let month = Span::new().months(1);
            [first.checked_sub(month), first.checked_add(month)]
                .map(|date| Some(iso_month(date.ok()?)))
        }),
        Moment::Week => monday(value).map(|monday| {
            let week = Span::new().weeks(1);
            [monday.checked_sub(week), monday.checked_add(week)]
                .map(|date| Some(iso_week(date.ok()?.iso_week_date())))
        }),
    };
    moments.into_iter().flatten().flatten().collect()
}

/// The first day of a week such as `2026-W05`.
fn monday(week: &str) -> Option<Date> {
    let (year, week) = week.split_once("-W")?;
    let date = ISOWeekDate::new(year.parse().ok()?, week.parse().ok()?, Weekday::Monday);
    Some(date.ok()?.date())
}

/// Reads what a person wrote, where it can mean but one thing and hardly anything else.
pub(super) fn read(what: Moment, text: &str, context: &Context) -> Option<String> {
    let text = fold(&bare(text));
    if text.chars().nth(LONGEST).is_some() {
        return None;
    }
    match what {
        Moment::Date => date::read(&text, context).map(|date| date.to_string()),
        Moment::Time => time::read(&text).map(iso_time),
        Moment::DateTime => date_time(&text, context),
        Moment::Month => month(&text),
        Moment::Week => week(&text),
    }
}

/// Reads the value of a `min` or `max` attribute, which is in HTML's own notation.
pub(super) fn read_attribute(what: Moment, text: &str) -> Option<String> {
    let text = text.trim();
    match what {
        Moment::Date => text.parse::<Date>().ok().map(|date| date.to_string()),
        Moment::Time => text.parse::<Time>().ok().map(iso_time),
        Moment::DateTime => {
            let moment = text.parse::<DateTime>().ok()?;
            Some(join(moment.date(), moment.time()))
        }
        Moment::Month => month(&fold(text)),
        Moment::Week => week(&fold(text)),
    }
}

/// A value as a person of that language writes it; the value itself if it is none.
pub(super) fn display(what: Moment, value: &str, locale: Locale) -> String {
    let shown = match what {
        Moment::Date => value.parse().ok().map(|date| long_date(date, locale)),
        Moment::DateTime => value.split_once('T').and_then(|(date, time)| {
            Some(format!("{}, {time}", long_date(date.parse().ok()?, locale)))
        }),
        Moment::Month => value.split_once('-').and_then(|(year, month)| {
            Some(format!(
                "{} {year}",
                month_name(month.parse().ok()?, locale)?
            ))
        }),
        Moment::Time | Moment::Week => None,
    };
    shown.unwrap_or_else(|| value.to_owned())
}

fn long_date(date: Date, locale: Locale) -> String {
    let texts = Texts::of(locale);
    let day = match date.day() {
        1 => texts.first_day.to_owned(),
        day => day.to_string(),
    };
    texts
        .date
        .replace("{day}", &day)
        .replace(
            "{month}",
            month_name(date.month(), locale).unwrap_or_default(),
        )
        .replace("{year}", &date.year().to_string())
}

fn month_name(month: i8, locale: Locale) -> Option<&'static str> {
    let index = usize::try_from(month.checked_sub(1)?).ok()?;
    Texts::of(locale).words.months.get(index)?.first().copied()
}

fn iso_time(time: Time) -> String {
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    match second {
        0 => format!("{hour:02}:{minute:02}"),
        _ => format!("{hour:02}:{minute:02}:{second:02}"),
    }
}

fn iso_month(date: Date) -> String {
    format!("{}-{:02}", date.year(), date.month())
}

fn iso_week(week: ISOWeekDate) -> String {
    format!("{}-W{:02}", week.year(), week.week())
}

fn join(date: Date, time: Time) -> String {
    format!("{date}T{}", iso_time(time))
}

/// A date and a time, in either order, at any place where the text can be cut in two.
fn date_time(text: &str, context: &Context) -> Option<String> {
    let cuts = text.match_indices([' ', 't']).map(|(at, _)| at);
    cuts.filter_map(|at| Some((text.get(..at)?, text.get(at + 1..)?)))
        .find_map(|(left, right)| {
            let first = left.trim_end_matches([',', ' ']);
            let both = |date, time| Some((date::read(date, context)?, time::read(time)?));
            both(first, right).or_else(|| both(right, first))
        })
        .map(|(date, time)| join(date, time))
}

/// `2026-03`, `3/2026` or `March 2026`.
fn month(text: &str) -> Option<String> {
    let (year, month) = match tokens(text)?.as_slice() {
        [Token::Number(year), Token::Number(month)] if year.len() == 4 => (*year, number(month)?),
        [Token::Number(month), Token::Number(year)] => (*year, number(month)?),
        [Token::Word(name), Token::Number(year)] | [Token::Number(year), Token::Word(name)] => {
            (*year, date::month_named(name)?)
        }
        _ => return None,
    };
    let date = Date::new(date::year(year)?, month, 1).ok()?;
    Some(iso_month(date))
}

/// `2026-W05`, `week 5 2026` or `KW 5/2026`.
fn week(text: &str) -> Option<String> {
    let is_week = |word: &str| Texts::all().any(|texts| texts.words.week.contains(&word));
    let (word, first, second) = match tokens(text)?.as_slice() {
        [
            Token::Word(word),
            Token::Number(first),
            Token::Number(second),
        ]
        | [
            Token::Number(first),
            Token::Word(word),
            Token::Number(second),
        ] => (*word, *first, *second),
        _ => return None,
    };
    let (year, week) = if first.len() == 4 {
        (first, second)
    } else {
        (second, first)
    };
    if !is_week(word) {
        return None;
    }
    let date = ISOWeekDate::new(date::year(year)?, number(week)?, Weekday::Monday).ok()?;
    Some(iso_week(date))
}

/// A number of at most two digits.
fn number(digits: &str) -> Option<i8> {
    (digits.len() <= 2).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests;

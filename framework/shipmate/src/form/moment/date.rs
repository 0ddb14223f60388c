//! Days.

use jiff::{ToSpan, civil::Date};

use super::{
    super::{Context, texts::Texts},
    number,
    tokens::{Token, tokens},
};

/// Where the month comes before the day when a date is written in numbers (CLDR).
const MONTH_FIRST: [&str; 10] = ["US", "AS", "FM", "GU", "MH", "MP", "PH", "PR", "PW", "VI"];

/// Small words in and ends of day numbers: 3rd of March, 3e maart, 1er mars, 3. März.
const FILLERS: [&str; 14] = [
    "st", "nd", "rd", "th", "of", "the", "e", "de", "den", "der", "ste", "er", "le", "du",
];

/// Before a date.
const ON: [&str; 3] = ["on", "op", "am"];

/// Reads a folded text.
pub(super) fn read(text: &str, context: &Context) -> Option<Date> {
    if let Some(days) = relative(text) {
        return context.today().checked_add(days.days()).ok();
    }
    let parts = parts(text)?;
    match parts.as_slice() {
        [
            Token::Number(first),
            Token::Number(second),
            Token::Number(third),
        ] => in_numbers(first, second, third, month_first(text, context)),
        [
            Token::Number(first),
            Token::Word(name),
            Token::Number(second),
        ]
        | [
            Token::Word(name),
            Token::Number(first),
            Token::Number(second),
        ] => {
            let month = month_named(name)?;
            date(second, month, first).or_else(|| date(first, month, second))
        }
        _ => None,
    }
}

/// The month and day of a folded text without a year: `1 March`, `1/3`, `1.3.`.
pub(super) fn without_year(text: &str, context: &Context) -> Option<(i8, i8)> {
    let parts = parts(text)?;
    let (month, day) = match *parts.as_slice() {
        [Token::Number(first), Token::Number(second)] => {
            let is_date = text.contains(['/', '-', '.']) && !text.contains(':');
            let (first, second) = is_date.then(|| Some((number(first)?, number(second)?)))??;
            if month_first(text, context) && first <= 12 || second > 12 {
                (first, second)
            } else {
                (second, first)
            }
        }
        [Token::Number(day), Token::Word(name)] | [Token::Word(name), Token::Number(day)] => {
            (month_named(name)?, number(day)?)
        }
        _ => return None,
    };
    // A day that some year has.
    Date::new(2024, month, day).ok().map(|_| (month, day))
}

/// What a date is made of, without small words.
fn parts(text: &str) -> Option<Vec<Token<'_>>> {
    let mut parts = tokens(text)?;
    if matches!(parts.first(), Some(Token::Word(word)) if ON.contains(word)) {
        parts.remove(0);
    }
    parts.retain(|part| !matches!(part, Token::Word(word) if FILLERS.contains(word)));
    Some(parts)
}

/// The month of a folded name in any language.
pub(super) fn month_named(name: &str) -> Option<i8> {
    let index = Texts::all().find_map(|texts| {
        let mut months = texts.words.months.iter();
        months.position(|names| names.contains(&name))
    })?;
    i8::try_from(index + 1).ok()
}

/// A year of four digits, from 1000 on: people leave out the century, but never mean year 26.
pub(super) fn year(digits: &str) -> Option<i16> {
    (digits.len() == 4)
        .then(|| digits.parse().ok())?
        .filter(|year| *year >= 1000)
}

fn relative(text: &str) -> Option<i64> {
    let mut days = Texts::all().flat_map(|texts| texts.words.days);
    days.find(|(word, _)| *word == text).map(|(_, days)| *days)
}

/// `2026-03-04`, or day, month, year; month first only where that is the custom, or where it is
/// the only reading.
fn in_numbers(first: &str, second: &str, third: &str, month_first: bool) -> Option<Date> {
    if first.len() == 4 {
        return date(first, number(second)?, third);
    }
    let day_month = || date(third, number(second)?, first);
    let month_day = || date(third, number(first)?, second);
    if month_first {
        month_day().or_else(day_month)
    } else {
        day_month().or_else(month_day)
    }
}

fn month_first(text: &str, context: &Context) -> bool {
    let country = context.country.as_deref().unwrap_or_default();
    !text.contains('.')
        && MONTH_FIRST
            .iter()
            .any(|code| country.eq_ignore_ascii_case(code))
}

fn date(year_digits: &str, month: i8, day: &str) -> Option<Date> {
    Date::new(year(year_digits)?, month, number(day)?).ok()
}

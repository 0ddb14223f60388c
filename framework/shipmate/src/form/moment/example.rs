//! A moment that a person may answer, as it is shown below a question.

use jiff::civil::Date;

use super::{
    super::{Locale, question::Bounds, texts::Texts},
    Limit, Moment, display, long_date,
};

/// A moment within the limits, as a person of that language writes it.
pub(in super::super) fn example(what: Moment, limits: &Bounds<Limit>, locale: Locale) -> String {
    let both = [&limits.min, &limits.max];
    let mut all = both.into_iter().flatten();
    if all.any(|limit| limit.fixed().is_none()) {
        return near_today(what, limits, locale);
    }
    let usual = Limit::At(usual(what).to_owned());
    let is_usual = !limits.is_below(&usual) && !limits.is_above(&usual);
    let value = match both.into_iter().flatten().next() {
        Some(limit) if !is_usual => limit,
        _ => &usual,
    };
    match value.fixed() {
        Some(value) => written(what, value, locale),
        None => String::new(),
    }
}

/// A day as a person of that language writes it, with its year.
pub(in super::super) fn written_day(date: Date, locale: Locale) -> String {
    let (day, month, year) = (date.day(), date.month(), date.year());
    match locale {
        Locale::En => long_date(date, locale),
        Locale::Nl => format!("{day}-{month}-{year}"),
        Locale::De => format!("{day}.{month}.{year}"),
        Locale::Fr => format!("{day}/{month}/{year}"),
    }
}

fn usual(what: Moment) -> &'static str {
    match what {
        Moment::Date => "2026-12-31",
        Moment::Time => "14:30",
        Moment::DateTime => "2026-12-31T14:30",
        Moment::Month => "2026-12",
        Moment::Week => "2026-W52",
    }
}

/// In words, as what is right today is not known here.
fn near_today(what: Moment, limits: &Bounds<Limit>, locale: Locale) -> String {
    let today = Date::constant(2001, 1, 1);
    let near =
        [1, -1, 0].map(|days: i64| (days, today.saturating_add(jiff::Span::new().days(days))));
    let relative = |limit: &Option<Limit>| {
        let limit = limit.as_ref().filter(|limit| limit.fixed().is_none());
        limit.map(|limit| limit.at(today))
    };
    let bounds = Bounds {
        min: relative(&limits.min),
        max: relative(&limits.max),
    };
    let is_possible = |day: &Date| {
        let day = day.to_string();
        !bounds.is_below(&day) && !bounds.is_above(&day)
    };
    let word = |days: i64| {
        let mut words = Texts::of(locale).words.days.iter();
        words.find_map(|(word, of)| (*of == days).then_some((*word).to_owned()))
    };
    let mut possible = near.iter().filter(|(_, day)| is_possible(day));
    let limit = || {
        let mut limits = [&limits.min, &limits.max].into_iter().flatten();
        limits.find(|limit| limit.fixed().is_none())
    };
    possible
        .find_map(|(days, _)| word(*days))
        .or_else(|| Some(limit()?.display(what, locale)))
        .unwrap_or_default()
}

fn written(what: Moment, value: &str, locale: Locale) -> String {
    let day = |date: &str| Some(written_day(date.parse().ok()?, locale));
    let written = match what {
        Moment::Date => day(value),
        Moment::DateTime => value.split_once('T').and_then(|(date, time)| {
            let comma = if locale == Locale::En { "," } else { "" };
            Some(format!("{}{comma} {time}", day(date)?))
        }),
        Moment::Week => value.split_once("-W").map(|(year, week)| {
            let word = match locale {
                Locale::En | Locale::Nl => "week",
                Locale::De => "KW",
                Locale::Fr => "semaine",
            };
            format!("{word} {week} {year}")
        }),
        Moment::Time | Moment::Month => None,
    };
    written.unwrap_or_else(|| display(what, value, locale))
}

//! Names of days.

use jiff::civil::Weekday;

/// Days by weekday, Monday first: how they are written, and how they are read. A name is read in
/// whole or by a beginning of it that stands here.
const NAMES: [(&str, &[&str]); 7] = [
    (
        "mon",
        &[
            "mo", "mon", "monday", "mondays", "ma", "maandag", "montag", "lun", "lundi",
        ],
    ),
    (
        "tue",
        &[
            "tu", "tue", "tues", "tuesday", "tuesdays", "di", "dinsdag", "dienstag", "mar", "mardi",
        ],
    ),
    (
        "wed",
        &[
            "we",
            "wed",
            "wednesday",
            "wednesdays",
            "wo",
            "woe",
            "woensdag",
            "mi",
            "mittwoch",
            "mer",
            "mercredi",
        ],
    ),
    (
        "thu",
        &[
            "th",
            "thu",
            "thur",
            "thurs",
            "thursday",
            "thursdays",
            "do",
            "don",
            "donderdag",
            "donnerstag",
            "jeu",
            "jeudi",
        ],
    ),
    (
        "fri",
        &[
            "fr", "fri", "friday", "fridays", "vr", "vrij", "vrijdag", "freitag", "ven", "vendredi",
        ],
    ),
    (
        "sat",
        &[
            "sa",
            "sat",
            "saturday",
            "saturdays",
            "za",
            "zat",
            "zaterdag",
            "samstag",
            "sonnabend",
            "sam",
            "samedi",
        ],
    ),
    (
        "sun",
        &[
            "su", "sun", "sunday", "sundays", "zo", "zon", "zondag", "so", "sonntag", "dim",
            "dimanche",
        ],
    ),
];

const EVERY_DAY: &[&str] = &[
    "daily",
    "everyday",
    "dagelijks",
    "täglich",
    "taeglich",
    "quotidien",
];
const WEEKDAYS: &[&str] = &["weekdays", "workdays", "werkdagen", "werktags", "semaine"];
const WEEKEND: &[&str] = &["weekend", "weekends", "wochenende"];

/// The short English name.
pub(super) fn name(day: Weekday) -> &'static str {
    let index = usize::try_from(day.to_monday_zero_offset()).unwrap_or_default();
    NAMES.get(index).map_or("", |(name, _)| name)
}

/// The days that a name or a range of names stands for; the week may end within a range.
pub(super) fn days(text: &str) -> Option<Vec<Weekday>> {
    let some = |days: &[i8]| {
        let days = days.iter();
        days.filter_map(|day| Weekday::from_monday_zero_offset(*day).ok())
            .collect()
    };
    match text {
        _ if EVERY_DAY.contains(&text) => return Some(some(&[0, 1, 2, 3, 4, 5, 6])),
        _ if WEEKDAYS.contains(&text) => return Some(some(&[0, 1, 2, 3, 4])),
        _ if WEEKEND.contains(&text) => return Some(some(&[5, 6])),
        _ => {}
    }
    let Some((first, last)) = text.split_once('-') else {
        return day(text).map(|day| vec![day]);
    };
    let (first, last) = (day(first)?, day(last)?);
    let mut days: Vec<_> = first.cycle_forward().take(7).collect();
    days.truncate(1 + usize::try_from(last.since(first)).ok()?);
    Some(days)
}

fn day(text: &str) -> Option<Weekday> {
    let text = text.trim_end_matches('.');
    let index = NAMES.iter().position(|(_, names)| names.contains(&text))?;
    Weekday::from_monday_zero_offset(i8::try_from(index).ok()?).ok()
}

//! Days in words: *2 days ago*, *last Friday*, *gisteravond*.

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

use super::{
    super::{number::words, phrase, texts::Texts},
    limit::Unit,
};

/// In folded words of every language, from Monday on.
const WEEKDAYS: [(Weekday, &[&str]); 7] = [
    (
        Weekday::Monday,
        &["monday", "mon", "maandag", "montag", "lundi"],
    ),
    (
        Weekday::Tuesday,
        &["tuesday", "tue", "dinsdag", "dienstag", "mardi"],
    ),
    (
        Weekday::Wednesday,
        &["wednesday", "wed", "woensdag", "mittwoch", "mercredi"],
    ),
    (
        Weekday::Thursday,
        &["thursday", "thu", "donderdag", "donnerstag", "jeudi"],
    ),
    (
        Weekday::Friday,
        &["friday", "fri", "vrijdag", "freitag", "vendredi"],
    ),
    (
        Weekday::Saturday,
        &[
            "saturday",
            "sat",
            "zaterdag",
            "samstag",
            "sonnabend",
            "samedi",
        ],
    ),
    (
        Weekday::Sunday,
        &["sunday", "sun", "zondag", "sonntag", "dimanche"],
    ),
];

const LAST: &[&str] = &[
    "last",
    "past",
    "this past",
    "on last",
    "vorige",
    "afgelopen",
    "verleden",
    "letzten",
    "letzter",
    "letzte",
    "am letzten",
    "vergangenen",
    "vergangener",
    "am vergangenen",
];
const NEXT: &[&str] = &[
    "next",
    "coming",
    "this coming",
    "on next",
    "volgende",
    "komende",
    "aankomende",
    "aanstaande",
    "nachsten",
    "naechsten",
    "nachster",
    "nachste",
    "am nachsten",
    "kommenden",
    "kommender",
    "am kommenden",
];
const THIS: &[&str] = &["this", "deze", "diesen", "dieser", "ce"];
const ON: &[&str] = &["", "on", "op", "am", "le"];
const LAST_AFTER: &[&str] = &["dernier", "passe"];
const NEXT_AFTER: &[&str] = &["prochain"];

/// Before and after a number of days, and whether they are gone.
const AROUND: [(&str, &str, i64); 9] = [
    ("", "ago", -1),
    ("in", "", 1),
    ("", "from now", 1),
    ("", "from today", 1),
    ("", "geleden", -1),
    ("over", "", 1),
    ("vor", "", -1),
    ("il y a", "", -1),
    ("dans", "", 1),
];

const UNITS: [(Unit, &[&str]); 4] = [
    (
        Unit::Day,
        &[
            "day", "days", "dag", "dagen", "tag", "tage", "tagen", "jour", "jours",
        ],
    ),
    (
        Unit::Week,
        &[
            "week", "weeks", "weken", "woche", "wochen", "semaine", "semaines",
        ],
    ),
    (
        Unit::Month,
        &[
            "month", "months", "maand", "maanden", "monat", "monate", "monaten", "mois",
        ],
    ),
    (
        Unit::Year,
        &[
            "year", "years", "jaar", "jahr", "jahre", "jahren", "an", "ans", "annee", "annees",
        ],
    ),
];

const ONE: &[&str] = &["a", "an", "einem", "einer", "einen"];

/// What may follow a day.
const PARTS: &[&str] = &[
    "morning",
    "afternoon",
    "evening",
    "night",
    "at night",
    "ochtend",
    "middag",
    "avond",
    "nacht",
    "morgen",
    "morgens",
    "abend",
    "fruh",
    "frueh",
    "vormittag",
    "mittag",
    "nachmittag",
    "matin",
    "midi",
    "apres-midi",
    "soir",
    "au soir",
];

const PARTS_OF: [(&str, i64); 20] = [
    ("last night", -1),
    ("tonight", 0),
    ("this morning", 0),
    ("this afternoon", 0),
    ("this evening", 0),
    ("gisteravond", -1),
    ("gistermiddag", -1),
    ("gisterochtend", -1),
    ("gistermorgen", -1),
    ("gisternacht", -1),
    ("vanochtend", 0),
    ("vanmorgen", 0),
    ("vanmiddag", 0),
    ("vanavond", 0),
    ("morgenochtend", 1),
    ("morgenmiddag", 1),
    ("morgenavond", 1),
    ("ce matin", 0),
    ("ce soir", 0),
    ("cet apres-midi", 0),
];

/// The day that a text names by its distance from today.
pub(super) fn day(text: &str, today: Date) -> Option<Date> {
    let words = phrase::words(text);
    by_name(&words, today)
        .or_else(|| by_distance(&words, today))
        .or_else(|| by_weekday(&words, today))
}

/// The same with a part of the day behind it: a day is asked for, so the rest does not matter.
pub(super) fn part_of_day(text: &str, today: Date) -> Option<Date> {
    let words = phrase::words(text);
    let mut whole = PARTS_OF.iter();
    if let Some((_, days)) = whole.find(|(name, _)| *name == words) {
        return today.checked_add(days.days()).ok();
    }
    let mut days = PARTS.iter().filter_map(|part| {
        let day = words.strip_suffix(part)?.strip_suffix(' ')?;
        by_name(day, today).or_else(|| by_weekday(day, today))
    });
    days.next()
}

/// The days around today that a weekday may be, if that is all there is.
pub(super) fn weekdays(text: &str, today: Date) -> Option<Vec<Date>> {
    let words = phrase::words(text);
    let name = |on: &&str| phrase::after(&words, on);
    let weekday = ON.iter().filter_map(name).find_map(weekday)?;
    let around = (-7..=7_i64).filter_map(|days| today.checked_add(days.days()).ok());
    Some(around.filter(|day| day.weekday() == weekday).collect())
}

fn by_name(words: &str, today: Date) -> Option<Date> {
    let mut days = Texts::all().flat_map(|texts| texts.words.days);
    let (_, days) = days.find(|(word, _)| *word == words)?;
    today.checked_add(days.days()).ok()
}

fn by_distance(words: &str, today: Date) -> Option<Date> {
    AROUND.iter().find_map(|(before, after, sign)| {
        let rest = phrase::after(words, before)?;
        let rest = match *after {
            "" => rest,
            after => rest.strip_suffix(after)?.strip_suffix(' ')?,
        };
        let (count, unit) = rest.split_once(' ')?;
        let (unit, _) = UNITS.iter().find(|(_, names)| names.contains(&unit))?;
        today.checked_add(unit.span(sign * number(count)?)).ok()
    })
}

fn number(word: &str) -> Option<i64> {
    if ONE.contains(&word) {
        return Some(1);
    }
    let is_short = word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    let digits = is_short.then(|| word.parse().ok()).flatten();
    digits.or_else(|| words::value(word).map(i64::from))
}

fn by_weekday(words: &str, today: Date) -> Option<Date> {
    let before = |list: &[&str]| {
        let mut rests = list.iter().filter_map(|start| phrase::after(words, start));
        rests.find_map(weekday)
    };
    let after = |list: &[&str]| {
        let (name, end) = words.split_once(' ')?;
        list.contains(&end).then(|| weekday(name))?
    };
    let nth = |nth, weekday| today.nth_weekday(nth, weekday).ok();
    if let Some(last) = before(LAST).or_else(|| after(LAST_AFTER)) {
        return nth(-1, last);
    }
    if let Some(next) = before(NEXT).or_else(|| after(NEXT_AFTER)) {
        return nth(1, next);
    }
    match before(THIS)? {
        weekday if weekday == today.weekday() => Some(today),
        weekday => nth(1, weekday),
    }
}

fn weekday(name: &str) -> Option<Weekday> {
    let mut weekdays = WEEKDAYS.iter();
    weekdays.find_map(|(weekday, names)| names.contains(&name).then_some(*weekday))
}

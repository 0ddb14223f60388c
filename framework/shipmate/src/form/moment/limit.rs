//! Limits of moments: fixed ones, and days relative to today.

use std::cmp::Ordering;

use jiff::{Span, ToSpan, civil::Date};

use super::{super::Locale, Moment, display, read_attribute};

/// Far enough for any date that people are asked for.
const MOST: i32 = 100_000;

/// The earliest or latest moment that is an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) enum Limit {
    /// In ISO 8601, which compares as text.
    At(String),
    /// A day so far from today.
    FromToday(Shift),
}

/// So many days, weeks, months or years, later or (negative) earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Shift {
    count: i32,
    unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Day,
    Week,
    Month,
    Year,
}

impl Limit {
    /// Reads the value of a `min` or `max`: HTML's own notation, or for a date also `today`,
    /// `today+14d`, `today-1y` (`d`, `w`, `m`, `y`).
    pub(in super::super) fn read(what: Moment, text: &str) -> Option<Self> {
        match text.trim().strip_prefix("today") {
            Some(shift) if what == Moment::Date => Shift::read(shift).map(Self::FromToday),
            _ => read_attribute(what, text).map(Self::At),
        }
    }

    /// The moment that it is today.
    pub(in super::super) fn at(&self, today: Date) -> String {
        match self {
            Self::At(moment) => moment.clone(),
            Self::FromToday(shift) => shift.from(today).to_string(),
        }
    }

    /// The moment, if it is always the same.
    pub(in super::super) fn fixed(&self) -> Option<&String> {
        match self {
            Self::At(moment) => Some(moment),
            Self::FromToday(_) => None,
        }
    }

    /// As a person of that language writes it, and as it is understood.
    pub(in super::super) fn display(&self, what: Moment, locale: Locale) -> String {
        match self {
            Self::At(moment) => display(what, moment, locale),
            Self::FromToday(shift) => shift.display(locale),
        }
    }
}

/// What is relative to today does not compare with what is not.
impl PartialOrd for Limit {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::At(one), Self::At(other)) => one.partial_cmp(other),
            (Self::FromToday(one), Self::FromToday(other)) => {
                let today = Date::constant(2001, 1, 1);
                one.from(today).partial_cmp(&other.from(today))
            }
            _ => None,
        }
    }
}

impl Shift {
    fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Some(Self {
                count: 0,
                unit: Unit::Day,
            });
        }
        let (sign, rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+')?),
        };
        let rest = rest.trim();
        let unit = match rest.chars().last()? {
            'd' => Unit::Day,
            'w' => Unit::Week,
            'm' => Unit::Month,
            'y' => Unit::Year,
            _ => return None,
        };
        let digits = rest.trim_end_matches(['d', 'w', 'm', 'y']);
        let is_number =
            digits.len() + 1 == rest.len() && digits.bytes().all(|b| b.is_ascii_digit());
        let count: i32 = is_number.then(|| digits.parse().ok())??;
        (count <= MOST && (unit != Unit::Year || count < 1_000)).then_some(Self {
            count: sign * count,
            unit,
        })
    }

    fn from(self, today: Date) -> Date {
        today.saturating_add(self.unit.span(self.count.into()))
    }

    fn display(self, locale: Locale) -> String {
        let count = self.count.unsigned_abs();
        let unit = self.unit.name(locale, count == 1);
        match (self.count, locale) {
            (0, Locale::En) => "today".to_owned(),
            (0, Locale::Nl) => "vandaag".to_owned(),
            (0, Locale::De) => "heute".to_owned(),
            (0, Locale::Fr) => "aujourd'hui".to_owned(),
            (1.., Locale::En) => format!("{count} {unit} from now"),
            (_, Locale::En) => format!("{count} {unit} ago"),
            (1.., Locale::Nl) => format!("over {count} {unit}"),
            (_, Locale::Nl) => format!("{count} {unit} geleden"),
            (1.., Locale::De) => format!("in {count} {unit}"),
            (_, Locale::De) => format!("vor {count} {unit}"),
            (1.., Locale::Fr) => format!("dans {count} {unit}"),
            (_, Locale::Fr) => format!("il y a {count} {unit}"),
        }
    }
}

impl Unit {
    pub(super) fn span(self, count: i64) -> Span {
        let none = Span::new();
        let span = match self {
            Self::Day => none.try_days(count),
            Self::Week => none.try_weeks(count),
            Self::Month => none.try_months(count),
            Self::Year => none.try_years(count),
        };
        span.unwrap_or_else(|_| 0.days())
    }

    fn name(self, locale: Locale, is_one: bool) -> &'static str {
        let [one, more] = match (self, locale) {
            (Self::Day, Locale::En) => ["day", "days"],
            (Self::Day, Locale::Nl) => ["dag", "dagen"],
            (Self::Day, Locale::De) => ["Tag", "Tagen"],
            (Self::Day, Locale::Fr) => ["jour", "jours"],
            (Self::Week, Locale::En) => ["week", "weeks"],
            (Self::Week, Locale::Nl) => ["week", "weken"],
            (Self::Week, Locale::De) => ["Woche", "Wochen"],
            (Self::Week, Locale::Fr) => ["semaine", "semaines"],
            (Self::Month, Locale::En) => ["month", "months"],
            (Self::Month, Locale::Nl) => ["maand", "maanden"],
            (Self::Month, Locale::De) => ["Monat", "Monaten"],
            (Self::Month, Locale::Fr) => ["mois", "mois"],
            (Self::Year, Locale::En) => ["year", "years"],
            (Self::Year, Locale::Nl) => ["jaar", "jaar"],
            (Self::Year, Locale::De) => ["Jahr", "Jahren"],
            (Self::Year, Locale::Fr) => ["an", "ans"],
        };
        if is_one { one } else { more }
    }
}

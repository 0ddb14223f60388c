//! Business hours and quiet hours, as an organization writes them down.

mod day;
mod text;
pub use text::HoursError;

use std::{collections::BTreeMap, marker::PhantomData, str::FromStr};

use jiff::{
    Timestamp, ToSpan,
    civil::{Date, Weekday},
    tz::TimeZone,
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};

use super::local::instant;

/// How far ahead a change is looked for, in days.
const HORIZON: i32 = 800;

const DAY: i32 = 24 * 60;
const WEEK: i32 = 7 * DAY;

/// When an organization is open, in its own time zone.
///
/// Read from text as people write it: `mon-fri 09:00-17:30; sat 10:00-16:00`. Each part names days
/// and, after a blank, from when until when, or `closed`:
///
/// | text | meaning |
/// |---|---|
/// | `mon-fri 9-12:30, 13-17` | a break at noon |
/// | `fri, sat 18:00-02:00` | until two in the morning of the next day |
/// | `daily 8:00-20:00` or just `8:00-20:00` | every day |
/// | `2026-12-24 9-12; 2026-12-25 to 2026-12-26 closed` | holidays, which override the day of the week |
/// | `24/7`, `closed` | always, never |
///
/// Names of days may be English, Dutch, German or French, whole or short. What begins on a holiday
/// is decided by the holiday; what began the evening before goes on after midnight.
///
/// ```
/// use jiff::{Timestamp, tz::TimeZone};
/// use shipmate::schedule::Hours;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let hours: Hours = "mon-fri 09:00-17:30; sat 10:00-16:00".parse()?;
/// let zone = TimeZone::get("Europe/Amsterdam")?;
/// let sunday: Timestamp = "2026-03-29T12:00:00Z".parse()?;
/// assert!(!hours.is_open(sunday, &zone));
/// assert_eq!(hours.next_open(sunday, &zone), Some("2026-03-30T07:00:00Z".parse()?));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hours {
    /// In the order of the week.
    week: Vec<Span>,
    dates: BTreeMap<Date, Vec<Between>>,
}

/// From when until when, within a day that begins on this weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    /// Days since Monday.
    day: i8,
    between: Between,
}

/// In minutes since midnight; `until` is later than `from`, and beyond `DAY` on the next day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Between {
    from: i32,
    until: i32,
}

impl Between {
    const WHOLE_DAY: Self = Self {
        from: 0,
        until: DAY,
    };

    fn overlaps(self, other: Self) -> bool {
        self.from < other.until && other.from < self.until
    }
}

impl Hours {
    /// Open at every time.
    pub fn always() -> Self {
        let day = |day| Span {
            day,
            between: Between::WHOLE_DAY,
        };
        Self {
            week: (0..7).map(day).collect(),
            dates: BTreeMap::new(),
        }
    }

    /// Closed on these days too, whatever their weekday.
    #[must_use]
    pub fn closed_on(mut self, holidays: impl IntoIterator<Item = Date>) -> Self {
        self.dates
            .extend(holidays.into_iter().map(|date| (date, Vec::new())));
        self
    }

    /// Whether it is open at `now`. The first minute of closing is closed.
    pub fn is_open(&self, now: Timestamp, zone: &TimeZone) -> bool {
        self.next_open(now, zone) == Some(now)
    }

    /// The first time from `now` on at which it is open: `now` if it is. None if it is never open
    /// again within two years.
    pub fn next_open(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut open = self.intervals(now, zone);
        let (from, _) = open.find(|(_, until)| *until > now)?;
        Some(from.max(now))
    }

    /// The first time from `now` on at which it is closed: `now` if it is. None if it does not close
    /// within two years.
    pub fn next_close(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        if self.dates.is_empty() && self.is_always() {
            return None;
        }
        let mut closed_at = now;
        for (from, until) in self.intervals(now, zone) {
            if from > closed_at {
                return Some(closed_at);
            }
            closed_at = closed_at.max(until);
        }
        let end = now
            .saturating_add((24 * i64::from(HORIZON - 4)).hours())
            .ok()?;
        (closed_at < end).then_some(closed_at)
    }

    /// Whether no minute of a week is left out, holidays apart.
    fn is_always(&self) -> bool {
        let mut covered = 0;
        // What begins in one week goes on in the next.
        for shift in [-WEEK, 0] {
            for span in &self.week {
                let start = i32::from(span.day) * DAY + shift;
                if start + span.between.from > covered {
                    return false;
                }
                covered = covered.max(start + span.between.until);
            }
        }
        covered >= WEEK
    }

    /// When it is open, in order of beginning, from a little before `now`.
    fn intervals<'a>(
        &'a self,
        now: Timestamp,
        zone: &'a TimeZone,
    ) -> impl Iterator<Item = (Timestamp, Timestamp)> + 'a {
        // What began two days ago may last until now where a day was skipped.
        let first = zone.to_datetime(now).date().saturating_sub(2.days());
        let dates = (0..HORIZON).map_while(move |days| first.checked_add(days.days()).ok());
        dates.flat_map(move |date| {
            self.of_date(date).filter_map(move |between| {
                let at = |minute: i32| {
                    let midnight = date.at(0, 0, 0, 0);
                    instant(zone, midnight.checked_add(minute.minutes()).ok()?)
                };
                let (from, until) = (at(between.from)?, at(between.until)?);
                // Not if all of it is skipped.
                (from < until).then_some((from, until))
            })
        })
    }

    fn of_date(&self, date: Date) -> impl Iterator<Item = Between> + '_ {
        let special = self.dates.get(&date);
        let day = date.weekday().to_monday_zero_offset();
        let usual = self
            .week
            .iter()
            .filter(move |span| special.is_none() && span.day == day)
            .map(|span| span.between);
        special.into_iter().flatten().copied().chain(usual)
    }

    fn on(&self, weekday: Weekday) -> Vec<Between> {
        let day = weekday.to_monday_zero_offset();
        let spans = self.week.iter().filter(|span| span.day == day);
        spans.map(|span| span.between).collect()
    }
}

impl<'de> Deserialize<'de> for Hours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Reader(PhantomData))
    }
}

impl Serialize for Hours {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// When consumers are to be left alone: `21:00-08:00`, or by day as [`Hours`] are written, for
/// example `mon-fri 21:00-08:00; sat, sun 20:00-10:00`. `never` for none.
///
/// ```
/// use jiff::{Timestamp, tz::TimeZone};
/// use shipmate::schedule::QuietHours;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let quiet: QuietHours = "21:00-08:00".parse()?;
/// let late: Timestamp = "2026-03-02T22:15:00Z".parse()?;
/// let morning = quiet.earliest_allowed(late, &TimeZone::UTC);
/// assert_eq!(morning, "2026-03-03T08:00:00Z".parse()?);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QuietHours(Hours);

impl QuietHours {
    /// Whether consumers are to be left alone at `now`.
    pub fn is_quiet(&self, now: Timestamp, zone: &TimeZone) -> bool {
        self.0.is_open(now, zone)
    }

    /// The first time from `now` on at which consumers may be written to: `now` if they may.
    pub fn earliest_allowed(&self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        // Reading makes sure that a time is left in every week.
        self.0.next_close(now, zone).unwrap_or(now)
    }
}

impl FromStr for QuietHours {
    type Err = HoursError;

    /// # Errors
    ///
    /// If it cannot be read as [`Hours`], or would leave no time at all.
    fn from_str(text: &str) -> Result<Self, HoursError> {
        let hours = text::read(text, HoursError::QUIET_EXAMPLE)?;
        if hours.is_always() {
            return Err(HoursError::always_quiet(text));
        }
        Ok(Self(hours))
    }
}

impl std::fmt::Display for QuietHours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0 == Hours::default() {
            return f.write_str("never");
        }
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for QuietHours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Reader(PhantomData))
    }
}

impl Serialize for QuietHours {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads within the visit, so that whoever has the text can say where it stands.
struct Reader<T>(PhantomData<T>);

impl<T: FromStr<Err = HoursError>> Visitor<'_> for Reader<T> {
    type Value = T;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("hours as text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests;

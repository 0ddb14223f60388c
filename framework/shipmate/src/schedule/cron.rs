//! Cron expressions: which instants they mean in a time zone.

mod expression;
mod field;
mod misfire;
pub use expression::CronError;
pub use misfire::Misfire;
pub(crate) use misfire::{Due, due};

use std::{cmp::Ordering, fmt, sync::Arc};

use chrono::Utc;
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use self::expression::Calendar;
use super::local::instant;

/// A cron expression in a time zone.
///
/// Five fields, as in Unix: minute, hour, day of the month, month, day of the week. Six fields begin
/// with the second. `@hourly`, `@daily`, `@weekly`, `@monthly` and `@yearly` are known too.
///
/// | part | meaning |
/// |---|---|
/// | `*` or `?` | every one |
/// | `5`, `1,15`, `9-17` | this one, a list, a range |
/// | `*/15`, `8-18/2` | each fifteenth, each second of a range |
/// | `MON-FRI`, `JAN` | names, in English; in numbers Sunday is 0 or 7 |
///
/// Where both days are given, of the month and of the week, either will do, as in Unix, unless one
/// of them begins with `*`.
///
/// Every matching time on the wall clock runs exactly once. What the spring change skips runs at the
/// first instant after the gap; what the autumn change repeats runs the first time, so that a job of
/// every five minutes is not run in the repeated hour: give it the zone `UTC`. Times after 2100 are
/// not known.
///
/// ```
/// use shipmate::schedule::Cron;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let report = Cron::new("30 2 * * *", "Europe/Amsterdam")?;
/// let night = "2026-03-28T12:00:00Z".parse()?;
/// // Half past two does not exist in this night; three o'clock follows two.
/// assert_eq!(report.after(night), Some("2026-03-29T01:00:00Z".parse()?));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Cron {
    text: Arc<str>,
    calendar: Arc<Calendar>,
    zone: TimeZone,
}

impl Cron {
    /// Reads an expression; the zone is an IANA name such as `Europe/Amsterdam`, or `UTC`.
    ///
    /// # Errors
    ///
    /// If the zone is not known, or a field cannot be read; the error names the field.
    pub fn new(expression: &str, zone: &str) -> Result<Self, CronError> {
        let known = TimeZone::get(zone).map_err(|_| CronError::zone(zone))?;
        Self::in_zone(expression, known)
    }

    /// Reads an expression.
    ///
    /// # Errors
    ///
    /// If a field cannot be read; the error names it.
    pub fn in_zone(expression: &str, zone: TimeZone) -> Result<Self, CronError> {
        Ok(Self {
            text: expression.trim().into(),
            calendar: Arc::new(Calendar::read(expression)?),
            zone,
        })
    }

    /// The expression as it was given.
    pub fn expression(&self) -> &str {
        &self.text
    }

    /// The time zone.
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The first run after `time`.
    pub fn after(&self, time: Timestamp) -> Option<Timestamp> {
        // All local times up to what the clock shows now are over.
        let shown = self.zone.to_datetime(time);
        self.calendar
            .after(shown)
            .filter_map(|local| instant(&self.zone, local))
            // In a repeated hour: the local time was there before.
            .find(|run| *run > time)
    }

    /// The runs after `time`, in order, without end as far as the calendar is known.
    pub fn runs_after(&self, time: Timestamp) -> impl Iterator<Item = Timestamp> + '_ {
        std::iter::successors(self.after(time), |run| self.after(*run))
    }
}

impl Calendar {
    /// The matching times of an endless calendar without time zone, after `time`.
    fn after(&self, time: DateTime) -> impl Iterator<Item = DateTime> + '_ {
        let from = fake_utc(time);
        let of = |schedule: &'_ cron::Schedule| from.map(|from| schedule.after_owned(from));
        let mut days = of(&self.first).into_iter().flatten().peekable();
        let mut others = self
            .second
            .as_ref()
            .and_then(of)
            .into_iter()
            .flatten()
            .peekable();
        std::iter::from_fn(move || {
            let order = match (days.peek(), others.peek()) {
                (Some(day), Some(other)) => day.cmp(other),
                (None, Some(_)) => Ordering::Greater,
                _ => Ordering::Less,
            };
            if order == Ordering::Equal {
                days.next();
            }
            match order {
                Ordering::Less => days.next(),
                _ => others.next(),
            }
        })
        .map_while(civil)
    }
}

/// The crate reckons with clocks that are changed, and by another rule than ours: it is given a
/// clock that never is.
fn fake_utc(time: DateTime) -> Option<chrono::DateTime<Utc>> {
    let second = TimeZone::UTC.to_timestamp(time).ok()?.as_second();
    chrono::DateTime::from_timestamp(second, 0)
}

fn civil(time: chrono::DateTime<Utc>) -> Option<DateTime> {
    let time = Timestamp::from_second(time.timestamp()).ok()?;
    Some(TimeZone::UTC.to_datetime(time))
}

impl PartialEq for Cron {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.zone == other.zone
    }
}

impl Eq for Cron {}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = self.zone.iana_name().unwrap_or("its own time zone");
        write!(f, "{} ({zone})", self.text)
    }
}

impl fmt::Debug for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cron({self})")
    }
}

#[cfg(test)]
mod tests;

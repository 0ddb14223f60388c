//! Expressions as people write them, for the crate that matches them: it numbers the days of the
//! week in another way, and wants both days to match.

use std::str::FromStr;

use cron::Schedule;

use super::field::{DAY, HOUR, Kind, MINUTE, MONTH, SECOND, Values, WEEKDAY};

/// Longest expression, in bytes.
const LONGEST: usize = 256;

/// Why an expression or a time zone cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CronError(String);

impl CronError {
    pub(super) fn zone(zone: &str) -> Self {
        Self(format!(
            "`{zone}` is no time zone; use a name like `Europe/Amsterdam`, or `UTC`"
        ))
    }

    fn of(expression: &str, problem: &str) -> Self {
        Self(format!("cron expression `{expression}`: {problem}"))
    }
}

/// Which times on a wall clock match.
#[derive(Debug)]
pub(super) struct Calendar {
    pub(super) first: Schedule,
    /// Set if days match by the month or by the week: then `first` is by the month.
    pub(super) second: Option<Schedule>,
}

/// The fields, beginning with the second.
type Fields = [Values; 6];

impl Calendar {
    pub(super) fn read(expression: &str) -> Result<Self, CronError> {
        if expression.len() > LONGEST {
            return Err(CronError(format!(
                "the cron expression is longer than {LONGEST} bytes"
            )));
        }
        let wrong = |problem: String| CronError::of(expression, &problem);
        let fields = fields(expression).map_err(wrong)?;
        let calendar = Self::of(fields).map_err(|error| wrong(error.to_string()))?;
        // A leap year, and eight years without one.
        let start = jiff::civil::date(1999, 1, 1).at(0, 0, 0, 0);
        if calendar.after(start).next().is_none() {
            let [.., day, month, _] = fields;
            let (day, month) = (day.list(0), month.list(0));
            return Err(wrong(format!("there is no day {day} in month {month}")));
        }
        Ok(calendar)
    }

    fn of(fields: Fields) -> Result<Self, cron::error::Error> {
        let [second, minute, hour, day, month, weekday] = fields;
        let schedule = |day: &str, weekday: &str| {
            let (second, minute, hour) = (second.list(0), minute.list(0), hour.list(0));
            let month = month.list(0);
            Schedule::from_str(&format!("{second} {minute} {hour} {day} {month} {weekday}"))
        };
        let (day_list, weekday_list) = (day.list(0), weekday.list(1));
        if day.is_open || weekday.is_open {
            let first = schedule(&day_list, &weekday_list)?;
            return Ok(Self {
                first,
                second: None,
            });
        }
        Ok(Self {
            first: schedule(&day_list, "*")?,
            second: Some(schedule("*", &weekday_list)?),
        })
    }
}

fn fields(expression: &str) -> Result<Fields, String> {
    let expression = expression.trim();
    let expression = match expression.strip_prefix('@') {
        Some(name) => nickname(name)?,
        None => expression,
    };
    let texts: Vec<&str> = expression.split_whitespace().collect();
    let (second, rest) = match texts.as_slice() {
        rest @ [_, _, _, _, _] => ("0", rest),
        [second, rest @ ..] if rest.len() == 5 => (*second, rest),
        _ => {
            return Err(format!(
                "it has {} fields; write 5 (minute, hour, day of the month, month, day of the week), or 6 with the second first",
                texts.len()
            ));
        }
    };
    let [minute, hour, day, month, weekday] = rest else {
        return Err("it has no 5 fields".to_owned());
    };
    Ok([
        read(&SECOND, second)?,
        read(&MINUTE, minute)?,
        read(&HOUR, hour)?,
        read(&DAY, day)?,
        read(&MONTH, month)?,
        read(&WEEKDAY, weekday)?,
    ])
}

fn read(kind: &Kind, text: &str) -> Result<Values, String> {
    kind.read(text)
        .map_err(|problem| format!("{}: {problem}", kind.name))
}

fn nickname(name: &str) -> Result<&'static str, String> {
    match name.to_ascii_lowercase().as_str() {
        "hourly" => Ok("0 * * * *"),
        "daily" | "midnight" => Ok("0 0 * * *"),
        "weekly" => Ok("0 0 * * 0"),
        "monthly" => Ok("0 0 1 * *"),
        "yearly" | "annually" => Ok("0 0 1 1 *"),
        _ => Err(
            "only @hourly, @daily, @weekly, @monthly and @yearly are known; or write 5 fields"
                .to_owned(),
        ),
    }
}

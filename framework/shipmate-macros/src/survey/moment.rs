//! Dates and times as they are written in ISO 8601.

/// How an answer to a type of question is written, if it is a date or a time.
pub(super) fn example(word: &str) -> Option<&'static str> {
    Some(match word {
        "date" => "2026-03-04",
        "time" => "14:30",
        "datetime_local" => "2026-03-04T14:30",
        "month" => "2026-03",
        "week" => "2026-W10",
        _ => return None,
    })
}

/// Whether a text is written so, and is in the calendar.
pub(super) fn is_written(word: &str, text: &str) -> bool {
    match word {
        "date" => is_date(text),
        "time" => is_time(text),
        "datetime_local" => text
            .split_once(['T', ' '])
            .is_some_and(|(date, time)| is_date(date) && is_time(time)),
        "month" => year_and_month(text).is_some(),
        "week" => text.split_once("-W").is_some_and(|(year, week)| {
            digits(year, 4).is_some()
                && digits(week, 2).is_some_and(|week| (1..=53).contains(&week))
        }),
        _ => false,
    }
}

fn is_date(text: &str) -> bool {
    let parts = text.rsplit_once('-').and_then(|(month, day)| {
        let (year, month) = year_and_month(month)?;
        Some((year, month, digits(day, 2)?))
    });
    parts.is_some_and(|(year, month, day)| (1..=days(year, month)).contains(&day))
}

fn is_time(text: &str) -> bool {
    let parts: Vec<Option<u32>> = text.split(':').map(|part| digits(part, 2)).collect();
    let is_hour = |hour: u32| hour < 24;
    let is_sixtieth = |part: u32| part < 60;
    match parts.as_slice() {
        [Some(hour), Some(minute)] => is_hour(*hour) && is_sixtieth(*minute),
        [Some(hour), Some(minute), Some(second)] => {
            is_hour(*hour) && is_sixtieth(*minute) && is_sixtieth(*second)
        }
        _ => false,
    }
}

fn year_and_month(text: &str) -> Option<(u32, u32)> {
    let (year, month) = text.split_once('-')?;
    let month = digits(month, 2).filter(|month| (1..=12).contains(month))?;
    Some((digits(year, 4)?, month))
}

fn days(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A number of so many digits.
fn digits(text: &str, count: usize) -> Option<u32> {
    let is_number = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

//! One field of an expression.

use std::fmt::Write;

/// What a field may hold.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    first: u8,
    last: u8,
    names: &'static [&'static str],
    example: &'static str,
}

const fn kind(name: &'static str, first: u8, last: u8, example: &'static str) -> Kind {
    Kind {
        name,
        first,
        last,
        names: &[],
        example,
    }
}

pub(super) const SECOND: Kind = kind("second", 0, 59, "0 or */10");
pub(super) const MINUTE: Kind = kind("minute", 0, 59, "30 or */15");
pub(super) const HOUR: Kind = kind("hour", 0, 23, "9 or 9-17");
pub(super) const DAY: Kind = kind("day of the month", 1, 31, "1 or 1,15");
pub(super) const MONTH: Kind = Kind {
    names: &[
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ],
    ..kind("month", 1, 12, "1-6 or JAN")
};
/// Sunday is both 0 and 7.
pub(super) const WEEKDAY: Kind = Kind {
    names: &[
        "sunday",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
    ],
    ..kind("day of the week", 0, 7, "1-5 or MON-FRI")
};

/// Which values match, a bit for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Values {
    bits: u64,
    /// Whether it begins with `*`, which makes no choice.
    pub(super) is_open: bool,
}

impl Kind {
    pub(super) fn read(&self, text: &str) -> Result<Values, String> {
        let mut bits = 0;
        for item in text.split(',') {
            bits |= self.item(item)?;
        }
        // Of the two numbers of Sunday one is enough.
        if self.name == WEEKDAY.name && bits & (1 << 7) != 0 {
            bits = bits & !(1 << 7) | 1;
        }
        Ok(Values {
            bits,
            is_open: text.starts_with(['*', '?']),
        })
    }

    fn item(&self, item: &str) -> Result<u64, String> {
        let (range, step) = match item.split_once('/') {
            None => (item, None),
            Some((range, step)) => (range, Some(self.step(step)?)),
        };
        let (first, last) = match (range, range.split_once('-')) {
            ("*" | "?", _) => (self.first, self.last_of_all()),
            (_, Some((first, last))) => (self.value(first)?, self.value(last)?),
            // `5/15` is from 5 on.
            (one, None) if step.is_some() => (self.value(one)?, self.last_of_all()),
            (one, None) => (self.value(one)?, self.value(one)?),
        };
        let step = step.unwrap_or(1);
        let is_weekday = self.name == WEEKDAY.name;
        match first <= last {
            true => Ok(bits((first..=last).step_by(step))),
            // From Friday to Monday: the week goes round.
            false if is_weekday => {
                let days = (first..=last + 7).step_by(step);
                Ok(bits(days.map(|day| day % 7)))
            }
            false => Err(format!(
                "`{range}` runs backwards; write two ranges with a comma"
            )),
        }
    }

    fn last_of_all(&self) -> u8 {
        if self.name == WEEKDAY.name {
            6
        } else {
            self.last
        }
    }

    fn step(&self, text: &str) -> Result<usize, String> {
        let step = text.parse().ok().filter(|step| (1..=59).contains(step));
        step.ok_or_else(|| {
            format!(
                "`/{text}` is no step; write a number from 1, as in {}",
                self.example
            )
        })
    }

    fn value(&self, text: &str) -> Result<u8, String> {
        if let Some(number) = self.named(text) {
            return Ok(number);
        }
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let value = is_number.then(|| text.parse().ok()).flatten();
        value
            .filter(|value| (self.first..=self.last).contains(value))
            .ok_or_else(|| {
                let (first, last) = (self.first, self.last);
                let example = self.example;
                format!("`{text}` is not from {first} to {last}; write for example {example}")
            })
    }

    /// A name in whole, or its first three letters or more.
    fn named(&self, text: &str) -> Option<u8> {
        let text = text.to_ascii_lowercase();
        if text.len() < 3 {
            return None;
        }
        let index = self.names.iter().position(|name| name.starts_with(&text))?;
        Some(self.first + u8::try_from(index).ok()?)
    }
}

fn bits(values: impl Iterator<Item = u8>) -> u64 {
    values.fold(0, |bits, value| bits | 1 << value)
}

impl Values {
    /// As a list, each number raised by `shift`.
    pub(super) fn list(self, shift: u8) -> String {
        let mut list = String::new();
        for value in (0..=59_u8).filter(|value| self.bits & (1 << value) != 0) {
            let comma = if list.is_empty() { "" } else { "," };
            // Writing into a text does not fail.
            let _ = write!(list, "{comma}{}", value + shift);
        }
        list
    }
}

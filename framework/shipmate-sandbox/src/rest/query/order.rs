use std::cmp::Ordering;

use jiff::Timestamp;

use super::as_number;
use crate::rest::rows::{Row, Scalar};

/// What a row is sorted by: nothing first, then numbers, times and texts, each in their own order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Missing,
    Number(Number),
    Time(Timestamp),
    Text(String),
}

/// A number with the total order of IEEE 754.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number(f64);

impl Key {
    /// The key of `row`: its first value at `path`.
    pub(super) fn of(row: &impl Row, path: &str) -> Self {
        let mut found = Vec::new();
        row.collect(path, &mut found);
        match found.into_iter().next() {
            None => Self::Missing,
            Some(Scalar::Time(time)) => Self::Time(time),
            Some(Scalar::Text(text)) => {
                if let Some(number) = as_number(&text) {
                    Self::Number(Number(number))
                } else if let Ok(time) = text.parse() {
                    Self::Time(time)
                } else {
                    Self::Text(text.into_owned())
                }
            }
        }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number {}

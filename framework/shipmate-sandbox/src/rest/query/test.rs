use std::{borrow::Cow, cmp::Ordering};

use jiff::Timestamp;

use crate::{clock::iso, rest::rows::Scalar};

/// What the value of a field must be like.
#[derive(Debug, PartialEq)]
pub(super) enum Test {
    Equals(Bound),
    AnyOf(Vec<Bound>),
    Contains(String),
    StartsWith(String),
    Compares(&'static [Ordering], Bound),
}

/// A value of the query, read once.
#[derive(Debug, PartialEq)]
pub(super) struct Bound {
    text: String,
    time: Option<Timestamp>,
    number: Option<f64>,
}

impl Test {
    pub(super) fn parse(value: &str) -> Self {
        const AFTER: &[Ordering] = &[Ordering::Greater];
        const FROM: &[Ordering] = &[Ordering::Greater, Ordering::Equal];
        const BEFORE: &[Ordering] = &[Ordering::Less];
        const UNTIL: &[Ordering] = &[Ordering::Less, Ordering::Equal];
        if let Some(list) = value
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            return Self::AnyOf(super::words(list).map(Bound::new).collect());
        }
        for (operator, orders) in [(">=", FROM), ("<=", UNTIL), (">", AFTER), ("<", BEFORE)] {
            if let Some(bound) = value.strip_prefix(operator) {
                return Self::Compares(orders, Bound::new(bound.to_owned()));
            }
        }
        if let Some(part) = value.strip_prefix('~') {
            return Self::Contains(part.to_lowercase());
        }
        if let Some(start) = value.strip_prefix('^') {
            return Self::StartsWith(start.to_owned());
        }
        Self::Equals(Bound::new(value.to_owned()))
    }

    /// The one value that passes, if it is only one.
    pub(super) fn only(&self) -> Option<&str> {
        match self {
            Self::Equals(bound) => Some(&bound.text),
            _ => None,
        }
    }

    pub(super) fn holds(&self, found: &[Scalar<'_>]) -> bool {
        match self {
            Self::Equals(wanted) => {
                found.iter().any(|value| wanted.is(value))
                    || (wanted.text.is_empty() && found.is_empty())
            }
            Self::AnyOf(wanted) => found
                .iter()
                .any(|value| wanted.iter().any(|wanted| wanted.is(value))),
            Self::Contains(part) => found
                .iter()
                .any(|value| value.text().to_lowercase().contains(part)),
            Self::StartsWith(start) => found.iter().any(|value| value.text().starts_with(start)),
            Self::Compares(orders, bound) => found
                .iter()
                .any(|value| orders.contains(&bound.order_of(value))),
        }
    }
}

impl Bound {
    fn new(text: String) -> Self {
        Self {
            time: text.parse().ok(),
            number: super::as_number(&text),
            text,
        }
    }

    fn is(&self, value: &Scalar<'_>) -> bool {
        match value {
            Scalar::Text(text) => *text == self.text,
            Scalar::Time(time) => self.time == Some(*time),
        }
    }

    /// How `value` compares with the bound: times as times, numbers as numbers, else as text.
    fn order_of(&self, value: &Scalar<'_>) -> Ordering {
        if let Some(bound) = self.time
            && let Some(time) = value.time()
        {
            return time.cmp(&bound);
        }
        let text = value.text();
        if let Some(bound) = self.number
            && let Some(number) = super::as_number(&text)
        {
            return number.total_cmp(&bound);
        }
        text.as_ref().cmp(self.text.as_str())
    }
}

impl Scalar<'_> {
    fn time(&self) -> Option<Timestamp> {
        match self {
            Self::Text(text) => text.parse().ok(),
            Self::Time(time) => Some(*time),
        }
    }

    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Time(time) => Cow::Owned(iso(*time)),
        }
    }
}

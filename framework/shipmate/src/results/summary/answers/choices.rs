//! How often each choice was taken.

use std::collections::BTreeMap;

use super::super::{super::spread::Spread, merge};
use crate::form::{Choice, Decimal, Locale, Question};

/// How often each choice was taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choices {
    /// The choices of the question, in their order.
    known: Vec<Counted>,
    /// What the question does not offer, as another version may have.
    other: BTreeMap<String, u64>,
}

/// A choice, and how often it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counted {
    /// What is stored.
    pub key: String,
    /// What is shown, in English if it can.
    pub label: String,
    /// How often it was taken.
    pub count: u64,
    /// Whether the question offers it.
    pub is_offered: bool,
}

impl Choices {
    pub(super) fn of(question: &Question) -> Self {
        let known = question.choices().iter();
        let known = known.map(|choice: &Choice| (choice.key(), choice.label(Locale::En)));
        Self::with(known)
    }

    pub(super) fn yes_or_no() -> Self {
        Self::with([("true", "Yes"), ("false", "No")].into_iter())
    }

    fn with<'a>(known: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let counted = |(key, label): (&str, &str)| Counted {
            key: key.to_owned(),
            label: label.to_owned(),
            count: 0,
            is_offered: true,
        };
        Self {
            known: known.map(counted).collect(),
            other: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, key: &str) {
        match self.known.iter_mut().find(|choice| choice.key == key) {
            Some(choice) => choice.count += 1,
            None => *self.other.entry(key.to_owned()).or_default() += 1,
        }
    }

    pub(super) fn merge(&mut self, more: Self) {
        for (choice, more) in self.known.iter_mut().zip(more.known) {
            choice.count += more.count;
        }
        merge(&mut self.other, more.other);
    }

    /// The choices of the question in their order, then what else was answered.
    pub fn all(&self) -> Vec<Counted> {
        let other = self.other.iter().map(|(key, count)| Counted {
            key: key.clone(),
            label: key.clone(),
            count: *count,
            is_offered: false,
        });
        self.known.iter().cloned().chain(other).collect()
    }

    /// The keys as numbers, where they are some.
    pub(in super::super) fn as_numbers(&self) -> Spread {
        let mut spread = Spread::default();
        for choice in &self.known {
            if let Some(number) = Decimal::parse(&choice.key) {
                spread.add_times(number, choice.count);
            }
        }
        spread
    }
}

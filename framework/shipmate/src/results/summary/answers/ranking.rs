//! Which choices people like best.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::merge;
use crate::{
    form::{Choice, Locale, Question},
    results::Fraction,
};

/// Where people put each choice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ranking {
    choices: Vec<Placed>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Placed {
    key: String,
    label: String,
    /// How often it was put at each place; 0 is the first.
    places: BTreeMap<u64, u64>,
}

/// A choice, and how it is liked.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Ranked {
    /// What is stored.
    pub key: String,
    /// What is shown, in English if it can.
    pub label: String,
    /// How many put it first.
    pub first: u64,
    /// The mean of its places, of which the best is 1.
    pub mean_place: Option<Fraction>,
    /// Borda points: of n choices, the first gets n - 1 from each answer, the last none.
    pub points: u64,
}

impl Ranking {
    pub(super) fn of(question: &Question) -> Self {
        let placed = |choice: &Choice| Placed {
            key: choice.key().to_owned(),
            label: choice.label(Locale::En).to_owned(),
            places: BTreeMap::new(),
        };
        Self {
            choices: question.choices().iter().map(placed).collect(),
        }
    }

    pub(super) fn add(&mut self, order: &[Value]) {
        for (place, key) in (0..).zip(order) {
            let mut choices = self.choices.iter_mut();
            if let Some(choice) = choices.find(|choice| key.as_str() == Some(&choice.key)) {
                *choice.places.entry(place).or_default() += 1;
            }
        }
    }

    pub(super) fn merge(&mut self, more: Self) {
        for (choice, more) in self.choices.iter_mut().zip(more.choices) {
            merge(&mut choice.places, more.places);
        }
    }

    /// The choices, the most points first; among equals in the order of the question.
    pub fn best_first(&self) -> Vec<Ranked> {
        let most = (self.choices.len() as u64).saturating_sub(1);
        let mut ranked: Vec<Ranked> = self
            .choices
            .iter()
            .map(|choice| choice.ranked(most))
            .collect();
        ranked.sort_by_key(|choice| std::cmp::Reverse(choice.points));
        ranked
    }
}

impl Placed {
    /// `most`: the points of a first place.
    fn ranked(&self, most: u64) -> Ranked {
        let places = || self.places.iter();
        let sum: u64 = places().map(|(place, count)| (place + 1) * count).sum();
        let count: u64 = places().map(|(_, count)| count).sum();
        Ranked {
            key: self.key.clone(),
            label: self.label.clone(),
            first: self.places.get(&0).copied().unwrap_or_default(),
            mean_place: Fraction::of(sum.into(), count.into()),
            points: places()
                .map(|(place, count)| most.saturating_sub(*place) * count)
                .sum(),
        }
    }
}

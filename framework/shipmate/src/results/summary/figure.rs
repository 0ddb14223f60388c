//! What standard questions come to.

use super::{Answers, Spread};
use crate::{
    form::{Decimal, Measure},
    results::Fraction,
};

/// What a standard survey question comes to.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Figure {
    /// Net Promoter Score.
    Nps {
        /// Answers of 9 and 10.
        promoters: u64,
        /// Answers of 7 and 8.
        passives: u64,
        /// Answers of 0 to 6.
        detractors: u64,
        /// The share of promoters less that of detractors, from -100 to 100.
        score: Fraction,
    },
    /// Customer satisfaction: the share of 4 and 5 in percent.
    Csat(Fraction),
    /// Customer effort, agreement or stars: the mean.
    Mean(Fraction),
}

impl Figure {
    pub(super) fn of(measure: Measure, answers: &Answers) -> Option<Self> {
        let given = match answers {
            Answers::Scale { given, .. } | Answers::Numbers(given) => given.clone(),
            Answers::OneOf(choices) => choices.as_numbers(),
            _ => return None,
        };
        match measure {
            Measure::Nps => Self::nps(&given),
            Measure::Csat => {
                let satisfied = between(&given, 4, 5);
                Fraction::percent(satisfied, between(&given, 1, 5)).map(Self::Csat)
            }
            Measure::Ces | Measure::Likert | Measure::Stars => given.mean().map(Self::Mean),
        }
    }

    fn nps(given: &Spread) -> Option<Self> {
        let promoters = between(given, 9, 10);
        let passives = between(given, 7, 8);
        let detractors = between(given, 0, 6);
        let balance = i128::from(promoters) - i128::from(detractors);
        let all = u128::from(promoters + passives + detractors);
        Some(Self::Nps {
            promoters,
            passives,
            detractors,
            score: Fraction::of(balance * 100, all)?,
        })
    }
}

fn between(given: &Spread, from: i64, to: i64) -> u64 {
    let range = Decimal::from(from)..=Decimal::from(to);
    let within = given.iter().filter(|(number, _)| range.contains(number));
    within.map(|(_, count)| count).sum()
}

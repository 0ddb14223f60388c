//! What was answered to a question, counted by its kind.

mod choices;
mod ranking;
mod texts;

pub use choices::{Choices, Counted};
pub use ranking::{Ranked, Ranking};
pub use texts::{Said, Texts};

use std::collections::BTreeMap;

use serde_json::Value;

use super::{super::spread::number, Spread, merge};
use crate::{
    form::{Kind, Question},
    results::Response,
};

/// What was answered.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Answers {
    /// One choice each.
    OneOf(Choices),
    /// Several choices each: together more than 100 %.
    SeveralOf(Choices),
    /// A number each.
    Numbers(Spread),
    /// A number of a scale each.
    Scale {
        /// The lowest number.
        from: u8,
        /// The highest number.
        to: u8,
        /// What was given.
        given: Spread,
    },
    /// An order of all choices each.
    Ranking(Ranking),
    /// Words.
    Texts(Texts),
    /// Dates, times, months or weeks, in ISO 8601, and how often each was given.
    Moments(BTreeMap<String, u64>),
    /// What would identify people, such as e-mail addresses: it is counted and not shown.
    Withheld(u64),
}

impl Answers {
    pub(super) fn to(question: &Question) -> Self {
        match question.kind() {
            Kind::OneOf => Self::OneOf(Choices::of(question)),
            Kind::YesNo => Self::OneOf(Choices::yes_or_no()),
            Kind::Color => Self::OneOf(Choices::default()),
            Kind::SeveralOf => Self::SeveralOf(Choices::of(question)),
            Kind::Ranking => Self::Ranking(Ranking::of(question)),
            Kind::Number => Self::Numbers(Spread::default()),
            Kind::Scale { from, to } => Self::Scale {
                from,
                to,
                given: Spread::default(),
            },
            Kind::Moment(_) => Self::Moments(BTreeMap::new()),
            Kind::Text | Kind::Lines => Self::Texts(Texts::default()),
            Kind::Email | Kind::Tel | Kind::Url | Kind::File => Self::Withheld(0),
        }
    }

    /// Counts an answer; none if it does not fit.
    pub(super) fn add(&mut self, answer: &Value, response: &Response) -> Option<()> {
        match self {
            Self::OneOf(choices) => choices.add(&key(answer)?),
            Self::SeveralOf(choices) => {
                let keys: Option<Vec<_>> = answer.as_array()?.iter().map(key).collect();
                keys?.iter().for_each(|key| choices.add(key));
            }
            Self::Numbers(given) => given.add(number(answer)?),
            Self::Scale { from, to, given } => {
                let whole = u8::try_from(answer.as_u64()?).ok()?;
                (*from..=*to).contains(&whole).then_some(())?;
                given.add(i64::from(whole).into());
            }
            Self::Ranking(ranking) => ranking.add(answer.as_array()?),
            Self::Texts(texts) => texts.add(answer.as_str()?, response),
            Self::Moments(moments) => {
                *moments.entry(answer.as_str()?.to_owned()).or_default() += 1;
            }
            Self::Withheld(count) => *count += 1,
        }
        Some(())
    }

    /// Nothing if the two are not of the same kind, which those of one questionnaire are.
    pub(super) fn merge(&mut self, other: Self) {
        match (self, other) {
            (Self::OneOf(counts), Self::OneOf(more))
            | (Self::SeveralOf(counts), Self::SeveralOf(more)) => counts.merge(more),
            (Self::Numbers(given), Self::Numbers(more))
            | (Self::Scale { given, .. }, Self::Scale { given: more, .. }) => given.merge(more),
            (Self::Ranking(ranking), Self::Ranking(more)) => ranking.merge(more),
            (Self::Texts(texts), Self::Texts(more)) => texts.merge(more),
            (Self::Moments(moments), Self::Moments(more)) => merge(moments, more),
            (Self::Withheld(count), Self::Withheld(more)) => *count += more,
            _ => {}
        }
    }
}

/// The key of a choice, as answers hold it.
fn key(answer: &Value) -> Option<String> {
    match answer {
        Value::String(key) => Some(key.clone()),
        Value::Bool(_) | Value::Number(_) => Some(answer.to_string()),
        _ => None,
    }
}

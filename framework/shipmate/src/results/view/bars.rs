//! What is answered to a question, as bars.

use std::collections::BTreeMap;

use super::{
    super::{Answers, Choices, QuestionSummary, Ranking, Spread},
    of_whole, percent,
};
use crate::form::Decimal;

/// Different values up to which each has a bar of its own.
const MOST: usize = 12;

/// A bar of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Bar {
    pub(in super::super) label: String,
    pub(in super::super) count: u64,
    /// In thousandths of the longest that is possible.
    pub(in super::super) length: u16,
    /// What stands beside it.
    pub(in super::super) shown: String,
}

impl Bar {
    /// `count` of `all`, rounded by itself.
    pub(super) fn of_all(label: &str, count: u64, all: u64) -> Self {
        Self {
            label: label.to_owned(),
            count,
            length: permille(count, all),
            shown: percent(count, all),
        }
    }
}

/// The answers to a question; nothing where they are words, or not shown.
pub(in super::super) fn bars(question: &QuestionSummary) -> Vec<Bar> {
    match &question.answers {
        Answers::OneOf(choices) => of_whole(counts(choices)),
        Answers::SeveralOf(choices) => {
            let answered = question.answered.saturating_sub(question.unfit);
            let counts = counts(choices).into_iter();
            counts
                .map(|(label, count)| Bar::of_all(&label, count, answered))
                .collect()
        }
        Answers::Scale { from, to, given } => {
            let numbers = i64::from(*from)..=i64::from(*to);
            let count = |number: i64| (number.to_string(), given.count_of(number));
            of_whole(numbers.map(count).collect())
        }
        Answers::Numbers(given) => of_whole(binned(given)),
        Answers::Ranking(ranking) => ranked(ranking, question.answered - question.unfit),
        Answers::Moments(moments) => of_whole(most_frequent(moments)),
        Answers::Texts(_) | Answers::Withheld(_) => Vec::new(),
    }
}

fn counts(choices: &Choices) -> Vec<(String, u64)> {
    let choices = choices.all().into_iter();
    choices
        .map(|choice| {
            let label = if choice.is_offered {
                choice.label
            } else {
                format!("{} (no choice now)", choice.label)
            };
            (label, choice.count)
        })
        .collect()
}

fn ranked(ranking: &Ranking, answered: u64) -> Vec<Bar> {
    let best = ranking.best_first();
    let most = (best.len() as u64).saturating_sub(1) * answered;
    let bar = |choice: super::super::Ranked| {
        let place = choice.mean_place.map(|place| place.rounded(2));
        Bar {
            label: choice.label,
            count: choice.points,
            length: permille(choice.points, most),
            shown: format!("⌀ {}", place.as_deref().unwrap_or("–")),
        }
    };
    best.into_iter().map(bar).collect()
}

/// The most frequent, in the order of time; what is left is told together.
fn most_frequent(moments: &BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let mut frequent: Vec<_> = moments.iter().collect();
    frequent.sort_by_key(|(moment, count)| (std::cmp::Reverse(**count), moment.as_str()));
    let rest = frequent.split_off(frequent.len().min(MOST));
    frequent.sort();
    let shown = frequent.into_iter();
    let mut shown: Vec<_> = shown
        .map(|(moment, count)| (moment.clone(), *count))
        .collect();
    if !rest.is_empty() {
        let label = format!("{} others", rest.len());
        shown.push((label, rest.iter().map(|(_, count)| **count).sum()));
    }
    shown
}

/// Each number, or ranges of equal and round width if there are many.
fn binned(given: &Spread) -> Vec<(String, u64)> {
    if given.variety() <= MOST {
        let each = given.iter();
        return each
            .map(|(number, count)| (number.to_string(), count))
            .collect();
    }
    let units: Vec<_> = given
        .iter()
        .map(|(number, count)| (number.units(), count))
        .collect();
    let (Some((low, _)), Some((high, _))) = (units.first(), units.last()) else {
        return Vec::new();
    };
    let width = round_width(high - low);
    let first = low.div_euclid(width);
    let mut bins = vec![0_u64; MOST];
    for (number, count) in &units {
        let place = usize::try_from(number.div_euclid(width) - first);
        if let Some(bin) = place.ok().and_then(|place| bins.get_mut(place)) {
            *bin += count;
        }
    }
    let used = usize::try_from(high.div_euclid(width) - first).unwrap_or(MOST);
    bins.truncate(used + 1);
    let label = |bin: i128| {
        let from = Decimal::from_units((first + bin) * width);
        let below = Decimal::from_units((first + bin + 1) * width);
        format!("{from} to below {below}")
    };
    (0..)
        .zip(bins)
        .map(|(bin, count)| (label(bin), count))
        .collect()
}

/// 1, 2 or 5 times a power of ten, so wide that ten of it hold `span`. They begin at multiples of
/// their width, so one or two more may be used.
fn round_width(span: i128) -> i128 {
    let mut power = 1;
    loop {
        for step in [1, 2, 5] {
            if step * power * 10 >= span {
                return step * power;
            }
        }
        power *= 10;
    }
}

fn permille(part: u64, whole: u64) -> u16 {
    let whole = u128::from(whole).max(1);
    let share = u128::from(part) * 1_000 / whole;
    u16::try_from(share.min(1_000)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::{super::super::spread::number, *};

    fn spread(numbers: impl IntoIterator<Item = f64>) -> Spread {
        let mut spread = Spread::default();
        for value in numbers {
            spread.add(number(&json!(value)).unwrap());
        }
        spread
    }

    #[test]
    fn few_numbers_have_a_bar_each_and_many_share_round_ranges() {
        let few = binned(&spread([3.0, 1.5, 3.0]));
        assert_eq!(few, [("1.5".to_owned(), 1), ("3".to_owned(), 2)]);
        // 18 to 64: a span of 46, so ranges of 5, from 15 on.
        let many = binned(&spread((18..=64).map(f64::from)));
        assert_eq!(many[0], ("15 to below 20".to_owned(), 2));
        assert_eq!(many[9], ("60 to below 65".to_owned(), 5));
        assert_eq!(many.len(), 10);
    }

    #[test]
    fn of_many_dates_the_most_frequent_are_shown_in_order() {
        let mut moments: BTreeMap<_, _> = (10..30)
            .map(|day| (format!("2026-03-{day}"), 1_u64))
            .collect();
        moments.insert("2026-03-29".into(), 7);
        let shown = most_frequent(&moments);
        assert_eq!(shown.len(), MOST + 1);
        assert_eq!(shown[MOST - 1], ("2026-03-29".to_owned(), 7));
        assert_eq!(shown[MOST], ("8 others".to_owned(), 8));
    }

    proptest! {
        #[test]
        fn no_number_is_lost_in_ranges(
            numbers in proptest::collection::vec(-1_000_000_i32..1_000_000, 1..200),
            places in 0_i32..4,
        ) {
            let scale = 10_f64.powi(places);
            let shown = binned(&spread(numbers.iter().map(|it| f64::from(*it) / scale)));
            prop_assert!(shown.len() <= MOST);
            let sum: u64 = shown.iter().map(|(_, count)| count).sum();
            prop_assert_eq!(sum, numbers.len() as u64);
        }
    }
}

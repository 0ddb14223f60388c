//! Numbers, and how often each was given.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Fraction;
use crate::form::Decimal;

/// Numbers, and how often each was given. Nothing of them is lost, so what is computed is exact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spread(BTreeMap<Decimal, u64>);

impl Spread {
    pub(super) fn add(&mut self, number: Decimal) {
        self.add_times(number, 1);
    }

    pub(super) fn add_times(&mut self, number: Decimal, times: u64) {
        if times > 0 {
            *self.0.entry(number).or_default() += times;
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (number, count) in other.0 {
            *self.0.entry(number).or_default() += count;
        }
    }

    /// How many numbers there are.
    pub fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// How often a whole number was given.
    pub fn count_of(&self, number: i64) -> u64 {
        let number = Decimal::from(number);
        self.0.get(&number).copied().unwrap_or_default()
    }

    /// The sum divided by the count.
    pub fn mean(&self) -> Option<Fraction> {
        let weigh = |(number, count): (&Decimal, &u64)| number.units() * i128::from(*count);
        let sum = self.0.iter().map(weigh).sum();
        Fraction::of(sum, Decimal::UNITS * u128::from(self.count()))
    }

    /// The number in the middle, or the mean of the two in the middle.
    pub fn median(&self) -> Option<Fraction> {
        let count = self.count();
        let upper = self.at(count / 2)?;
        let lower = if count.is_multiple_of(2) {
            self.at(count / 2 - 1)?
        } else {
            upper
        };
        Fraction::of(upper.units() + lower.units(), Decimal::UNITS * 2)
    }

    /// The lowest number.
    pub fn lowest(&self) -> Option<String> {
        self.0.keys().next().map(ToString::to_string)
    }

    /// The highest number.
    pub fn highest(&self) -> Option<String> {
        self.0.keys().next_back().map(ToString::to_string)
    }

    /// The numbers in their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Decimal, u64)> {
        self.0.iter().map(|(number, count)| (*number, *count))
    }

    /// How many different ones there are.
    pub(super) fn variety(&self) -> usize {
        self.0.len()
    }

    /// The number at a place in their order, counted from 0.
    fn at(&self, place: u64) -> Option<Decimal> {
        let mut before = 0;
        let found = self.0.iter().find(|(_, count)| {
            before += **count;
            before > place
        });
        found.map(|(number, _)| *number)
    }
}

/// A number as it stands in an answer.
pub(super) fn number(value: &Value) -> Option<Decimal> {
    match value.as_i64() {
        Some(whole) => Decimal::parse(&whole.to_string()),
        // Unlike JSON's, this text has no exponent.
        None => Decimal::parse(&value.as_f64()?.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn spread(values: &[Value]) -> Spread {
        let mut spread = Spread::default();
        for value in values {
            spread.add(number(value).unwrap());
        }
        spread
    }

    #[test]
    fn mean_and_median_are_exact() {
        // 0.1 + 0.2 + 0.3 + 1 = 1.6; 1.6 / 4 = 0.4; (0.2 + 0.3) / 2 = 0.25.
        let spread = spread(&[json!(0.3), json!(0.1), json!(1), json!(0.2)]);
        assert_eq!(spread.mean(), Fraction::of(4, 10));
        assert_eq!(spread.median(), Fraction::of(25, 100));
        assert_eq!(spread.lowest().as_deref(), Some("0.1"));
        assert_eq!(spread.highest().as_deref(), Some("1"));
    }

    #[test]
    fn the_middle_of_an_odd_number_is_one_of_them() {
        let spread = spread(&[json!(-7), json!(3), json!(3)]);
        assert_eq!(spread.median(), Fraction::of(3, 1));
        assert_eq!(spread.mean(), Fraction::of(-1, 3));
        assert_eq!(spread.count_of(3), 2);
        assert!(Spread::default().mean().is_none() && Spread::default().median().is_none());
    }

    #[test]
    fn small_numbers_are_read_and_texts_are_not() {
        assert_eq!(
            number(&json!(0.000_000_1)).unwrap().to_string(),
            "0.0000001"
        );
        assert!(number(&json!("7")).is_none() && number(&json!(1e300)).is_none());
    }
}

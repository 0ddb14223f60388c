//! Exact decimal numbers, so that a step of 0.1 means what it says.

use std::fmt;

use serde_json::{Number, Value};

const FRACTION_DIGITS: usize = 12;
const ONE: i128 = 1_000_000_000_000;
const ONE_UNSIGNED: u128 = ONE.unsigned_abs();

/// More digits than these do not survive a JSON number, which is a double everywhere but here.
const MOST_DIGITS: usize = 15;

/// A number with at most 15 digits, at most 12 of them after the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Decimal(i128);

impl Decimal {
    pub(super) const ZERO: Self = Self(0);
    pub(super) const HUNDRED: Self = Self(100 * ONE);

    /// How many [units](Self::units) make 1.
    pub(crate) const UNITS: u128 = ONE_UNSIGNED;

    /// Reads digits with an optional `-` before them and an optional point in or before them.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let whole_value = match whole {
            "" if digits.len() > 1 => 0,
            whole => Self::digits(whole)?,
        };
        Self::digits(fraction)?;
        let fraction = fraction.trim_end_matches('0');
        if whole.trim_start_matches('0').len() + fraction.len() > MOST_DIGITS
            || fraction.len() > FRACTION_DIGITS
        {
            return None;
        }
        let fraction_value = Self::digits(&format!("{fraction:0<FRACTION_DIGITS$}"))?;
        let units = whole_value.checked_mul(ONE)?.checked_add(fraction_value)?;
        Some(Self(if negative { -units } else { units }))
    }

    /// Whether the number lies a whole number of `step`s from `base`.
    pub(super) fn is_on_step(self, base: Self, step: Self) -> bool {
        // Parsed numbers keep far away from the ends of i128, so the difference fits.
        step.0 > 0 && (self.0 - base.0) % step.0 == 0
    }

    /// The number as a count of the smallest steps.
    pub(crate) fn units(self) -> i128 {
        self.0
    }

    /// 1, 0.1, 0.01 and so on, down to the smallest that can be written.
    pub(super) fn steps() -> impl Iterator<Item = Self> {
        std::iter::successors(Some(ONE), |step| (*step > 1).then_some(step / 10)).map(Self)
    }

    /// The first number above this one that lies a whole number of `step`s from `base`.
    pub(super) fn next_on_step(self, base: Self, step: Self) -> Option<Self> {
        let steps = (self.0 - base.0).checked_div_euclid(step.0)?;
        Some(Self(base.0 + (steps + 1) * step.0))
    }

    /// The last number below this one that lies a whole number of `step`s from `base`.
    pub(super) fn last_on_step(self, base: Self, step: Self) -> Option<Self> {
        let before = self.0 - base.0 - 1;
        let steps = before.checked_div_euclid(step.0)?;
        Some(Self(base.0 + steps * step.0))
    }

    /// Whether it has no more digits than an answer may have.
    pub(super) fn can_be_written(self) -> bool {
        Self::parse(&self.to_string()) == Some(self)
    }

    /// The number that so many of the smallest steps are.
    pub(crate) fn from_units(units: i128) -> Self {
        Self(units)
    }

    /// The number as JSON: an integer if it is whole.
    pub(super) fn to_json(self) -> Value {
        let whole = i64::try_from(self.0 / ONE)
            .ok()
            .filter(|_| self.0 % ONE == 0);
        match whole {
            Some(whole) => Value::from(whole),
            None => self
                .to_string()
                .parse()
                .ok()
                .and_then(Number::from_f64)
                .map_or(Value::Null, Value::Number),
        }
    }

    fn digits(text: &str) -> Option<i128> {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse().ok())?
    }
}

impl From<i64> for Decimal {
    fn from(whole: i64) -> Self {
        Self(i128::from(whole) * ONE)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let units = self.0.unsigned_abs();
        let (whole, fraction) = (units / ONE_UNSIGNED, units % ONE_UNSIGNED);
        if self.0 < 0 {
            f.write_str("-")?;
        }
        write!(f, "{whole}")?;
        if fraction > 0 {
            let fraction = format!("{fraction:0>FRACTION_DIGITS$}");
            write!(f, ".{}", fraction.trim_end_matches('0'))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_without_needless_digits() {
        for (text, written) in [
            ("007", "7"),
            ("1.50", "1.5"),
            ("-0.0", "0"),
            ("-.5", "-0.5"),
            ("-12.000000000001", "-12.000000000001"),
            ("999999999999999", "999999999999999"),
        ] {
            assert_eq!(Decimal::parse(text).unwrap().to_string(), written);
        }
    }

    #[test]
    fn what_is_no_number_or_too_long_is_refused() {
        for text in [
            "",
            "-",
            ".",
            "-.",
            "5.",
            "1e5",
            "--1",
            "+1",
            "1,5",
            "1234567890123456",
            "٣",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn steps_are_exact() {
        let decimal = |text| Decimal::parse(text).unwrap();
        assert!(decimal("0.3").is_on_step(Decimal::ZERO, decimal("0.1")));
        assert!(decimal("-7").is_on_step(decimal("3"), decimal("5")));
        assert!(!decimal("0.35").is_on_step(Decimal::ZERO, decimal("0.1")));
        assert!(!decimal("1").is_on_step(Decimal::ZERO, Decimal::ZERO));
    }
}

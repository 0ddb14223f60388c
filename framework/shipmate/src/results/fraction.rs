//! Quotients that are exact until they are shown.

use std::fmt;

/// An exact quotient. It is rounded where it is shown and nowhere else: half away from zero.
#[derive(Debug, Clone, Copy)]
pub struct Fraction {
    numerator: i128,
    /// Never 0.
    denominator: u128,
}

impl Fraction {
    /// `numerator / denominator`; none if that is nothing.
    pub fn of(numerator: i128, denominator: u128) -> Option<Self> {
        (denominator > 0).then_some(Self {
            numerator,
            denominator,
        })
    }

    /// `part` of `whole` in percent; none if there is no whole.
    pub fn percent(part: u64, whole: u64) -> Option<Self> {
        Self::of(i128::from(part) * 100, whole.into())
    }

    /// The number with so many digits after the point, at most 9.
    ///
    /// ```
    /// # use shipmate::results::Fraction;
    /// let two_thirds = Fraction::of(2, 3).map(|it| it.rounded(1));
    /// assert_eq!(two_thirds.as_deref(), Some("0.7"));
    /// let half = Fraction::of(-1, 2).map(|it| it.rounded(0));
    /// assert_eq!(half.as_deref(), Some("-1"));
    /// ```
    pub fn rounded(&self, digits: u32) -> String {
        let digits = digits.min(9);
        let scale = 10_u128.pow(digits);
        let units = self.numerator.unsigned_abs();
        let (whole, rest) = (units / self.denominator, units % self.denominator);
        // Rest and scale are far from the end of u128: a denominator is a count, or one times 10¹².
        let fraction = (rest * scale * 2 + self.denominator) / (self.denominator * 2);
        let (whole, fraction) = (whole + fraction / scale, fraction % scale);
        let sign = match (whole, fraction) {
            (0, 0) => "",
            _ if self.numerator < 0 => "-",
            _ => "",
        };
        match digits {
            0 => format!("{sign}{whole}"),
            digits => format!("{sign}{whole}.{fraction:0>width$}", width = digits as usize),
        }
    }
}

impl PartialEq for Fraction {
    fn eq(&self, other: &Self) -> bool {
        let cross = |one: &Self, denominator: u128| {
            let denominator = i128::try_from(denominator).ok()?;
            one.numerator.checked_mul(denominator)
        };
        cross(self, other.denominator) == cross(other, self.denominator)
    }
}

/// With one digit after the point.
impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rounded(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_is_rounded_away_from_zero() {
        for (numerator, denominator, digits, shown) in [
            (1, 2, 0, "1"),
            (-1, 2, 0, "-1"),
            (1, 20, 1, "0.1"),
            (-1, 21, 1, "0.0"),
            (199, 100, 1, "2.0"),
            (100, 3, 2, "33.33"),
            (5, 1, 1, "5.0"),
        ] {
            let fraction = Fraction::of(numerator, denominator).unwrap();
            assert_eq!(fraction.rounded(digits), shown);
        }
        assert!(Fraction::of(1, 0).is_none());
        assert_eq!(Fraction::of(1, 2), Fraction::of(2, 4));
    }
}

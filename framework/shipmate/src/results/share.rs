//! Shares of a whole that add up.

use std::fmt;

/// A share in tenths of a percent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u16);

/// The whole, in tenths of a percent.
const WHOLE: u128 = 1_000;

impl Share {
    /// In tenths of a percent, 0 to 1000.
    pub fn permille(self) -> u16 {
        self.0
    }
}

/// As `33.4 %`.
impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} %", self.0 / 10, self.0 % 10)
    }
}

/// The shares of `counts` in their sum. They add up to exactly 100 %: each is rounded down, and
/// what is missing goes, a tenth of a percent each, to those that lost most, among equals to the
/// first. Nothing has no shares: all are 0.
///
/// ```
/// # use shipmate::results::shares;
/// let shown: Vec<_> = shares(&[1, 1, 1]).iter().map(ToString::to_string).collect();
/// assert_eq!(shown, ["33.4 %", "33.3 %", "33.3 %"]);
/// ```
pub fn shares(counts: &[u64]) -> Vec<Share> {
    let total: u128 = counts.iter().copied().map(u128::from).sum();
    if total == 0 {
        return vec![Share::default(); counts.len()];
    }
    let exact = counts.iter().map(|count| u128::from(*count) * WHOLE);
    let (mut down, mut lost): (Vec<u128>, Vec<(u128, usize)>) = exact
        .enumerate()
        .map(|(index, units)| (units / total, (units % total, index)))
        .unzip();
    let missing = WHOLE.saturating_sub(down.iter().sum());
    lost.sort_by_key(|(rest, index)| (std::cmp::Reverse(*rest), *index));
    let missing = usize::try_from(missing).unwrap_or_default();
    for (_, index) in lost.into_iter().take(missing) {
        if let Some(share) = down.get_mut(index) {
            *share += 1;
        }
    }
    let tenths = down.into_iter();
    tenths
        .map(|tenths| Share(u16::try_from(tenths).unwrap_or_default()))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_missing_goes_to_those_that_lost_most() {
        // 1/7 = 142.857, 2/7 = 285.714, 4/7 = 571.428 thousandths: 142 + 285 + 571 = 998.
        let permille: Vec<_> = shares(&[1, 2, 4])
            .into_iter()
            .map(Share::permille)
            .collect();
        assert_eq!(permille, [143, 286, 571]);
        assert_eq!(shares(&[0, 0]), [Share(0), Share(0)]);
        assert_eq!(shares(&[5]), [Share(1_000)]);
    }

    proptest! {
        #[test]
        fn shares_add_up_and_are_off_by_less_than_a_tenth_of_a_percent(
            counts in proptest::collection::vec(0_u64..1_000_000_000_000, 1..20),
        ) {
            let total: u128 = counts.iter().copied().map(u128::from).sum();
            let shares = shares(&counts);
            let sum: u128 = shares.iter().map(|share| u128::from(share.permille())).sum();
            prop_assert_eq!(sum, if total == 0 { 0 } else { WHOLE });
            for (count, share) in counts.iter().zip(&shares) {
                let shown = u128::from(share.permille()) * total;
                prop_assert!(shown.abs_diff(u128::from(*count) * WHOLE) < total.max(1));
            }
        }
    }
}

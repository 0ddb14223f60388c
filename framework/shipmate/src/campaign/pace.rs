//! When the next member may be written to.

use std::num::NonZeroU32;

use jiff::{SignedDuration, Timestamp};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// How fast a campaign goes.
#[derive(Debug, Clone)]
pub(crate) struct Pace {
    per_minute: Option<NonZeroU32>,
}

impl Pace {
    pub(super) fn new(per_minute: Option<NonZeroU32>) -> Self {
        Self { per_minute }
    }

    /// When the next message may go, which is `now` if it may: evenly, so that no minute ever holds
    /// more than the campaign's number. `last` is when the last one went.
    pub(crate) fn next(&self, last: Option<Timestamp>, now: Timestamp) -> Timestamp {
        last.map_or(now, |last| {
            let free = last.saturating_add(self.between());
            free.unwrap_or(Timestamp::MAX).max(now)
        })
    }

    /// The time between two messages, rounded up to what the store keeps, a millisecond.
    fn between(&self) -> SignedDuration {
        self.per_minute.map_or(SignedDuration::ZERO, |count| {
            let millis = u32::try_from(MINUTE.as_millis()).unwrap_or(u32::MAX);
            SignedDuration::from_millis(i64::from(millis.div_ceil(count.get())))
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_minute_holds_more_than_allowed(
            per_minute in 1_u32..2_000, waits in proptest::collection::vec(0_i64..500, 1..300),
        ) {
            let pace = Pace::new(NonZeroU32::new(per_minute));
            let mut now = Timestamp::UNIX_EPOCH;
            let mut sent: Vec<Timestamp> = Vec::new();
            for wait in waits {
                now = pace.next(sent.last().copied(), now + SignedDuration::from_millis(wait));
                sent.push(now);
            }
            for (index, first) in sent.iter().enumerate() {
                let within = sent[index..].iter().filter(|at| at.duration_since(*first) < MINUTE);
                prop_assert!(within.count() <= per_minute as usize);
            }
        }
    }

    #[test]
    fn without_a_number_nothing_is_held_back() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(Pace::new(None).next(Some(now), now), now);
    }
}

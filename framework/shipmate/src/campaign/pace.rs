//! When the next member may be written to.

use std::num::NonZeroU32;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::schedule::{Hours, QuietHours};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// How fast a campaign goes.
#[derive(Debug, Clone)]
pub(crate) struct Pace {
    per_minute: Option<NonZeroU32>,
    hours: Option<SendingHours>,
}

/// When anything is written at all.
#[derive(Debug, Clone)]
pub(super) struct SendingHours {
    pub(super) open: Hours,
    pub(super) quiet: Option<QuietHours>,
    pub(super) zone: TimeZone,
}

impl SendingHours {
    /// The earliest time from `from` on. Hours that are open only while it is quiet never come.
    fn next(&self, from: Timestamp) -> Timestamp {
        /// Days in which open and quiet hours must have met.
        const ROUNDS: usize = 400;
        let mut at = from;
        for _ in 0..ROUNDS {
            let open = self.open.next_open(at, &self.zone);
            let Some(open) = open else {
                return Timestamp::MAX;
            };
            let quiet = self.quiet.as_ref();
            let allowed = quiet.map_or(open, |quiet| quiet.earliest_allowed(open, &self.zone));
            if allowed == open {
                return open;
            }
            at = allowed;
        }
        Timestamp::MAX
    }
}

impl Pace {
    pub(super) fn new(per_minute: Option<NonZeroU32>, hours: Option<SendingHours>) -> Self {
        Self { per_minute, hours }
    }

    /// When the next message may go, which is `now` if it may: evenly, so that no minute ever holds
    /// more than the campaign's number. `last` is when the last one went.
    pub(crate) fn next(&self, last: Option<Timestamp>, now: Timestamp) -> Timestamp {
        let free = last.map_or(now, |last| {
            let free = last.saturating_add(self.between());
            free.unwrap_or(Timestamp::MAX).max(now)
        });
        self.hours.as_ref().map_or(free, |hours| hours.next(free))
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
            let pace = Pace::new(NonZeroU32::new(per_minute), None);
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
        assert_eq!(Pace::new(None, None).next(Some(now), now), now);
    }

    fn hours(open: &str, quiet: Option<&str>) -> Pace {
        let hours = SendingHours {
            open: open.parse().unwrap(),
            quiet: quiet.map(|quiet| quiet.parse().unwrap()),
            zone: TimeZone::get("Europe/Amsterdam").unwrap(),
        };
        Pace::new(NonZeroU32::new(60), Some(hours))
    }

    #[test]
    fn what_is_due_in_quiet_hours_waits_until_they_are_over() {
        for (open, quiet, now, expected) in [
            (
                "mon-fri 09:00-17:30",
                None,
                "2026-03-02T10:00:00Z",
                "2026-03-02T10:00:00Z",
            ),
            (
                "mon-fri 09:00-17:30",
                None,
                "2026-03-06T17:00:00Z",
                "2026-03-09T08:00:00Z",
            ),
            (
                "24/7",
                Some("21:00-08:00"),
                "2026-03-02T22:00:00Z",
                "2026-03-03T07:00:00Z",
            ),
            (
                "mon-fri 07:00-12:00",
                Some("21:00-08:00"),
                "2026-03-02T05:00:00Z",
                "2026-03-02T07:00:00Z",
            ),
        ] {
            let now = now.parse().unwrap();
            assert_eq!(
                hours(open, quiet).next(None, now).to_string(),
                expected,
                "{open} {quiet:?}"
            );
        }
    }

    #[test]
    fn hours_that_are_open_only_while_it_is_quiet_never_come() {
        let never = hours("mon-sun 22:00-23:00", Some("21:00-08:00"));
        assert_eq!(never.next(None, Timestamp::UNIX_EPOCH), Timestamp::MAX);
    }
}

//! How many requests may start now: arithmetic on given times, without waiting.

use std::{collections::VecDeque, num::NonZeroU32};

use jiff::{SignedDuration, Timestamp};

/// The window of the platform's request limit (API Basics, rate limiting).
const WINDOW: SignedDuration = SignedDuration::from_secs(1);

/// Keeps the platform from ever seeing more than `rate` requests within one second.
///
/// The platform counts a request at some moment between its start and its answer, which of them
/// we cannot know. So a request holds one of `rate` slots until one second after its *answer*:
/// whoever takes the slot next is then counted at least a second later, and two requests in the
/// same slot never share a window.
#[derive(Debug)]
pub(crate) struct Pace {
    rate: usize,
    in_flight: usize,
    /// When the requests of the last second were answered, oldest first.
    answered: VecDeque<Timestamp>,
    pause: Option<Pause>,
}

/// Whether a request may start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It may; a slot is taken.
    Now,
    /// Not before this time; ask again then.
    At(Timestamp),
    /// Every slot waits for an answer; ask again after one.
    AfterAnswer,
}

#[derive(Debug, Clone, Copy)]
struct Pause {
    since: Timestamp,
    until: Timestamp,
}

impl Pace {
    pub(crate) fn new(rate: NonZeroU32) -> Self {
        Self {
            rate: usize::try_from(rate.get()).unwrap_or(usize::MAX),
            in_flight: 0,
            answered: VecDeque::new(),
            pause: None,
        }
    }

    /// Takes a slot if there is one.
    pub(crate) fn take(&mut self, now: Timestamp) -> Verdict {
        let verdict = self.look(now);
        if verdict == Verdict::Now {
            self.in_flight += 1;
        }
        verdict
    }

    /// Whether there is a slot.
    pub(crate) fn look(&mut self, now: Timestamp) -> Verdict {
        self.follow(now);
        if let Some(pause) = self.pause {
            return Verdict::At(pause.until);
        }
        if self.in_flight + self.answered.len() < self.rate {
            return Verdict::Now;
        }
        self.answered
            .front()
            .map_or(Verdict::AfterAnswer, |oldest| {
                Verdict::At(after_window(*oldest))
            })
    }

    /// A request that had a slot was answered, or was given up.
    pub(crate) fn answered(&mut self, now: Timestamp) {
        self.follow(now);
        self.in_flight = self.in_flight.saturating_sub(1);
        self.answered.push_back(now);
    }

    /// A slot was taken but no request was made.
    pub(crate) fn unused(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// Lets nothing start before `until`. The longer of two pauses counts.
    pub(crate) fn pause_until(&mut self, until: Timestamp, now: Timestamp) {
        self.follow(now);
        let until = self.pause.map_or(until, |pause| pause.until.max(until));
        self.pause = (until > now).then_some(Pause { since: now, until });
    }

    /// Forgets what `now` has made irrelevant.
    fn follow(&mut self, now: Timestamp) {
        self.follow_back(now);
        while self
            .answered
            .front()
            .is_some_and(|at| after_window(*at) <= now)
        {
            self.answered.pop_front();
        }
        self.pause = self.pause.filter(|pause| pause.until > now);
    }

    /// After the clock was set back, times ahead of it would block for as long as it went back.
    /// What happened did happen by now, so `now` is the latest it can have been.
    fn follow_back(&mut self, now: Timestamp) {
        for at in self.answered.iter_mut().rev().take_while(|at| **at > now) {
            *at = now;
        }
        if let Some(pause) = &mut self.pause
            && pause.since > now
        {
            let left = pause.until.duration_since(pause.since);
            *pause = Pause {
                since: now,
                until: later(now, left),
            };
        }
    }
}

fn after_window(at: Timestamp) -> Timestamp {
    later(at, WINDOW)
}

fn later(at: Timestamp, step: SignedDuration) -> Timestamp {
    at.saturating_add(step).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use std::{cmp::Reverse, collections::BinaryHeap};

    use proptest::prelude::*;

    use super::*;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_microsecond(micros).unwrap()
    }

    fn pace(rate: u32) -> Pace {
        Pace::new(NonZeroU32::new(rate).unwrap())
    }

    #[test]
    fn a_slot_is_free_one_second_after_the_answer_not_after_the_start() {
        let mut pace = pace(1);
        assert_eq!(pace.take(at(0)), Verdict::Now);
        assert_eq!(pace.take(at(5_000_000)), Verdict::AfterAnswer);
        pace.answered(at(7_000_000));
        assert_eq!(pace.take(at(7_000_000)), Verdict::At(at(8_000_000)));
        assert_eq!(pace.take(at(7_999_999)), Verdict::At(at(8_000_000)));
        assert_eq!(pace.take(at(8_000_000)), Verdict::Now);
    }

    #[test]
    fn an_unused_slot_is_free_at_once() {
        let mut pace = pace(1);
        assert_eq!(pace.take(at(0)), Verdict::Now);
        pace.unused();
        assert_eq!(pace.take(at(0)), Verdict::Now);
    }

    #[test]
    fn a_pause_holds_everything_and_only_grows() {
        let mut pace = pace(10);
        pace.pause_until(at(3_000_000), at(0));
        pace.pause_until(at(2_000_000), at(0));
        assert_eq!(pace.take(at(2_500_000)), Verdict::At(at(3_000_000)));
        assert_eq!(pace.take(at(3_000_000)), Verdict::Now);
        pace.pause_until(at(1_000_000), at(4_000_000));
        assert_eq!(pace.take(at(4_000_000)), Verdict::Now);
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_block_for_as_long_as_it_went_back() {
        let hour = 3_600_000_000;
        let mut pace = pace(1);
        assert_eq!(pace.take(at(hour)), Verdict::Now);
        pace.answered(at(hour));
        assert_eq!(pace.take(at(0)), Verdict::At(at(1_000_000)));
        assert_eq!(pace.take(at(1_000_000)), Verdict::Now);
        pace.unused();
        pace.pause_until(at(hour + 2_000_000), at(hour));
        assert_eq!(pace.take(at(0)), Verdict::At(at(2_000_000)));
    }

    /// One request of a schedule: how long after the one before it is wanted, how long the
    /// platform takes to answer, and at which thousandth of that time the platform counts it.
    #[derive(Debug, Clone, Copy)]
    struct Wanted {
        gap: i64,
        latency: i64,
        counted_at: i64,
    }

    fn wanted() -> impl Strategy<Value = Wanted> {
        (
            prop_oneof![Just(0), 0..50_000_i64, 0..2_500_000_i64],
            prop_oneof![Just(0), 0..80_000_i64, 0..3_000_000_i64],
            0..=1000_i64,
        )
            .prop_map(|(gap, latency, counted_at)| Wanted {
                gap,
                latency,
                counted_at,
            })
    }

    /// Runs a schedule first come, first served, and returns when the platform counted each.
    fn run(rate: u32, schedule: &[Wanted]) -> Vec<i64> {
        let mut pace = pace(rate);
        let mut answers = BinaryHeap::new();
        let (mut now, mut wanted_at, mut counted) = (0, 0, Vec::new());
        for request in schedule {
            wanted_at += request.gap;
            now = wanted_at.max(now);
            loop {
                while let Some(Reverse(answer)) = answers.peek().copied()
                    && answer <= now
                {
                    answers.pop();
                    pace.answered(at(answer));
                }
                let next_answer = answers.peek().map(|Reverse(answer)| *answer);
                now = match pace.take(at(now)) {
                    Verdict::Now => break,
                    Verdict::At(time) => {
                        let time = time.as_microsecond();
                        assert!(time > now, "a later time moves us on");
                        next_answer.map_or(time, |answer| answer.min(time))
                    }
                    Verdict::AfterAnswer => next_answer.expect("somebody is in flight"),
                };
            }
            counted.push(now + request.latency * request.counted_at / 1000);
            answers.push(Reverse(now + request.latency));
        }
        counted
    }

    proptest! {
        #[test]
        fn no_second_ever_holds_more_than_the_rate(
            rate in 1..6_u32,
            schedule in prop::collection::vec(wanted(), 1..120),
        ) {
            let mut counted = run(rate, &schedule);
            counted.sort_unstable();
            for window in counted.windows(rate as usize + 1) {
                prop_assert!(window[window.len() - 1] - window[0] >= 1_000_000, "{counted:?}");
            }
        }
    }
}

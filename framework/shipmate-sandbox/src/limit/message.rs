use std::{collections::VecDeque, sync::Arc};

use jiff::Timestamp;

use super::{Allowance, Limits, Rule, Window, end};

/// Messages that are created together: the text of each and when it would be created.
pub(crate) type Batch<'a> = [(Timestamp, &'a str)];

/// What one bot sent in one conversation, as far as it still counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct MessageLedger {
    texts: VecDeque<(Timestamp, Arc<str>)>,
    consecutive: Window,
    peak_identical: usize,
}

impl MessageLedger {
    /// Whether the whole batch may be created. Each element counts; a batch of which one element
    /// would be too much is refused as a whole.
    pub(crate) fn check(&self, limits: &Limits, batch: &Batch<'_>) -> Result<(), Rule> {
        for (position, (at, text)) in batch.iter().enumerate() {
            let earlier = batch.get(..position).unwrap_or_default();
            if let Some(allowance) = limits.consecutive_messages
                && !self.consecutive.admits(allowance, *at, position + 1)
            {
                return Err(Rule::Consecutive);
            }
            if let Some(allowance) = limits.identical_messages
                && !text.is_empty()
                && self.identical(allowance, *at, text)
                    + earlier.iter().filter(|(_, other)| other == text).count()
                    >= allowance.count
            {
                return Err(Rule::Identical);
            }
        }
        Ok(())
    }

    /// Notes that one message was created.
    pub(crate) fn record(&mut self, limits: &Limits, at: Timestamp, text: &str) {
        if let Some(allowance) = limits.consecutive_messages {
            self.consecutive.record(allowance, at);
        }
        if let Some(allowance) = limits.identical_messages
            && !text.is_empty()
        {
            while self
                .texts
                .front()
                .is_some_and(|(time, _)| at.duration_since(*time) >= allowance.window)
            {
                self.texts.pop_front();
            }
            self.texts.push_back((at, text.into()));
            self.peak_identical = self.peak_identical.max(self.identical(allowance, at, text));
        }
    }

    /// Notes that the consumer or a person wrote: the count of consecutive messages is 0 again.
    /// Identical messages are not forgiven.
    pub(crate) fn reset(&mut self) {
        self.consecutive.clear();
    }

    /// Messages in a row at `now`.
    pub(crate) fn consecutive_count(&self, limits: &Limits, now: Timestamp) -> usize {
        limits
            .consecutive_messages
            .map_or(0, |allowance| self.consecutive.count(allowance, now))
    }

    /// How often the most repeated text counts at `now`.
    pub(crate) fn identical_count(&self, limits: &Limits, now: Timestamp) -> usize {
        let Some(allowance) = limits.identical_messages else {
            return 0;
        };
        self.texts
            .iter()
            .map(|(_, text)| self.identical(allowance, now, text))
            .max()
            .unwrap_or(0)
    }

    /// When the oldest of the messages in a row stops counting.
    pub(crate) fn consecutive_frees_at(
        &self,
        limits: &Limits,
        now: Timestamp,
    ) -> Option<Timestamp> {
        self.consecutive.frees_at(limits.consecutive_messages?, now)
    }

    /// When the oldest message with the text that counts most often stops counting.
    pub(crate) fn identical_frees_at(&self, limits: &Limits, now: Timestamp) -> Option<Timestamp> {
        let allowance = limits.identical_messages?;
        let counting = || {
            self.texts
                .iter()
                .filter(|(time, _)| now.duration_since(*time) < allowance.window)
        };
        let (_, repeated) =
            counting().max_by_key(|(_, text)| self.identical(allowance, now, text))?;
        let (oldest, _) = counting().find(|(_, text)| text == repeated)?;
        Some(end(*oldest, allowance))
    }

    /// The most consecutive messages that ever counted at once.
    pub(crate) fn consecutive_peak(&self) -> usize {
        self.consecutive.peak()
    }

    /// The most identical messages that ever counted at once.
    pub(crate) fn identical_peak(&self) -> usize {
        self.peak_identical
    }

    fn identical(&self, allowance: Allowance, now: Timestamp, text: &str) -> usize {
        self.texts
            .iter()
            .filter(|(time, other)| {
                now.duration_since(*time) < allowance.window && &**other == text
            })
            .count()
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    enum Step {
        Wait(i64),
        Send(Vec<u8>),
        Reset,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            3 => prop_oneof![0_i64..30, 100_i64..200, 1000_i64..4000].prop_map(Step::Wait),
            6 => prop::collection::vec(0_u8..4, 1..5).prop_map(Step::Send),
            1 => Just(Step::Reset),
        ];
        prop::collection::vec(step, 1..150)
    }

    fn text(letter: u8) -> &'static str {
        ["", "a", "b", "c"][usize::from(letter)]
    }

    /// What the documents say, checked message by message over everything ever sent.
    fn violates(sent: &[(i64, &str)], since_reset: usize) -> bool {
        sent.iter().enumerate().any(|(last, (at, text))| {
            let identical = sent[..=last]
                .iter()
                .filter(|(time, other)| at - time < 180_000 && other == text && !text.is_empty())
                .count();
            let in_a_row = sent[..=last]
                .iter()
                .skip(since_reset)
                .filter(|(time, _)| at - time < 3_600_000)
                .count();
            identical > 8 || (last >= since_reset && in_a_row > 20)
        })
    }

    proptest! {
        #[test]
        fn accepts_exactly_the_schedules_that_break_no_rule(steps in steps()) {
            let limits = Limits::default();
            let mut ledger = MessageLedger::default();
            let mut now = Timestamp::UNIX_EPOCH;
            let mut sent: Vec<(i64, &str)> = Vec::new();
            let mut since_reset = 0;
            for step in steps {
                match step {
                    Step::Wait(seconds) => now += SignedDuration::from_secs(seconds),
                    Step::Reset => {
                        ledger.reset();
                        since_reset = sent.len();
                    }
                    Step::Send(letters) => {
                        let batch: Vec<_> = letters.iter().map(|letter| (now, text(*letter))).collect();
                        let mut would_be = sent.clone();
                        would_be.extend(batch.iter().map(|(at, text)| (at.as_millisecond(), *text)));
                        let accepted = ledger.check(&limits, &batch).is_ok();
                        prop_assert_eq!(accepted, !violates(&would_be, since_reset));
                        if accepted {
                            for (at, text) in batch {
                                ledger.record(&limits, at, text);
                            }
                            sent = would_be;
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn the_ninth_identical_and_the_twenty_first_in_a_row_are_refused() {
        let limits = Limits::default();
        let now = Timestamp::UNIX_EPOCH;
        let mut ledger = MessageLedger::default();
        assert_eq!(
            ledger.check(&limits, &[(now, "x"); 9]),
            Err(Rule::Identical)
        );
        for _ in 0..8 {
            assert_eq!(ledger.check(&limits, &[(now, "x")]), Ok(()));
            ledger.record(&limits, now, "x");
        }
        assert_eq!(ledger.check(&limits, &[(now, "x")]), Err(Rule::Identical));
        assert_eq!(ledger.check(&limits, &[(now, ""); 12]), Ok(()));
        assert_eq!(
            ledger.check(&limits, &[(now, ""); 13]),
            Err(Rule::Consecutive)
        );
        ledger.reset();
        assert_eq!(ledger.check(&limits, &[(now, ""); 13]), Ok(()));
        assert_eq!(ledger.check(&limits, &[(now, "x")]), Err(Rule::Identical));
        assert_eq!((ledger.identical_peak(), ledger.consecutive_peak()), (8, 8));
    }
}

use std::collections::VecDeque;

use jiff::Timestamp;

use super::Allowance;

/// The instants of what was let through and still counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Window {
    times: VecDeque<Timestamp>,
    peak: usize,
}

impl Window {
    /// How many still count at `now`.
    pub(crate) fn count(&self, allowance: Allowance, now: Timestamp) -> usize {
        self.times
            .iter()
            .filter(|time| counts(**time, allowance, now))
            .count()
    }

    /// Whether `more` fit in at `now`.
    pub(crate) fn admits(&self, allowance: Allowance, now: Timestamp, more: usize) -> bool {
        self.count(allowance, now) + more <= allowance.count
    }

    /// Notes that one was let through at `now`, and forgets what no longer counts.
    pub(crate) fn record(&mut self, allowance: Allowance, now: Timestamp) {
        while self
            .times
            .front()
            .is_some_and(|time| !counts(*time, allowance, now))
        {
            self.times.pop_front();
        }
        self.times.push_back(now);
        self.peak = self.peak.max(self.times.len());
    }

    /// When the oldest that counts at `now` stops counting; nothing if none counts.
    pub(crate) fn frees_at(&self, allowance: Allowance, now: Timestamp) -> Option<Timestamp> {
        self.times
            .iter()
            .find(|time| counts(**time, allowance, now))
            .map(|time| end(*time, allowance))
    }

    /// Starts over.
    pub(crate) fn clear(&mut self) {
        self.times.clear();
    }

    /// The most that ever counted at once.
    pub(crate) fn peak(&self) -> usize {
        self.peak
    }
}

/// When what happened at `time` stops counting.
pub(super) fn end(time: Timestamp, allowance: Allowance) -> Timestamp {
    time.saturating_add(allowance.window)
        .unwrap_or(Timestamp::MAX)
}

fn counts(time: Timestamp, allowance: Allowance, now: Timestamp) -> bool {
    now.duration_since(time) < allowance.window
}

//! Counting in rolling windows.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

/// Counts events and knows the most that any one second ever held.
#[derive(Debug, Default)]
pub struct Window {
    last_second: VecDeque<Instant>,
    busiest: usize,
    total: usize,
}

impl Window {
    /// The length of the window.
    pub const LENGTH: Duration = Duration::from_secs(1);

    /// Counts an event at `now`, which must not lie before the one before. Two events exactly one
    /// second apart do not share a second.
    pub fn count(&mut self, now: Instant) {
        while self
            .last_second
            .front()
            .is_some_and(|first| now.duration_since(*first) >= Self::LENGTH)
        {
            self.last_second.pop_front();
        }
        self.last_second.push_back(now);
        self.busiest = self.busiest.max(self.last_second.len());
        self.total += 1;
    }

    /// The most events in any one second.
    pub fn busiest(&self) -> usize {
        self.busiest
    }

    /// All events.
    pub fn total(&self) -> usize {
        self.total
    }
}

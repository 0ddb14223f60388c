//! Clocks that can be moved forward, so that three minutes need not be waited for.

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use web1on1::{Clock, ManualClock, SystemClock};

/// A clock that can be moved forward, from tests and from the chat page.
pub trait MovableClock: Clock {
    /// Moves the clock forward by `step` and wakes every sleeper whose time has come.
    fn advance(&self, step: SignedDuration);
}

impl MovableClock for ManualClock {
    fn advance(&self, step: SignedDuration) {
        Self::advance(self, step);
    }
}

/// A clock that runs like the machine's and can be moved ahead of it. Clones share the same time.
///
/// Give the same clock to the sandbox and to a bot in the same process: a jump on the chat page
/// then reaches both.
#[derive(Debug, Clone)]
pub struct OffsetClock {
    ahead: watch::Sender<SignedDuration>,
}

impl OffsetClock {
    /// A clock that shows the machine's time until it is moved.
    pub fn new() -> Self {
        Self {
            ahead: watch::Sender::new(SignedDuration::ZERO),
        }
    }
}

impl Default for OffsetClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Clock for OffsetClock {
    fn now(&self) -> Timestamp {
        let ahead = *self.ahead.borrow();
        SystemClock
            .now()
            .saturating_add(ahead)
            .unwrap_or(Timestamp::MAX)
    }

    async fn sleep_until(&self, at: Timestamp) {
        let mut moved = self.ahead.subscribe();
        loop {
            let left = Duration::try_from(at.duration_since(self.now())).unwrap_or_default();
            if left.is_zero() {
                return;
            }
            // The sender lives in `self`, so `changed` never fails while we wait.
            tokio::select! {
                () = tokio::time::sleep(left) => {}
                _ = moved.changed() => {}
            }
        }
    }
}

impl MovableClock for OffsetClock {
    fn advance(&self, step: SignedDuration) {
        self.ahead
            .send_modify(|ahead| *ahead = ahead.saturating_add(step));
    }
}

/// The sandbox's clock, and how to move it if it can be moved.
#[derive(Clone)]
pub(crate) struct SandboxClock {
    clock: Arc<dyn Clock>,
    movable: Option<Arc<dyn MovableClock>>,
}

impl SandboxClock {
    pub(crate) fn fixed(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            movable: None,
        }
    }

    pub(crate) fn movable(clock: Arc<dyn MovableClock>) -> Self {
        Self {
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            movable: Some(clock),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) async fn sleep_until(&self, at: Timestamp) {
        self.clock.sleep_until(at).await;
    }

    /// Waits for `length`; for ever if that is later than time goes.
    pub(crate) async fn sleep(&self, length: SignedDuration) {
        self.sleep_since(self.now(), length).await;
    }

    /// Waits until `length` after `start`; for ever if that is later than time goes.
    pub(crate) async fn sleep_since(&self, start: Timestamp, length: SignedDuration) {
        match start.checked_add(length) {
            Ok(at) => self.sleep_until(at).await,
            Err(_) => std::future::pending().await,
        }
    }

    pub(crate) fn can_move(&self) -> bool {
        self.movable.is_some()
    }

    /// Moves the clock; `false` if it cannot be moved.
    pub(crate) fn advance(&self, step: SignedDuration) -> bool {
        if let Some(clock) = &self.movable {
            clock.advance(step);
        }
        self.can_move()
    }
}

impl fmt::Debug for SandboxClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.clock.fmt(f)
    }
}

/// A time as the platform writes it: ISO 8601 with milliseconds, in UTC.
pub(crate) fn iso(time: Timestamp) -> String {
    format!("{time:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_jump_wakes_a_sleeper_of_an_hour() {
        let clock = OffsetClock::new();
        let at = clock.now() + SignedDuration::from_hours(1);
        let sleeper = {
            let clock = clock.clone();
            tokio::spawn(async move { clock.sleep_until(at).await })
        };
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        clock.advance(SignedDuration::from_hours(1));
        sleeper.await.unwrap();
        assert!(clock.now() >= at);
    }

    #[test]
    fn times_have_milliseconds() {
        let time = Timestamp::from_millisecond(1_714_557_600_000).unwrap();
        assert_eq!(iso(time), "2024-05-01T10:00:00.000Z");
        let time = Timestamp::from_millisecond(1_714_557_600_007).unwrap();
        assert_eq!(iso(time), "2024-05-01T10:00:00.007Z");
    }
}

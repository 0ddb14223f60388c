//! Time as a value: whoever needs the time is given a [`Clock`].

use std::{fmt, sync::OnceLock, time::Duration};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// Where the time comes from. Production uses [`SystemClock`]; tests and the sandbox use a
/// [`ManualClock`] that they move themselves.
#[async_trait]
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// Returns once [`now`](Clock::now) is at or past `at`; at once if it already is.
    async fn sleep_until(&self, at: Timestamp);

    /// A time that goes on evenly even where [`now`](Clock::now) is set forward or back, for
    /// measuring how long ago something was. When it began means nothing.
    fn steady(&self) -> Timestamp {
        self.now()
    }

    /// Returns after `time`, however [`now`](Clock::now) is set meanwhile.
    async fn sleep(&self, time: Duration) {
        let at = self.now().saturating_add(time).unwrap_or(Timestamp::MAX);
        self.sleep_until(at).await;
    }
}

/// Longest nap of a sleeper, and so how late it notices that the clock was set forward.
const NAP: Duration = Duration::from_mins(1);

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the machine's time"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep_until(&self, at: Timestamp) {
        // The wall clock may be set while we sleep, and the machine may sleep itself, so look again
        // after each nap.
        loop {
            let left = at.duration_since(self.now());
            let Ok(left) = std::time::Duration::try_from(left) else {
                return;
            };
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left.min(NAP)).await;
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the machine's time"
    )]
    fn steady(&self) -> Timestamp {
        static START: OnceLock<std::time::Instant> = OnceLock::new();
        let elapsed = START.get_or_init(std::time::Instant::now).elapsed();
        let start = Timestamp::UNIX_EPOCH;
        start.saturating_add(elapsed).unwrap_or(Timestamp::MAX)
    }

    async fn sleep(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// A clock that stands still until it is moved. Clones share the same time.
///
/// ```
/// use jiff::{SignedDuration, Timestamp};
/// use web1on1::{Clock, ManualClock};
///
/// let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
/// clock.advance(SignedDuration::from_mins(3));
/// assert_eq!(clock.now().as_second(), 180);
/// ```
#[derive(Debug, Clone)]
pub struct ManualClock {
    time: watch::Sender<Timestamp>,
}

impl ManualClock {
    /// A clock that shows `start`.
    pub fn at(start: Timestamp) -> Self {
        Self {
            time: watch::Sender::new(start),
        }
    }

    /// Moves the clock by `step` and wakes every sleeper whose time has come. A step past the end
    /// of representable time stops there.
    pub fn advance(&self, step: SignedDuration) {
        self.time
            .send_modify(|now| *now = now.saturating_add(step).unwrap_or(Timestamp::MAX));
    }

    /// Sets the clock to `now`, which may lie in its past.
    pub fn set(&self, now: Timestamp) {
        self.time.send_replace(now);
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.time.borrow()
    }

    async fn sleep_until(&self, at: Timestamp) {
        let mut time = self.time.subscribe();
        // The sender lives in `self`, so waiting can only end by the time coming.
        let _ = time.wait_for(|now| *now >= at).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_sleeper_wakes_when_its_time_comes_and_not_before() {
        let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
        let at = Timestamp::from_second(10).unwrap();
        let sleeper = {
            let clock = clock.clone();
            tokio::spawn(async move {
                clock.sleep_until(at).await;
                clock.now()
            })
        };
        clock.advance(SignedDuration::from_secs(9));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        clock.advance(SignedDuration::from_secs(1));
        assert_eq!(sleeper.await.unwrap(), at);
    }
}

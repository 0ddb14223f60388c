//! The world's clock: it stands still until it is moved, and knows who sleeps on it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use shipmate_sandbox::MovableClock;
use tokio::sync::Notify;
use web1on1::{Clock, ManualClock};

/// A [`ManualClock`] that knows when its sleepers want to be woken. Clones share the same time.
///
/// Everything in a world waits on this one clock: alarms of the service, pauses of the pacer, the
/// courier of the sandbox, faults. So the next time at which anything happens is the first sleeper's.
#[derive(Debug, Clone)]
pub(super) struct WorldClock {
    time: ManualClock,
    /// How many sleep until each time.
    sleepers: Arc<Mutex<BTreeMap<Timestamp, usize>>>,
    /// Told when somebody woke.
    pub(super) woken: Arc<Notify>,
}

impl WorldClock {
    pub(super) fn at(start: Timestamp) -> Self {
        Self {
            time: ManualClock::at(start),
            sleepers: Arc::default(),
            woken: Arc::default(),
        }
    }

    /// Moves on to `time`, never back.
    pub(super) fn move_to(&self, time: Timestamp) {
        let step = time.duration_since(self.time.now());
        self.time.advance(step.max(SignedDuration::ZERO));
    }

    /// The time that is slept until next. It is in the past while somebody is about to wake.
    pub(super) fn next_wake(&self) -> Option<Timestamp> {
        self.sleepers().first_key_value().map(|(at, _)| *at)
    }

    fn sleepers(&self) -> MutexGuard<'_, BTreeMap<Timestamp, usize>> {
        self.sleepers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        self.time.now()
    }

    async fn sleep_until(&self, at: Timestamp) {
        if at <= self.now() {
            return;
        }
        let _sleeper = Sleeper::new(self, at);
        self.time.sleep_until(at).await;
    }
}

impl MovableClock for WorldClock {
    fn advance(&self, step: SignedDuration) {
        self.time.advance(step);
    }
}

/// An entry among the sleepers, for as long as somebody sleeps.
struct Sleeper<'a> {
    clock: &'a WorldClock,
    at: Timestamp,
}

impl<'a> Sleeper<'a> {
    fn new(clock: &'a WorldClock, at: Timestamp) -> Self {
        *clock.sleepers().entry(at).or_default() += 1;
        Self { clock, at }
    }
}

impl Drop for Sleeper<'_> {
    fn drop(&mut self) {
        let mut sleepers = self.clock.sleepers();
        if let Some(count) = sleepers.get_mut(&self.at) {
            *count -= 1;
            if *count == 0 {
                sleepers.remove(&self.at);
            }
        }
        drop(sleepers);
        self.clock.woken.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_sleeper_is_known_until_it_woke_or_left() {
        let start = Timestamp::UNIX_EPOCH;
        let clock = WorldClock::at(start);
        let (soon, later) = (
            start + SignedDuration::from_secs(5),
            start + SignedDuration::from_secs(9),
        );
        let sleep = |at| {
            let clock = clock.clone();
            tokio::spawn(async move { clock.sleep_until(at).await })
        };
        let (first, second) = (sleep(soon), sleep(later));
        tokio::task::yield_now().await;
        assert_eq!(clock.next_wake(), Some(soon));
        clock.move_to(soon);
        first.await.unwrap();
        assert_eq!(clock.next_wake(), Some(later));
        second.abort();
        assert!(second.await.unwrap_err().is_cancelled());
        assert_eq!(clock.next_wake(), None);
        clock.move_to(start);
        assert_eq!(clock.now(), soon, "never back");
    }
}

//! What the platform's clock shows, as far as its answers tell.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicI64, Ordering},
};

use jiff::{SignedDuration, Timestamp};
use web1on1::Clock;

/// A platform's clock that is further off than this is not believed.
const BELIEVABLE_OFFSET_MS: i64 = 10 * 60 * 1_000;

/// The name under which the difference of the clocks is kept, in ms.
pub(super) const FACT: &str = "platform_clock_ahead_ms";

/// A difference is kept anew when it has changed by more than this; the limits leave more room.
const WORTH_KEEPING_MS: u64 = 250;

/// The platform's clock. It goes on evenly when the machine's own is set to another time.
#[derive(Debug)]
pub(super) struct PlatformClock {
    clock: Arc<dyn Clock>,
    /// The platform's clock minus our even one, in ms.
    ahead_ms: AtomicI64,
    /// The difference to the machine's clock that is on record, in ms.
    kept_ms: Mutex<i64>,
}

/// When something happened here, on both of our clocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) at: Timestamp,
    steady: Timestamp,
}

impl PlatformClock {
    /// A platform whose clock shows what ours does.
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        let platform = Self {
            clock,
            ahead_ms: AtomicI64::new(0),
            kept_ms: Mutex::new(0),
        };
        platform.set_ahead_of_machine(0);
        platform
    }

    /// Goes on from what an earlier run kept.
    pub(super) fn restore(&self, fact: &str) {
        if let Ok(ahead) = fact.parse() {
            self.set_ahead_of_machine(ahead);
            *self.kept_ms() = ahead;
        }
    }

    /// The difference of the clocks, if it is to be kept for the next run.
    pub(super) fn to_keep(&self) -> Option<String> {
        let ahead = milliseconds(self.now(), self.clock.now());
        let mut kept = self.kept_ms();
        let is_new = ahead.abs_diff(*kept) > WORTH_KEEPING_MS;
        is_new.then(|| {
            *kept = ahead;
            ahead.to_string()
        })
    }

    /// What was to be kept could not be.
    pub(super) fn not_kept(&self) {
        *self.kept_ms() = i64::MAX;
    }

    /// Now, here.
    pub(super) fn moment(&self) -> Moment {
        Moment {
            at: self.clock.now(),
            steady: self.clock.steady(),
        }
    }

    /// What the platform's clock shows now, as exactly as the store keeps it.
    pub(super) fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_millis(self.ahead_ms.load(Ordering::Relaxed));
        let steady = self.clock.steady();
        let now = steady.saturating_add(ahead).unwrap_or(steady);
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    /// What the machine's clock shows when the platform's shows `platform`.
    pub(super) fn to_local(&self, platform: Timestamp) -> Timestamp {
        let left = platform.duration_since(self.now());
        let now = self.clock.now();
        now.saturating_add(left).unwrap_or(platform)
    }

    /// The platform created a message between request and answer, which bounds the difference of
    /// the clocks from both sides. What is known stays as long as it lies between the bounds.
    pub(super) fn learn(&self, created_at: Timestamp, sent: Moment, answered: Moment) {
        let least = milliseconds(created_at, answered.steady);
        let most = milliseconds(created_at, sent.steady);
        if is_believable(created_at, sent.at, answered.at) && least <= most {
            let known = self.ahead_ms.load(Ordering::Relaxed);
            let learned = known.clamp(least, most);
            self.ahead_ms.store(learned, Ordering::Relaxed);
        }
    }

    fn set_ahead_of_machine(&self, ahead: i64) {
        let moment = self.moment();
        let ahead = ahead.saturating_add(milliseconds(moment.at, moment.steady));
        self.ahead_ms.store(ahead, Ordering::Relaxed);
    }

    fn kept_ms(&self) -> MutexGuard<'_, i64> {
        self.kept_ms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a platform with a fairly right clock can have created a message at `created_at` between
/// request and answer.
pub(super) fn is_believable(
    created_at: Timestamp,
    sent_at: Timestamp,
    answered_at: Timestamp,
) -> bool {
    milliseconds(created_at, sent_at) >= -BELIEVABLE_OFFSET_MS
        && milliseconds(created_at, answered_at) <= BELIEVABLE_OFFSET_MS
}

/// How far `time` is after `other`.
fn milliseconds(time: Timestamp, other: Timestamp) -> i64 {
    time.as_millisecond() - other.as_millisecond()
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use web1on1::ManualClock;

    use super::*;

    /// A clock that can be set to another time, although time goes on evenly.
    #[derive(Debug, Clone)]
    struct Settable {
        even: ManualClock,
        ahead_s: Arc<AtomicI64>,
    }

    #[async_trait]
    impl Clock for Settable {
        fn now(&self) -> Timestamp {
            self.even.now() + SignedDuration::from_secs(self.ahead_s.load(Ordering::SeqCst))
        }

        async fn sleep_until(&self, at: Timestamp) {
            self.even.sleep_until(at).await;
        }

        fn steady(&self) -> Timestamp {
            self.even.now()
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn clock() -> Settable {
        Settable {
            even: ManualClock::at(at(0)),
            ahead_s: Arc::default(),
        }
    }

    /// Learns from a message that was created at `created_at`, asked for and answered at these times.
    fn learn(platform: &PlatformClock, clock: &Settable, created_at: i64, asked: [i64; 2]) {
        let [sent, answered] = asked.map(|second| {
            clock.even.set(at(second));
            platform.moment()
        });
        platform.learn(at(created_at), sent, answered);
    }

    fn ahead(platform: &PlatformClock, clock: &Settable) -> i64 {
        platform.now().as_second() - clock.now().as_second()
    }

    #[test]
    fn it_is_known_as_well_as_answers_tell() {
        let clock = clock();
        let platform = PlatformClock::new(Arc::new(clock.clone()));
        // It is between 4 and 6 s ahead of ours.
        learn(&platform, &clock, 106, [100, 102]);
        assert_eq!(ahead(&platform, &clock), 4);
        // A slow answer says little, and takes nothing back.
        learn(&platform, &clock, 210, [200, 290]);
        assert_eq!(ahead(&platform, &clock), 4);
        learn(&platform, &clock, 300, [310, 311]);
        assert_eq!(ahead(&platform, &clock), -10);
        assert_eq!(platform.to_local(platform.now()), clock.now());
        // Nobody's clock is that wrong.
        learn(&platform, &clock, 4_000, [312, 313]);
        assert_eq!(ahead(&platform, &clock), -10);
    }

    #[test]
    fn it_goes_on_when_ours_is_set_to_another_time() {
        let clock = clock();
        let platform = PlatformClock::new(Arc::new(clock.clone()));
        learn(&platform, &clock, 107, [100, 100]);
        clock.ahead_s.store(-3_600, Ordering::SeqCst);
        assert_eq!(platform.now(), at(107));
        assert_eq!(platform.to_local(at(110)), at(103 - 3_600));
        clock.ahead_s.store(3_600, Ordering::SeqCst);
        clock.even.set(at(101));
        assert_eq!(platform.now(), at(108));
    }

    #[test]
    fn the_next_run_knows_the_difference() {
        let clock = clock();
        let platform = PlatformClock::new(Arc::new(clock.clone()));
        assert_eq!(platform.to_keep(), None, "nothing was learned");
        learn(&platform, &clock, 107, [100, 100]);
        let kept = platform.to_keep().unwrap();
        assert_eq!(platform.to_keep(), None, "once");
        platform.not_kept();
        assert_eq!(platform.to_keep(), Some(kept.clone()));

        let next = PlatformClock::new(Arc::new(clock.clone()));
        next.restore(&kept);
        assert_eq!(next.now(), at(107));
        assert_eq!(next.to_keep(), None);
    }
}

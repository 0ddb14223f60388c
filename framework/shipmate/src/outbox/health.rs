//! What answers teach about the platform: whether it works at all.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use web1on1::Pacer;

use super::send::{Answer, Refusal};

/// The longest pause of a whole key while the platform refuses everything.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// The time between two requests of a key while the platform does not work.
const BETWEEN_TRIES: Duration = Duration::from_secs(1);

/// What is known of the platform.
#[derive(Debug)]
pub(super) struct Health {
    token_accepted: AtomicBool,
    /// By bot; one that is not in here works.
    failing: Mutex<HashMap<Arc<str>, Failing>>,
    backoff: Duration,
}

/// Failures of the whole key, one after the other.
#[derive(Debug, Clone, Copy)]
struct Failing {
    count: u32,
    paused_until: Timestamp,
    next_try: Timestamp,
}

impl Health {
    pub(super) fn new(backoff: Duration) -> Self {
        Self {
            token_accepted: AtomicBool::new(true),
            failing: Mutex::default(),
            backoff,
        }
    }

    pub(super) fn is_token_accepted(&self) -> bool {
        self.token_accepted.load(Ordering::Relaxed)
    }

    /// When a request of `bot` may be made, if not now. While the platform does not work, however
    /// many conversations wait, it is asked once a second at most.
    pub(super) fn free_at(&self, bot: &str, now: Timestamp) -> Option<Timestamp> {
        let failing = self.failing();
        failing
            .get(bot)
            .map(|failing| failing.next_try)
            .filter(|at| *at > now)
    }

    /// A request of `bot` is made at `now`.
    pub(super) fn tries(&self, bot: &str, now: Timestamp) {
        if let Some(failing) = self.failing().get_mut(bot) {
            failing.next_try = after(now, BETWEEN_TRIES);
        }
    }

    /// Learns from an answer. While the platform or the key is not well, the whole key pauses,
    /// longer each time, so that a failure never becomes a hot loop.
    pub(super) fn learn(&self, answer: &Answer, pacer: &Pacer, bot: &Arc<str>, at: Timestamp) {
        match answer {
            Answer::Sent(_) => self.works(bot),
            Answer::RefusedForNow { reason, pause, .. } => match reason {
                Refusal::Messages | Refusal::Row => {}
                Refusal::Requests => pacer.pause_until(self.fails(bot, *pause, at)),
                Refusal::Token => {
                    self.token_accepted.store(false, Ordering::Relaxed);
                    self.fails(bot, *pause, at);
                }
                Refusal::Outage => {
                    self.fails(bot, *pause, at);
                }
            },
            Answer::InDoubt(_) => {
                self.fails(bot, None, at);
            }
            Answer::Refused(_) => {}
        }
    }

    /// The platform did what `bot` asked.
    pub(super) fn works(&self, bot: &str) {
        self.failing().remove(bot);
        self.token_accepted.store(true, Ordering::Relaxed);
    }

    /// The platform does not do what `bot` asks. Returns until when the key pauses.
    /// Answers to requests that were under way when the pause began say nothing new, so they do not
    /// make it longer.
    pub(super) fn fails(
        &self,
        bot: &Arc<str>,
        asked_for: Option<Duration>,
        at: Timestamp,
    ) -> Timestamp {
        let mut failing = self.failing();
        let failing = failing.entry(Arc::clone(bot)).or_insert(Failing {
            count: 0,
            paused_until: Timestamp::MIN,
            next_try: Timestamp::MIN,
        });
        if at >= failing.paused_until {
            let growing = self
                .backoff
                .saturating_mul(2_u32.saturating_pow(failing.count));
            failing.count = failing.count.saturating_add(1);
            failing.paused_until = after(at, growing.min(LONGEST_PAUSE));
        }
        if let Some(asked_for) = asked_for {
            failing.paused_until = failing.paused_until.max(after(at, asked_for));
        }
        failing.next_try = failing.next_try.max(failing.paused_until);
        failing.paused_until
    }

    fn failing(&self) -> MutexGuard<'_, HashMap<Arc<str>, Failing>> {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn after(at: Timestamp, pause: Duration) -> Timestamp {
    at.checked_add(pause).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn pauses_grow_with_each_refusal_after_a_pause_and_not_within() {
        let (health, bot) = (Health::new(Duration::from_secs(1)), Arc::from("desk"));
        assert_eq!(health.fails(&bot, None, at(10)), at(11));
        assert_eq!(
            health.fails(&bot, None, at(10)),
            at(11),
            "an answer that was under way"
        );
        assert_eq!(health.fails(&bot, None, at(11)), at(13));
        assert_eq!(
            health.fails(&bot, Some(Duration::from_secs(30)), at(13)),
            at(43)
        );
        let mut now = at(43);
        for _ in 0..20 {
            let until = health.fails(&bot, None, now);
            assert!(until <= after(now, LONGEST_PAUSE));
            now = until;
        }
    }

    #[test]
    fn while_it_fails_a_bot_tries_once_a_second_and_others_are_free() {
        let (health, bot) = (Health::new(Duration::from_secs(1)), Arc::from("desk"));
        health.tries(&bot, at(0));
        assert_eq!(health.free_at(&bot, at(0)), None);
        health.fails(&bot, None, at(0));
        assert_eq!(health.free_at(&bot, at(0)), Some(at(1)));
        assert_eq!(health.free_at(&bot, at(1)), None);
        health.tries(&bot, at(1));
        assert_eq!(health.free_at(&bot, at(1)), Some(at(2)), "one at a time");
        assert_eq!(health.free_at("another", at(1)), None);
        health.works(&bot);
        assert_eq!(health.free_at(&bot, at(1)), None);
    }
}

//! Waits until a request may start.

use std::{
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use tokio::sync::Notify;

use crate::{
    Clock,
    pace::{Pace, Verdict},
};

/// Lets at most a given number of requests start so that the platform never sees more than that
/// in *any* second, first come, first served.
///
/// The platform allows 20 requests per second per API key **and** per address (API Basics, rate
/// limiting). So use one pacer for all clients that share a key, and for all keys that are used
/// from the same address.
///
/// ```
/// use std::{num::NonZeroU32, sync::Arc};
/// use web1on1::{Client, Pacer, SystemClock, Token};
///
/// let pacer = Arc::new(Pacer::new(NonZeroU32::new(20).unwrap(), Arc::new(SystemClock)));
/// let sales = Client::builder("https://api.web1on1.chat")
///     .token(Token::new("token-of-one-bot")?)
///     .pacer(Arc::clone(&pacer));
/// let service = Client::builder("https://api.web1on1.chat")
///     .token(Token::new("token-of-another-bot")?)
///     .pacer(pacer);
/// # Ok::<(), web1on1::Error>(())
/// ```
#[derive(Debug)]
pub struct Pacer {
    rate: NonZeroU32,
    clock: Arc<dyn Clock>,
    pace: Mutex<Pace>,
    /// Held by whoever is next; the others queue for it in the order in which they came.
    turn: tokio::sync::Mutex<()>,
    answer: Notify,
}

/// The right to make one request. Hold it until the answer is read completely, then drop it.
#[derive(Debug)]
#[must_use = "the right is spent when it is dropped"]
pub struct Permit {
    pacer: Arc<Pacer>,
    used: bool,
}

impl Pacer {
    /// A pacer for at most `rate` requests per second.
    pub fn new(rate: NonZeroU32, clock: Arc<dyn Clock>) -> Self {
        Self {
            rate,
            clock,
            pace: Mutex::new(Pace::new(rate)),
            turn: tokio::sync::Mutex::new(()),
            answer: Notify::new(),
        }
    }

    /// Requests per second.
    pub fn rate(&self) -> NonZeroU32 {
        self.rate
    }

    /// Waits until a request may start. Dropping the future gives up the place in the queue.
    pub async fn acquire(self: &Arc<Self>) -> Permit {
        let _turn = self.turn.lock().await;
        loop {
            let verdict = self.pace().take(self.clock.now());
            match verdict {
                Verdict::Now => {
                    return Permit {
                        pacer: Arc::clone(self),
                        used: true,
                    };
                }
                Verdict::At(time) => self.clock.sleep_until(time).await,
                // An answer between the verdict and this line is remembered by the `Notify`.
                Verdict::AfterAnswer => self.answer.notified().await,
            }
        }
    }

    /// Lets nothing start before `at`; for a `Retry-After` that concerns the whole key. Requests
    /// that are under way go on.
    pub fn pause_until(&self, at: Timestamp) {
        let now = self.clock.now();
        self.pace().pause_until(at, now);
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit {
    /// Gives the right back without having made a request, so that it is free at once.
    pub fn return_unused(mut self) {
        self.used = false;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let now = self.pacer.clock.now();
        let mut pace = self.pacer.pace();
        if self.used {
            pace.answered(now);
        } else {
            pace.unused();
        }
        drop(pace);
        self.pacer.answer.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::ManualClock;

    fn pacer(rate: u32) -> (Arc<Pacer>, ManualClock) {
        let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
        let rate = NonZeroU32::new(rate).unwrap();
        (Arc::new(Pacer::new(rate, Arc::new(clock.clone()))), clock)
    }

    async fn settle() {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn who_waits_goes_in_order_one_second_after_an_answer() {
        let (pacer, clock) = pacer(1);
        let order = Arc::new(Mutex::new(Vec::new()));
        let first = pacer.acquire().await;
        let waiting: Vec<_> = (0..3)
            .map(|name| {
                let (pacer, order) = (Arc::clone(&pacer), Arc::clone(&order));
                tokio::spawn(async move {
                    let permit = pacer.acquire().await;
                    order.lock().unwrap().push(name);
                    drop(permit);
                })
            })
            .collect();
        settle().await;
        clock.advance(SignedDuration::from_secs(30));
        settle().await;
        assert!(order.lock().unwrap().is_empty(), "no answer, no slot");
        drop(first);
        for done in 0..3 {
            settle().await;
            assert_eq!(order.lock().unwrap().len(), done);
            clock.advance(SignedDuration::from_millis(999));
            settle().await;
            assert_eq!(order.lock().unwrap().len(), done);
            clock.advance(SignedDuration::from_millis(1));
        }
        for task in waiting {
            task.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), [0, 1, 2]);
    }

    #[tokio::test]
    async fn an_unused_permit_lets_the_next_one_go_at_once() {
        let (pacer, _clock) = pacer(1);
        let permit = pacer.acquire().await;
        let next = tokio::spawn({
            let pacer = Arc::clone(&pacer);
            async move { drop(pacer.acquire().await) }
        });
        settle().await;
        permit.return_unused();
        next.await.unwrap();
    }

    #[tokio::test]
    async fn a_dropped_waiter_leaves_the_queue() {
        let (pacer, clock) = pacer(1);
        let permit = pacer.acquire().await;
        let gone = tokio::spawn({
            let pacer = Arc::clone(&pacer);
            async move { drop(pacer.acquire().await) }
        });
        settle().await;
        gone.abort();
        let _ = gone.await;
        drop(permit);
        clock.advance(SignedDuration::from_secs(1));
        drop(pacer.acquire().await);
    }

    #[tokio::test]
    async fn a_pause_holds_requests_although_slots_are_free() {
        let (pacer, clock) = pacer(5);
        pacer.pause_until(Timestamp::from_second(7).unwrap());
        let next = tokio::spawn({
            let pacer = Arc::clone(&pacer);
            async move { drop(pacer.acquire().await) }
        });
        clock.advance(SignedDuration::from_secs(6));
        settle().await;
        assert!(!next.is_finished());
        clock.advance(SignedDuration::from_secs(1));
        next.await.unwrap();
    }
}

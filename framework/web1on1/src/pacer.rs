//! Waits until a request may start.

mod waiting;
pub use waiting::Waiting;

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
/// limiting). So use one pacer for all clients that share a key. Where several keys are used from
/// the same address, let their pacers share a second one, for the address; see
/// [`within`](Pacer::within) and [`ClientBuilder::address_pacer`](crate::ClientBuilder::address_pacer).
///
/// ```
/// use std::{num::NonZeroU32, sync::Arc};
/// use web1on1::{Client, Pacer, SystemClock, Token};
///
/// let rate = NonZeroU32::new(20).unwrap();
/// let address = Arc::new(Pacer::new(rate, Arc::new(SystemClock)));
/// let sales = Client::builder("https://api.web1on1.chat")
///     .token(Token::new("token-of-one-bot")?)
///     .address_pacer(Arc::clone(&address))
///     .build()?;
/// let service = Client::builder("https://api.web1on1.chat")
///     .token(Token::new("token-of-another-bot")?)
///     .address_pacer(address)
///     .build()?;
/// # Ok::<(), web1on1::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Pacer {
    key: Arc<Window>,
    address: Option<Arc<Window>>,
    observer: Option<Arc<dyn Waiting>>,
}

/// One limit, shared by all who count toward it.
#[derive(Debug)]
struct Window {
    rate: NonZeroU32,
    clock: Arc<dyn Clock>,
    pace: Mutex<Pace>,
    /// Held by whoever is next; the others queue for it in the order in which they came.
    turn: tokio::sync::Mutex<()>,
    answer: Notify,
    /// What that one waits for.
    awaited: Mutex<Awaited>,
}

/// What whoever is next waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Awaited {
    #[default]
    Nothing,
    /// A time on the steady clock.
    Time(Timestamp),
    Answer,
}

/// The right to make one request. Hold it until the answer is read completely, then drop it.
#[derive(Debug)]
#[must_use = "the right is spent when it is dropped"]
pub struct Permit {
    key: Slot,
    address: Option<Slot>,
}

/// A place in a window.
#[derive(Debug)]
struct Slot {
    window: Arc<Window>,
    used: bool,
}

impl Pacer {
    /// A pacer for at most `rate` requests per second.
    pub fn new(rate: NonZeroU32, clock: Arc<dyn Clock>) -> Self {
        Self {
            key: Arc::new(Window::new(rate, clock)),
            address: None,
            observer: None,
        }
    }

    /// This pacer, with requests that also count toward `address`: they start when both have room.
    /// Give the same `address` to the pacers of all keys that are used from one address.
    #[must_use]
    pub fn within(&self, address: &Self) -> Self {
        let is_itself = Arc::ptr_eq(&self.key, &address.key);
        Self {
            key: Arc::clone(&self.key),
            address: (!is_itself).then(|| Arc::clone(&address.key)),
            observer: self.observer.clone(),
        }
    }

    /// This pacer, with an observer of those who wait at it. The pace is the same for both.
    #[must_use]
    pub fn observed_by(&self, observer: Arc<dyn Waiting>) -> Self {
        Self {
            observer: Some(observer),
            ..self.clone()
        }
    }

    /// Requests per second.
    pub fn rate(&self) -> NonZeroU32 {
        self.key.rate
    }

    /// Waits until a request may start. Dropping the future gives up the place in the queue.
    pub async fn acquire(&self) -> Permit {
        match &self.observer {
            Some(observer) => waiting::observe(&**observer, self.in_turn()).await,
            None => self.in_turn().await,
        }
    }

    async fn in_turn(&self) -> Permit {
        // Always the key first, and with its turn held: so each key has one request at most in the
        // address's queue, none can crowd out the others, and nobody waits in a circle.
        let _turn = self.key.turn.lock().await;
        let key = Window::slot(&self.key).await;
        let address = match &self.address {
            Some(window) => {
                let _turn = window.turn.lock().await;
                Some(Window::slot(window).await)
            }
            None => None,
        };
        Permit { key, address }.in_use(true)
    }

    /// When whoever is next looks again whether a request may start, if somebody waits and time is
    /// what is waited for, not an answer. For whoever moves a clock.
    pub fn resumes_at(&self) -> Option<Timestamp> {
        let address = self.address.as_deref();
        let windows = [Some(&*self.key), address].into_iter().flatten();
        windows.filter_map(Window::resumes_at).min()
    }

    /// Lets nothing of this key start before `at`; for a `Retry-After` that concerns the whole key.
    /// Requests that are under way go on.
    pub fn pause_until(&self, at: Timestamp) {
        let pause = at.duration_since(self.key.clock.now());
        let now = self.key.clock.steady();
        let until = now.saturating_add(pause).unwrap_or(Timestamp::MAX);
        self.key.pace().pause_until(until, now);
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.key.clock
    }
}

impl Window {
    fn new(rate: NonZeroU32, clock: Arc<dyn Clock>) -> Self {
        Self {
            rate,
            clock,
            pace: Mutex::new(Pace::new(rate)),
            turn: tokio::sync::Mutex::new(()),
            answer: Notify::new(),
            awaited: Mutex::default(),
        }
    }

    /// Waits for a place. The caller holds the turn.
    async fn slot(self: &Arc<Self>) -> Slot {
        loop {
            // A clock that is set forward must not make a second pass in no time.
            let now = self.clock.steady();
            let verdict = self.pace().take(now);
            match verdict {
                Verdict::Now => {
                    return Slot {
                        window: Arc::clone(self),
                        used: false,
                    };
                }
                Verdict::At(time) => {
                    let _awaits = Awaits::begin(self, Awaited::Time(time));
                    let left = time.duration_since(now).unsigned_abs();
                    self.clock.sleep(left).await;
                }
                Verdict::AfterAnswer => {
                    let _awaits = Awaits::begin(self, Awaited::Answer);
                    // An answer between the verdict and this line is remembered by the `Notify`.
                    self.answer.notified().await;
                }
            }
        }
    }

    fn resumes_at(&self) -> Option<Timestamp> {
        let Awaited::Time(time) = *self.awaited() else {
            return None;
        };
        let left = time.duration_since(self.clock.steady());
        self.clock.now().saturating_add(left).ok()
    }

    /// An answer came, so whoever waits for one looks again.
    fn answered(&self, now: Timestamp) {
        let mut awaited = self.awaited();
        if *awaited == Awaited::Answer {
            *awaited = Awaited::Time(now);
        }
        drop(awaited);
        self.answer.notify_one();
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn awaited(&self) -> MutexGuard<'_, Awaited> {
        self.awaited.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Shows what is awaited, for as long as it is.
struct Awaits<'a> {
    window: &'a Window,
}

impl<'a> Awaits<'a> {
    fn begin(window: &'a Window, awaited: Awaited) -> Self {
        *window.awaited() = awaited;
        Self { window }
    }
}

impl Drop for Awaits<'_> {
    fn drop(&mut self) {
        *self.window.awaited() = Awaited::Nothing;
    }
}

impl Permit {
    /// Gives the right back without having made a request, so that it is free at once.
    pub fn return_unused(self) {
        drop(self.in_use(false));
    }

    fn in_use(mut self, used: bool) -> Self {
        self.key.used = used;
        if let Some(address) = &mut self.address {
            address.used = used;
        }
        self
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let now = self.window.clock.steady();
        let mut pace = self.window.pace();
        if self.used {
            pace.answered(now);
        } else {
            pace.unused();
        }
        drop(pace);
        self.window.answered(now);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use jiff::SignedDuration;
    use proptest::prelude::*;

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

    #[tokio::test]
    async fn two_keys_share_their_address_and_keep_their_own_pace() {
        let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
        let window = |rate| Pacer::new(NonZeroU32::new(rate).unwrap(), Arc::new(clock.clone()));
        let address = window(3);
        let (one, other) = (window(2).within(&address), window(2).within(&address));
        let held = [
            one.acquire().await,
            one.acquire().await,
            other.acquire().await,
        ];
        let next = tokio::spawn(async move { drop(other.acquire().await) });
        settle().await;
        assert!(
            !next.is_finished(),
            "its key has room, its address has none"
        );
        let [first, ..] = held;
        first.return_unused();
        next.await.unwrap();
    }

    #[tokio::test]
    async fn who_gives_up_waiting_for_the_address_leaves_the_key_as_it_was() {
        let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
        let window = || Pacer::new(NonZeroU32::MIN, Arc::new(clock.clone()));
        let address = window();
        let (key, other) = (window(), window().within(&address));
        let blocking = other.acquire().await;
        let both = key.within(&address);
        let gone = tokio::spawn(async move { drop(both.acquire().await) });
        settle().await;
        gone.abort();
        let _ = gone.await;
        drop(key.acquire().await);
        drop(blocking);
    }

    /// How many wait.
    #[derive(Debug, Default)]
    struct Queue(AtomicUsize);

    impl Waiting for Queue {
        fn begins(&self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }

        fn ends(&self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }

    #[tokio::test]
    async fn who_waits_is_seen_until_it_starts_or_gives_up() {
        let (pacer, clock) = pacer(1);
        let queue = Arc::new(Queue::default());
        let observed = Arc::new(pacer.observed_by(Arc::clone(&queue) as Arc<dyn Waiting>));
        let wait = || {
            let pacer = Arc::clone(&observed);
            tokio::spawn(async move { pacer.acquire().await })
        };
        let first = observed.acquire().await;
        assert_eq!(queue.0.load(Ordering::SeqCst), 0, "it started at once");
        let (second, third) = (wait(), wait());
        settle().await;
        assert_eq!(queue.0.load(Ordering::SeqCst), 2);
        assert_eq!(pacer.resumes_at(), None, "an answer is waited for");
        drop(first);
        assert_eq!(pacer.resumes_at(), Some(clock.now()), "it is about to look");
        settle().await;
        assert_eq!(pacer.resumes_at(), Some(Timestamp::from_second(1).unwrap()));
        clock.advance(SignedDuration::from_secs(1));
        let second = second.await.unwrap();
        settle().await;
        assert_eq!(queue.0.load(Ordering::SeqCst), 1);
        third.abort();
        assert!(third.await.unwrap_err().is_cancelled());
        assert_eq!(queue.0.load(Ordering::SeqCst), 0);
        drop(second);
        assert_eq!(pacer.resumes_at(), None, "nobody waits");
    }

    #[tokio::test]
    async fn a_pacer_within_itself_counts_once() {
        let (pacer, _clock) = pacer(1);
        drop(pacer.within(&pacer).acquire().await);
    }

    /// A clock that can be set to another time, although time goes on evenly.
    #[derive(Debug, Clone)]
    struct Settable {
        even: ManualClock,
        ahead: Arc<Mutex<SignedDuration>>,
    }

    #[async_trait::async_trait]
    impl Clock for Settable {
        fn now(&self) -> Timestamp {
            self.even.now() + *self.ahead.lock().unwrap()
        }

        async fn sleep_until(&self, at: Timestamp) {
            let at = at - *self.ahead.lock().unwrap();
            self.even.sleep_until(at).await;
        }

        fn steady(&self) -> Timestamp {
            self.even.now()
        }
    }

    #[tokio::test]
    async fn a_second_lasts_a_second_however_the_clock_is_set() {
        let even = ManualClock::at(Timestamp::UNIX_EPOCH);
        for step in [-3_600, -1, 1, 3_600] {
            let clock = Settable {
                even: even.clone(),
                ahead: Arc::default(),
            };
            let pacer = Pacer::new(NonZeroU32::MIN, Arc::new(clock.clone()));
            drop(pacer.acquire().await);
            *clock.ahead.lock().unwrap() = SignedDuration::from_secs(step);
            let next = tokio::spawn(async move { drop(pacer.acquire().await) });
            settle().await;
            even.advance(SignedDuration::from_millis(999));
            settle().await;
            assert!(!next.is_finished(), "set by {step} s");
            even.advance(SignedDuration::from_millis(1));
            next.await.unwrap();
        }
    }

    /// A request of one of several keys: when it is wanted, and how long its answer takes, in steps
    /// of 50 ms.
    #[derive(Debug, Clone, Copy)]
    struct Wanted {
        key: usize,
        at: i64,
        latency: i64,
    }

    const STEP: SignedDuration = SignedDuration::from_millis(50);

    fn wanted() -> impl Strategy<Value = Wanted> {
        (0..3_usize, 0..60_i64, 0..30_i64).prop_map(|(key, at, latency)| Wanted {
            key,
            at,
            latency,
        })
    }

    /// Runs `schedule` for three keys at one address. Returns key, start and answer of each request.
    async fn run(rate: u32, schedule: Vec<Wanted>) -> Vec<(usize, Timestamp, Timestamp)> {
        let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
        let window = || Pacer::new(NonZeroU32::new(rate).unwrap(), Arc::new(clock.clone()));
        let address = window();
        let keys: Vec<_> = (0..3).map(|_| window().within(&address)).collect();
        let mut tasks = tokio::task::JoinSet::new();
        for wanted in schedule {
            let (clock, pacer) = (clock.clone(), keys[wanted.key].clone());
            tasks.spawn(async move {
                let after =
                    |from: Timestamp, steps: i64| from + STEP * i32::try_from(steps).unwrap();
                clock
                    .sleep_until(after(Timestamp::UNIX_EPOCH, wanted.at))
                    .await;
                let permit = pacer.acquire().await;
                let start = clock.now();
                clock.sleep_until(after(start, wanted.latency)).await;
                drop(permit);
                (wanted.key, start, clock.now())
            });
        }
        let mut done = Vec::new();
        while !tasks.is_empty() {
            settle().await;
            while let Some(finished) = tasks.try_join_next() {
                done.push(finished.unwrap());
            }
            clock.advance(STEP);
        }
        done
    }

    /// Whether more than `rate` of `requests` can have been counted within one second: each is
    /// counted at any moment from its start to its answer.
    fn is_too_many(rate: u32, requests: &[(Timestamp, Timestamp)]) -> bool {
        let second = SignedDuration::from_secs(1);
        // The worst window begins at somebody's latest moment.
        requests.iter().any(|(_, from)| {
            let inside = requests
                .iter()
                .filter(|(start, end)| *end >= *from && start.duration_since(*from) < second);
            inside.count() > rate as usize
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn no_second_ever_holds_more_than_the_rate_of_a_key_or_of_the_address(
            rate in 1..5_u32,
            schedule in prop::collection::vec(wanted(), 1..40),
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let wanted = schedule.len();
            let done = runtime.block_on(run(rate, schedule));
            prop_assert_eq!(done.len(), wanted);
            let of = |key: Option<usize>| -> Vec<_> {
                done.iter()
                    .filter(|(own, ..)| key.is_none_or(|key| key == *own))
                    .map(|(_, start, end)| (*start, *end))
                    .collect()
            };
            for key in [None, Some(0), Some(1), Some(2)] {
                prop_assert!(!is_too_many(rate, &of(key)), "{key:?}: {done:?}");
            }
        }
    }
}

//! Wakes mailboxes and lanes when their time comes.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::Timestamp;
use tokio::sync::{Notify, mpsc};
use web1on1::Clock;

use crate::{activity::Activity, store::Key};

/// The first to wake is at the top.
type Waiting = BinaryHeap<Reverse<(Timestamp, Key)>>;

/// Keys that wait for a time. A key that is woken by something else keeps its alarm, which
/// then wakes nobody.
#[derive(Debug, Clone)]
pub(crate) struct Alarms {
    waiting: Arc<Mutex<Waiting>>,
    earlier: Arc<Notify>,
    clock: Arc<dyn Clock>,
}

impl Alarms {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            waiting: Arc::default(),
            earlier: Arc::default(),
            clock,
        }
    }

    /// Wakes `key` at `at`.
    pub(crate) fn set(&self, at: Timestamp, key: Key) {
        let mut waiting = self.waiting();
        let is_first = waiting.peek().is_none_or(|Reverse((first, _))| at < *first);
        waiting.push(Reverse((at, key)));
        drop(waiting);
        if is_first {
            self.earlier.notify_one();
        }
    }

    /// The next time anything wakes.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.waiting().peek().map(|Reverse((at, _))| *at)
    }

    /// Sends each key to `ready` when its time comes, counted as activity from then on.
    pub(crate) async fn run(self, activity: Activity, ready: mpsc::Sender<Key>) {
        loop {
            match self.next() {
                None => self.earlier.notified().await,
                Some(at) => tokio::select! {
                    () = self.clock.sleep_until(at) => {}
                    () = self.earlier.notified() => {}
                },
            }
            for key in self.due(&activity) {
                if ready.send(key).await.is_err() {
                    return;
                }
            }
        }
    }

    fn due(&self, activity: &Activity) -> Vec<Key> {
        let now = self.clock.now();
        let mut waiting = self.waiting();
        let mut due = Vec::new();
        while waiting.peek().is_some_and(|Reverse((at, _))| *at <= now) {
            if let Some(Reverse((_, key))) = waiting.pop() {
                // Before the lock is released, so that nobody finds neither alarm nor activity.
                activity.enter();
                due.push(key);
            }
        }
        due
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

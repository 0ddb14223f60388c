//! Whether anything is being worked on right now.

use std::sync::Arc;

use tokio::sync::watch;
use web1on1::Waiting;

/// Counts work under way, so that a test can wait until there is none.
#[derive(Debug, Clone)]
pub(crate) struct Activity {
    count: Arc<watch::Sender<Count>>,
}

/// How much is under way.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Count {
    /// Below zero while somebody waits whose work is not counted.
    at_work: isize,
    /// Who waits in the middle of work.
    waiting: usize,
}

impl Activity {
    pub(crate) fn new() -> Self {
        Self {
            count: Arc::new(watch::Sender::new(Count::default())),
        }
    }

    /// Some work begins; it must be ended by [`leave`](Self::leave).
    pub(crate) fn enter(&self) {
        self.count.send_modify(|count| count.at_work += 1);
    }

    /// Some work is over or waits for time to pass.
    pub(crate) fn leave(&self) {
        self.count.send_modify(|count| count.at_work -= 1);
    }

    /// Waits for `other` in the middle of work, which is not work under way.
    pub(crate) async fn resting<T>(&self, other: impl Future<Output = T>) -> T {
        let _rest = Rest::begin(self);
        other.await
    }

    /// How much is under way now, and word of every change.
    #[cfg(feature = "sandbox")]
    pub(crate) fn count(&self) -> watch::Receiver<Count> {
        self.count.subscribe()
    }

    /// Returns when nothing is under way.
    pub(crate) async fn ended(&self) {
        let mut count = self.count.subscribe();
        // The sender lives in `self`, so this cannot fail.
        let _ = count.wait_for(|count| count.at_work <= 0).await;
    }
}

#[cfg(feature = "sandbox")]
impl Count {
    /// How many are at work. While somebody waits, it may be for that one's work that they wait, as
    /// hooks do that share what one of them reads: then nobody can be said to be at work.
    pub(crate) fn at_work(self) -> usize {
        match self.waiting {
            0 => usize::try_from(self.at_work).unwrap_or(0),
            _ => 0,
        }
    }
}

/// Work that waits for the pace of requests waits for time to pass, or for another's request.
impl Waiting for Activity {
    fn begins(&self) {
        self.count.send_modify(|count| {
            count.at_work -= 1;
            count.waiting += 1;
        });
    }

    fn ends(&self) {
        self.count.send_modify(|count| {
            count.at_work += 1;
            count.waiting = count.waiting.saturating_sub(1);
        });
    }
}

struct Rest<'a> {
    activity: &'a Activity,
}

impl<'a> Rest<'a> {
    fn begin(activity: &'a Activity) -> Self {
        activity.leave();
        Self { activity }
    }
}

impl Drop for Rest<'_> {
    fn drop(&mut self) {
        self.activity.enter();
    }
}

//! Whether anything is being worked on right now.

use std::sync::Arc;

use tokio::sync::watch;
use web1on1::Waiting;

/// Counts work under way, so that a test can wait until there is none.
#[derive(Debug, Clone)]
pub(crate) struct Activity {
    /// Below zero while somebody waits whose work is not counted.
    count: Arc<watch::Sender<isize>>,
}

impl Activity {
    pub(crate) fn new() -> Self {
        Self {
            count: Arc::new(watch::Sender::new(0)),
        }
    }

    /// Some work begins; it must be ended by [`leave`](Self::leave).
    pub(crate) fn enter(&self) {
        self.count.send_modify(|count| *count += 1);
    }

    /// Some work is over or waits for time to pass.
    pub(crate) fn leave(&self) {
        self.count.send_modify(|count| *count -= 1);
    }

    /// How much is under way now, and word of every change.
    #[cfg(feature = "sandbox")]
    pub(crate) fn count(&self) -> watch::Receiver<isize> {
        self.count.subscribe()
    }

    /// Returns when nothing is under way.
    pub(crate) async fn ended(&self) {
        // The sender lives in `self`, so this cannot fail.
        let _ = self.count.subscribe().wait_for(|count| *count <= 0).await;
    }
}

/// Work that waits for the pace of requests waits for time to pass, or for another's request.
impl Waiting for Activity {
    fn begins(&self) {
        self.leave();
    }

    fn ends(&self) {
        self.enter();
    }
}

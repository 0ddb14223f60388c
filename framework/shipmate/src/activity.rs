//! Whether anything is being worked on right now.

use std::sync::Arc;

use tokio::sync::watch;

/// Counts work under way, so that a test or a drain can wait until there is none.
#[derive(Debug, Clone)]
pub(crate) struct Activity {
    count: Arc<watch::Sender<usize>>,
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
        self.count
            .send_modify(|count| *count = count.saturating_sub(1));
    }

    /// How much is under way now, and word of every change.
    #[cfg(feature = "sandbox")]
    pub(crate) fn count(&self) -> watch::Receiver<usize> {
        self.count.subscribe()
    }

    /// Returns when nothing is under way.
    pub(crate) async fn ended(&self) {
        // The sender lives in `self`, so this cannot fail.
        let _ = self.count.subscribe().wait_for(|count| *count == 0).await;
    }
}

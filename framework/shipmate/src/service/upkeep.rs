//! What is done from time to time: old rows are deleted, and what the platform has deleted is
//! forgotten.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use web1on1::Clock;

use crate::{
    metrics::Metrics,
    operator::Operator,
    store::{Store, StoreError, Sweep, Swept},
};

/// Pause between two rounds.
const EVERY: SignedDuration = SignedDuration::from_hours(1);

/// Rows deleted in one transaction, so that a sweep never holds up events for long.
const ROWS: usize = 2_000;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// How long what is over stays on record (`SHIPMATE_RETENTION` and its neighbours).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Events with an outcome and messages that ended: 8 days unless set, and not less, or events
    /// would be handled twice: the platform may deliver one again for as long as it is not too old
    /// ([`DispatchOptions::oldest`](crate::DispatchOptions::oldest)), and a day is added for clocks.
    pub ended: SignedDuration,
    /// What needs a person: 90 days unless set. Then it is dropped, on record.
    pub letters: SignedDuration,
    /// Responses to surveys, since they last changed; kept until they are forgotten unless set.
    pub responses: Option<SignedDuration>,
    /// Whether contacts and conversations are forgotten, a few minutes later, when the platform
    /// says that they were deleted (`contact.delete`, `conversation.delete`). Off unless set: what
    /// is forgotten cannot be brought back.
    pub forget_deleted: bool,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            ended: DAY * 8,
            letters: DAY * 90,
            responses: None,
            forget_deleted: false,
        }
    }
}

impl Retention {
    /// The least that [`ended`](Self::ended) may be, if events are handled that are this old.
    pub(crate) fn least(oldest: SignedDuration) -> SignedDuration {
        oldest.saturating_add(DAY)
    }
}

/// Keeps a store tidy.
#[derive(Debug)]
pub(super) struct Upkeep {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) operator: Operator,
    pub(super) retention: Retention,
}

impl Upkeep {
    pub(super) async fn run(self) {
        loop {
            let now = self.clock.now();
            if let Err(error) = self.sweep(now).await {
                tracing::error!(%error, "old rows could not be deleted");
            }
            if self.retention.forget_deleted
                && let Err(error) = self.operator.forget_deleted().await
            {
                tracing::error!(%error, "what the platform has deleted could not be forgotten; it is tried again");
            }
            self.clock
                .sleep_until(now.saturating_add(EVERY).unwrap_or(Timestamp::MAX))
                .await;
        }
    }

    /// A little at a time.
    async fn sweep(&self, now: Timestamp) -> Result<(), StoreError> {
        let before = |kept: SignedDuration| now.saturating_sub(kept).unwrap_or(Timestamp::MIN);
        let sweep = Sweep {
            now,
            before: before(self.retention.ended),
            letters_before: before(self.retention.letters),
            responses_before: self.retention.responses.map(before),
            limit: ROWS,
        };
        loop {
            let swept = self.store.sweep(sweep).await?;
            self.count(&swept);
            if swept.is_empty() {
                return Ok(());
            }
        }
    }

    fn count(&self, swept: &Swept) {
        let letters = swept.events_dropped + swept.messages_dropped;
        if letters > 0 {
            tracing::warn!(
                letters,
                "nobody looked into letters in time; they are dropped"
            );
            self.metrics
                .letters("event", "expire", swept.events_dropped);
            self.metrics
                .letters("message", "expire", swept.messages_dropped);
        }
    }
}

//! Whether the service can do its work.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

use crate::{outbox::Outbox, store::Store};

/// How long an answer of the store counts, so that asking often costs little.
const FRESH_FOR: SignedDuration = SignedDuration::from_secs(1);

/// What stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Problem {
    Store,
    Token,
}

impl Problem {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Store => "the store cannot be written; see the log",
            Self::Token => {
                "the token is not accepted, or the platform cannot be reached; see the log"
            }
        }
    }
}

/// What has to be in order.
#[derive(Debug)]
pub(crate) struct Readiness {
    store: Arc<dyn Store>,
    outbox: Arc<Outbox>,
    unknown_identities: AtomicUsize,
    identified: Notify,
    last: Mutex<Option<(Timestamp, bool)>>,
}

impl Readiness {
    pub(crate) fn new(store: Arc<dyn Store>, outbox: Arc<Outbox>, bots: usize) -> Self {
        Self {
            store,
            outbox,
            unknown_identities: AtomicUsize::new(bots),
            identified: Notify::new(),
            last: Mutex::default(),
        }
    }

    pub(crate) async fn check(&self, now: Timestamp) -> Result<(), Problem> {
        if !self.is_store_usable(now).await {
            return Err(Problem::Store);
        }
        if self.unknown_identities.load(Ordering::Acquire) > 0 || !self.outbox.is_token_accepted() {
            return Err(Problem::Token);
        }
        Ok(())
    }

    /// One more bot knows its user, or knows that it will not learn it.
    pub(crate) fn identified(&self) {
        if self.unknown_identities.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.identified.notify_waiters();
        }
    }

    /// Returns when all bots know their users.
    pub(crate) fn identities_known(self: &Arc<Self>) -> impl Future<Output = ()> + Send + use<> {
        let readiness = Arc::clone(self);
        async move {
            let identified = readiness.identified.notified();
            tokio::pin!(identified);
            // Listening begins before looking, so that nothing is missed in between.
            identified.as_mut().enable();
            if readiness.unknown_identities.load(Ordering::Acquire) > 0 {
                identified.await;
            }
        }
    }

    async fn is_store_usable(&self, now: Timestamp) -> bool {
        if let Some((at, usable)) = *self.last()
            && now.duration_since(at).abs() < FRESH_FOR
        {
            return usable;
        }
        let usable = match self.store.check().await {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, "not ready");
                false
            }
        };
        *self.last() = Some((now, usable));
        usable
    }

    fn last(&self) -> std::sync::MutexGuard<'_, Option<(Timestamp, bool)>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Lives of a service: how one ends at an operation of its store, and what that cut off.

use std::{
    collections::HashSet,
    future::{Future, pending},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use shipmate::store::RowId;
use tokio::sync::watch;

/// Where the service crashes: at this operation of its store, counted from 1 over all lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CrashPoint {
    pub(super) operation: usize,
    /// Whether the operation is carried out; its answer is lost either way.
    pub(super) took_effect: bool,
}

/// What outlives a life.
#[derive(Debug, Default)]
pub(super) struct History {
    point: Option<CrashPoint>,
    operations: AtomicUsize,
    sending: Mutex<HashSet<RowId>>,
    cut_off: Mutex<HashSet<RowId>>,
}

impl History {
    pub(super) fn with(point: Option<CrashPoint>) -> Self {
        Self {
            point,
            ..Self::default()
        }
    }

    pub(super) fn operations(&self) -> usize {
        self.operations.load(Ordering::SeqCst)
    }

    /// Messages that were being sent when a life ended.
    pub(super) fn cut_off(&self) -> Vec<RowId> {
        self.cut_off.lock().unwrap().iter().copied().collect()
    }

    pub(super) fn sends(&self, rows: &[RowId]) {
        self.sending.lock().unwrap().extend(rows);
    }

    pub(super) fn sent(&self, row: RowId) {
        self.sending.lock().unwrap().remove(&row);
    }

    fn cut(&self) {
        let sending = std::mem::take(&mut *self.sending.lock().unwrap());
        self.cut_off.lock().unwrap().extend(sending);
    }
}

/// One life. When it is over, its store never answers again, so nothing of the service goes on
/// except for a request that is on its way already.
#[derive(Debug, Default)]
pub(super) struct Life {
    over: watch::Sender<bool>,
}

impl Life {
    pub(super) fn is_over(&self) -> bool {
        *self.over.borrow()
    }

    /// Returns when it is over.
    pub(super) async fn end(&self) {
        let mut over = self.over.subscribe();
        // The sender lives in `self`.
        over.wait_for(|over| *over).await.unwrap();
    }

    /// Ends it now.
    pub(super) fn take(&self, history: &History) {
        if !self.over.send_replace(true) {
            history.cut();
        }
    }

    /// Carries out an operation of the store, unless this is where the life ends.
    pub(super) async fn pass<T>(&self, history: &History, operation: impl Future<Output = T>) -> T {
        if self.is_over() {
            return pending().await;
        }
        let number = 1 + history.operations.fetch_add(1, Ordering::SeqCst);
        let crash = |took_effect| {
            history.point
                == Some(CrashPoint {
                    operation: number,
                    took_effect,
                })
        };
        if crash(false) {
            self.take(history);
            return pending().await;
        }
        let answer = operation.await;
        if crash(true) {
            self.take(history);
        }
        if self.is_over() {
            return pending().await;
        }
        answer
    }
}

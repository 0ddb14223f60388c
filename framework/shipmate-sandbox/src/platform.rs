//! The shell's hold on the state: a lock that is never held over an await, the clock, and word of
//! every change.

use std::{
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use tokio::sync::{Notify, watch};

use crate::{Border, Crossing, Snapshot, clock::SandboxClock, state::State};

tokio::task_local! {
    /// The API call that the task carries out, so that no handler has to pass it on.
    static CALL: u64;
}

/// The state, shared by everything that runs.
#[derive(Debug)]
pub(crate) struct Platform {
    state: Mutex<State>,
    clock: SandboxClock,
    border: Option<Arc<dyn Border>>,
    changed: watch::Sender<u64>,
    work: Notify,
}

impl Platform {
    pub(crate) fn new(state: State, clock: SandboxClock, border: Option<Arc<dyn Border>>) -> Self {
        Self {
            state: Mutex::new(state),
            clock,
            border,
            changed: watch::Sender::new(0),
            work: Notify::new(),
        }
    }

    pub(crate) fn clock(&self) -> &SandboxClock {
        &self.clock
    }

    /// Whether the border lets something through.
    pub(crate) fn lets_through(&self, crossing: Crossing<'_>) -> bool {
        let border = self.border.as_ref();
        border.is_none_or(|border| border.lets_through(crossing))
    }

    /// Changes the state at the clock's time; what was due before that happens first.
    pub(crate) fn change<R>(&self, change: impl FnOnce(&mut State, Timestamp) -> R) -> R {
        let result = self.change_quietly(change);
        self.work.notify_one();
        result
    }

    /// Like [`change`](Self::change), for the task that does the work it would be told of.
    pub(crate) fn change_quietly<R>(&self, change: impl FnOnce(&mut State, Timestamp) -> R) -> R {
        let (result, version) = {
            let mut state = self.lock();
            // The time is read under the lock, so that changes happen in the order of their times.
            let now = self.clock.now();
            state.process_due(now);
            state.bump();
            state
                .journal
                .begin_change(CALL.try_with(|number| *number).ok());
            let result = change(&mut state, now);
            state.journal.end_change();
            (result, state.version)
        };
        self.changed
            .send_modify(|known| *known = version.max(*known));
        result
    }

    /// Carries out the API call `number`: the changes that `work` makes are put on its account.
    pub(crate) async fn on_account_of<F: Future>(number: u64, work: F) -> F::Output {
        CALL.scope(number, work).await
    }

    /// Looks at the state.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&State, Timestamp) -> R) -> R {
        let state = self.lock();
        look(&state, self.clock.now())
    }

    /// Everything as it is now.
    pub(crate) fn snapshot(&self) -> Snapshot {
        self.look(Snapshot::of)
    }

    /// Puts a snapshot in the place of everything. The clock is moved forward to its time, if it is
    /// behind; then everything that was due meanwhile happens.
    ///
    /// # Errors
    /// The snapshot's time, if the clock is behind it and cannot be moved; nothing is changed then.
    pub(crate) fn restore(&self, snapshot: Snapshot) -> Result<(), Timestamp> {
        let time = snapshot.time();
        let behind = time.duration_since(self.clock.now());
        if behind.is_positive() && !self.clock.advance(behind) {
            return Err(time);
        }
        self.change(|state, now| {
            snapshot.put_back(state);
            state.process_due(now);
        });
        Ok(())
    }

    /// Word of changes, as the state's version.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Returns when there may be something to do.
    pub(crate) async fn work(&self) {
        self.work.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

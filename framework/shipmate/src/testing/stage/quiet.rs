//! Whether the world is at rest until time passes.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use shipmate_sandbox::{ApiCall, CallOutcome, Entry, FaultKind, Sandbox, View};
use tokio::sync::watch::Receiver;
use web1on1::Clock;

use super::chronicle::entry;
use crate::{
    activity::Count,
    testing::{clock::WorldClock, watch::Watch},
};

/// Everything that is waited for tells of itself; this is for what could be missed.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Looks at platform, service, store and clock.
#[derive(Debug)]
pub(super) struct Quiet {
    sandbox: Arc<Sandbox>,
    clock: WorldClock,
    calls: Mutex<Calls>,
    held: AtomicUsize,
}

/// The requests to the platform that were not answered when last looked at.
#[derive(Debug, Default)]
struct Calls {
    last: u64,
    open: BTreeSet<u64>,
}

impl Quiet {
    pub(super) fn new(sandbox: Arc<Sandbox>, clock: WorldClock) -> Self {
        Self {
            sandbox,
            clock,
            calls: Mutex::default(),
            held: AtomicUsize::new(0),
        }
    }

    /// Requests that a fault held up when [`is_now`](Self::is_now) last looked.
    pub(super) fn held(&self) -> usize {
        self.held.load(Ordering::SeqCst)
    }

    /// Whether nothing happens before time passes. `activity` is what the service works on: a
    /// request that is held up keeps one lane or hook at work.
    pub(super) fn is_now(&self, watch: &Watch, activity: Option<&Receiver<Count>>) -> bool {
        let is_waking = self
            .clock
            .next_wake()
            .is_some_and(|at| at <= self.clock.now());
        if watch.is_busy() || is_waking {
            return false;
        }
        let work = activity.map_or(0, |activity| activity.borrow().at_work());
        self.sandbox.look(|view| {
            let (answering, held) = self.open_calls(view);
            let is_due = view.next_due().is_some_and(|at| at <= view.now());
            answering == 0 && work <= held && !is_due && !view.is_delivering()
        })
    }

    /// Whether the platform is about to answer a request.
    pub(super) fn is_answering(&self) -> bool {
        self.sandbox.look(|view| self.open_calls(view).0 > 0)
    }

    /// Returns when something may have happened since the state `version` of the platform.
    pub(super) async fn wait(
        &self,
        watch: &Watch,
        activity: Option<Receiver<Count>>,
        version: u64,
    ) {
        let at_work = async {
            match activity {
                // An error means that the service is gone, which the caller notices.
                Some(mut activity) => drop(activity.changed().await),
                None => std::future::pending().await,
            }
        };
        let platform = self.sandbox.wait_until(|view| view.version() != version);
        tokio::select! {
            () = at_work => {}
            _ = platform => {}
            () = watch.changed.notified() => {}
            () = self.clock.woken.notified() => {}
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
    }

    /// How many requests are being answered, and how many are held up until time passes.
    fn open_calls(&self, view: &View<'_>) -> (usize, usize) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in view.journal_after(calls.last) {
            calls.last = entry.number();
            if entry.as_call().is_some() {
                calls.open.insert(entry.number());
            }
        }
        let find = |number: u64| entry(view, number).and_then(Entry::as_call);
        let is_open = |call: &ApiCall| call.outcome == CallOutcome::UnderWay;
        calls
            .open
            .retain(|number| find(*number).is_some_and(is_open));
        let open = calls.open.iter().filter_map(|number| find(*number));
        let held = open.filter(|call| is_held(call)).count();
        self.held.store(held, Ordering::SeqCst);
        (calls.open.len() - held, held)
    }
}

/// Whether a fault lets the request wait for time to pass.
fn is_held(call: &ApiCall) -> bool {
    let waits = |kind| {
        matches!(
            kind,
            FaultKind::Latency | FaultKind::HoldAnswer | FaultKind::Hang | FaultKind::SlowBody
        )
    };
    call.fault.is_some_and(|fault| waits(fault.kind))
}

//! Wakes whoever rings.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::mpsc;
use web1on1::Clock;

use crate::{
    activity::Activity,
    alarms::Alarms,
    metrics::Metrics,
    store::{Commit, Committed, Key, TimerChange},
};

/// When something may be due. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Bells {
    alarms: Alarms,
    metrics: Arc<Metrics>,
}

impl Bells {
    pub(crate) fn new(clock: Arc<dyn Clock>, metrics: Arc<Metrics>) -> Self {
        Self {
            alarms: Alarms::new(clock),
            metrics,
        }
    }

    pub(crate) fn alarms(&self) -> &Alarms {
        &self.alarms
    }

    /// Something may be due at `at`. Whoever rings then looks for what is due next, so an alarm
    /// before it is enough.
    pub(crate) fn wake_at(&self, at: Timestamp) {
        if self.alarms.next().is_none_or(|next| at < next) {
            self.alarms.set(at, anything());
        }
    }

    /// Follows what was committed.
    pub(crate) fn follow(&self, commit: &Commit, committed: &Committed) {
        let set = commit.timers.iter().filter_map(|change| match change {
            TimerChange::Set(timer) => Some(timer.due),
            TimerChange::Cancel(_) => None,
        });
        self.metrics.timers("set", set.clone().count() as u64);
        self.metrics.timers("ended", committed.timers_ended);
        if let Some(first) = set.min() {
            self.wake_at(first);
        }
    }

    /// Sends word whenever something may be due, counted as activity from then on.
    pub(super) async fn run(self, activity: Activity, ready: mpsc::Sender<Key>) {
        self.alarms.run(activity, ready).await;
    }
}

/// What is due is looked for in the store, so all alarms are alike.
fn anything() -> Key {
    Key {
        bot: "".into(),
        mailbox: "".into(),
    }
}

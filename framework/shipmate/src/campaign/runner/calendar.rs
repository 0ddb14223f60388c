//! Runs that begin by the calendar.

use std::sync::{Arc, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::{Runner, Started};
use crate::{
    campaign::{Prepared, prepared::Schedule},
    causes::with_causes,
    schedule::due,
    store::{JobRecord, Key, StoreError},
};

/// An instant that is less late than this was not missed.
const GRACE: SignedDuration = SignedDuration::from_mins(1);

/// Pause while the store fails.
const PAUSE: SignedDuration = SignedDuration::from_secs(1);

impl Runner {
    /// Begins runs at their instants, for as long as the service runs.
    pub(super) async fn keep_calendar(self: Arc<Self>) {
        loop {
            self.activity.enter();
            let next = self.begin_due().await;
            *self.calendar.lock().unwrap_or_else(PoisonError::into_inner) = next;
            self.activity.leave();
            let Some(next) = next else {
                return;
            };
            tokio::select! {
                biased;
                () = self.stopped() => return,
                () = self.clock.sleep_until(next) => {}
            }
        }
    }

    /// Returns the next instant of any campaign.
    async fn begin_due(self: &Arc<Self>) -> Option<Timestamp> {
        let mut next = None;
        let now = self.clock.now();
        for campaign in self.campaigns.values() {
            let Some(schedule) = &campaign.schedule else {
                continue;
            };
            let at = match self.begin_if_due(campaign, schedule, now).await {
                Ok(at) => at,
                Err(error) => {
                    tracing::error!(campaign = %campaign.name, %error, "the schedule waits for the store");
                    now.checked_add(PAUSE).ok()
                }
            };
            next = next.into_iter().chain(at).min();
        }
        next
    }

    async fn begin_if_due(
        self: &Arc<Self>,
        campaign: &Prepared,
        schedule: &Schedule,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let mailbox = Key {
            bot: Arc::clone(&campaign.bot),
            mailbox: format!("campaign:{}", campaign.name).into(),
        };
        let text = schedule.cron.to_string();
        let known = self.store.job(&mailbox).await?;
        let known = known.filter(|known| known.schedule == text);
        let is_new = known.is_none();
        // A campaign that is new has missed nothing.
        let last = known.map_or(now, |known| known.until);
        let due = due(&schedule.cron, last, now, GRACE, schedule.misfire);
        for instant in &due.runs {
            self.begin_at(campaign, *instant).await;
        }
        if is_new || due.left_out || !due.runs.is_empty() {
            let record = JobRecord {
                mailbox,
                schedule: text,
                until: due.until,
            };
            // After the run is on record: a crash in between begins it again, and it is known.
            self.store.run_job(record, Vec::new()).await?;
        }
        Ok(due.next)
    }

    async fn begin_at(self: &Arc<Self>, campaign: &Prepared, instant: Timestamp) {
        match self.start(&campaign.name, Some(instant)).await {
            Ok(Started::UnderWay) => {
                tracing::warn!(campaign = %campaign.name, %instant, "an instant of the schedule is left out: the run before is still under way");
            }
            Ok(_) => {}
            Err(error) => {
                let error = with_causes(&error);
                tracing::error!(campaign = %campaign.name, %instant, %error, "the campaign was not started");
            }
        }
    }
}

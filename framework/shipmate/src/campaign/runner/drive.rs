//! One run, from where it is to where it can be left.

use jiff::Timestamp;

use super::Runner;
use crate::{
    campaign::Prepared,
    store::{NextMember, RunChange, RunRecord, StoreError},
};

/// Why a run's task ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// Everybody has been seen to.
    Done,
    /// It is paused, or somebody ended it.
    Halted,
    /// The service stops.
    Stopped,
}

impl Runner {
    /// Works on a run until it is done or cannot go on. A store that fails is waited for.
    pub(super) async fn drive(&self, run: &RunRecord, campaign: &Prepared) -> Flow {
        loop {
            let error = match self.try_drive(run, campaign).await {
                Ok(flow) => return flow,
                Err(error) => error,
            };
            tracing::error!(campaign = %campaign.name, %error, "the campaign waits for the store");
            let now = self.clock.now();
            let at = now.checked_add(self.options.backoff).unwrap_or(now);
            if self.sleep(run.id, at).await {
                return Flow::Stopped;
            }
        }
    }

    async fn try_drive(&self, run: &RunRecord, campaign: &Prepared) -> Result<Flow, StoreError> {
        let runs = self.store.runs().await?;
        // As far as it has come by now.
        let run = runs.iter().find(|it| it.id == run.id).unwrap_or(run);
        if !run.is_read
            && let Some(flow) = self.read(run, campaign).await?
        {
            return Ok(flow);
        }
        let mut last = self.store.last_written(run.id).await?;
        loop {
            if let Some(flow) = self.step(run, campaign, &mut last).await? {
                return Ok(flow);
            }
        }
    }

    /// Sees to one member, or waits until there is something to do.
    async fn step(
        &self,
        run: &RunRecord,
        campaign: &Prepared,
        last: &mut Option<Timestamp>,
    ) -> Result<Option<Flow>, StoreError> {
        let now = self.clock.now();
        let member = match self.store.next_member(run.id, now).await? {
            NextMember::Due(member) => *member,
            NextMember::Later(at) => return Ok(self.stop_or_sleep(run, at).await),
            NextMember::Halted => return Ok(Some(Flow::Halted)),
            NextMember::Nobody => return self.end(run, campaign).await.map(Some),
        };
        if member.doubt.is_some() {
            return self.look(run, campaign, &member).await;
        }
        let at = campaign.pace.next(*last, now);
        if at > now {
            return Ok(self.stop_or_sleep(run, at).await);
        }
        let Some(errand) = self.errand(campaign).await else {
            return Ok(Some(Flow::Stopped));
        };
        self.write(run, campaign, &member, errand, last).await?;
        Ok(None)
    }

    async fn stop_or_sleep(&self, run: &RunRecord, until: Timestamp) -> Option<Flow> {
        self.sleep(run.id, until).await.then_some(Flow::Stopped)
    }

    async fn end(&self, run: &RunRecord, campaign: &Prepared) -> Result<Flow, StoreError> {
        let now = self.clock.now();
        self.store.change_run(run.id, RunChange::End, now).await?;
        tracing::info!(campaign = %campaign.name, run = run.id, "the run of the campaign is done");
        Ok(Flow::Done)
    }

    /// Lets a run pause that cannot go on until a person has put something right.
    pub(super) async fn halt(
        &self,
        run: &RunRecord,
        campaign: &Prepared,
        reason: String,
    ) -> Result<(), StoreError> {
        tracing::error!(campaign = %campaign.name, %reason, "the campaign pauses; `campaign resume` lets it go on");
        let change = RunChange::Pause(reason);
        self.store
            .change_run(run.id, change, self.clock.now())
            .await?;
        Ok(())
    }
}

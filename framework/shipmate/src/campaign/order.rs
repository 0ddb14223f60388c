//! What people order, and what they are told.

use std::sync::Arc;

use super::{OrderError, Runner, Started};
use crate::store::RunChange;

/// An order about a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Start,
    Pause,
    Resume,
    DryRun,
}

impl Order {
    const ALL: [Self; 4] = [Self::Start, Self::Pause, Self::Resume, Self::DryRun];

    /// The order's name in addresses.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::DryRun => "dry-run",
        }
    }

    /// The order of this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.as_str() == name)
    }
}

impl Runner {
    /// Carries an order out. Tells whether anything came of it, and what, for a person. `who` is put
    /// on record.
    pub(crate) async fn carry_out(
        self: &Arc<Self>,
        name: &str,
        order: Order,
        who: &str,
    ) -> Result<(u64, String), OrderError> {
        let told = match order {
            Order::Start => match self.start(name, None).await? {
                Started::Run => (1, format!("A run of {name} has begun.")),
                Started::UnderWay | Started::Known => (
                    0,
                    format!(
                        "A run of {name} is under way already; `campaign status {name}` tells more."
                    ),
                ),
                Started::Dry(trial) => (1, trial.words()),
            },
            Order::Pause => {
                let paused = self.change(name, RunChange::Pause(who.to_owned())).await?;
                said(
                    paused,
                    format!("{name} pauses."),
                    format!("No run of {name} goes on that could pause."),
                )
            }
            Order::Resume => {
                let resumed = self.change(name, RunChange::Resume).await?;
                said(
                    resumed,
                    format!("{name} goes on."),
                    format!("No run of {name} pauses."),
                )
            }
            Order::DryRun => (1, self.trial(name).await?.words()),
        };
        tracing::info!(campaign = name, order = order.as_str(), %who, "a person gave an order about a campaign");
        Ok(told)
    }
}

fn said(done: bool, yes: String, no: String) -> (u64, String) {
    if done { (1, yes) } else { (0, no) }
}

//! How far a campaign has come, for people.

use std::{fmt::Write, sync::Arc};

use super::{Campaign, MemberState, Skip, Trial};
use crate::store::{Progress, RunRecord, Store, StoreError};

/// A campaign and its latest run.
#[derive(Debug, Clone)]
pub(crate) struct Summary {
    pub(crate) name: Arc<str>,
    pub(crate) organization: Arc<str>,
    /// When runs begin, as it is written.
    pub(crate) schedule: Option<String>,
    pub(crate) run: Option<(RunRecord, Progress)>,
}

impl Summary {
    /// Adds what the store has of the campaign's latest run.
    pub(crate) async fn with_run(mut self, store: &dyn Store) -> Result<Self, StoreError> {
        let runs = store.runs().await?;
        let latest = runs.into_iter().rfind(|run| run.campaign == self.name);
        if let Some(run) = latest {
            let progress = store.progress(run.id).await?;
            self.run = Some((run, progress));
        }
        Ok(self)
    }

    /// Where the run is, in a few words.
    pub(crate) fn stage(&self) -> String {
        let Some((run, _)) = &self.run else {
            return "never started".to_owned();
        };
        match (run.ended_at, &run.paused) {
            (Some(at), _) => format!("done at {at:.0}"),
            (None, Some(reason)) => format!("paused: {reason}"),
            (None, None) if run.is_read => "writing".to_owned(),
            (None, None) => "reading the audience".to_owned(),
        }
    }

    /// How many members are where; states in which nobody is are left out.
    pub(crate) fn counts(&self) -> Vec<(&'static str, u64)> {
        let Some((_, progress)) = &self.run else {
            return Vec::new();
        };
        let states = MemberState::ALL.into_iter();
        let counts = states.map(|state| (state.as_str(), progress.of(state)));
        counts.filter(|(_, count)| *count > 0).collect()
    }

    /// How many are skipped, and why.
    pub(crate) fn skips(&self) -> Vec<(Skip, u64)> {
        let progress = self.run.as_ref().map(|(_, progress)| progress);
        let skips = Skip::ALL.into_iter();
        let counts = skips.map(|skip| (skip, progress.map_or(0, |it| it.skipped(skip))));
        counts.filter(|(_, count)| *count > 0).collect()
    }

    /// All of it, line by line.
    pub(crate) fn lines(&self) -> Vec<String> {
        let schedule = self.schedule.as_deref();
        let mut lines = vec![
            format!("{}: {}", self.name, self.stage()),
            format!("  for the organization {}", self.organization),
            schedule.map_or_else(
                || "  started by hand".to_owned(),
                |it| format!("  scheduled: {it}"),
            ),
        ];
        let counts = self.counts().into_iter();
        lines.extend(counts.map(|(state, count)| format!("  {count} {state}")));
        let skips = self.skips().into_iter();
        lines.extend(skips.map(|(skip, count)| format!("    {count} {}", skip.meaning())));
        lines
    }
}

impl Campaign {
    /// The campaign, without what became of it.
    pub(crate) fn summary(&self) -> Summary {
        Summary {
            name: self.name.as_str().into(),
            organization: self.organization.as_str().into(),
            schedule: self.schedule.clone(),
            run: None,
        }
    }
}

impl Trial {
    /// What it came to, for people.
    pub(crate) fn words(&self) -> String {
        let mut words = format!(
            "A dry run, nobody was written to. {} contact(s) would be.",
            self.written
        );
        // Writing into a string cannot fail.
        for (skip, count) in &self.skipped {
            let _ = write!(words, " {count} {}.", skip.meaning());
        }
        for text in &self.examples {
            let _ = write!(words, "\n> {text}");
        }
        words
    }
}

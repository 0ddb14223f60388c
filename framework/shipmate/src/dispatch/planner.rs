//! How a turn's commands become rows, by the bot's policies and by what is known of this deployment
//! of the platform.

use std::{
    collections::HashSet,
    sync::{Arc, MutexGuard},
};

use jiff::Timestamp;
use serde::Deserialize;
use web1on1::UserId;

use super::rows::{Notes, Origin, Sets};
use crate::{
    conversations::{Kept, Live},
    deployment::Deployment,
    event::Event,
    host::Turned,
    limit::{Budget, Limits},
    metrics::Metrics,
    plan::{Command, Encoding, Lines, PlanOptions, plan},
    policy::Policies,
    route::resets_consecutive,
    store::{Key, NewRow, QueuedRow, RowEnd, RowId, RowKind, Store, StoreError},
    verify::{Finding, Shown, judge},
};

/// Under which name the store keeps what is known of several commands in one message.
const FACT: &str = "commands";

/// Rows of a lane read at once.
const PAGE: usize = 500;

/// Plans turns.
#[derive(Debug)]
pub(super) struct Planner {
    options: PlanOptions,
    policies: Policies,
    limits: Limits,
    deployment: Arc<Deployment>,
}

/// What a commit takes over from the planner.
#[derive(Debug, Default)]
pub(super) struct Planned {
    pub(super) rows: Vec<NewRow>,
    pub(super) verified: Vec<RowId>,
    pub(super) facts: Vec<(&'static str, String)>,
}

impl Planner {
    pub(super) fn new(
        options: PlanOptions,
        policies: Policies,
        limits: Limits,
        deployment: Arc<Deployment>,
    ) -> Self {
        Self {
            options,
            policies,
            limits,
            deployment,
        }
    }

    /// Reads what earlier runs have learned.
    pub(super) async fn recall(&self, store: &dyn Store) -> Result<(), StoreError> {
        let fact = store.fact(FACT).await?;
        if let Some(lines) = fact.as_deref().and_then(Lines::from_fact) {
            *self.lines() = lines;
        }
        Ok(())
    }

    pub(super) fn policies(&self) -> Policies {
        self.policies
    }

    /// How commands are written, as far as known by now.
    pub(super) fn options(&self) -> PlanOptions {
        PlanOptions {
            lines: *self.lines(),
            ..self.options
        }
    }

    /// What may be sent in a conversation at `now`, on the platform's clock, once `event` counts.
    pub(super) fn budget(
        &self,
        kept: &Kept,
        event: &Event,
        own: Option<&UserId>,
        now: Timestamp,
    ) -> Budget {
        let mut ledger = kept.ledger.clone();
        if resets_consecutive(event, own) {
            ledger.reset(event.at.min(now));
        }
        Budget::new(self.limits, ledger, kept.queued, now)
    }

    /// The rows of a turn that `event` caused, and of what it shows not to have taken effect before.
    pub(super) async fn plan(
        &self,
        turn: Origin<'_>,
        turned: &mut Turned,
        scene: &Scene<'_>,
    ) -> Result<Planned, super::Failure> {
        // Read again from the body, which takes a while, only where somebody looks at it.
        let sets = |command: &Command| matches!(command, Command::Set { .. });
        let is_looked_at =
            !scene.live.kept().unverified.is_empty() || turned.commands.iter().any(sets);
        let shown = is_looked_at.then(|| Shown::in_event(scene.event.raw()));
        let shown = shown.flatten();
        let finding = self.examine(scene, shown.as_ref());
        let mut planned = Planned::default();
        if let Some(works) = finding.works {
            let lines = self.learn(works, scene.metrics);
            planned.facts.push((FACT, lines.as_fact().to_owned()));
        }
        let commands = std::mem::take(&mut turned.commands);
        let withheld = std::mem::take(&mut turned.withheld);
        let notes = Notes {
            policies: &self.policies,
            now: scene.now,
            sets: self.sets_to_note(&scene.live.kept(), shown.as_ref()),
        };
        if !finding.missing.is_empty() {
            let again = self.again(finding.missing, &commands, scene).await?;
            let origin = Origin {
                part: "again",
                ..turn.clone()
            };
            planned.rows = origin.rows(plan(again, &one_by_one()), &notes)?;
        }
        let options = self.options();
        planned
            .rows
            .extend(turn.rows(plan(commands, &options), &notes)?);
        let origin = Origin {
            part: "withheld",
            ..turn
        };
        let withheld = origin.rows(plan(withheld, &options), &notes)?;
        planned.rows.extend(withheld.into_iter().map(|row| NewRow {
            ended: Some((RowEnd::Cancelled, WITHHELD.to_owned())),
            ..row
        }));
        planned.verified = finding.settled;
        Ok(planned)
    }

    /// The rows of what the runtime itself has to say.
    pub(super) fn rows(
        &self,
        origin: &Origin<'_>,
        commands: Vec<Command>,
        now: Timestamp,
    ) -> Result<Vec<NewRow>, serde_json::Error> {
        let notes = Notes {
            policies: &self.policies,
            now,
            sets: Sets::NotNoted,
        };
        origin.rows(plan(commands, &self.options()), &notes)
    }

    /// What the event tells of what was sent before.
    fn examine(&self, scene: &Scene<'_>, shown: Option<&Shown>) -> Finding {
        let kept = scene.live.kept();
        if kept.unverified.is_empty() {
            return Finding::default();
        }
        let known = *self.lines();
        shown
            .map(|shown| judge(&kept.unverified, shown, scene.event.at, known))
            .unwrap_or_default()
    }

    /// Takes note of whether several commands in one message work. That they do not weighs more:
    /// then nothing is lost by sending them one by one.
    fn learn(&self, works: bool, metrics: &Metrics) -> Lines {
        let mut lines = self.lines();
        match (works, *lines) {
            (true, Lines::Unverified) => {
                tracing::info!(
                    "the platform obeys several commands in one message; from now on they share one"
                );
                *lines = Lines::Verified;
            }
            (false, Lines::Unverified | Lines::Verified) => {
                tracing::warn!(
                    "the platform does not obey several commands in one message; those that were lost are sent again, and from now on each is a message of its own, as with SHIPMATE_COMMANDS=array"
                );
                metrics.commands_fallback.increment(1);
                *lines = Lines::Broken;
            }
            (true, Lines::Verified | Lines::Broken) | (false, Lines::Broken) => {}
        }
        *lines
    }

    /// Sets what got lost once more, except what is set anew anyway.
    async fn again(
        &self,
        missing: Vec<(String, String)>,
        commands: &[Command],
        scene: &Scene<'_>,
    ) -> Result<Vec<Command>, StoreError> {
        let mut newer = keys_of_queued(scene.store, scene.mailbox).await?;
        newer.extend(commands.iter().filter_map(|command| match command {
            Command::Set { key, .. } => Some(key.clone()),
            _ => None,
        }));
        let missing = missing.into_iter().filter(|(key, _)| !newer.contains(key));
        let again: Vec<_> = missing
            .map(|(key, value)| Command::Set { key, value })
            .collect();
        tracing::info!(mailbox = %scene.mailbox, variables = again.len(), "variables are set again");
        Ok(again)
    }

    /// Once it is known that lines do not work, `/set`s are still noted as long as earlier ones are
    /// looked at, for which it matters what came later.
    fn sets_to_note<'a>(&self, kept: &Kept, shown: Option<&'a Shown>) -> Sets<'a> {
        let earlier = !kept.unverified.is_empty() || kept.queued > 0;
        let is_noted = match *self.lines() {
            Lines::Unverified => self.options.encoding == Encoding::Lines,
            Lines::Broken => earlier,
            Lines::Verified => false,
        };
        if is_noted {
            Sets::Noted(shown)
        } else {
            Sets::NotNoted
        }
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.deployment.lines()
    }
}

/// Where and when a turn is planned.
pub(super) struct Scene<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) metrics: &'a Metrics,
    pub(super) mailbox: &'a Key,
    pub(super) live: &'a Live,
    pub(super) event: &'a Event,
    pub(super) now: Timestamp,
}

const WITHHELD: &str = "no room under the platform's limits; people were called instead";

impl Lines {
    fn as_fact(self) -> &'static str {
        match self {
            Self::Unverified => "unverified",
            Self::Verified => "verified",
            Self::Broken => "broken",
        }
    }

    fn from_fact(fact: &str) -> Option<Self> {
        let all = [Self::Unverified, Self::Verified, Self::Broken];
        all.into_iter().find(|lines| lines.as_fact() == fact)
    }
}

/// The encoding that surely works.
fn one_by_one() -> PlanOptions {
    PlanOptions {
        encoding: Encoding::Array,
        ..PlanOptions::default()
    }
}

/// What the messages and changes set that are still to be sent in a conversation.
async fn keys_of_queued(store: &dyn Store, mailbox: &Key) -> Result<HashSet<String>, StoreError> {
    let (mut keys, mut after) = (HashSet::new(), 0);
    loop {
        let rows = store.queued(mailbox, after, PAGE).await?;
        let Some(last) = rows.last() else {
            return Ok(keys);
        };
        after = last.id;
        for row in &rows {
            keys.extend(keys_of(row));
        }
    }
}

fn keys_of(row: &QueuedRow) -> Vec<String> {
    #[derive(Deserialize)]
    struct Text {
        text: String,
    }
    match row.content.kind {
        RowKind::Message => {
            let message = serde_json::from_slice::<Text>(&row.content.body);
            let text = message.map(|message| message.text).unwrap_or_default();
            let sets = text.lines().filter_map(|line| line.strip_prefix("/set "));
            let keys = sets.filter_map(|set| set.split(' ').next());
            keys.map(str::to_owned).collect()
        }
        RowKind::Patch => {
            let sets = serde_json::from_slice::<Vec<(String, String)>>(&row.content.body);
            let sets = sets.unwrap_or_default().into_iter();
            sets.map(|(key, _)| key).collect()
        }
        RowKind::Profile => Vec::new(),
    }
}

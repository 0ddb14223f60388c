//! Events that are given up: they stay in the store, and people are called.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use jiff::Timestamp;

use super::{Dispatcher, Failure, Handled, Hosted, change::View, organization, rows::Origin};
use crate::{
    bot::{BotError, IgnoreReason, Outcome},
    conversations::{Kept, Live},
    event::Event,
    handover::{concerns_people, has_accepted, locale},
    host::Turned,
    route::is_from_consumer,
    store::{Commit, Decision, NewRow, PendingEvent, StoreError},
};

/// The outcome of an event that is given up.
const OUTCOME: &str = "dead-letter";

/// Whether people are called because an event is given up.
enum Calling {
    People(Vec<NewRow>),
    /// Why not.
    Nobody(&'static str),
}

impl Dispatcher {
    /// Gives an event up. It stays in the store, with its body, for a person to look into. In the
    /// same commit people are called to the conversation, unless they were before.
    pub(super) async fn bury(
        &self,
        hosted: &Hosted,
        mut pending: PendingEvent,
        error: &BotError,
        now: Timestamp,
    ) -> Handled {
        tracing::error!(event = pending.seq, mailbox = %pending.mailbox, %error, "the event is given up");
        match self.dead_letter(hosted, &pending, error, now).await {
            Ok(()) => {
                self.metrics.outcome(OUTCOME);
                Handled::Finished
            }
            Err(error) => {
                tracing::error!(event = pending.seq, %error, "the event waits for the store");
                pending.retry_at = now.checked_add(self.options.backoff).ok();
                Handled::Postponed(pending)
            }
        }
    }

    async fn dead_letter(
        &self,
        hosted: &Hosted,
        pending: &PendingEvent,
        error: &BotError,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let live = self.conversations.get(&pending.mailbox).await?;
        let with_call = self.call_for_people(hosted, pending, &live, error, now);
        // Whatever made the event fail may make this fail too.
        let commit = match AssertUnwindSafe(with_call).catch_unwind().await {
            Ok(commit) => commit?,
            Err(_) => dead_letter(pending, error, "calling people panicked", now),
        };
        self.carry_out(commit, &live).await
    }

    /// Calls people, once, to a conversation that the bot has accepted and in which it falls silent
    /// because of the organization's settings: while it has it, the platform calls nobody. Where it
    /// has not, the consumer reaches people as if there were no bot, and nothing is said: agents can
    /// do nothing about settings.
    pub(super) fn call_instead(
        hosted: &Hosted,
        view: &View<'_>,
        live: &Live,
        turned: &mut Turned,
    ) -> bool {
        let is_silenced = turned.outcome == Outcome::Ignored(IgnoreReason::BadSettings);
        let is_alone = is_from_consumer(view.event)
            && concerns_people(view.event)
            && has_accepted(view.event, view.own)
            && !view.standing.is_taken_over;
        if !is_silenced || !is_alone || live.kept().in_incident {
            return false;
        }
        let summary = summary(hosted, view.event, live);
        let fail_open = &hosted.host.conduct().fail_open;
        turned.commands = fail_open.commands(view.event, view.own, summary.as_deref());
        !turned.commands.is_empty()
    }

    async fn call_for_people(
        &self,
        hosted: &Hosted,
        pending: &PendingEvent,
        live: &Live,
        error: &BotError,
        now: Timestamp,
    ) -> Result<Commit, StoreError> {
        let body = self.store.payload(pending.seq).await?.unwrap_or_default();
        let event = Event::read(body, pending.at);
        let summary = summary(hosted, &event, live);
        let kept = live.kept();
        let standing = self.standing(hosted, &event, &kept);
        let view = self.view(hosted, &event, &standing);
        let (rows, called) = match self.calling(hosted, pending, &view, &kept, summary.as_deref()) {
            Ok(Calling::People(rows)) => (rows, "people were called"),
            Ok(Calling::Nobody(why)) => (Vec::new(), why),
            Err(_) => (Vec::new(), "the call for people could not be written"),
        };
        let mut commit = dead_letter(pending, error, called, now);
        commit.conversation = view.change(&kept);
        commit.conversation.in_incident = (!rows.is_empty()).then_some(true);
        commit.cancel = view.cancel();
        commit.end_timers = view.end_timers();
        commit.rows = rows;
        Ok(commit)
    }

    fn calling(
        &self,
        hosted: &Hosted,
        pending: &PendingEvent,
        view: &View<'_>,
        kept: &Kept,
        summary: Option<&str>,
    ) -> Result<Calling, Failure> {
        let event = view.event;
        let fail_open = &hosted.host.conduct().fail_open;
        if !concerns_people(event) {
            return Ok(Calling::Nobody("nobody waits for it"));
        }
        if view.standing.is_taken_over {
            return Ok(Calling::Nobody("a person has the conversation"));
        }
        if kept.in_incident {
            return Ok(Calling::Nobody("people were called before"));
        }
        let commands = fail_open.commands(event, view.own, summary);
        if commands.is_empty() {
            return Ok(Calling::Nobody("nobody is to be called"));
        }
        let origin = Origin {
            event: &pending.key,
            part: "incident",
            organization: organization(event),
        };
        let rows = self.planner.rows(&origin, commands, self.clock.now())?;
        Ok(Calling::People(rows))
    }
}

/// What the bot tells people, in the language of the organization.
fn summary(hosted: &Hosted, event: &Event, live: &Live) -> Option<String> {
    let state = live.kept().state.clone();
    hosted.host.summary(state.as_deref(), locale(event))
}

fn dead_letter(pending: &PendingEvent, error: &BotError, called: &str, now: Timestamp) -> Commit {
    let decision = Decision {
        outcome: OUTCOME,
        reason: Some(format!("{error}; {called}")),
    };
    Commit::new(pending.seq, pending.mailbox.clone(), now, decision)
}

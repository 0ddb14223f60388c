//! What an event means for its conversation, apart from what the bot makes of it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use web1on1::UserId;

use super::{Dispatcher, Hosted};
use crate::{
    bot::IgnoreReason,
    conversations::Kept,
    event::{Event, EventBody, MessageAction},
    handover::{Standing, is_with_consumer},
    route::{
        Sender, is_closing, is_from_consumer,
        loop_guard::{self, Voice},
        resets_consecutive,
    },
    store::{ConversationChange, Marker, NewRow, RowEnd, TimerEnds, Witnessed},
};

/// An event that happened further in the future than this, on the platform's clock, did not: its
/// time would make everything until then look late.
const AHEAD: SignedDuration = SignedDuration::from_mins(10);

/// Why nothing is said to the consumer.
pub(super) const TAKEN_OVER: &str = "a person has the conversation";

/// An event as the bot of user `own` sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) event: &'a Event,
    pub(super) own: Option<&'a UserId>,
    pub(super) standing: &'a Standing,
    /// The platform's time now. What claims to have happened later is not believed.
    pub(super) platform_now: Timestamp,
    /// When the event happened, as far as it is believed.
    pub(super) at: Timestamp,
}

impl Dispatcher {
    /// Where the conversation stands with `event`.
    pub(super) fn standing(&self, hosted: &Hosted, event: &Event, kept: &Kept) -> Standing {
        let policy = hosted.host.conduct().after_takeover;
        let own = hosted.own_user.get();
        Standing::of(event, self.believed(event.at), own, &kept.seen(), policy)
    }

    pub(super) fn view<'a>(
        &self,
        hosted: &'a Hosted,
        event: &'a Event,
        standing: &'a Standing,
    ) -> View<'a> {
        View {
            event,
            own: hosted.own_user.get(),
            standing,
            platform_now: self.outbox.platform_now(),
            at: self.believed(event.at),
        }
    }

    fn believed(&self, at: Timestamp) -> Timestamp {
        let latest = self.outbox.platform_now().saturating_add(AHEAD);
        at.min(latest.unwrap_or(Timestamp::MAX))
    }
}

impl View<'_> {
    /// The change of the conversation that comes with the event, whatever the bot makes of it.
    pub(super) fn change(&self, kept: &Kept) -> ConversationChange {
        let belongs = self.event.conversation().is_some() && !self.event.is_own();
        let is_latest = kept.last_event_at.is_none_or(|last| self.at > last);
        let resets = resets_consecutive(self.event, self.own);
        ConversationChange {
            // A time in the future would switch the limit off until then.
            reset_at: resets.then(|| self.event.at.min(self.platform_now)),
            last_event_at: (belongs && is_latest).then_some(self.at),
            takeover: self.standing.takeover,
            contact: self
                .contact()
                .filter(|it| Some(it) != kept.contact.as_ref()),
            ..ConversationChange::default()
        }
    }

    /// Set if what waits for the consumer is not to be sent any more.
    pub(super) fn cancel(&self) -> Option<String> {
        (self.standing.begins && self.standing.is_silent).then(|| TAKEN_OVER.to_owned())
    }

    /// What the event ends of the conversation's timers.
    pub(super) fn end_timers(&self) -> TimerEnds {
        let is_closed = match &self.event.body {
            EventBody::Resource(resource) => is_closing(resource) && !self.standing.reopened,
            _ => false,
        };
        TimerEnds {
            answered: is_from_consumer(self.event),
            taken_over: self.standing.begins,
            closed: is_closed,
        }
    }

    /// The message of ours that the event shows to be on the platform.
    pub(super) fn witnessed(&self) -> Option<Witnessed> {
        let event = self.event.as_message()?;
        let is_new = matches!(event.action, MessageAction::Create { .. });
        if !is_new || Sender::of(event, self.own) != Sender::Own {
            return None;
        }
        Some(Witnessed {
            marker: Marker::of(&event.message.meta)?,
            message: event.message.id.to_string(),
            at: event.message.created_at.unwrap_or(self.event.at),
        })
    }

    /// Says nothing to the consumer while a person does. Notes and commands go through.
    pub(super) fn withhold(&self, rows: &mut [NewRow]) {
        if self.standing.is_silent {
            for row in rows.iter_mut().filter(|row| row.content.to_consumer) {
                row.ended = Some((RowEnd::Cancelled, TAKEN_OVER.to_owned()));
            }
        }
    }

    /// The new count of turns that bots caused, if it changes.
    pub(super) fn bot_turns(&self, kept: &Kept, limit: u32, rows: &[NewRow]) -> Option<u32> {
        let said = rows.iter().any(|row| row.ended.is_none());
        let voice = Voice::of(self.event, self.own);
        loop_guard::count(kept.bot_turns, limit, voice, said)
    }

    fn contact(&self) -> Option<Arc<str>> {
        let conversation = self.event.conversation()?;
        let contact = conversation.contact_id()?;
        is_with_consumer(self.event).then(|| contact.as_str().into())
    }
}

/// Why `event` does not reach the bot, if it does not.
pub(super) fn ignored(
    hosted: &Hosted,
    event: &Event,
    standing: &Standing,
    kept: &Kept,
) -> Option<IgnoreReason> {
    let (own, ignoring) = (hosted.own_user.get(), hosted.host.conduct().ignoring);
    let ends_taken_over = event.as_timer().is_some_and(|timer| timer.ends.taken_over);
    if ends_taken_over && standing.is_taken_over {
        return Some(IgnoreReason::PersonActive);
    }
    ignoring.reason(event, own).or_else(|| {
        if standing.is_silent && is_from_consumer(event) {
            return Some(IgnoreReason::PersonActive);
        }
        let voice = Voice::of(event, own);
        loop_guard::is_loop(kept.bot_turns, ignoring.loop_guard, voice)
            .then_some(IgnoreReason::Loop)
    })
}

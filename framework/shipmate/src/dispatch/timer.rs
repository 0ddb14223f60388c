//! What is found out about a timer before its turn.

use web1on1::{ConversationId, ConversationStatus, Query};

use super::{Dispatcher, Failure, Hosted};
use crate::{
    bot::IgnoreReason,
    conversations::Live,
    event::{Event, TimerEvent},
    route::is_from_consumer,
    store::{PendingEvent, StoreError},
};

/// Waiting events that are looked at, at most.
const AHEAD: usize = 16;

impl Dispatcher {
    /// Completes the event of a timer with its conversation, as the platform holds it now: what an
    /// earlier event showed may be days old. Tells why there is nothing to do any more, if so.
    pub(super) async fn complete(
        &self,
        hosted: &Hosted,
        pending: &PendingEvent,
        live: &Live,
        event: &mut Event,
    ) -> Result<Option<IgnoreReason>, Failure> {
        let Some(timer) = event.as_timer() else {
            return Ok(None);
        };
        if timer.ends.answered && self.is_answered(timer, pending, live).await? {
            return Ok(Some(IgnoreReason::Answered));
        }
        let ends_closed = timer.ends.closed;
        let id = ConversationId::from(&*pending.mailbox.mailbox);
        // With the consumer's profile, as events of the platform have it.
        let query = Query::new().populate(["contact"]);
        let conversations = hosted.host.client().conversations();
        let conversation = match conversations.get_with(&id, &query).await {
            Ok(conversation) => conversation,
            Err(error) if matches!(error.status(), Some(404 | 410)) => {
                return Ok(Some(IgnoreReason::Gone));
            }
            Err(error) => return Err(Failure::Bot(error.into())),
        };
        let is_closed = conversation.status == Some(ConversationStatus::Closed);
        event.place_in(conversation);
        Ok((is_closed && ends_closed).then_some(IgnoreReason::Closed))
    }

    /// Whether the consumer has written since the timer was set. Its turn may have had to wait for
    /// theirs, or theirs waits behind it.
    async fn is_answered(
        &self,
        timer: &TimerEvent,
        pending: &PendingEvent,
        live: &Live,
    ) -> Result<bool, StoreError> {
        if live.kept().ledger.reset_at() > timer.answered_at {
            return Ok(true);
        }
        for waiting in self.mailboxes.waiting(&pending.mailbox, AHEAD) {
            let body = match waiting.payload {
                Some(body) => body,
                None => self.store.payload(waiting.seq).await?.unwrap_or_default(),
            };
            if is_from_consumer(&Event::read(body, waiting.at)) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

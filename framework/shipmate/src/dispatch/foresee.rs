//! Takeovers that wait behind an event that had to wait itself.

use super::{Dispatcher, Hosted};
use crate::{
    conversations::Live,
    event::Event,
    store::{PendingEvent, StoreError},
};

/// Waiting events that are looked at, at most.
const AHEAD: usize = 16;

impl Dispatcher {
    /// Looks at what waits behind `pending`: if a person takes over there, the bot gives way now,
    /// and not when the events before are done.
    pub(super) async fn foresee(
        &self,
        hosted: &Hosted,
        pending: &PendingEvent,
        live: &Live,
    ) -> Result<(), StoreError> {
        for waiting in self.mailboxes.waiting(&pending.mailbox, AHEAD) {
            let body = match &waiting.payload {
                Some(body) => body.clone(),
                None => self.store.payload(waiting.seq).await?.unwrap_or_default(),
            };
            let event = Event::read(body, waiting.at);
            let standing = self.standing(hosted, &event, &live.kept());
            self.give_way(&waiting, live, &standing).await?;
        }
        Ok(())
    }
}

//! Takeovers that count before their event is done: its hook has failed, or it waits behind one that
//! had to wait itself.

use super::{Dispatcher, Hosted, change::TAKEN_OVER};
use crate::{
    conversations::Live,
    event::Event,
    handover::Standing,
    store::{Commit, Committed, Decision, PendingEvent, StoreError},
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

    /// A person took over by an event whose hook has failed. It is tried again, but what waits for
    /// the consumer does not wait for that.
    pub(super) async fn give_way(
        &self,
        pending: &PendingEvent,
        live: &Live,
        standing: &Standing,
    ) -> Result<(), StoreError> {
        let Some(takeover) = standing
            .takeover
            .filter(|_| standing.begins && standing.is_silent)
        else {
            return Ok(());
        };
        let (mailbox, reason) = (pending.mailbox.clone(), TAKEN_OVER.to_owned());
        let now = self.clock.now();
        let cancelled = self
            .store
            .take_over(mailbox.clone(), takeover, reason.clone(), now)
            .await?;
        let decision = Decision {
            outcome: "postponed",
            reason: None,
        };
        let mut commit = Commit::new(pending.seq, mailbox, now, decision);
        commit.conversation.takeover = Some(takeover);
        commit.cancel = Some(reason);
        self.follow(
            commit,
            Committed {
                cancelled,
                ..Committed::default()
            },
            live,
        );
        Ok(())
    }
}

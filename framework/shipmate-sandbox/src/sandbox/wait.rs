//! Waiting for something to become true, without sleeping.

use jiff::Timestamp;
use web1on1::ConversationId;

use super::Sandbox;
use crate::{ConversationSnapshot, Delivery, DeliveryOutcome, Entry, LimitReport, state::State};

/// The platform at one moment.
#[derive(Debug)]
pub struct View<'a> {
    state: &'a State,
    now: Timestamp,
}

impl<'a> View<'a> {
    /// The time on the platform.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// A copy of a conversation.
    pub fn conversation(&self, id: &ConversationId) -> Option<ConversationSnapshot> {
        let thread = self.state.threads.get(id)?;
        Some(ConversationSnapshot::of(thread, self.state, self.now))
    }

    /// All conversations, oldest first.
    pub fn conversations(&self) -> impl Iterator<Item = &'a ConversationId> + use<'a> {
        self.state
            .threads
            .iter()
            .map(|thread| &thread.conversation.id)
    }

    /// What the limits saw so far.
    pub fn report(&self) -> LimitReport {
        self.state.report(self.now)
    }

    /// The deliveries to webhooks, oldest first.
    pub fn deliveries(&self) -> impl Iterator<Item = &'a Delivery> + use<'a> {
        self.state.queue.deliveries()
    }

    /// Everything that crossed the border, oldest first, as far as it is kept.
    pub fn journal(&self) -> impl DoubleEndedIterator<Item = &'a Entry> + use<'a> {
        self.state.journal.entries()
    }

    /// The journal's entries with a number above `number`, oldest first.
    pub fn journal_after(&self, number: u64) -> impl Iterator<Item = &'a Entry> + use<'a> {
        self.state.journal.after(number)
    }

    /// The journal's entries about one conversation, oldest first.
    pub fn journal_of<'b>(
        &self,
        conversation: &'b ConversationId,
    ) -> impl DoubleEndedIterator<Item = &'a Entry> + use<'a, 'b> {
        self.journal()
            .filter(move |entry| entry.conversation() == Some(conversation))
    }

    /// How many deliveries are not finished: waiting, under way or to be tried again.
    pub fn unfinished_deliveries(&self) -> usize {
        self.state.queue.unfinished()
    }

    /// Those deliveries, oldest first.
    pub fn deliveries_to_come(&self) -> Vec<&'a Delivery> {
        self.state.queue.to_come()
    }

    /// Whether an attempt at a delivery is under way or about to be made. One that waits for an
    /// earlier event of its conversation, which a fault holds up, is not.
    pub fn is_delivering(&self) -> bool {
        let mut held_up = Vec::new();
        self.deliveries_to_come()
            .iter()
            .any(|delivery| match delivery.outcome {
                DeliveryOutcome::Retrying { .. } if delivery.attempts == 0 => {
                    held_up.push(&delivery.conversation);
                    false
                }
                DeliveryOutcome::Pending => {
                    delivery.attempts > 0 || !held_up.contains(&&delivery.conversation)
                }
                _ => false,
            })
    }

    /// When something happens by itself next: a delayed message takes effect, or a delivery is
    /// tried again. What a fault holds up is not known here.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.state.next_due()
    }

    /// Grows with every change of anything.
    pub fn version(&self) -> u64 {
        self.state.version
    }

    /// Copies of the conversations that changed after `version`, oldest first.
    pub fn changed_after(&self, version: u64) -> Vec<ConversationSnapshot> {
        let threads = self.state.threads.iter();
        threads
            .filter(|thread| thread.version > version)
            .map(|thread| ConversationSnapshot::of(thread, self.state, self.now))
            .collect()
    }
}

/// What was waited for did not come.
#[derive(Debug, thiserror::Error)]
#[error("it did not happen within {seconds} s; the conversations by then:\n{transcripts}")]
pub struct WaitError {
    seconds: u64,
    transcripts: String,
}

/// Conversations shown when waiting was in vain.
const SHOWN_IN_ERROR: usize = 5;

impl Sandbox {
    /// Looks at the platform as it is now.
    pub fn look<R>(&self, look: impl FnOnce(&View<'_>) -> R) -> R {
        self.platform.look(|state, now| look(&View { state, now }))
    }

    /// Returns once `condition` holds. It is asked again after every change.
    ///
    /// # Errors
    /// If it does not hold within the builder's patience, on the machine's own clock; the error
    /// shows what was said.
    pub async fn wait_until(
        &self,
        mut condition: impl FnMut(&View<'_>) -> bool,
    ) -> Result<(), WaitError> {
        self.wait_for(|view| condition(view).then_some(())).await
    }

    /// Returns the first value that `find` finds. It is asked again after every change.
    ///
    /// # Errors
    /// As [`wait_until`](Self::wait_until).
    pub async fn wait_for<R>(
        &self,
        mut find: impl FnMut(&View<'_>) -> Option<R>,
    ) -> Result<R, WaitError> {
        let mut changes = self.platform.changes();
        let search = async {
            loop {
                changes.mark_unchanged();
                if let Some(found) = self.look(&mut find) {
                    return found;
                }
                // The sender lives in the platform that we hold.
                let _ = changes.changed().await;
            }
        };
        tokio::time::timeout(self.patience, search)
            .await
            .map_err(|_| self.wait_error())
    }

    fn wait_error(&self) -> WaitError {
        let transcripts = self.look(|view| {
            let shown = view.state.threads.iter().rev().take(SHOWN_IN_ERROR);
            let described: Vec<String> = shown
                .map(|thread| {
                    let snapshot = ConversationSnapshot::of(thread, view.state, view.now);
                    let status = snapshot.status().map_or("-", |status| status.as_str());
                    let id = &snapshot.conversation.id;
                    format!("{id} ({status})\n{}", snapshot.transcript())
                })
                .collect();
            described.concat()
        });
        WaitError {
            seconds: self.patience.as_secs(),
            transcripts,
        }
    }
}

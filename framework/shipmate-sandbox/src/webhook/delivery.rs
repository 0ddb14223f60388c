use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use web1on1::{ConversationId, MessageId};

use super::{AttemptResult, HookId};
use crate::journal::Cause;

/// How deliveries are made. The defaults are what the documents state (20 s, 24 h, a growing
/// interval); first interval, factor and the answers that end a delivery are our assumptions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliverySettings {
    /// How long an answer may take, on the machine's own clock.
    pub timeout: std::time::Duration,
    /// The wait before the second attempt; it doubles after each further one.
    pub first_retry: SignedDuration,
    /// The longest wait between attempts.
    pub longest_retry: SignedDuration,
    /// A delivery that would be tried later than this after its event is given up.
    pub give_up_after: SignedDuration,
    /// Answers that end a delivery at once.
    pub final_statuses: Vec<u16>,
    /// Deliveries to one webhook that may be under way at once.
    pub in_flight: usize,
    /// Whether the next event of a conversation waits for the answer to the one before.
    pub order: DeliveryOrder,
    /// Undelivered events kept for one webhook; further ones are dropped.
    pub max_pending: usize,
    /// Also send `X-Hub-Signature-256`.
    pub sign_sha256: bool,
    /// Post the messages of an answer `{"token": …, "messages": […]}` into the conversation.
    pub synchronous_answers: bool,
}

impl Default for DeliverySettings {
    fn default() -> Self {
        Self {
            timeout: std::time::Duration::from_secs(20),
            first_retry: SignedDuration::from_secs(1),
            longest_retry: SignedDuration::from_hours(1),
            give_up_after: SignedDuration::from_hours(24),
            final_statuses: vec![400, 410],
            in_flight: 32,
            order: DeliveryOrder::default(),
            max_pending: 200_000,
            sign_sha256: false,
            synchronous_answers: true,
        }
    }
}

/// In which order events come to a webhook. The documents promise none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DeliveryOrder {
    /// The first attempts about one conversation are made one after the other.
    #[default]
    PerConversation,
    /// Every event is sent as soon as it happens, beside those that are not answered yet. A webhook
    /// that answers only after the consumer's next message, as a handler of the official SDK that
    /// asks a question does, is reached by that message only in this way.
    None,
}

/// One event on its way to one webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// The `id` of the payload; the same in every attempt.
    pub id: String,
    /// Whose webhook it goes to.
    pub hook: HookId,
    /// The event's name.
    pub event: String,
    /// The conversation it is about.
    pub conversation: Option<ConversationId>,
    /// The message it is about.
    pub message: Option<MessageId>,
    /// What the event follows from: an entry of the journal.
    pub cause: Cause,
    /// How often it was tried.
    pub attempts: u32,
    /// How it stands.
    pub outcome: DeliveryOutcome,
    /// What the last failed attempt met.
    pub problem: Option<String>,
}

/// How a delivery stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DeliveryOutcome {
    /// Not tried yet, or under way.
    Pending,
    /// Failed, or put off by a fault, and will be tried again.
    Retrying {
        /// When.
        at: Timestamp,
    },
    /// Answered with a status of 200 to 299.
    Delivered {
        /// The status.
        status: u16,
    },
    /// Answered with a status that ends a delivery.
    Rejected {
        /// The status.
        status: u16,
    },
    /// Tried until the time for it had passed.
    GivenUp,
    /// The webhook is gone, or too many events wait for it.
    Dropped,
}

impl DeliveryOutcome {
    /// Whether nothing more will happen.
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Pending | Self::Retrying { .. })
    }
}

impl DeliverySettings {
    /// What follows from an attempt at `now` of a delivery that waits since `since`.
    pub(super) fn outcome(
        &self,
        result: &AttemptResult,
        attempts: u32,
        since: Timestamp,
        now: Timestamp,
    ) -> DeliveryOutcome {
        match result {
            AttemptResult::NoSuchHook => DeliveryOutcome::Dropped,
            AttemptResult::Answered(status) if (200..300).contains(status) => {
                DeliveryOutcome::Delivered { status: *status }
            }
            AttemptResult::Answered(status) if self.final_statuses.contains(status) => {
                DeliveryOutcome::Rejected { status: *status }
            }
            _ => {
                let at = now
                    .saturating_add(self.wait_after(attempts))
                    .unwrap_or(Timestamp::MAX);
                if at.duration_since(since) > self.give_up_after {
                    DeliveryOutcome::GivenUp
                } else {
                    DeliveryOutcome::Retrying { at }
                }
            }
        }
    }

    /// The wait after the given number of failed attempts.
    fn wait_after(&self, attempts: u32) -> SignedDuration {
        let factor = 2_i32.saturating_pow(attempts.saturating_sub(1));
        self.first_retry
            .checked_mul(factor)
            .unwrap_or(self.longest_retry)
            .min(self.longest_retry)
    }
}

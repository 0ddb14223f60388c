//! Deliveries that are not finished, to be kept and taken up again.

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use web1on1::{BotId, ConversationId, MessageId, ServiceId};

use super::{DeliveryOutcome, DeliveryQueue, HookId, NewDelivery};
use crate::journal::Cause;

/// A delivery that is not finished.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SavedDelivery {
    id: String,
    hook: SavedHook,
    event: String,
    conversation: Option<ConversationId>,
    message: Option<MessageId>,
    /// Attempts that failed.
    attempts: u32,
    problem: Option<String>,
    /// When it is tried again, if it was tried before.
    retry: Option<Timestamp>,
    since: Timestamp,
    /// A JSON text: what was signed must stay what it was, byte for byte.
    body: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SavedHook {
    Bot(BotId),
    Service(ServiceId),
}

impl DeliveryQueue {
    /// What is not finished, oldest first. An attempt that is under way counts as not made.
    pub(crate) fn save(&self) -> Vec<SavedDelivery> {
        let unfinished = self.log.iter().filter_map(|(number, delivery)| {
            let unfinished = self.unfinished.get(number)?;
            let retry = match delivery.outcome {
                DeliveryOutcome::Retrying { at } => Some(at),
                _ => None,
            };
            let under_way = retry.is_none() && delivery.attempts > 0;
            Some(SavedDelivery {
                id: delivery.id.clone(),
                hook: SavedHook::of(&delivery.hook),
                event: delivery.event.clone(),
                conversation: delivery.conversation.clone(),
                message: delivery.message.clone(),
                attempts: delivery.attempts - u32::from(under_way),
                problem: delivery.problem.clone(),
                retry,
                since: unfinished.since,
                body: String::from_utf8_lossy(&unfinished.body).into_owned(),
            })
        });
        unfinished.collect()
    }

    /// Puts kept deliveries in the place of all others. Numbers go on, so that attempts that are
    /// under way find nothing that they could be mistaken for.
    pub(crate) fn put_back(&mut self, saved: Vec<SavedDelivery>, cause: Cause) {
        let last_number = self.last_number;
        *self = Self::new(self.settings.clone());
        self.last_number = last_number;
        for delivery in saved {
            self.put_back_one(delivery, cause);
        }
    }

    fn put_back_one(&mut self, saved: SavedDelivery, cause: Cause) {
        let was_tried = saved.attempts > 0;
        let new = NewDelivery {
            id: saved.id,
            hook: saved.hook.id(),
            event: saved.event,
            // Nothing waits for what was tried before.
            conversation: saved.conversation.clone().filter(|_| !was_tried),
            message: saved.message,
            body: Bytes::from(saved.body),
            cause,
        };
        self.push(new, saved.since);
        if !was_tried {
            return;
        }
        let number = self.last_number;
        let Some(delivery) = self.log.get_mut(&number) else {
            return;
        };
        if delivery.outcome.is_final() {
            return;
        }
        let at = saved.retry.unwrap_or(saved.since);
        delivery.conversation = saved.conversation;
        delivery.attempts = saved.attempts;
        delivery.problem = saved.problem;
        delivery.outcome = DeliveryOutcome::Retrying { at };
        if let Some(lane) = self.lanes.get_mut(&delivery.hook) {
            lane.ready.retain(|ready| *ready != number);
        }
        self.retries.insert((at, number));
    }
}

impl SavedHook {
    fn of(hook: &HookId) -> Self {
        match hook {
            HookId::Bot(bot) => Self::Bot(bot.clone()),
            HookId::Service(service) => Self::Service(service.clone()),
        }
    }

    fn id(self) -> HookId {
        match self {
            Self::Bot(bot) => HookId::Bot(bot),
            Self::Service(service) => HookId::Service(service),
        }
    }
}

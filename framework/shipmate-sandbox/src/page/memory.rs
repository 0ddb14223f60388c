//! What the page itself remembers; the platform knows nothing of it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use web1on1::{BotId, ConversationId};

use crate::{Webhook, conversation::Thread};

/// Clones share what they remember.
#[derive(Debug, Clone, Default)]
pub(crate) struct Memory(Arc<Mutex<Remembered>>);

#[derive(Debug, Default)]
struct Remembered {
    /// How many messages a conversation had when it was last looked at.
    looked: HashMap<ConversationId, usize>,
    /// Webhooks that were switched off, to be switched on again.
    parked: HashMap<BotId, Webhook>,
}

impl Memory {
    /// Everything in the conversation has been seen.
    pub(super) fn look_at(&self, thread: &Thread) {
        self.lock()
            .looked
            .insert(thread.conversation.id.clone(), thread.entries.len());
    }

    /// How much was said since the conversation was last looked at. Commands, forms and the like
    /// do not count.
    pub(super) fn unread(&self, thread: &Thread) -> usize {
        let seen = self.lock().looked.get(&thread.conversation.id).copied();
        thread
            .entries
            .iter()
            .skip(seen.unwrap_or_default())
            .filter(|entry| entry.message.role.is_some())
            .count()
    }

    pub(super) fn park(&self, bot: BotId, webhook: Webhook) {
        self.lock().parked.insert(bot, webhook);
    }

    pub(super) fn parked(&self, bot: &BotId) -> Option<Webhook> {
        self.lock().parked.get(bot).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

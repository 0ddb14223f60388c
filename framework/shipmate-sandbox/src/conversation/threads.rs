use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use web1on1::{ChannelId, ContactId, ConversationId, Message, MessageId};

use super::{Entry, Progress, Thread};
use crate::Refusal;

/// All conversations, found by their id, by their contact and by their messages' ids.
#[derive(Debug, Default)]
pub(crate) struct Threads {
    by_id: HashMap<ConversationId, Thread>,
    order: BTreeMap<u64, ConversationId>,
    by_contact: HashMap<ContactId, ConversationId>,
    by_message: HashMap<MessageId, (ConversationId, usize)>,
    due: BTreeMap<(Timestamp, u64), (ConversationId, Due)>,
    sequence: u64,
}

/// What happens in a conversation by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Due {
    /// The delay of the message at this place has passed.
    Message(usize),
    /// A workflow tells a channel some time after the others.
    Channel(ChannelId),
}

impl Threads {
    pub(crate) fn get(&self, id: &ConversationId) -> Option<&Thread> {
        self.by_id.get(id)
    }

    /// # Errors
    /// 404 for an unknown id.
    pub(crate) fn find(&self, id: &ConversationId) -> Result<&Thread, Refusal> {
        self.get(id)
            .ok_or_else(|| Refusal::not_found("conversation", id.as_str()))
    }

    pub(crate) fn get_mut(&mut self, id: &ConversationId) -> Option<&mut Thread> {
        self.by_id.get_mut(id)
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// All conversations, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Thread> {
        self.order.values().filter_map(|id| self.by_id.get(id))
    }

    pub(crate) fn of_contact(&self, contact: &ContactId) -> Option<&ConversationId> {
        self.by_contact.get(contact)
    }

    pub(crate) fn message(&self, id: &MessageId) -> Option<&Message> {
        let (conversation, index) = self.by_message.get(id)?;
        let entry = self.by_id.get(conversation)?.entries.get(*index)?;
        Some(&entry.message)
    }

    pub(crate) fn insert(&mut self, thread: Thread) {
        let conversation = &thread.conversation;
        if let Some(contact) = conversation.contact_id() {
            self.by_contact.insert(contact, conversation.id.clone());
        }
        for (index, entry) in thread.entries.iter().enumerate() {
            let place = (conversation.id.clone(), index);
            self.by_message.insert(entry.message.id.clone(), place);
        }
        self.sequence += 1;
        self.order.insert(self.sequence, conversation.id.clone());
        self.by_id.insert(conversation.id.clone(), thread);
    }

    /// Forgets a conversation and its messages.
    pub(crate) fn remove(&mut self, id: &ConversationId) {
        let Some(thread) = self.by_id.remove(id) else {
            return;
        };
        self.order.retain(|_, other| other != id);
        self.due.retain(|_, (other, _)| other != id);
        if let Some(contact) = thread.conversation.contact_id() {
            self.by_contact.remove(&contact);
        }
        for entry in &thread.entries {
            self.by_message.remove(&entry.message.id);
        }
    }

    /// Adds a message to a conversation; its place is returned.
    pub(crate) fn push(&mut self, id: &ConversationId, entry: Entry) -> Option<usize> {
        let thread = self.by_id.get_mut(id)?;
        let index = thread.entries.len();
        self.by_message
            .insert(entry.message.id.clone(), (id.clone(), index));
        let pending = match entry.progress {
            Progress::Pending { due } => Some(due),
            Progress::Processed { .. } => None,
        };
        thread.last_created = entry.message.created_at.unwrap_or(thread.last_created);
        thread.entries.push(entry);
        if let Some(due) = pending {
            self.schedule(due, id, Due::Message(index));
        }
        Some(index)
    }

    /// Lets something happen in a conversation at `due`.
    pub(crate) fn schedule(&mut self, due: Timestamp, id: &ConversationId, what: Due) {
        self.sequence += 1;
        self.due.insert((due, self.sequence), (id.clone(), what));
    }

    pub(crate) fn message_mut(&mut self, id: &MessageId) -> Option<&mut Message> {
        let (conversation, index) = self.by_message.get(id)?;
        let entry = self.by_id.get_mut(conversation)?.entries.get_mut(*index)?;
        Some(&mut entry.message)
    }

    /// Forgets a message; one that waits never takes effect.
    pub(crate) fn remove_message(&mut self, id: &MessageId) {
        let Some((conversation, removed)) = self.by_message.remove(id) else {
            return;
        };
        self.due.retain(|_, (owner, due)| match due {
            Due::Message(index) if *owner == conversation => {
                let stays = *index != removed;
                *index -= usize::from(*index > removed);
                stays
            }
            _ => true,
        });
        let Some(thread) = self.by_id.get_mut(&conversation) else {
            return;
        };
        thread.entries.remove(removed);
        for entry in thread.entries.iter().skip(removed) {
            if let Some((_, index)) = self.by_message.get_mut(&entry.message.id) {
                *index -= 1;
            }
        }
    }

    /// What happens by itself, earliest first.
    pub(crate) fn due(&self) -> impl Iterator<Item = (Timestamp, &ConversationId, &Due)> {
        self.due.iter().map(|((at, _), (id, due))| (*at, id, due))
    }

    /// When the next delayed message is due.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.due.first_key_value().map(|((due, _), _)| *due)
    }

    /// Takes the earliest delayed message that is due by `now`.
    pub(crate) fn take_due(&mut self, now: Timestamp) -> Option<(Timestamp, ConversationId, Due)> {
        if self.next_due()? > now {
            return None;
        }
        let ((at, _), (id, due)) = self.due.pop_first()?;
        Some((at, id, due))
    }
}

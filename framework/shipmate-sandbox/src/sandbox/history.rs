//! What crossed the border, for tests and for people.

use web1on1::ConversationId;

use super::Sandbox;
use crate::{ApiCall, Entry};

impl Sandbox {
    /// Everything that crossed the platform's border, oldest first, as far as it is kept: API
    /// calls, acts of consumers and people, and attempts to deliver webhooks.
    pub fn journal(&self) -> Vec<Entry> {
        self.look(|view| view.journal().cloned().collect())
    }

    /// The entries with a number above `number`, oldest first.
    pub fn journal_after(&self, number: u64) -> Vec<Entry> {
        self.look(|view| view.journal_after(number).cloned().collect())
    }

    /// What is about one conversation.
    pub fn journal_of(&self, conversation: &ConversationId) -> Vec<Entry> {
        self.look(|view| view.journal_of(conversation).cloned().collect())
    }

    /// The API calls alone.
    pub fn calls(&self) -> Vec<ApiCall> {
        self.look(|view| view.journal().filter_map(Entry::as_call).cloned().collect())
    }

    /// The API calls about one conversation.
    pub fn calls_of(&self, conversation: &ConversationId) -> Vec<ApiCall> {
        self.look(|view| {
            view.journal_of(conversation)
                .filter_map(Entry::as_call)
                .cloned()
                .collect()
        })
    }
}

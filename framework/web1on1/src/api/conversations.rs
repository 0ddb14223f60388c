//! Conversations.

use super::{Collection, Create, Resource};
use crate::{Client, Conversation, ConversationId, NewConversation};

/// Conversations: `/conversations`.
pub type Conversations<'a> = Collection<'a, Conversation>;

impl Client {
    /// Conversations: `/conversations`.
    pub fn conversations(&self) -> Conversations<'_> {
        self.resources()
    }
}

impl Resource for Conversation {
    const PATH: &'static str = "conversations";
    type Id = ConversationId;
}

impl Create for Conversation {
    type New = NewConversation;
}

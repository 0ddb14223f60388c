//! Conversations.

use super::{Collection, Create, Resource};
use crate::{Client, Conversation, ConversationId, NewConversation, RequiredFilter};

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
    const REQUIRED_FILTER: Option<RequiredFilter> = Some(
        RequiredFilter::one_of(&[
            "id",
            "type",
            "participants.user",
            "status",
            "createdAt",
            "categoryIndex",
            "category",
            "organization",
            "updatedAt",
        ])
        .when_filtered_by("meta."),
    );
    type Id = ConversationId;
}

impl Create for Conversation {
    type New = NewConversation;
}

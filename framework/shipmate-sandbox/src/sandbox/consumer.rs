//! What the consumer does.

use serde_json::Value;
use web1on1::{ConversationId, MessageId, MessageType, Meta, NewMessage, OrganizationId};

use super::Sandbox;
use crate::{Refusal, conversation::Author};

impl Sandbox {
    /// A consumer opens the chat of an organization; nothing is said yet. The profile may hold
    /// `name`, `email`, `telephone`, `locale` and so on.
    ///
    /// # Errors
    /// 422 for an unknown organization.
    pub fn open_conversation(
        &self,
        organization: &OrganizationId,
        profile: Meta,
    ) -> Result<ConversationId, Refusal> {
        self.platform.change(|state, now| {
            let id: ConversationId = state.ids.next(now);
            state.open_chat(id, organization, profile, now)
        })
    }

    /// A consumer named `name` opens the chat of an organization.
    ///
    /// # Errors
    /// 422 for an unknown organization.
    pub fn open_conversation_with(
        &self,
        organization: &OrganizationId,
        name: &str,
    ) -> Result<ConversationId, Refusal> {
        let profile = Meta::from_iter([("name".to_owned(), Value::from(name))]);
        self.open_conversation(organization, profile)
    }

    /// The consumer writes `text`, or taps a quick reply that shows it.
    ///
    /// # Errors
    /// 404 for an unknown conversation, 422 for an empty text.
    pub fn contact_says(
        &self,
        conversation: &ConversationId,
        text: &str,
    ) -> Result<MessageId, Refusal> {
        self.contact_sends(conversation, NewMessage::new(MessageType::Chat, text))
    }

    /// The consumer presses a button: a postback with the button's payload.
    ///
    /// # Errors
    /// 404 for an unknown conversation, 422 for an empty payload.
    pub fn contact_taps(
        &self,
        conversation: &ConversationId,
        payload: &str,
    ) -> Result<MessageId, Refusal> {
        self.contact_sends(
            conversation,
            NewMessage::new(MessageType::Postback, payload),
        )
    }

    /// The consumer sends any message, for example a picture (`contentType` `image/png`, with its
    /// address as the text).
    ///
    /// # Errors
    /// 404 for an unknown conversation, 422 for a message that cannot be.
    pub fn contact_sends(
        &self,
        conversation: &ConversationId,
        message: NewMessage,
    ) -> Result<MessageId, Refusal> {
        self.post(&Author::Contact, conversation, message)
    }

    pub(super) fn post(
        &self,
        author: &Author,
        conversation: &ConversationId,
        message: NewMessage,
    ) -> Result<MessageId, Refusal> {
        let created = self
            .platform
            .change(|state, now| state.post(author, conversation, vec![message], now))?;
        created
            .into_iter()
            .next()
            .map(|message| message.id)
            .ok_or_else(|| Refusal::not_found("conversation", conversation.as_str()))
    }
}

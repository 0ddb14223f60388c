//! What the people at the desk do.

use serde_json::json;
use web1on1::{BotId, ConversationId, MessageId, MessageType, NewMessage, Role, UserId};

use super::Sandbox;
use crate::Refusal;

impl Sandbox {
    /// A user, person or bot, sends any message, past the request limits.
    ///
    /// # Errors
    /// 404 for an unknown conversation, 422 for a message that cannot be, 429 if the user is a bot
    /// over one of its limits.
    pub fn post_as(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        message: NewMessage,
    ) -> Result<MessageId, Refusal> {
        let author = self.platform.look(|state, _| state.author(user));
        self.post(&author, conversation, message)
    }

    /// An agent writes to the consumer, which accepts the conversation if the agent was not in it.
    ///
    /// # Errors
    /// 404 for an unknown conversation, 422 for an empty text.
    pub fn agent_says(
        &self,
        conversation: &ConversationId,
        agent: &UserId,
        text: &str,
    ) -> Result<MessageId, Refusal> {
        self.post_as(agent, conversation, NewMessage::chat(text))
    }

    /// An agent writes a note that the consumer does not see.
    ///
    /// # Errors
    /// 404 for an unknown conversation, 422 for an empty text.
    pub fn agent_notes(
        &self,
        conversation: &ConversationId,
        agent: &UserId,
        text: &str,
    ) -> Result<MessageId, Refusal> {
        let note = NewMessage {
            role: Some(Role::Agent),
            is_backchannel: true,
            ..NewMessage::new(MessageType::Chat, text)
        };
        self.post_as(agent, conversation, note)
    }

    /// An agent sends a command, such as `>status` or several lines of `/set`.
    ///
    /// # Errors
    /// 404 for an unknown conversation, 422 for an unknown command.
    pub fn agent_commands(
        &self,
        conversation: &ConversationId,
        agent: &UserId,
        text: &str,
    ) -> Result<MessageId, Refusal> {
        self.post_as(agent, conversation, NewMessage::command(text))
    }

    /// An agent takes the conversation.
    ///
    /// # Errors
    /// 404 for an unknown conversation.
    pub fn agent_accepts(
        &self,
        conversation: &ConversationId,
        agent: &UserId,
    ) -> Result<MessageId, Refusal> {
        self.agent_commands(conversation, agent, "/accept")
    }

    /// An agent leaves; if nobody else has accepted the conversation, it is closed.
    ///
    /// # Errors
    /// 404 for an unknown conversation.
    pub fn agent_leaves(
        &self,
        conversation: &ConversationId,
        agent: &UserId,
    ) -> Result<MessageId, Refusal> {
        self.agent_commands(conversation, agent, "/leave")
    }

    /// An agent hands the conversation to a bot.
    ///
    /// # Errors
    /// 404 for an unknown conversation, 422 for an unknown bot.
    pub fn assign_bot(
        &self,
        conversation: &ConversationId,
        agent: &UserId,
        bot: &BotId,
    ) -> Result<MessageId, Refusal> {
        let mut command = NewMessage::command("/assign");
        command.meta.insert("users".into(), json!([bot]));
        self.post_as(agent, conversation, command)
    }
}

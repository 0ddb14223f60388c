use web1on1::{Message, MessageType, Role};

/// Whether a message is shown to the consumer: chat and cards of role `agent` outside the
/// backchannel. Role `bot` is automation to agents (chat bubbles and cards).
pub(crate) fn reaches_consumer(message: &Message) -> bool {
    message.role == Some(Role::Agent)
        && !message.is_backchannel
        && matches!(message.kind, MessageType::Chat | MessageType::Card)
}

use web1on1::{Message, MessageType, NewMessage, Role};

/// Whether a message is shown to the consumer: chat and cards of role `agent` outside the
/// backchannel. Role `bot` is automation to agents (chat bubbles and cards).
pub(crate) fn reaches_consumer(message: &Message) -> bool {
    is_shown(message.role.as_ref(), message.is_backchannel, &message.kind)
}

/// The same of a message to be.
pub(super) fn is_outgoing(message: &NewMessage) -> bool {
    is_shown(message.role.as_ref(), message.is_backchannel, &message.kind)
}

fn is_shown(role: Option<&Role>, is_backchannel: bool, kind: &MessageType) -> bool {
    role == Some(&Role::Agent)
        && !is_backchannel
        && matches!(kind, MessageType::Chat | MessageType::Card)
}

//! How a bot learns that a campaign has written to somebody: by an event in the conversation's
//! mailbox, which is handled as all others are.

use jiff::Timestamp;
use serde_json::json;
use web1on1::Conversation;

use super::Prepared;
use crate::store::{EventKey, NewEvent};

/// The event's name, which no webhook can bring.
pub(crate) const NAME: &str = "shipmate.campaign";

/// The event that tells of a message that is in `conversation` since `at`, on the platform's clock.
pub(super) fn event(
    campaign: &Prepared,
    conversation: &Conversation,
    key: EventKey,
    at: Timestamp,
    now: Timestamp,
) -> NewEvent {
    let body = json!({
        "event": NAME,
        "timestamp": at.to_string(),
        "organization": &*campaign.organization,
        "data": {"name": &*campaign.name, "conversation": conversation},
    });
    NewEvent {
        key,
        mailbox: campaign.key_of(conversation.id.as_str()),
        name: NAME.to_owned(),
        at,
        received_at: now,
        payload: body.to_string().into(),
        outcome: None,
    }
}

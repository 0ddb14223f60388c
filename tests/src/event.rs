//! Webhook deliveries as the platform sends them (webhooks, payload).

use jiff::Timestamp;
use serde_json::{Value, json};
use web1on1::{Clock, SystemClock};

/// The organization of every event.
pub const ORGANIZATION: &str = "64aa00000000000000000001";
/// The organization above it.
pub const PARENT: &str = "64aa00000000000000000000";
/// The bot's user, whose token the service has.
pub const BOT_USER: &str = "64ae00000000000000000001";

/// A chat message of the consumer of a conversation.
#[derive(Debug, Clone)]
pub struct ContactMessage {
    /// The conversation's id.
    pub conversation: String,
    /// The message's id.
    pub id: String,
    /// What the consumer wrote.
    pub text: String,
    /// When the platform created the message.
    pub created_at: Timestamp,
}

impl ContactMessage {
    /// Message number `number` of conversation number `conversation`, written just now. Its text is
    /// `n` and the number; later numbers have greater ids.
    pub fn new(conversation: u64, number: u64) -> Self {
        Self {
            conversation: conversation_id(conversation),
            id: format!("64ab{number:020x}"),
            text: format!("n{number}"),
            created_at: SystemClock.now(),
        }
    }

    /// The delivery's body, about 1.5 KB.
    pub fn body(&self) -> Vec<u8> {
        self.payload().to_string().into_bytes()
    }

    /// The delivery as a value, for tests that bend it.
    pub fn payload(&self) -> Value {
        let api = "https://api.web1on1.chat/v2";
        let Self {
            conversation,
            id,
            text,
            ..
        } = self;
        let created_at = format!("{:.3}", self.created_at);
        let org_path = format!("{PARENT}#{ORGANIZATION}");
        let contact = "64af00000000000000000001";
        json!({
            "id": format!("0d1f9c52-7a3e-4f60-8b1d-{}", id.get(12..).unwrap_or(id)),
            "event": "message.create.contact.chat",
            "timestamp": created_at,
            "organization": ORGANIZATION,
            "activity": {
                "@context": "https://www.w3.org/ns/activitystreams",
                "type": "Create",
                "actor": {"id": format!("{api}/contacts/{contact}"), "type": "Person"},
                "object": {"id": format!("{api}/messages/{id}"), "type": "Note"},
                "summary": "A contact wrote a message"
            },
            "data": {
                "message": {
                    "id": id,
                    "organization": ORGANIZATION,
                    "orgPath": org_path,
                    "conversation": conversation,
                    "type": "chat",
                    "role": "contact",
                    "contentType": "text/plain",
                    "text": text,
                    "isBackchannel": false,
                    "meta": {},
                    "touchpoint": "web",
                    "createdAt": created_at,
                    "updatedAt": created_at
                },
                "conversation": {
                    "id": conversation,
                    "organization": ORGANIZATION,
                    "orgPath": org_path,
                    "type": "contact",
                    "status": "active",
                    "name": "Website visitor",
                    "contact": contact,
                    "participants": [{
                        "user": BOT_USER, "name": "Echo", "role": "bot",
                        "organization": ORGANIZATION, "active": true, "accepted": true,
                        "inbox": false, "follow": false, "unreadCount": 0
                    }],
                    "channels": [],
                    "touchpoints": {"web": {"services": ["64a000000000000000000001"], "selected": true}},
                    "forms": [],
                    "meta": {}
                },
                "links": {
                    "organization": format!("{api}/organizations/{ORGANIZATION}"),
                    "conversation": format!("{api}/conversations/{conversation}"),
                    "message": format!("{api}/messages/{id}"),
                    "contact": format!("{api}/contacts/{contact}")
                }
            }
        })
    }
}

/// The id of conversation number `number`.
pub fn conversation_id(number: u64) -> String {
    format!("64ac{number:020x}")
}

/// The number of the message that `reply` answers: the digits after its last `n`.
pub fn answered_number(reply: &str) -> Option<u64> {
    reply.rsplit_once('n')?.1.parse().ok()
}

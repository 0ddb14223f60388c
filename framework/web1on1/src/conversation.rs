//! Conversations and who takes part in them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    ChannelId, ContactId, ConversationId, Meta, NewMessage, OrganizationId, Touchpoint, UserId,
    wire::{null_as_default, time, words},
};

words! {
    /// What kind of conversation it is (webhook events).
    ConversationType {
        /// With a consumer; exactly one per contact.
        Contact = "contact",
        /// A team conversation started by an agent.
        Agent = "agent",
        /// A team conversation started by a bot.
        Bot = "bot",
        /// The default conversation of an agent.
        System = "system",
    }
}

words! {
    /// Where a conversation stands.
    ConversationStatus {
        /// Waiting for somebody to accept.
        Queued = "queued",
        /// Accepted by somebody.
        Active = "active",
        /// Nobody has it accepted.
        Closed = "closed",
    }
}

/// A user in a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the platform's flags, which are set independently of each other"
)]
pub struct Participant {
    /// The user.
    pub user: UserId,
    /// The shown name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The user's role, for example `agent` or `bot`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The user's organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// Is in the conversation now.
    #[serde(default, deserialize_with = "null_as_default")]
    pub active: bool,
    /// Has taken responsibility toward the consumer.
    #[serde(default, deserialize_with = "null_as_default")]
    pub accepted: bool,
    /// Assigned and waiting in the personal inbox; cleared on accept.
    #[serde(default, deserialize_with = "null_as_default")]
    pub inbox: bool,
    /// Follows without being active.
    #[serde(default, deserialize_with = "null_as_default")]
    pub follow: bool,
    /// Messages not yet read.
    #[serde(default, deserialize_with = "null_as_default")]
    pub unread_count: u64,
    /// Fields this version does not know, `avatar` and times among them.
    #[serde(flatten)]
    pub extra: Meta,
}

/// A conversation as the platform sends it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    /// The conversation.
    pub id: ConversationId,
    /// The organization that owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// Organization ids from the root down, joined by `#`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org_path: Option<String>,
    /// The shown name, usually the contact's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What kind of conversation it is.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ConversationType>,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ConversationStatus>,
    /// The consumer; a plain id or a populated contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Value>,
    /// Who takes part.
    #[serde(default, deserialize_with = "null_as_default")]
    pub participants: Vec<Participant>,
    /// Channels that were notified.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub channels: Vec<ChannelId>,
    /// The outgoing channels by name.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub touchpoints: BTreeMap<String, Value>,
    /// The preset outgoing channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touchpoint: Option<Touchpoint>,
    /// Active forms, as the platform sends them.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub forms: Vec<Value>,
    /// Processed results, as the platform sends them.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub results: Vec<Value>,
    /// Variables of bots and automations; strings when set by `/set`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub meta: Meta,
    /// The current category slot, 0 to 9.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category_index: Option<u64>,
    /// Who created it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<UserId>,
    /// When the platform created it.
    #[serde(
        default,
        deserialize_with = "time::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<Timestamp>,
    /// When the platform last changed it.
    #[serde(
        default,
        deserialize_with = "time::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub updated_at: Option<Timestamp>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

impl Conversation {
    /// The contact's id, whether or not the contact is populated.
    pub fn contact_id(&self) -> Option<ContactId> {
        let contact = self.contact.as_ref()?;
        let id = contact.as_str().or_else(|| contact.get("id")?.as_str())?;
        Some(id.into())
    }

    /// The participant entry of `user`.
    pub fn participant(&self, user: &UserId) -> Option<&Participant> {
        self.participants
            .iter()
            .find(|participant| participant.user == *user)
    }
}

/// A conversation to be created, or messages for one that exists: the platform appends the messages
/// if `id`, or an identifier in the contact's profile, matches (business initiated conversations).
///
/// ```
/// use web1on1::{NewConversation, NewMessage, Touchpoint};
///
/// let mut profile = web1on1::Meta::new();
/// profile.insert("telephone".into(), "+31600000000".into());
/// let conversation = NewConversation::with_contact(
///     profile,
///     [NewMessage::chat("Your car is ready").on(Touchpoint::Sms)],
/// );
/// assert_eq!(serde_json::to_value(conversation).unwrap(), serde_json::json!({
///     "type": "contact",
///     "contact": {"profile": {"telephone": "+31600000000"}},
///     "messages": [{"type": "chat", "text": "Your car is ready", "role": "agent", "touchpoint": "sms"}]
/// }));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewConversation {
    /// The conversation to append to, if it exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ConversationId>,
    /// The owner; the token's organization if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// The shown name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What kind of conversation it is.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ConversationType>,
    /// The consumer, for conversations of type `contact`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<NewContact>,
    /// The first messages; at least one for a conversation of type `contact`.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub messages: Vec<NewMessage>,
    /// The outgoing channel of messages that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touchpoint: Option<Touchpoint>,
    /// Variables of bots and automations.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Meta::is_empty"
    )]
    pub meta: Meta,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

impl NewConversation {
    /// A conversation with the consumer of `profile`, who is created with it unless known. The
    /// profile needs `email` or `telephone`, better both.
    pub fn with_contact(profile: Meta, messages: impl IntoIterator<Item = NewMessage>) -> Self {
        Self {
            kind: Some(ConversationType::Contact),
            contact: Some(NewContact {
                profile,
                extra: Meta::new(),
            }),
            messages: messages.into_iter().collect(),
            ..Self::default()
        }
    }
}

/// The consumer of a conversation to be created.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NewContact {
    /// Profile fields such as `name`, `email` and `telephone`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub profile: Meta,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

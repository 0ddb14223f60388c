//! Conversations and who takes part in them.

mod business;
pub use business::{BusinessConversation, Misuse};

mod new;
pub use new::NewConversation;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    ChannelId, Contact, ContactId, ConversationId, Message, MessageId, Meta, OrganizationId,
    Touchpoint, UserId,
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
    /// The address of the user's picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// When the user joined.
    #[serde(
        default,
        deserialize_with = "time::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<Timestamp>,
    /// When the participation last changed.
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
    /// The short name in its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// The address of its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What kind of conversation it is.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ConversationType>,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ConversationStatus>,
    /// The consumer, a plain id or a populated contact; see [`contact_id`](Self::contact_id) and
    /// [`populated_contact`](Self::populated_contact).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Value>,
    /// Who takes part.
    #[serde(default, deserialize_with = "null_as_default")]
    pub participants: Vec<Participant>,
    /// The messages, plain ids or populated messages; see [`message_ids`](Self::message_ids) and
    /// [`populated_messages`](Self::populated_messages).
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub messages: Vec<Value>,
    /// Channels that were notified.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub channels: Vec<ChannelId>,
    /// Channels that could not be notified.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub channels_offline: Vec<ChannelId>,
    /// The outgoing channels by name, each with its `services` and whether it is `selected`.
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
    /// The current category: its name, as far as the documents tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Value>,
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

    /// The contact itself, if it was asked for with `populate=contact` and can be read.
    pub fn populated_contact(&self) -> Option<Contact> {
        let contact = self
            .contact
            .as_ref()
            .filter(|contact| contact.is_object())?;
        Contact::deserialize(contact).ok()
    }

    /// The ids of the messages, whether or not they are populated.
    pub fn message_ids(&self) -> impl Iterator<Item = MessageId> {
        self.messages
            .iter()
            .filter_map(|message| MessageId::deserialize(message).ok())
    }

    /// The messages themselves, as far as they were asked for with `populate=messages` and can be
    /// read.
    pub fn populated_messages(&self) -> impl Iterator<Item = Message> {
        self.messages
            .iter()
            .filter(|message| message.is_object())
            .filter_map(|message| Message::deserialize(message).ok())
    }

    /// The participant entry of `user`.
    pub fn participant(&self, user: &UserId) -> Option<&Participant> {
        self.participants
            .iter()
            .find(|participant| participant.user == *user)
    }
}

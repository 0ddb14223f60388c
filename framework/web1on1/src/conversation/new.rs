//! A conversation to be created.

use serde::{Deserialize, Serialize};

use super::{BusinessConversation, ConversationType};
use crate::{
    ContactProfile, ConversationId, Meta, NewContact, NewMessage, OrganizationId, Touchpoint,
    wire::null_as_default,
};

/// A conversation to be created, or messages for one that exists: the platform appends the messages
/// if `id`, or an identifier in the contact's profile, matches (business initiated conversations).
///
/// ```
/// use web1on1::{ContactProfile, NewConversation, NewMessage, Touchpoint};
///
/// let conversation = NewConversation::with_contact(
///     ContactProfile::default().with_telephone("+31600000000"),
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
    /// A conversation that the business begins: with `contact`, on behalf of `organization`. The
    /// result is for [`start`](crate::Collection::start), which looks for what is missing.
    pub fn business(
        organization: OrganizationId,
        contact: impl Into<NewContact>,
    ) -> BusinessConversation {
        BusinessConversation::new(organization, contact.into())
    }

    /// A conversation with the consumer of `profile`, who is created with it unless known. The
    /// profile needs `email` or `telephone`, better both.
    pub fn with_contact(
        profile: impl Into<ContactProfile>,
        messages: impl IntoIterator<Item = NewMessage>,
    ) -> Self {
        Self {
            kind: Some(ConversationType::Contact),
            contact: Some(NewContact::new(profile)),
            messages: messages.into_iter().collect(),
            ..Self::default()
        }
    }
}

//! Contacts: the consumers.

mod profile;
pub use profile::{ContactAddress, ContactProfile};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ContactId, ConversationId, Meta, OrganizationId,
    wire::{nested, null_as_default, time},
};

/// A consumer. Each contact has exactly one conversation (business initiated conversations).
///
/// The readable part of the reference ends before contacts; the fields are those of the profile
/// labels in the reference and of the official SDK.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// The contact.
    pub id: ContactId,
    /// The organization that owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// Organization ids from the root down, joined by `#`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org_path: Option<String>,
    /// The contact's conversation (SDK).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// Who it is. Values of an odd shape are in `extra`.
    #[serde(default, with = "nested")]
    pub profile: ContactProfile,
    /// Free data of the contact.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Meta::is_empty"
    )]
    pub meta: Meta,
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

/// A contact to be created, alone or with its conversation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewContact {
    /// The owner; the token's organization if absent. Within a conversation, the conversation's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// Who it is; needs an e-mail address or a telephone number, better both (business initiated
    /// conversations).
    #[serde(deserialize_with = "null_as_default")]
    pub profile: ContactProfile,
    /// Free data of the contact.
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "Meta::is_empty"
    )]
    pub meta: Meta,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

impl NewContact {
    /// A contact of whom `profile` is known.
    pub fn new(profile: impl Into<ContactProfile>) -> Self {
        Self {
            profile: profile.into(),
            ..Self::default()
        }
    }
}

impl From<ContactProfile> for NewContact {
    fn from(profile: ContactProfile) -> Self {
        Self::new(profile)
    }
}

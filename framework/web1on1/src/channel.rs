//! Channels: where waiting conversations are announced.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ChannelId, Meta, OrganizationId,
    wire::{null_as_default, time},
};

/// A channel: agents who subscribe to it hear of the conversations that workflows send there.
///
/// The readable part of the reference ends before channels, so this type holds what all resources
/// have in common; the rest is in `extra`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Channel {
    /// The channel.
    pub id: ChannelId,
    /// The organization that owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// The shown name.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "String::is_empty"
    )]
    pub name: String,
    /// Free data of the channel.
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

/// A channel to be created.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NewChannel {
    /// The shown name.
    #[serde(deserialize_with = "null_as_default")]
    pub name: String,
    /// The owner; the token's organization if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// Free data of the channel.
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "Meta::is_empty"
    )]
    pub meta: Meta,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

impl NewChannel {
    /// A channel with a name and nothing else.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }
}

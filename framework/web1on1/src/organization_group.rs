//! Groups of organizations.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Meta, OrganizationGroupId, OrganizationId,
    wire::{null_as_default, time},
};

/// A group of organizations. Groups work like tags: an organization can be in several (API
/// Reference, organization groups).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrganizationGroup {
    /// The group.
    pub id: OrganizationGroupId,
    /// The name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
    /// The organization that owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// The organizations in it.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub members: Vec<OrganizationId>,
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

/// A group of organizations to be created.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NewOrganizationGroup {
    /// The name; required.
    #[serde(deserialize_with = "null_as_default")]
    pub name: String,
    /// The owner: the token's organization, which is the default, or one below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// The organizations in it.
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub members: Vec<OrganizationId>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

impl NewOrganizationGroup {
    /// A group with a name and no members.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }
}

//! How an organization works.

use serde::{Deserialize, Serialize};
use serde_json::Number;

use crate::{
    Meta, OrganizationId, UserRole,
    wire::{nested::KeepsUnknown, null_as_default, null_as_true, words},
};

words! {
    /// What happens when a known visitor comes back to the same agent (API Reference,
    /// organizations, settings).
    #[derive(Default)]
    RouteOnReply {
        /// The agent has the conversation accepted. The platform's default.
        #[default]
        Accept = "accept",
        /// The conversation waits in the agent's inbox.
        Assign = "assign",
        /// The workflows run.
        Route = "route",
    }
}

words! {
    /// What agents become who register by themselves (API Reference, organizations).
    #[derive(Default)]
    SelfRegistrationRole {
        /// May look and write a little. The platform's default.
        #[default]
        Guest = "guest",
        /// Works with conversations.
        Agent = "agent",
    }
}

words! {
    /// The unit of a time of retention (API Reference, organizations).
    #[derive(Default)]
    RetentionUnit {
        /// Months. The platform's default.
        #[default]
        Month = "month",
        /// Years.
        Year = "year",
    }
}

/// How an organization works (API Reference, organizations, settings).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OrganizationSettings {
    /// What happens when a known visitor comes back to the same agent. Default `accept`.
    #[serde(deserialize_with = "null_as_default")]
    pub route_on_reply: RouteOnReply,
    /// Whether administrators get e-mail notifications. Default `true`.
    #[serde(deserialize_with = "null_as_true")]
    pub enable_mail: bool,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

impl Default for OrganizationSettings {
    /// The documented defaults.
    fn default() -> Self {
        Self {
            route_on_reply: RouteOnReply::Accept,
            enable_mail: true,
            extra: Meta::new(),
        }
    }
}

impl KeepsUnknown for OrganizationSettings {
    fn extra_mut(&mut self) -> &mut Meta {
        &mut self.extra
    }
}

/// A name and picture that stand in for an agent's own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Alias {
    /// The shown name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address of the shown picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

/// An organization that may see the conversations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Partner {
    /// The organization.
    pub organization: OrganizationId,
    /// What its users may do. The reference lists no words and shows `guest`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<UserRole>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

/// After what time records expire and are purged.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DataRetention {
    /// How many units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<Number>,
    /// The unit. Default `month`.
    #[serde(deserialize_with = "null_as_default")]
    pub unit: RetentionUnit,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

impl DataRetention {
    /// So many months.
    pub fn months(length: u32) -> Self {
        Self {
            length: Some(length.into()),
            ..Self::default()
        }
    }

    /// So many years.
    pub fn years(length: u32) -> Self {
        Self {
            unit: RetentionUnit::Year,
            ..Self::months(length)
        }
    }
}

//! A user to be created.

use serde::{Deserialize, Serialize};

use super::{UserRole, UserSettings, UserStatus};
use crate::{Meta, OrganizationId, Redacted, wire::null_as_default};

/// A user to be created (API Reference, create a new user).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NewUser {
    /// The address to log in with; required.
    #[serde(deserialize_with = "null_as_default")]
    pub email: String,
    /// Family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// Given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// What stands between the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_name: Option<String>,
    /// The shown name; the platform joins the others if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The password to log in with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<Redacted<String>>,
    /// The address of the user's picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
    /// The user's organization: the token's, which is the default, or one below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// What the user may do; `agent` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<UserRole>,
    /// Preferences; the documented defaults if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<UserSettings>,
    /// Where the account stands; `queued` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<UserStatus>,
    /// Free data of the user.
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "Meta::is_empty"
    )]
    pub meta: Meta,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

impl NewUser {
    /// A user who logs in with `email`.
    pub fn new(email: impl Into<String>) -> Self {
        Self {
            email: email.into(),
            ..Self::default()
        }
    }
}

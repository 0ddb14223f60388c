//! Where a user belongs.

use serde::{Deserialize, Serialize};

use crate::{Meta, OrganizationId, UserId, UserRole, wire::null_as_default};

/// The organizations of the user on whose behalf a token acts (`GET /users/me/organizations`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserOrganizations {
    /// The user.
    pub id: UserId,
    /// The organizations, with what the user may do there.
    #[serde(default, deserialize_with = "null_as_default")]
    pub organizations: Vec<Membership>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

impl UserOrganizations {
    /// The organization that is active now.
    pub fn selected(&self) -> Option<&Membership> {
        self.organizations
            .iter()
            .find(|membership| membership.selected)
    }
}

/// What a user is in one organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Membership {
    /// The organization.
    pub organization: OrganizationId,
    /// What the user may do there.
    #[serde(default, deserialize_with = "null_as_default")]
    pub role: UserRole,
    /// Whether it is the active one.
    #[serde(default, deserialize_with = "null_as_default")]
    pub selected: bool,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

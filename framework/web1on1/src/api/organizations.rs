//! Organizations.

use super::{Collection, Resource};
use crate::{Client, Organization, OrganizationId};

/// Organizations: `/organizations`.
pub type Organizations<'a> = Collection<'a, Organization>;

impl Client {
    /// Organizations: `/organizations`.
    pub fn organizations(&self) -> Organizations<'_> {
        self.resources()
    }
}

impl Resource for Organization {
    const PATH: &'static str = "organizations";
    type Id = OrganizationId;
}

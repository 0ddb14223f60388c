//! Groups of organizations.

use super::{Collection, Create, Resource};
use crate::{
    Client, Error, OrganizationGroupId, OrganizationId, Request,
    organization_group::{NewOrganizationGroup, OrganizationGroup},
};

/// Groups of organizations: `/orggroups`.
pub type OrganizationGroups<'a> = Collection<'a, OrganizationGroup>;

impl Client {
    /// Groups of organizations: `/orggroups`.
    pub fn organization_groups(&self) -> OrganizationGroups<'_> {
        self.resources()
    }
}

impl Resource for OrganizationGroup {
    const PATH: &'static str = "orggroups";
    type Id = OrganizationGroupId;
}

impl Create for OrganizationGroup {
    type New = NewOrganizationGroup;
}

impl OrganizationGroups<'_> {
    /// The organizations in a group.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`].
    pub async fn members(&self, group: &OrganizationGroupId) -> Result<Vec<OrganizationId>, Error> {
        self.client.fetch(Request::get(members(group))).await
    }

    /// Adds organizations to a group and returns what the platform answers: in the reference's
    /// example, the added ones.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`].
    pub async fn add_members(
        &self,
        group: &OrganizationGroupId,
        organizations: &[OrganizationId],
    ) -> Result<Vec<OrganizationId>, Error> {
        let request = Request::post(members(group)).json(organizations)?;
        self.client.fetch(request).await
    }

    /// Takes an organization out of a group.
    ///
    /// # Errors
    ///
    /// As for [`Client::send`].
    pub async fn remove_member(
        &self,
        group: &OrganizationGroupId,
        organization: &OrganizationId,
    ) -> Result<(), Error> {
        let [groups, group, members] = members(group);
        let request = Request::delete([groups, group, members, organization.as_str()]);
        self.client.send(request).await?.accept()
    }
}

fn members(group: &OrganizationGroupId) -> [&str; 3] {
    [OrganizationGroup::PATH, group.as_str(), "members"]
}

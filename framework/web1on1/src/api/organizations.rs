//! Organizations, and what belongs to them.

use super::{Collection, Create, Resource};
use crate::{
    CategoryId, Client, Error, Organization, OrganizationId, Request,
    organization::{Category, NewCategory, NewOrganization},
    patch::CategoryPatch,
    workflow::Workflow,
};

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

impl Create for Organization {
    type New = NewOrganization;
}

impl Organizations<'_> {
    /// The category slots of an organization; an empty slot is `None`.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`].
    pub async fn categories(
        &self,
        organization: &OrganizationId,
    ) -> Result<Vec<Option<Category>>, Error> {
        self.client
            .fetch(Request::get(categories(organization)))
            .await
    }

    /// One category of an organization.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`].
    pub async fn category(
        &self,
        organization: &OrganizationId,
        category: &CategoryId,
    ) -> Result<Category, Error> {
        let request = Request::get(category_path(organization, category));
        self.client.fetch(request).await
    }

    /// Adds a category to an organization, which has room for ten.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`]; the platform refuses an eleventh category.
    pub async fn add_category(
        &self,
        organization: &OrganizationId,
        new: &NewCategory,
    ) -> Result<Category, Error> {
        let request = Request::post(categories(organization)).json(new)?;
        self.client.fetch(request).await
    }

    /// Changes a category of an organization. To change the order of categories, or to fill an
    /// empty slot, update the organization (API Reference, categories).
    ///
    /// # Errors
    ///
    /// As for [`update`](Collection::update).
    pub async fn update_category(
        &self,
        organization: &OrganizationId,
        category: &CategoryId,
        patch: &CategoryPatch,
    ) -> Result<Category, Error> {
        let request = patch.request(&category_path(organization, category))?;
        self.client.fetch(request).await
    }

    /// Deletes a category of an organization and leaves its slot empty.
    ///
    /// # Errors
    ///
    /// As for [`Client::send`].
    pub async fn delete_category(
        &self,
        organization: &OrganizationId,
        category: &CategoryId,
    ) -> Result<(), Error> {
        let request = Request::delete(category_path(organization, category));
        self.client.send(request).await?.accept()
    }

    /// The workflows that run for an organization: its own and those of the organizations above
    /// it.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`].
    pub async fn workflows(&self, organization: &OrganizationId) -> Result<Vec<Workflow>, Error> {
        let path = [Organization::PATH, organization.as_str(), Workflow::PATH];
        self.client.fetch(Request::get(path)).await
    }
}

fn categories(organization: &OrganizationId) -> [&str; 3] {
    [Organization::PATH, organization.as_str(), "categories"]
}

fn category_path<'a>(organization: &'a OrganizationId, category: &'a CategoryId) -> [&'a str; 4] {
    let [organizations, organization, categories] = categories(organization);
    [organizations, organization, categories, category.as_str()]
}

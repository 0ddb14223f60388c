//! People and bots.

use super::{Collection, Create, Resource};
use crate::{
    Client, Error, OrganizationId, Request, User, UserId,
    user::{NewUser, UserOrganizations},
};

/// Users: `/users`.
pub type Users<'a> = Collection<'a, User>;

impl Client {
    /// Users: `/users`.
    pub fn users(&self) -> Users<'_> {
        self.resources()
    }
}

impl Resource for User {
    const PATH: &'static str = "users";
    type Id = UserId;
}

impl Create for User {
    type New = NewUser;
}

impl Users<'_> {
    /// The user on whose behalf the client's token acts.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`].
    pub async fn me(&self) -> Result<User, Error> {
        self.client.fetch(Request::get([User::PATH, "me"])).await
    }

    /// The organizations of the user on whose behalf the client's token acts.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`].
    pub async fn my_organizations(&self) -> Result<UserOrganizations, Error> {
        let request = Request::get([User::PATH, "me", "organizations"]);
        self.client.fetch(request).await
    }

    /// Takes a user out of an organization.
    ///
    /// # Errors
    ///
    /// As for [`Client::send`].
    pub async fn remove_from_organization(
        &self,
        user: &UserId,
        organization: &OrganizationId,
    ) -> Result<(), Error> {
        let path = [
            User::PATH,
            user.as_str(),
            "organizations",
            organization.as_str(),
        ];
        self.client.send(Request::delete(path)).await?.accept()
    }

    /// Gives a user a picture: `content` of the media type `content_type`, such as `image/jpeg`.
    /// The file's bytes are sent as they are; the base64 of the reference's example is the one of
    /// its printing.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`], and [`Error::Unsendable`] if `content_type` is not a media type.
    pub async fn upload_avatar(
        &self,
        user: &UserId,
        file_name: &str,
        content_type: &str,
        content: &[u8],
    ) -> Result<User, Error> {
        let request = Request::post(avatar(user)).multipart(file_name, content_type, content)?;
        self.client.fetch(request).await
    }

    /// Takes a user's picture away.
    ///
    /// # Errors
    ///
    /// As for [`Client::send`].
    pub async fn delete_avatar(&self, user: &UserId) -> Result<(), Error> {
        self.client
            .send(Request::delete(avatar(user)))
            .await?
            .accept()
    }
}

fn avatar(user: &UserId) -> [&str; 3] {
    [User::PATH, user.as_str(), "avatar"]
}

//! People and bots.

use super::{Collection, Resource};
use crate::{Client, Error, Request, User, UserId};

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

impl Users<'_> {
    /// The user on whose behalf the client's token acts.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`].
    pub async fn me(&self) -> Result<User, Error> {
        self.client.fetch(Request::get([User::PATH, "me"])).await
    }
}

//! Consumers.

use super::{Collection, Create, Resource};
use crate::{Client, Contact, ContactId, NewContact};

/// Contacts: `/contacts`.
pub type Contacts<'a> = Collection<'a, Contact>;

impl Client {
    /// Contacts: `/contacts`.
    pub fn contacts(&self) -> Contacts<'_> {
        self.resources()
    }
}

impl Resource for Contact {
    const PATH: &'static str = "contacts";
    type Id = ContactId;
}

impl Create for Contact {
    type New = NewContact;
}

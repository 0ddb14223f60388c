//! Everything that is not a conversation: organizations, users, bots, forms and the like, as JSON
//! objects in tables.

mod kind;
pub(crate) use kind::Kind;

mod resource;

mod table;
use table::Table;

use std::collections::HashMap;

use serde_json::Value;
use web1on1::{ContactId, UserId};

/// A resource as the API shows it.
pub(crate) type Object = serde_json::Map<String, Value>;

/// All tables, and the indexes over them.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    bots: Table,
    channels: Table,
    contacts: Table,
    forms: Table,
    instances: Table,
    organizations: Table,
    organization_groups: Table,
    services: Table,
    users: Table,
    workflows: Table,
    contact_by_identifier: HashMap<(String, String), ContactId>,
}

impl Directory {
    pub(crate) fn get(&self, kind: Kind, id: &str) -> Option<&Object> {
        self.table(kind).get(id)
    }

    pub(crate) fn has(&self, kind: Kind, id: &str) -> bool {
        self.get(kind, id).is_some()
    }

    /// The resources of a kind, oldest first.
    pub(crate) fn all(&self, kind: Kind) -> impl Iterator<Item = &Object> {
        self.table(kind).iter()
    }

    /// Adds a resource or puts it in the place of the one with its id.
    pub(crate) fn put(&mut self, kind: Kind, object: Object) {
        if kind == Kind::Contact {
            self.index_contact(&object);
        }
        self.table_mut(kind).put(object);
    }

    pub(crate) fn remove(&mut self, kind: Kind, id: &str) -> Option<Object> {
        self.table_mut(kind).remove(id)
    }

    /// Organization ids from the root down, joined by `#`.
    pub(crate) fn org_path(&self, organization: &str) -> Option<&str> {
        text(self.get(Kind::Organization, organization)?, "orgPath")
    }

    /// Whether `organization` is `ancestor` or lies below it.
    pub(crate) fn is_within(&self, organization: &str, ancestor: &str) -> bool {
        self.org_path(organization)
            .is_some_and(|path| path.split('#').any(|id| id == ancestor))
    }

    pub(crate) fn is_bot(&self, user: &UserId) -> bool {
        self.get(Kind::User, user.as_str())
            .is_some_and(|user| text(user, "role") == Some("bot"))
    }

    /// The name to show for a user.
    pub(crate) fn user_name<'a>(&'a self, user: &'a UserId) -> &'a str {
        self.get(Kind::User, user.as_str())
            .and_then(|user| text(user, "displayName"))
            .unwrap_or(user.as_str())
    }

    /// The contact of `organization` that has one of the identifiers of `profile`.
    pub(crate) fn contact_with(&self, organization: &str, profile: &Object) -> Option<ContactId> {
        identifiers(profile).find_map(|identifier| {
            let key = (organization.to_owned(), identifier);
            self.contact_by_identifier.get(&key).cloned()
        })
    }

    fn index_contact(&mut self, contact: &Object) {
        let (Some(id), Some(organization)) = (text(contact, "id"), text(contact, "organization"))
        else {
            return;
        };
        let Some(profile) = contact.get("profile").and_then(Value::as_object) else {
            return;
        };
        for identifier in identifiers(profile) {
            self.contact_by_identifier
                .insert((organization.to_owned(), identifier), id.into());
        }
    }

    fn table(&self, kind: Kind) -> &Table {
        match kind {
            Kind::Bot => &self.bots,
            Kind::Channel => &self.channels,
            Kind::Contact => &self.contacts,
            Kind::Form => &self.forms,
            Kind::Instance => &self.instances,
            Kind::Organization => &self.organizations,
            Kind::OrganizationGroup => &self.organization_groups,
            Kind::Service => &self.services,
            Kind::User => &self.users,
            Kind::Workflow => &self.workflows,
        }
    }

    fn table_mut(&mut self, kind: Kind) -> &mut Table {
        match kind {
            Kind::Bot => &mut self.bots,
            Kind::Channel => &mut self.channels,
            Kind::Contact => &mut self.contacts,
            Kind::Form => &mut self.forms,
            Kind::Instance => &mut self.instances,
            Kind::Organization => &mut self.organizations,
            Kind::OrganizationGroup => &mut self.organization_groups,
            Kind::Service => &mut self.services,
            Kind::User => &mut self.users,
            Kind::Workflow => &mut self.workflows,
        }
    }
}

/// The string at `field`, if it is one.
pub(crate) fn text<'a>(object: &'a Object, field: &str) -> Option<&'a str> {
    object.get(field)?.as_str()
}

/// What identifies a contact: `email` and `telephone` (business initiated conversations), written
/// so that blanks and letter case make no difference.
fn identifiers(profile: &Object) -> impl Iterator<Item = String> {
    ["email", "telephone"].into_iter().filter_map(|field| {
        let value: String = text(profile, field)?
            .chars()
            .filter(|letter| !letter.is_whitespace())
            .flat_map(char::to_lowercase)
            .collect();
        (!value.is_empty()).then(|| format!("{field}:{value}"))
    })
}

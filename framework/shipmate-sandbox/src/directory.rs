//! Everything that is not a conversation: organizations, users, bots, forms and the like, as JSON
//! objects in tables.

mod kind;
pub(crate) use kind::Kind;

mod resource;

pub(crate) mod schema;

mod table;
use table::Table;

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use web1on1::{ContactId, UserId};

/// A resource as the API shows it.
pub(crate) type Object = serde_json::Map<String, Value>;

/// All tables, and the indexes over them.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    tables: BTreeMap<Kind, Table>,
    contact_by_identifier: HashMap<(String, String), ContactId>,
}

impl Directory {
    pub(crate) fn get(&self, kind: Kind, id: &str) -> Option<&Object> {
        self.tables.get(&kind)?.get(id)
    }

    pub(crate) fn has(&self, kind: Kind, id: &str) -> bool {
        self.get(kind, id).is_some()
    }

    /// The resources of a kind, oldest first.
    pub(crate) fn all(&self, kind: Kind) -> impl Iterator<Item = &Object> {
        self.tables.get(&kind).into_iter().flat_map(Table::iter)
    }

    /// Adds a resource or puts it in the place of the one with its id.
    pub(crate) fn put(&mut self, kind: Kind, object: Object) {
        if kind == Kind::Contact {
            self.forget_contact(text(&object, "id").unwrap_or_default());
            self.index_contact(&object);
        }
        self.tables.entry(kind).or_default().put(object);
    }

    pub(crate) fn remove(&mut self, kind: Kind, id: &str) -> Option<Object> {
        if kind == Kind::Contact {
            self.forget_contact(id);
        }
        self.tables.get_mut(&kind)?.remove(id)
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

    fn forget_contact(&mut self, id: &str) {
        let Some(contact) = self.get(Kind::Contact, id) else {
            return;
        };
        for key in contact_keys(contact) {
            self.contact_by_identifier.remove(&key);
        }
    }

    fn index_contact(&mut self, contact: &Object) {
        if let Some(id) = text(contact, "id") {
            for key in contact_keys(contact) {
                self.contact_by_identifier.insert(key, id.into());
            }
        }
    }
}

/// The string at `field`, if it is one.
pub(crate) fn text<'a>(object: &'a Object, field: &str) -> Option<&'a str> {
    object.get(field)?.as_str()
}

/// What a contact is found by: each identifier, within its organization.
fn contact_keys(contact: &Object) -> Vec<(String, String)> {
    let organization = text(contact, "organization").unwrap_or_default();
    let profile = contact.get("profile").and_then(Value::as_object);
    profile
        .into_iter()
        .flat_map(identifiers)
        .map(|identifier| (organization.to_owned(), identifier))
        .collect()
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

//! Who there is: for tests that name people and organizations instead of knowing their ids.

use serde_json::Value;
use web1on1::{BotId, InstanceId, Meta, OrganizationId, UserId};

use super::Sandbox;
use crate::directory::{Kind, Object, text};

/// A user who is no bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The user.
    pub id: UserId,
    /// The name that is shown.
    pub name: String,
    /// The organization that the user is of.
    pub organization: OrganizationId,
    /// `agent`, `admin` and so on.
    pub role: String,
}

/// A bot in an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installation {
    /// The bot instance.
    pub instance: InstanceId,
    /// The organization.
    pub organization: OrganizationId,
    /// How many organizations are above it.
    pub depth: usize,
    /// The settings of the bot there, without those from above.
    pub meta: Meta,
}

impl Sandbox {
    /// The people, oldest first.
    pub fn people(&self) -> Vec<Person> {
        self.platform.look(|state, _| {
            let users = state.directory.all(Kind::User);
            users.filter_map(person).collect()
        })
    }

    /// Where a bot is installed, oldest first.
    pub fn installations(&self, bot: &BotId) -> Vec<Installation> {
        self.platform.look(|state, _| {
            let installed = |instance: &Object| {
                let organization = text(instance, "organization")?;
                let path = state.directory.org_path(organization).unwrap_or_default();
                Some(Installation {
                    instance: text(instance, "id")?.into(),
                    organization: organization.into(),
                    depth: path.matches('#').count(),
                    meta: instance
                        .get("meta")
                        .and_then(Value::as_object)
                        .cloned()
                        .unwrap_or_default(),
                })
            };
            let instances = state.directory.all(Kind::Instance);
            instances
                .filter(|instance| text(instance, "bot") == Some(bot.as_str()))
                .filter_map(installed)
                .collect()
        })
    }

    /// The oldest organization with this id or name.
    pub fn organization_called(&self, id_or_name: &str) -> Option<OrganizationId> {
        self.platform.look(|state, _| {
            let mut organizations = state.directory.all(Kind::Organization);
            organizations.find_map(|organization| {
                let id = text(organization, "id")?;
                let is_meant = id == id_or_name || text(organization, "name") == Some(id_or_name);
                is_meant.then(|| id.into())
            })
        })
    }
}

fn person(user: &Object) -> Option<Person> {
    let role = text(user, "role").unwrap_or_default();
    if role == "bot" {
        return None;
    }
    Some(Person {
        id: text(user, "id")?.into(),
        name: text(user, "displayName").unwrap_or_default().to_owned(),
        organization: text(user, "organization").unwrap_or_default().into(),
        role: role.to_owned(),
    })
}

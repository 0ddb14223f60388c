//! Which settings and profiles an event makes out of date.

use serde::Deserialize;
use serde_json::Value;
use web1on1::{InstanceId, OrganizationId, UserId};

use crate::event::{Event, EventBody, EventName};

/// What has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// The bot, or something of which the event does not say enough.
    Everything,
    /// One of the bot's instances.
    Instance {
        id: Option<InstanceId>,
        organization: Option<OrganizationId>,
    },
    /// An organization: its language, time zone, categories and so on.
    Organization(OrganizationId),
}

/// The fields that matter.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Resource {
    id: Value,
    bot: Value,
    organization: Value,
}

impl Change {
    /// None if `event` changes nothing that the bot of user `own` is configured by.
    pub(super) fn of(event: &Event, own: Option<&UserId>) -> Option<Self> {
        let EventName::Resource { resource: kind, .. } = &event.name else {
            return None;
        };
        let is_ours = |bot: Option<&str>| match (bot, own) {
            (Some(bot), Some(own)) => bot == own.as_str(),
            // Rather once too often.
            _ => true,
        };
        let resource = resource(event);
        match kind.as_str() {
            "bot" => is_ours(id(&resource.id)).then_some(Self::Everything),
            "botinstance" if is_ours(id(&resource.bot)) => Some(Self::instance(&resource, event)),
            "organization" => {
                let changed = id(&resource.id).map(OrganizationId::from);
                let changed = changed.or_else(|| event.organization.clone());
                Some(changed.map_or(Self::Everything, Self::Organization))
            }
            _ => None,
        }
    }

    fn instance(resource: &Resource, event: &Event) -> Self {
        let instance = id(&resource.id).map(InstanceId::from);
        let organization = id(&resource.organization).map(OrganizationId::from);
        let organization = organization.or_else(|| event.organization.clone());
        match (instance, organization) {
            (None, None) => Self::Everything,
            (id, organization) => Self::Instance { id, organization },
        }
    }
}

/// Nothing, if the event does not show it in a way that can be read.
fn resource(event: &Event) -> Resource {
    let EventBody::Resource(event) = &event.body else {
        return Resource::default();
    };
    let data = event.data.as_deref();
    data.and_then(|data| serde_json::from_str(data.get()).ok())
        .unwrap_or_default()
}

/// A plain id, or that of a populated resource.
fn id(value: &Value) -> Option<&str> {
    let id = value.as_str().or_else(|| value.get("id")?.as_str())?;
    (!id.is_empty()).then_some(id)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    fn change(name: &str, data: &Value, own: Option<&str>) -> Option<Change> {
        let body = json!({"event": name, "organization": "o", "data": data});
        let event = Event::read(body.to_string().into(), Timestamp::UNIX_EPOCH);
        Change::of(&event, own.map(UserId::from).as_ref())
    }

    fn instance(id: Option<&str>, organization: &str) -> Change {
        Change::Instance {
            id: id.map(Into::into),
            organization: Some(organization.into()),
        }
    }

    #[test]
    fn only_this_bots_and_its_instances_changes_count() {
        for action in ["create", "update", "delete"] {
            let of = |kind: &str, data: Value| {
                let data = json!({ kind: data });
                change(&format!("{kind}.{action}"), &data, Some("b"))
            };
            assert_eq!(of("bot", json!({"id": "b"})), Some(Change::Everything));
            assert_eq!(of("bot", json!({"id": "other"})), None);
            let ours = json!({"id": "i", "bot": "b", "organization": "leaf"});
            assert_eq!(of("botinstance", ours), Some(instance(Some("i"), "leaf")));
            let populated = json!({"id": "i", "bot": {"id": "b"}, "organization": {"id": "leaf"}});
            assert_eq!(
                of("botinstance", populated),
                Some(instance(Some("i"), "leaf"))
            );
            let other = json!({"id": "i", "bot": "other", "organization": "leaf"});
            assert_eq!(of("botinstance", other), None);
            let organization = Some(Change::Organization("leaf".into()));
            assert_eq!(of("organization", json!({"id": "leaf"})), organization);
            assert_eq!(of("form", json!({"id": "f"})), None);
        }
    }

    #[test]
    fn what_is_not_said_is_taken_for_ours() {
        let own = Some("b");
        assert_eq!(
            change("bot.update", &json!(7), own),
            Some(Change::Everything)
        );
        let id_only = json!({"botinstance": {"id": "i"}});
        assert_eq!(
            change("botinstance.delete", &id_only, own),
            Some(instance(Some("i"), "o"))
        );
        assert_eq!(
            change("botinstance.delete", &json!(7), own),
            Some(instance(None, "o"))
        );
        let other = json!({"bot": {"id": "other"}});
        assert_eq!(change("bot.update", &other, None), Some(Change::Everything));
    }
}

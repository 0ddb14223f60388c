//! Where an event happened: its organization, and the organizations above.

use serde_json::Value;
use web1on1::OrganizationId;

use crate::event::Event;

/// The organization that an event belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) organization: OrganizationId,
    /// From the root down to the organization, if the event's conversation says so.
    pub(super) path: Option<OrgPath>,
}

/// The way from the root organization down to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OrgPath {
    /// The root first.
    pub(super) above: Vec<OrganizationId>,
    pub(super) organization: OrganizationId,
}

impl Place {
    /// None for an event of no organization.
    pub(super) fn of(event: &Event) -> Option<Self> {
        let conversation = event.conversation();
        let path = conversation
            .and_then(|conversation| conversation.org_path.as_deref())
            .and_then(OrgPath::read);
        let organization = path
            .as_ref()
            .map(|path| &path.organization)
            .or_else(|| conversation?.organization.as_ref())
            .or(event.organization.as_ref())?;
        Some(Self {
            organization: organization.clone(),
            path,
        })
    }

    /// The path that the event tells, be it of another resource than the conversation (webhooks,
    /// payload).
    pub(super) fn path_in(&self, event: &Event) -> Option<OrgPath> {
        self.path.clone().or_else(|| {
            let body: Value = serde_json::from_slice(event.raw()).ok()?;
            let mut resources = body.get("data")?.as_object()?.values();
            resources.find_map(|resource| {
                let path = resource.get("orgPath")?.as_str()?;
                OrgPath::read_to(&self.organization, path)
            })
        })
    }
}

impl OrgPath {
    /// Ids from the root down, joined by `#`; None if there is none.
    fn read(text: &str) -> Option<Self> {
        let mut ids = text.split('#').filter(|id| !id.is_empty());
        let organization = ids.next_back()?.into();
        Some(Self {
            above: ids.map(Into::into).collect(),
            organization,
        })
    }

    /// The same, if it leads to `organization`.
    pub(super) fn read_to(organization: &OrganizationId, text: &str) -> Option<Self> {
        Self::read(text).filter(|path| path.organization == *organization)
    }

    /// Whether `organization` is on it.
    pub(super) fn leads_by(&self, organization: &OrganizationId) -> bool {
        self.organization == *organization || self.above.contains(organization)
    }

    pub(super) fn ids(&self) -> Vec<OrganizationId> {
        let own = std::iter::once(&self.organization);
        self.above.iter().chain(own).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    fn event(name: &str, data: &Value) -> Event {
        let body = json!({"event": name, "organization": "leaf", "data": data});
        Event::read(body.to_string().into(), Timestamp::UNIX_EPOCH)
    }

    fn path(ids: &str) -> OrgPath {
        OrgPath::read(ids).unwrap()
    }

    fn message(conversation: &Value) -> Event {
        let message = json!({"id": "m", "type": "chat", "orgPath": "root#leaf"});
        let data = json!({"message": message, "conversation": conversation});
        event("message.create.contact.chat", &data)
    }

    #[test]
    fn a_conversation_tells_the_path() {
        let conversation = json!({"id": "c", "organization": "x", "orgPath": "root#middle#leaf"});
        let place = Place::of(&message(&conversation)).unwrap();
        assert_eq!(place.organization.as_str(), "leaf");
        assert_eq!(place.path, Some(path("root#middle#leaf")));
        assert_eq!(path("root#middle#leaf").ids().len(), 3);
        assert!(path("leaf").above.is_empty());
    }

    #[test]
    fn an_empty_path_is_none() {
        assert_eq!(OrgPath::read(""), None);
        assert_eq!(OrgPath::read("#"), None);
        let place = Place::of(&message(&json!({"id": "c", "orgPath": ""}))).unwrap();
        assert_eq!((place.organization.as_str(), place.path), ("leaf", None));
    }

    #[test]
    fn where_the_conversation_is_silent_another_resource_may_tell_it() {
        let silent = message(&json!({"id": "c", "organization": "leaf"}));
        let contact = json!({"contact": {"id": "k", "orgPath": "root#leaf"}});
        for event in [silent, event("contact.create", &contact)] {
            let place = Place::of(&event).unwrap();
            assert_eq!(place.path, None);
            assert_eq!(place.path_in(&event), Some(path("root#leaf")));
        }
    }

    #[test]
    fn the_path_of_another_organization_is_not_taken() {
        for data in [
            json!({"user": {"id": "u", "orgPath": "root#other"}}),
            json!({"user": {"id": "u", "orgPath": 7}, "links": ["leaf"]}),
            json!({}),
        ] {
            let event = event("user.login", &data);
            let place = Place::of(&event).unwrap();
            assert_eq!(place.path_in(&event), None, "{data}");
        }
    }

    #[test]
    fn an_event_of_no_organization_has_no_place() {
        let body = json!({"event": "user.login", "data": {"user": {"orgPath": "root#leaf"}}});
        let event = Event::read(body.to_string().into(), Timestamp::UNIX_EPOCH);
        assert_eq!(Place::of(&event), None);
    }
}

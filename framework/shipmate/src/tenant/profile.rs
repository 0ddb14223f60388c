//! What a bot needs to know of an organization besides its settings: language, time, country, and
//! which forms go with which category.

use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;
use web1on1::{Conversation, FormId, Organization, OrganizationId, organization::Category};

use crate::{event::Event, form::Locale};

/// The platform's default for organizations (API Reference, organizations).
const DEFAULT_TIME_ZONE: &str = "Europe/Amsterdam";

/// An organization, as far as it matters to bots; see
/// [`Turn::organization_profile`](crate::Turn::organization_profile).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct OrganizationProfile {
    /// The organization.
    pub id: OrganizationId,
    /// The name that consumers know; empty if it is not known.
    pub name: String,
    /// The language; English if none is given (API Reference, organizations).
    pub locale: Locale,
    /// The time zone; that of Amsterdam if none is given, or one that is not known (API Reference,
    /// organizations).
    pub time_zone: TimeZone,
    /// The country by its two letters (ISO 3166-1): what telephone numbers without a country code
    /// are meant in.
    pub country: Option<String>,
    /// The category slots, 0 to 9; a deleted category leaves `None`.
    pub categories: Vec<Option<Category>>,
    /// Whether the platform showed the organization. If not, the fields hold what the event told,
    /// and defaults.
    pub is_complete: bool,
}

impl OrganizationProfile {
    pub(super) fn of(organization: &Organization) -> Self {
        let shown = organization.display_name.as_deref();
        let shown = shown.filter(|name| !name.trim().is_empty());
        Self {
            id: organization.id.clone(),
            name: shown.unwrap_or(&organization.name).to_owned(),
            locale: Locale::from_tag(organization.locale_or_default()),
            time_zone: time_zone(&organization.id, organization.timezone_or_default()),
            country: organization.country.as_deref().and_then(country),
            categories: organization.categories.clone(),
            is_complete: true,
        }
    }

    /// What `event` tells of the organization, and defaults.
    pub(super) fn told_by(event: &Event, id: &OrganizationId) -> Self {
        let organization = in_event(event)
            .filter(|told| told.id == *id)
            .or_else(|| serde_json::from_value(serde_json::json!({ "id": id })).ok());
        Self {
            is_complete: false,
            ..organization.map_or_else(|| Self::unknown(id), |told| Self::of(&told))
        }
    }

    fn unknown(id: &OrganizationId) -> Self {
        Self {
            id: id.clone(),
            name: String::new(),
            locale: Locale::default(),
            time_zone: time_zone(id, DEFAULT_TIME_ZONE),
            country: None,
            categories: Vec::new(),
            is_complete: false,
        }
    }

    /// The category that a conversation is in, by its slot (`categoryIndex`) or its name
    /// (`category`). None if it is in none, or in one that is not the organization's.
    pub fn category_of(&self, conversation: &Conversation) -> Option<&Category> {
        let index = conversation.category_index;
        let slot = index.and_then(|index| usize::try_from(index).ok());
        let by_slot = slot.and_then(|slot| self.categories.get(slot)?.as_ref());
        by_slot.or_else(|| {
            let name = match conversation.category.as_ref()? {
                Value::String(name) => name,
                other => other.get("name")?.as_str()?,
            };
            self.category(name)
        })
    }

    /// The category of this name.
    pub fn category(&self, name: &str) -> Option<&Category> {
        let mut categories = self.categories.iter().flatten();
        categories.find(|category| category.name == name)
    }

    /// The forms that may be used in a conversation: those of its category. Empty if it is in none,
    /// or if none are assigned to it.
    pub fn forms_of(&self, conversation: &Conversation) -> &[FormId] {
        let category = self.category_of(conversation);
        category.map_or(&[], |category| &category.forms)
    }
}

fn in_event(event: &Event) -> Option<Organization> {
    #[derive(Deserialize)]
    struct Body {
        data: Data,
    }
    #[derive(Deserialize)]
    struct Data {
        organization: Organization,
    }
    let body = serde_json::from_slice::<Body>(event.raw()).ok()?;
    Some(body.data.organization)
}

fn time_zone(organization: &OrganizationId, name: &str) -> TimeZone {
    TimeZone::get(name.trim())
        .inspect_err(|error| tracing::warn!(%organization, %error, "the organization's time zone is not known; {DEFAULT_TIME_ZONE} is used"))
        .or_else(|_| TimeZone::get(DEFAULT_TIME_ZONE))
        .unwrap_or(TimeZone::UTC)
}

/// Two letters, in capitals.
fn country(text: &str) -> Option<String> {
    let text = text.trim();
    let is_code = text.len() == 2 && text.chars().all(|c| c.is_ascii_alphabetic());
    is_code.then(|| text.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    fn profile(organization: Value) -> OrganizationProfile {
        OrganizationProfile::of(&serde_json::from_value(organization).unwrap())
    }

    fn conversation(mut fields: Value) -> Conversation {
        fields["id"] = "c".into();
        serde_json::from_value(fields).unwrap()
    }

    #[test]
    fn an_organization_is_read_with_the_documented_defaults() {
        let plain = profile(json!({"id": "o", "name": "Acme"}));
        assert_eq!(plain.name, "Acme");
        assert_eq!(plain.locale, Locale::En);
        assert_eq!(plain.time_zone.iana_name(), Some("Europe/Amsterdam"));
        assert_eq!(plain.country, None);
        let full = profile(json!({
            "id": "o", "name": "acme", "displayName": "Acme", "locale": "de",
            "timezone": "Europe/Berlin", "country": "de"
        }));
        assert_eq!((full.name.as_str(), full.locale), ("Acme", Locale::De));
        assert_eq!(full.time_zone.iana_name(), Some("Europe/Berlin"));
        assert_eq!(full.country.as_deref(), Some("DE"));
        let odd = profile(json!({"id": "o", "timezone": "Moon/Sea", "country": "Netherlands"}));
        assert_eq!(odd.time_zone.iana_name(), Some("Europe/Amsterdam"));
        assert_eq!(odd.country, None);
    }

    #[test]
    fn a_conversations_category_tells_its_forms() {
        let profile = profile(json!({"id": "o", "categories": [
            {"name": "Sales", "forms": ["f1", "f2"]}, null, {"name": "Service"}
        ]}));
        for (fields, forms) in [
            (json!({"categoryIndex": 0}), 2),
            (json!({"category": "Sales"}), 2),
            (
                json!({"category": {"name": "Sales"}, "categoryIndex": 9}),
                2,
            ),
            (json!({"categoryIndex": 1}), 0),
            (json!({"categoryIndex": 2, "category": "Sales"}), 0),
            (json!({"category": "Other"}), 0),
            (json!({}), 0),
        ] {
            let found = profile.forms_of(&conversation(fields.clone())).len();
            assert_eq!(found, forms, "{fields}");
        }
    }

    #[test]
    fn what_an_event_tells_stands_in_for_what_cannot_be_read() {
        let event = |organization: Value| {
            let body = json!({"event": "user.login", "data": {"organization": organization}});
            Event::read(body.to_string().into(), Timestamp::UNIX_EPOCH)
        };
        let told = |organization| OrganizationProfile::told_by(&event(organization), &"o".into());
        let of_event = told(json!({"id": "o", "name": "Acme", "locale": "nl"}));
        assert_eq!(
            (of_event.name.as_str(), of_event.locale),
            ("Acme", Locale::Nl)
        );
        assert!(!of_event.is_complete);
        for other in [
            json!({"id": "x", "name": "Other", "locale": "nl"}),
            json!(7),
        ] {
            let unknown = told(other);
            assert_eq!((unknown.name.as_str(), unknown.locale), ("", Locale::En));
            assert_eq!(unknown.time_zone.iana_name(), Some("Europe/Amsterdam"));
        }
    }
}

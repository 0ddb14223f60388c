//! Organizations: the companies on whose behalf conversations are held.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    CategoryId, FormId, Meta, OrganizationId,
    wire::{null_as_default, time, words},
};

words! {
    /// Whether an organization is in use (API Reference, organizations).
    #[derive(Default)]
    OrganizationStatus {
        /// Waiting to be set up.
        Queued = "queued",
        /// In use. The platform's default.
        #[default]
        Active = "active",
        /// About to be put away.
        PendingArchive = "pendingArchive",
        /// Put away.
        Archived = "archived",
    }
}

/// A company. Its settings, branding and billing stay in `extra`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Organization {
    /// The organization.
    pub id: OrganizationId,
    /// The name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
    /// The name shown to consumers; the platform uses `name` if none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Whether it is in use.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: OrganizationStatus,
    /// Two-letter language code; see [`locale_or_default`](Self::locale_or_default).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// IANA name of the time zone; see [`timezone_or_default`](Self::timezone_or_default).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// Two-letter country code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The ten category slots, in order; a deleted category leaves `None` in its slot.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub categories: Vec<Option<Category>>,
    /// Free data of the organization.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Meta::is_empty"
    )]
    pub meta: Meta,
    /// When the platform created it.
    #[serde(
        default,
        deserialize_with = "time::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<Timestamp>,
    /// When the platform last changed it.
    #[serde(
        default,
        deserialize_with = "time::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub updated_at: Option<Timestamp>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

impl Organization {
    /// The language code, or the documented default `en`.
    pub fn locale_or_default(&self) -> &str {
        self.locale.as_deref().unwrap_or("en")
    }

    /// The time zone's IANA name, or the documented default `Europe/Amsterdam`.
    pub fn timezone_or_default(&self) -> &str {
        self.timezone.as_deref().unwrap_or("Europe/Amsterdam")
    }
}

/// What conversations can be about, and the forms that go with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Category {
    /// The category; absent on one that is to be created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<CategoryId>,
    /// The name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
    /// Forms that may be used for it.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub forms: Vec<FormId>,
    /// Keywords.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub tags: Vec<String>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_category_slot_keeps_its_place() {
        let json = serde_json::json!({
            "id": "o", "name": "Acme", "status": "active",
            "categories": [null, {"id": "c", "name": "Used Car"}], "domain": "chat.report"
        });
        let organization: Organization = serde_json::from_value(json.clone()).unwrap();
        assert!(organization.categories[0].is_none());
        assert_eq!(organization.timezone_or_default(), "Europe/Amsterdam");
        assert_eq!(organization.locale_or_default(), "en");
        assert_eq!(serde_json::to_value(&organization).unwrap(), json);
    }
}

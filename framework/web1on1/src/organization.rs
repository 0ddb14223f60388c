//! Organizations: the companies on whose behalf conversations are held.

mod billing;
pub use billing::{BillingInfo, Plan};

mod category;
pub use category::{Category, NewCategory};

mod new;
pub use new::NewOrganization;

mod profile_fields;
pub use profile_fields::{AddressFields, ProfileField, ProfileFields};

mod settings;
pub use settings::{
    Alias, DataRetention, OrganizationSettings, Partner, RetentionUnit, RouteOnReply,
    SelfRegistrationRole,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Locale, Meta, OrganizationId,
    wire::{nested, null_as_default, time, words},
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

/// A company on whose behalf conversations are held (API Reference, organizations).
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
    /// Whether it is in use. Default `active`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: OrganizationStatus,
    /// Where users ask for help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The address of the web site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The address of the logo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// Two-letter country code (ISO 3166).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Language; see [`locale_or_default`](Self::locale_or_default).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
    /// IANA name of the time zone; see [`timezone_or_default`](Self::timezone_or_default).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// Line of business.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub industry: Option<String>,
    /// How it works. Values of an odd shape are in `extra`.
    #[serde(default, with = "nested")]
    pub settings: OrganizationSettings,
    /// Names and pictures that stand in for the agents' own.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub aliases: Vec<Alias>,
    /// The ten category slots, in order; a deleted category leaves `None` in its slot.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub categories: Vec<Option<Category>>,
    /// Which fields of contact profiles are used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile_fields: Option<ProfileFields>,
    /// Words that must not be written on behalf of the organization.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub stopwords: Vec<String>,
    /// Bot commands offered to agents, without `>`.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub commands: Vec<String>,
    /// Keywords.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub tags: Vec<String>,
    /// The part of its white label domain in front.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain_prefix: Option<String>,
    /// Its white label domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// Organizations that may see its conversations.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub partners: Vec<Partner>,
    /// E-mail addresses and domains from which agents may register by themselves.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub whitelist: Vec<String>,
    /// What agents become who register by themselves. Default `guest`.
    #[serde(default, deserialize_with = "null_as_default")]
    pub default_role: SelfRegistrationRole,
    /// After what time records expire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_retention: Option<DataRetention>,
    /// Who pays for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_info: Option<BillingInfo>,
    /// The sender of notifications about results.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_as: Option<String>,
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
        self.locale.as_ref().map_or("en", Locale::as_str)
    }

    /// The time zone's IANA name, or the documented default `Europe/Amsterdam`.
    pub fn timezone_or_default(&self) -> &str {
        self.timezone.as_deref().unwrap_or("Europe/Amsterdam")
    }
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
        let mut written = json;
        written["settings"] = serde_json::json!({"routeOnReply": "accept", "enableMail": true});
        written["defaultRole"] = "guest".into();
        assert_eq!(serde_json::to_value(&organization).unwrap(), written);
    }
}

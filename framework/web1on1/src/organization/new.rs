//! An organization to be created.

use serde::{Deserialize, Serialize};

use super::{
    Alias, BillingInfo, Category, DataRetention, OrganizationSettings, OrganizationStatus, Partner,
    ProfileFields, SelfRegistrationRole,
};
use crate::{Locale, Meta, wire::null_as_default};

/// An organization to be created (API Reference, create a new organization).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NewOrganization {
    /// The name; required.
    #[serde(deserialize_with = "null_as_default")]
    pub name: String,
    /// The name shown to consumers; the platform uses `name` if none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Whether it is in use; `active` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<OrganizationStatus>,
    /// Where users ask for help.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The address of the web site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The address of the logo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// Two-letter country code (ISO 3166).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Language; see [`locale_or_default`](super::Organization::locale_or_default).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
    /// IANA name of the time zone; see [`timezone_or_default`](super::Organization::timezone_or_default).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// Line of business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub industry: Option<String>,
    /// How it works; the documented defaults if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<OrganizationSettings>,
    /// Names and pictures that stand in for the agents' own.
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub aliases: Vec<Alias>,
    /// The ten category slots, in order; a deleted category leaves `None` in its slot.
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub categories: Vec<Option<Category>>,
    /// Which fields of contact profiles are used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_fields: Option<ProfileFields>,
    /// Words that must not be written on behalf of the organization.
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub stopwords: Vec<String>,
    /// Bot commands offered to agents, without `>`.
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub commands: Vec<String>,
    /// Keywords.
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub tags: Vec<String>,
    /// The part of its white label domain in front.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain_prefix: Option<String>,
    /// Its white label domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// Organizations that may see its conversations.
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub partners: Vec<Partner>,
    /// E-mail addresses and domains from which agents may register by themselves.
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub whitelist: Vec<String>,
    /// What agents become who register by themselves; `guest` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_role: Option<SelfRegistrationRole>,
    /// After what time records expire.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_retention: Option<DataRetention>,
    /// Who pays for it; required.
    #[serde(deserialize_with = "null_as_default")]
    pub billing_info: BillingInfo,
    /// The sender of notifications about results.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_as: Option<String>,
    /// Free data of the organization.
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "Meta::is_empty"
    )]
    pub meta: Meta,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

impl NewOrganization {
    /// What the platform requires: a name, and who pays.
    pub fn new(name: impl Into<String>, billing_info: BillingInfo) -> Self {
        Self {
            name: name.into(),
            billing_info,
            ..Self::default()
        }
    }
}

//! Labels of contact profile fields.

use serde::{Deserialize, Serialize};

use crate::{
    Meta,
    wire::{null_as_default, null_as_true},
};

/// Which fields of a contact's profile an organization uses, and what it calls them; it mirrors
/// [`ContactProfile`](crate::ContactProfile) (API Reference, profile fields).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProfileFields {
    /// Full name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<ProfileField>,
    /// Initials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initials: Option<ProfileField>,
    /// Given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<ProfileField>,
    /// Family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<ProfileField>,
    /// What stands between the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_name: Option<ProfileField>,
    /// What stands before the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub honorific_prefix: Option<ProfileField>,
    /// What stands after the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub honorific_suffix: Option<ProfileField>,
    /// Gender; the only one with options.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<ProfileField>,
    /// Address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<AddressFields>,
    /// Telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub telephone: Option<ProfileField>,
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<ProfileField>,
    /// The organization that the contact represents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub works_for: Option<ProfileField>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

/// The labels of an address.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AddressFields {
    /// Street.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_address: Option<ProfileField>,
    /// House number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_number: Option<ProfileField>,
    /// City or town.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_locality: Option<ProfileField>,
    /// Region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_region: Option<ProfileField>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<ProfileField>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_country: Option<ProfileField>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

/// What an organization calls a profile field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProfileField {
    /// The name of the field; required.
    #[serde(deserialize_with = "null_as_default")]
    pub label: String,
    /// What can be chosen; only for `gender`.
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub options: Vec<String>,
    /// Whether the field is used. Default `true`.
    #[serde(deserialize_with = "null_as_true")]
    pub enabled: bool,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

impl ProfileField {
    /// A field called `label` that is used.
    pub fn new(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            ..Self::default()
        }
    }
}

impl Default for ProfileField {
    /// Used, as documented, and without a name.
    fn default() -> Self {
        Self {
            label: String::new(),
            options: Vec::new(),
            enabled: true,
            extra: Meta::new(),
        }
    }
}

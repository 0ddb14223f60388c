//! Who a contact is.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Meta,
    wire::nested::{self, KeepsUnknown},
};

/// Who a contact is. The names are those of schema.org (API Reference, profile fields).
///
/// ```
/// use web1on1::ContactProfile;
///
/// let ann = ContactProfile::named("Ann Example").with_telephone("+31600000000");
/// assert!(ann.is_identified());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContactProfile {
    /// Full name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Initials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initials: Option<String>,
    /// Given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// Family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// What stands between the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_name: Option<String>,
    /// What stands before the name, such as `Dr.`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub honorific_prefix: Option<String>,
    /// What stands after the name, such as `MD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub honorific_suffix: Option<String>,
    /// One of the options of the organization's profile fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
    /// Where the contact lives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<ContactAddress>,
    /// Telephone number, by which the platform knows a contact again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
    /// E-mail address, by which the platform knows a contact again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The organization that the contact represents. Its shape is not documented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub works_for: Option<Value>,
    /// The contact's language (SDK).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Fields this version does not know; profiles may have any.
    #[serde(flatten)]
    pub extra: Meta,
}

/// Where a contact lives (API Reference, profile fields).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContactAddress {
    /// Street.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_address: Option<String>,
    /// House number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_number: Option<String>,
    /// City or town.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_locality: Option<String>,
    /// Region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_region: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address_country: Option<String>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

impl ContactProfile {
    /// A contact with this full name.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            ..Self::default()
        }
    }

    /// Reachable by e-mail.
    #[must_use]
    pub fn with_email(mut self, email: impl Into<String>) -> Self {
        self.email = Some(email.into());
        self
    }

    /// Reachable by telephone; best in international form, such as `+31600000000`.
    #[must_use]
    pub fn with_telephone(mut self, telephone: impl Into<String>) -> Self {
        self.telephone = Some(telephone.into());
        self
    }

    /// Whether the platform can find the contact by it: an e-mail address or a telephone number is
    /// there (business initiated conversations).
    pub fn is_identified(&self) -> bool {
        [&self.email, &self.telephone]
            .into_iter()
            .flatten()
            .any(|identifier| !identifier.trim().is_empty())
    }
}

impl From<Meta> for ContactProfile {
    /// Takes the fields as the platform names them. Values of another shape than this type has are
    /// kept in `extra`, with everything else.
    fn from(fields: Meta) -> Self {
        nested::read(fields)
    }
}

impl KeepsUnknown for ContactProfile {
    fn extra_mut(&mut self) -> &mut Meta {
        &mut self.extra
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_of_odd_values_is_kept_whole() {
        let Value::Object(fields) = serde_json::json!({"name": 7, "email": "a@example.com"}) else {
            unreachable!()
        };
        let profile = ContactProfile::from(fields.clone());
        assert!(profile.is_identified());
        assert_eq!(
            serde_json::to_value(profile).unwrap(),
            Value::Object(fields)
        );
    }

    #[test]
    fn a_blank_identifier_identifies_nobody() {
        assert!(!ContactProfile::named("Ann").with_email(" ").is_identified());
        assert!(
            ContactProfile::default()
                .with_email("a@example.com")
                .is_identified()
        );
    }
}

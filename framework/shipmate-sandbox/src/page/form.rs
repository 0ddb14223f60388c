//! Submitted forms.

use url::form_urlencoded;

/// The fields of a submitted form, or of the query in an address.
#[derive(Debug)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn read(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// The value of a field; empty if it is missing.
    pub(super) fn get(&self, field: &str) -> &str {
        self.0
            .iter()
            .find(|(name, _)| name == field)
            .map_or("", |(_, value)| value.as_str())
    }

    /// All fields that were filled in, without the blanks around them.
    pub(super) fn all_given(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.trim()))
            .filter(|(_, value)| !value.is_empty())
    }

    /// The value of a field without the blanks around it, if anything is left.
    pub(super) fn given(&self, field: &str) -> Option<&str> {
        Some(self.get(field).trim()).filter(|value| !value.is_empty())
    }
}

//! What conversations can be about.

use serde::{Deserialize, Serialize};

use crate::{CategoryId, FormId, Meta, wire::null_as_default};

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

/// A category to be created. An organization has ten slots for categories (API Reference,
/// categories).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NewCategory {
    /// The name; required.
    #[serde(deserialize_with = "null_as_default")]
    pub name: String,
    /// Forms that may be used for it.
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub forms: Vec<FormId>,
    /// Keywords.
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub tags: Vec<String>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

impl NewCategory {
    /// A category with a name and its forms.
    pub fn new(name: impl Into<String>, forms: impl IntoIterator<Item = FormId>) -> Self {
        Self {
            name: name.into(),
            forms: forms.into_iter().collect(),
            ..Self::default()
        }
    }
}

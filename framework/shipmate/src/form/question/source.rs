//! Where an answer may already be known from.

use std::{fmt, str::FromStr};

use serde_json::Value;
use web1on1::Meta;

/// Where an answer may already be known from, so that it need only be confirmed. Written
/// `profile.email` or `meta.plate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A field of the contact's profile, such as `email` or `telephone` (API Reference,
    /// organizations, profile fields); `address.postalCode` stands in its `address`.
    Profile(String),
    /// A variable of the conversation.
    Meta(String),
}

/// What is known of somebody before anything is asked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Known {
    /// The contact's profile.
    pub profile: Meta,
    /// The conversation's variables.
    pub meta: Meta,
}

impl Known {
    pub(crate) fn text(&self, source: &Source) -> Option<String> {
        let (place, key) = match source {
            Source::Profile(key) => (&self.profile, key),
            Source::Meta(key) => (&self.meta, key),
        };
        let text = match value_at(place, key)? {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Bool(yes) => (if *yes { "yes" } else { "no" }).to_owned(),
            _ => return None,
        };
        (!text.is_empty()).then_some(text)
    }
}

/// What stands at a path of names with dots between them.
pub(crate) fn value_at<'a>(place: &'a Meta, path: &str) -> Option<&'a Value> {
    place.get(path).or_else(|| {
        let (name, rest) = path.split_once('.')?;
        value_at(place.get(name)?.as_object()?, rest)
    })
}

impl FromStr for Source {
    type Err = UnknownSource;

    fn from_str(text: &str) -> Result<Self, UnknownSource> {
        let unknown = || UnknownSource(text.to_owned());
        let (place, key) = text.split_once('.').ok_or_else(unknown)?;
        match (place, key) {
            (_, "") => Err(unknown()),
            ("profile", key) => Ok(Self::Profile(key.to_owned())),
            ("meta", key) => Ok(Self::Meta(key.to_owned())),
            _ => Err(unknown()),
        }
    }
}

/// A text that names no place where an answer may be known from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` names no source; write `profile.email`, or `meta.plate` for a variable of the conversation"
)]
pub struct UnknownSource(String);

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Profile(key) => write!(f, "profile.{key}"),
            Self::Meta(key) => write!(f, "meta.{key}"),
        }
    }
}

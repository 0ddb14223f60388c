//! What an interview remembers of the questions it is held with.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Which edition of a survey, or of a form, the answers of an interview belong to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Mark {
    /// The survey's version; a form has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) version: Option<u32>,
    /// Tells editions apart, also those of the same version.
    pub(super) fingerprint: String,
    /// The definition, if the interview is to end with it whatever becomes of it. It is read when it
    /// is needed: one that cannot be read any more must not make the whole state unreadable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pinned: Option<Value>,
}

impl Mark {
    /// Of a form of the platform, which has no version but the time of its last change.
    pub(super) fn changed_at(time: jiff::Timestamp) -> Self {
        Self {
            version: None,
            fingerprint: time.to_string(),
            pinned: None,
        }
    }
}

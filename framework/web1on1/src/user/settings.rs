//! What a user prefers.

use serde::{Deserialize, Serialize};

use crate::{
    Locale, Meta,
    wire::{nested::KeepsUnknown, null_as_default, null_as_true},
};

/// A user's preferences. What an answer leaves out has the documented default here, and all of it
/// is written, so that settings that were read and changed can replace the old ones (API
/// Reference, users; API Basics, PATCH behavior).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the platform's switches, which are set independently of each other"
)]
pub struct UserSettings {
    /// IANA name of the time zone in which times are shown. The platform sets it at the first
    /// login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// Whether the user chose the time zone, rather than the system. Default `false`.
    #[serde(deserialize_with = "null_as_default")]
    pub timezone_set: bool,
    /// Language of the interface. Default `en`.
    #[serde(deserialize_with = "null_as_default")]
    pub locale: Locale,
    /// Whether the user chose the language, rather than the system. Default `false`.
    #[serde(deserialize_with = "null_as_default")]
    pub locale_set: bool,
    /// A sound when the queue grows. Default `true`.
    #[serde(deserialize_with = "null_as_true")]
    pub audio_on_chat: bool,
    /// A sound at each new message. Default `false`.
    #[serde(deserialize_with = "null_as_default")]
    pub audio_on_message: bool,
    /// A desktop notification when the queue grows. Default `false`.
    #[serde(deserialize_with = "null_as_default")]
    pub notify_on_chat: bool,
    /// A desktop notification at each new message. Default `false`.
    #[serde(deserialize_with = "null_as_default")]
    pub notify_on_message: bool,
    /// A mark in the browser's tab for queued conversations. Default `true`.
    #[serde(deserialize_with = "null_as_true")]
    pub tabdot_notify: bool,
    /// A mark in the browser's tab for unread messages. Default `true`.
    #[serde(deserialize_with = "null_as_true")]
    pub tabdot_message: bool,
    /// Notifications on the telephone for the inbox. Default `false`.
    #[serde(deserialize_with = "null_as_default")]
    pub push_notify: bool,
    /// Opens a conversation when it is accepted. Default `false`; the platform sets it for agents
    /// of organizations below the top level.
    #[serde(deserialize_with = "null_as_default")]
    pub focus_on_accept: bool,
    /// The kinds of notifications the user gets, such as `technical` or `billing`.
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub notifications: Vec<String>,
    /// Texts to answer with at a click.
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub canned_responses: Vec<String>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

impl Default for UserSettings {
    /// The documented defaults.
    fn default() -> Self {
        Self {
            timezone: None,
            timezone_set: false,
            locale: Locale::default(),
            locale_set: false,
            audio_on_chat: true,
            audio_on_message: false,
            notify_on_chat: false,
            notify_on_message: false,
            tabdot_notify: true,
            tabdot_message: true,
            push_notify: false,
            focus_on_accept: false,
            notifications: Vec::new(),
            canned_responses: Vec::new(),
            extra: Meta::new(),
        }
    }
}

impl KeepsUnknown for UserSettings {
    fn extra_mut(&mut self) -> &mut Meta {
        &mut self.extra
    }
}

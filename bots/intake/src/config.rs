//! What an organization can configure, in the `meta` of its bot instance.

use jiff::tz::TimeZone;
use serde::Deserialize;
use shipmate::{Recipients, form::Locale};

/// Settings of one organization. All are text on the platform; lists have commas.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Config {
    /// Ids of the forms to offer; all active ones if empty.
    #[serde(default)]
    pub(crate) forms: Vec<String>,
    /// Wrong answers to one question before a person is called.
    #[serde(default = "default_attempts")]
    pub(crate) attempts: u32,
    /// The language, for example `nl`; the conversation's own wins.
    #[serde(default)]
    pub(crate) locale: String,
    /// The time zone that `today` is meant in.
    #[serde(default = "default_time_zone")]
    time_zone: String,
    /// Users who get the conversation when a person is needed.
    #[serde(default)]
    users: Vec<String>,
    /// Channels that are called when a person is needed; the routing rules decide if there are
    /// neither users nor channels.
    #[serde(default)]
    channels: Vec<String>,
}

fn default_attempts() -> u32 {
    5
}

/// The platform's default for organizations (API Reference, organizations).
fn default_time_zone() -> String {
    "Europe/Amsterdam".to_owned()
}

impl Config {
    /// The time zone; UTC, and a line in the log, if its name is not known.
    pub(crate) fn time_zone(&self) -> TimeZone {
        TimeZone::get(&self.time_zone).unwrap_or_else(|error| {
            tracing::warn!(%error, "`timeZone` in the bot's settings is not known; UTC is used");
            TimeZone::UTC
        })
    }

    /// Who gets the conversation when a person is needed.
    pub(crate) fn recipients(&self) -> Recipients {
        Recipients {
            users: ids(&self.users),
            channels: ids(&self.channels),
            ..Recipients::default()
        }
    }

    /// The language of a conversation that may name its own.
    pub(crate) fn locale(&self, conversation: Option<&str>) -> Locale {
        Locale::from_tag(conversation.unwrap_or(&self.locale))
    }
}

fn ids<Id: From<String>>(ids: &[String]) -> Vec<Id> {
    ids.iter().cloned().map(Id::from).collect()
}

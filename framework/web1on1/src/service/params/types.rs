//! The parameters of each type of service.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Meta, Redacted, wire::words};

words! {
    /// The next step that is asked for when a Google Business Messages service is set up; it is
    /// only looked at in updates (API Reference, services).
    GbmStep {
        /// Verify the agent.
        VerifyAgent = "verifyAgent",
        /// Verify the location.
        VerifyLocation = "verifyLocation",
        /// Launch the agent.
        LaunchAgent = "launchAgent",
        /// Launch the location.
        LaunchLocation = "launchLocation",
    }
}

/// A port. The reference writes it as text, and API Basics as a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Port {
    /// As a number.
    Number(u16),
    /// As text.
    Text(String),
}

impl Port {
    /// The number, if it is one.
    pub fn number(&self) -> Option<u16> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
        }
    }
}

impl From<u16> for Port {
    fn from(number: u16) -> Self {
        Self::Number(number)
    }
}

/// The XMPP connection of a SmartSupp widget (API Reference, services).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SmartsuppParams {
    /// JID of the connection; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jid: Option<String>,
    /// Its password; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<Redacted<String>>,
    /// Host to connect to; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Port to connect to; see [`port_or_default`](Self::port_or_default).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<Port>,
    /// Keys this version does not know. They may hold secrets.
    #[serde(flatten)]
    pub extra: Redacted<Meta>,
}

impl SmartsuppParams {
    /// What the platform requires.
    pub fn new(
        jid: impl Into<String>,
        password: impl Into<String>,
        host: impl Into<String>,
    ) -> Self {
        Self {
            jid: Some(jid.into()),
            password: Some(Redacted::new(password.into())),
            host: Some(host.into()),
            ..Self::default()
        }
    }

    /// The port, or the documented default of 5222.
    pub fn port_or_default(&self) -> u16 {
        self.port.as_ref().and_then(Port::number).unwrap_or(5222)
    }
}

/// An Intercom app, and the Intercom user on whose behalf chats are held (API Reference,
/// services).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct IntercomParams {
    /// The app; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// Its access token; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<Redacted<String>>,
    /// The Intercom user; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee_id: Option<String>,
    /// Keys this version does not know. They may hold secrets.
    #[serde(flatten)]
    pub extra: Redacted<Meta>,
}

impl IntercomParams {
    /// What the platform requires.
    pub fn new(
        app_id: impl Into<String>,
        access_token: impl Into<String>,
        assignee_id: impl Into<String>,
    ) -> Self {
        Self {
            app_id: Some(app_id.into()),
            access_token: Some(Redacted::new(access_token.into())),
            assignee_id: Some(assignee_id.into()),
            ..Self::default()
        }
    }
}

/// A Smooch (Sunshine Conversations) app (API Reference, services).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SmoochParams {
    /// The app; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// The app's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// The key's secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<Redacted<String>>,
    /// Advanced settings, whose format the reference does not give.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advanced: Option<Redacted<Value>>,
    /// Keys this version does not know. They may hold secrets.
    #[serde(flatten)]
    pub extra: Redacted<Meta>,
}

impl SmoochParams {
    /// What the platform requires.
    pub fn new(app_id: impl Into<String>) -> Self {
        Self {
            app_id: Some(app_id.into()),
            ..Self::default()
        }
    }
}

/// A Google Business Messages agent (API Reference, services).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GbmParams {
    /// A location of the knowledge base; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The welcome; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub welcome_message: Option<String>,
    /// The conversation starter; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starter: Option<String>,
    /// The address of the privacy policy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub privacy: Option<String>,
    /// From when the agent is there, as `HH:MM`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_time: Option<String>,
    /// Until when the agent is there, as `HH:MM`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time: Option<String>,
    /// The first day of the week on which the agent is there, such as `MONDAY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_day: Option<String>,
    /// The last day of the week on which the agent is there, such as `SUNDAY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_day: Option<String>,
    /// The next step of the setup; only looked at in updates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<GbmStep>,
    /// Keys this version does not know. They may hold secrets.
    #[serde(flatten)]
    pub extra: Redacted<Meta>,
}

impl GbmParams {
    /// What the platform requires.
    pub fn new(
        location: impl Into<String>,
        welcome_message: impl Into<String>,
        starter: impl Into<String>,
    ) -> Self {
        Self {
            location: Some(location.into()),
            welcome_message: Some(welcome_message.into()),
            starter: Some(starter.into()),
            ..Self::default()
        }
    }
}

/// Where events are posted to (API Reference, services; creating webhooks).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WebhookParams {
    /// The address; required. It may hold a user and password, as the platform suggests, so it is
    /// not shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<Redacted<String>>,
    /// The secret that the platform signs with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<Redacted<String>>,
    /// The events that are posted; all of the organization and those below it if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<String>>,
    /// Keys this version does not know. They may hold secrets.
    #[serde(flatten)]
    pub extra: Redacted<Meta>,
}

impl WebhookParams {
    /// All events to `url`, without a signature.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: Some(Redacted::new(url.into())),
            ..Self::default()
        }
    }

    /// Signed with `secret`.
    #[must_use]
    pub fn with_secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(Redacted::new(secret.into()));
        self
    }

    /// Only these events, such as `message.create.contact.chat`.
    #[must_use]
    pub fn with_events<E: Into<String>>(mut self, events: impl IntoIterator<Item = E>) -> Self {
        self.events = Some(events.into_iter().map(Into::into).collect());
        self
    }
}

/// What may be done by way of the platform's own API (API Reference, services).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ApiParams {
    /// The scopes, such as `bot`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// Keys this version does not know. They may hold secrets.
    #[serde(flatten)]
    pub extra: Redacted<Meta>,
}

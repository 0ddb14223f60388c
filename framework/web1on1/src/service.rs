//! Services: connectors, touchpoints, webhooks and other integrations.

mod params;
pub use params::{
    ApiParams, GbmParams, GbmStep, IntercomParams, Port, ServiceParams, SmartsuppParams,
    SmoochParams, WebhookParams,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Meta, OrganizationId, ServiceId, Touchpoint,
    wire::{null_as_default, time, words},
};

words! {
    /// What a service connects to (API Reference, services).
    #[derive(Default)]
    ServiceType {
        /// A SmartSupp widget.
        Smartsupp = "smartsupp",
        /// Intercom.
        Intercom = "intercom",
        /// Smooch, now Sunshine Conversations.
        Smooch = "smooch",
        /// Twilio.
        Twilio = "twilio",
        /// Mailgun.
        Mailgun = "mailgun",
        /// Facebook Messenger.
        Messenger = "messenger",
        /// The platform's own API.
        Api = "api",
        /// Events posted to an address. The platform's default.
        #[default]
        Webhook = "webhook",
        /// Google Business Messages.
        Gbm = "gbm",
    }
}

words! {
    /// Whether a service is in use (API Reference, services).
    #[derive(Default)]
    ServiceStatus {
        /// Waiting to be set up. The platform's default.
        #[default]
        Queued = "queued",
        /// In use.
        Active = "active",
        /// Switched off.
        Disabled = "disabled",
        /// About to be put away.
        PendingArchive = "pendingArchive",
        /// Put away.
        Archived = "archived",
    }
}

/// An integration of an organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    /// The service; the reference's list example leaves it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ServiceId>,
    /// The organization that owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// The shown name.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "String::is_empty"
    )]
    pub name: String,
    /// What it is for, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it connects to, and how: `type` and `params`.
    #[serde(flatten)]
    pub params: ServiceParams,
    /// Whether it is in use.
    #[serde(default, deserialize_with = "null_as_default")]
    pub status: ServiceStatus,
    /// Outgoing channels it supports.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub touchpoints: Vec<Touchpoint>,
    /// Smooch service id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smooch_id: Option<String>,
    /// Smooch app id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smooch_app_id: Option<String>,
    /// When the platform is to switch it on.
    #[serde(
        default,
        deserialize_with = "time::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub start_date: Option<Timestamp>,
    /// When the platform is to switch it off.
    #[serde(
        default,
        deserialize_with = "time::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub end_date: Option<Timestamp>,
    /// Free data of the service.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Meta::is_empty"
    )]
    pub meta: Meta,
    /// When the platform created it.
    #[serde(
        default,
        deserialize_with = "time::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<Timestamp>,
    /// When the platform last changed it.
    #[serde(
        default,
        deserialize_with = "time::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub updated_at: Option<Timestamp>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

impl Service {
    /// What it connects to.
    pub fn kind(&self) -> ServiceType {
        self.params.kind()
    }
}

/// A service to be created.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewService {
    /// The owner; the token's organization if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// The shown name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
    /// What it is for, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it connects to, and how: `type` and `params`, which are always written.
    #[serde(flatten)]
    pub params: ServiceParams,
    /// Whether it is in use; `queued` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<ServiceStatus>,
    /// Outgoing channels it supports.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub touchpoints: Vec<Touchpoint>,
    /// Smooch service id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smooch_id: Option<String>,
    /// Smooch app id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smooch_app_id: Option<String>,
    /// When the platform is to switch it on.
    #[serde(
        default,
        deserialize_with = "time::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub start_date: Option<Timestamp>,
    /// When the platform is to switch it off.
    #[serde(
        default,
        deserialize_with = "time::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub end_date: Option<Timestamp>,
    /// Free data of the service.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Meta::is_empty"
    )]
    pub meta: Meta,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

impl NewService {
    /// A service with its type and connection parameters.
    ///
    /// ```
    /// use web1on1::{NewService, service::WebhookParams};
    ///
    /// let hook = NewService::new("Bot", WebhookParams::new("https://bots.example/webhook"));
    /// assert_eq!(serde_json::to_value(hook).unwrap(), serde_json::json!({
    ///     "name": "Bot", "type": "webhook", "params": {"url": "https://bots.example/webhook"}
    /// }));
    /// ```
    pub fn new(name: impl Into<String>, params: impl Into<ServiceParams>) -> Self {
        Self {
            name: name.into(),
            params: params.into(),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connection_parameters_are_never_shown() {
        let service: Service =
            serde_json::from_str(r#"{"id": "s", "params": {"password": "z3krUt"}}"#).unwrap();
        assert_eq!(service.kind(), ServiceType::Webhook);
        assert_eq!(service.status, ServiceStatus::Queued);
        assert!(!format!("{service:?}").contains("z3krUt"));
        assert_eq!(
            serde_json::to_value(&service).unwrap()["params"]["password"],
            "z3krUt"
        );
    }
}

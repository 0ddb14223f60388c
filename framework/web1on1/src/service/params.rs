//! Connection parameters of services, by the type of the service.

mod types;
pub use types::{
    ApiParams, GbmParams, GbmStep, IntercomParams, Port, SmartsuppParams, SmoochParams,
    WebhookParams,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::Value;

use super::ServiceType;
use crate::{Meta, Redacted, wire::null_as_default};

/// What a service connects to, and how: the `type` and the `params` of a service in one, since the
/// one says how the other is read (API Reference, services).
///
/// Reading never fails for an odd shape: what does not fit its type is kept as [`Other`].
/// Keys this version does not know are kept, and what was read is written as it was, but for keys
/// that were `null`. Nothing of passwords, tokens and unknown keys shows in `Debug`.
///
/// ```
/// use web1on1::service::{ServiceParams, WebhookParams};
///
/// let hook = WebhookParams::new("https://bots.example/webhook").with_secret("z3krUt");
/// let params = ServiceParams::from(hook);
/// assert_eq!(params.kind().as_str(), "webhook");
/// assert!(!format!("{params:?}").contains("z3krUt"));
/// ```
///
/// [`Other`]: Self::Other
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ServiceParams {
    /// A SmartSupp widget.
    Smartsupp(SmartsuppParams),
    /// Intercom.
    Intercom(IntercomParams),
    /// Smooch, now Sunshine Conversations.
    Smooch(SmoochParams),
    /// Google Business Messages.
    Gbm(GbmParams),
    /// Events posted to an address.
    Webhook(WebhookParams),
    /// The platform's own API.
    Api(ApiParams),
    /// A type whose parameters are not documented, such as `twilio`, or parameters that do not fit
    /// their type.
    Other {
        /// The type.
        kind: ServiceType,
        /// The parameters as they came.
        params: Redacted<Value>,
    },
}

impl ServiceParams {
    /// Reads the parameters of a service of type `kind`.
    pub fn read(kind: ServiceType, params: Value) -> Self {
        match kind {
            ServiceType::Smartsupp => fit(params, Self::Smartsupp),
            ServiceType::Intercom => fit(params, Self::Intercom),
            ServiceType::Smooch => fit(params, Self::Smooch),
            ServiceType::Gbm => fit(params, Self::Gbm),
            ServiceType::Webhook => fit(params, Self::Webhook),
            ServiceType::Api => fit(params, Self::Api),
            ServiceType::Twilio
            | ServiceType::Mailgun
            | ServiceType::Messenger
            | ServiceType::Other(_) => Err(params),
        }
        .unwrap_or_else(|params| Self::Other {
            kind,
            params: Redacted::new(params),
        })
    }

    /// Parameters that this crate has no type for.
    pub fn other(kind: ServiceType, params: Meta) -> Self {
        Self::Other {
            kind,
            params: Redacted::new(Value::Object(params)),
        }
    }

    /// The type of the service.
    pub fn kind(&self) -> ServiceType {
        match self {
            Self::Smartsupp(_) => ServiceType::Smartsupp,
            Self::Intercom(_) => ServiceType::Intercom,
            Self::Smooch(_) => ServiceType::Smooch,
            Self::Gbm(_) => ServiceType::Gbm,
            Self::Webhook(_) => ServiceType::Webhook,
            Self::Api(_) => ServiceType::Api,
            Self::Other { kind, .. } => kind.clone(),
        }
    }

    /// The keys that this version does not know, if the parameters fit their type. They may hold
    /// secrets.
    pub fn unknown(&self) -> Option<&Meta> {
        let extra = match self {
            Self::Smartsupp(params) => &params.extra,
            Self::Intercom(params) => &params.extra,
            Self::Smooch(params) => &params.extra,
            Self::Gbm(params) => &params.extra,
            Self::Webhook(params) => &params.extra,
            Self::Api(params) => &params.extra,
            Self::Other { .. } => return None,
        };
        Some(extra.expose())
    }

    /// The parameters without the type.
    pub(crate) fn bare(&self) -> impl Serialize {
        Bare(self)
    }
}

/// Reads `params` as a `T` if a `T` holds all of it, and gives it back otherwise.
fn fit<T: DeserializeOwned + Serialize>(
    params: Value,
    variant: fn(T) -> ServiceParams,
) -> Result<ServiceParams, Value> {
    let known = without_nulls(&params);
    let Ok(typed) = serde_json::from_value::<T>(known.clone()) else {
        return Err(params);
    };
    if serde_json::to_value(&typed).is_ok_and(|written| written == known) {
        Ok(variant(typed))
    } else {
        Err(params)
    }
}

fn without_nulls(params: &Value) -> Value {
    match params {
        Value::Null => Value::Object(Meta::new()),
        Value::Object(fields) => fields
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
        other => other.clone(),
    }
}

/// The parameters without the type.
struct Bare<'a>(&'a ServiceParams);

impl Serialize for Bare<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            ServiceParams::Smartsupp(params) => params.serialize(serializer),
            ServiceParams::Intercom(params) => params.serialize(serializer),
            ServiceParams::Smooch(params) => params.serialize(serializer),
            ServiceParams::Gbm(params) => params.serialize(serializer),
            ServiceParams::Webhook(params) => params.serialize(serializer),
            ServiceParams::Api(params) => params.serialize(serializer),
            ServiceParams::Other { params, .. } => params.serialize(serializer),
        }
    }
}

#[derive(Serialize)]
struct Written<'a> {
    #[serde(rename = "type")]
    kind: ServiceType,
    params: Bare<'a>,
}

/// Both keys within a service.
impl Serialize for ServiceParams {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written {
            kind: self.kind(),
            params: Bare(self),
        }
        .serialize(serializer)
    }
}

#[derive(Deserialize)]
struct Read {
    #[serde(rename = "type", default, deserialize_with = "null_as_default")]
    kind: ServiceType,
    #[serde(default)]
    params: Value,
}

/// Both keys within a service.
impl<'de> Deserialize<'de> for ServiceParams {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Read::deserialize(deserializer)?;
        Ok(Self::read(read.kind, read.params))
    }
}

impl Default for ServiceParams {
    /// A webhook without an address: the platform's default type.
    fn default() -> Self {
        Self::Webhook(WebhookParams::default())
    }
}

macro_rules! from_types {
    ($($variant:ident($type:ty))*) => {$(
        impl From<$type> for ServiceParams {
            fn from(params: $type) -> Self {
                Self::$variant(params)
            }
        }
    )*};
}

from_types! {
    Smartsupp(SmartsuppParams)
    Intercom(IntercomParams)
    Smooch(SmoochParams)
    Gbm(GbmParams)
    Webhook(WebhookParams)
    Api(ApiParams)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Reads and writes, and tells the variant.
    fn pass(kind: &str, params: &Value) -> (ServiceParams, Value) {
        let json = json!({"type": kind, "params": params});
        let read: ServiceParams = serde_json::from_value(json).unwrap();
        let written = serde_json::to_value(&read).unwrap();
        assert_eq!(written["type"], kind);
        (read, written["params"].clone())
    }

    #[test]
    fn each_documented_type_has_its_own_parameters() {
        for (kind, params) in [
            (
                "smartsupp",
                json!({"jid": "uid3710@s1.smartsupp.com", "password": "z3kRuD", "host": "s1.smartsupp.com", "port": 5222}),
            ),
            (
                "intercom",
                json!({"app_id": "a3sdd8g4", "access_token": "b2PrAP", "assignee_id": "846956"}),
            ),
            (
                "smooch",
                json!({"appId": "58", "keyId": "app_58", "secret": "0BPG", "advanced": {"a": 1}}),
            ),
            (
                "gbm",
                json!({"location": "58", "welcomeMessage": "Welcome", "starter": "Hello", "privacy": "https://example.com",
                       "startTime": "00:00", "endTime": "23:59", "startDay": "MONDAY", "endDay": "SUNDAY", "step": "launchAgent"}),
            ),
            (
                "webhook",
                json!({"url": "https://u:p@bots.example/hook", "secret": "s3cr3t", "events": ["message.create.contact.chat"]}),
            ),
            ("api", json!({"scopes": ["bot"]})),
        ] {
            let (read, written) = pass(kind, &params);
            assert!(!matches!(read, ServiceParams::Other { .. }), "{kind}");
            assert_eq!(written, params, "{kind}");
            assert_eq!(read.unknown(), Some(&Meta::new()), "{kind}");
        }
    }

    #[test]
    fn what_does_not_fit_its_type_is_kept_as_it_came() {
        for (kind, params) in [
            ("twilio", json!({"sid": "AC"})),
            ("pigeon", json!({"loft": 7})),
            ("webhook", json!({"url": 7})),
            ("webhook", json!(["https://bots.example"])),
            ("api", json!("all")),
            ("smartsupp", json!({"port": 70_000.5})),
        ] {
            let (read, written) = pass(kind, &params);
            assert!(
                matches!(read, ServiceParams::Other { .. }),
                "{kind} {params}"
            );
            assert_eq!(written, params, "{kind}");
        }
    }

    #[test]
    fn unknown_keys_are_kept_and_never_shown() {
        let params = json!({"url": "https://bots.example", "apiKey": "k3y"});
        let (read, written) = pass("webhook", &params);
        assert_eq!(written, params);
        assert!(matches!(read, ServiceParams::Webhook(_)));
        assert!(!format!("{read:?}").contains("k3y"));
    }

    #[test]
    fn nothing_and_null_are_a_webhook_without_an_address() {
        for json in [json!({}), json!({"type": null, "params": null})] {
            let read: ServiceParams = serde_json::from_value(json).unwrap();
            assert_eq!(read, ServiceParams::default());
        }
        let (read, written) = pass("webhook", &json!({"url": null, "secret": "x"}));
        assert!(matches!(read, ServiceParams::Webhook(_)));
        assert_eq!(written, json!({"secret": "x"}), "null is as good as absent");
    }
}

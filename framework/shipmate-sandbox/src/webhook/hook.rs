use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::Serialize;
use serde_json::{Value, json};
use web1on1::{BotId, ServiceId};

use crate::directory::{Directory, Kind, Object, text};

/// Where events are sent, and which.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    url: String,
    secret: Option<String>,
    events: Option<Vec<String>>,
}

impl Webhook {
    /// A webhook at `url` that gets every event, unsigned.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            secret: None,
            events: None,
        }
    }

    /// Signs every delivery with `secret`.
    #[must_use]
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(secret.into());
        self
    }

    /// Only these events are sent, by their full names.
    #[must_use]
    pub fn events<T: Into<String>>(mut self, events: impl IntoIterator<Item = T>) -> Self {
        self.events = Some(events.into_iter().map(Into::into).collect());
        self
    }

    /// The address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The key of the signatures.
    pub fn signing_secret(&self) -> Option<&str> {
        self.secret.as_deref()
    }

    /// A service's `params` as a webhook.
    pub(crate) fn from_params(params: &Object) -> Option<Self> {
        let url = text(params, "url").filter(|url| !url.is_empty())?;
        let events = params
            .get("events")
            .and_then(Value::as_array)
            .map(|events| {
                events
                    .iter()
                    .filter_map(|event| event.as_str().map(str::to_owned))
                    .collect()
            });
        Some(Self {
            url: url.to_owned(),
            secret: text(params, "secret").map(str::to_owned),
            events,
        })
    }

    /// A webhook as a service's `params`.
    pub(crate) fn to_params(&self) -> Value {
        let mut params = json!({"url": self.url});
        if let Some(params) = params.as_object_mut() {
            if let Some(secret) = &self.secret {
                params.insert("secret".into(), secret.as_str().into());
            }
            if let Some(events) = &self.events {
                params.insert("events".into(), json!(events));
            }
        }
        params
    }

    fn wants(&self, event: &str) -> bool {
        self.events
            .as_ref()
            .is_none_or(|events| events.iter().any(|wanted| wanted == event))
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("url", &self.url)
            .field("signed", &self.secret.is_some())
            .field("events", &self.events)
            .finish()
    }
}

/// Whose webhook it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(tag = "kind", content = "id", rename_all = "kebab-case")]
pub enum HookId {
    /// The bot-specific webhook of a bot.
    Bot(BotId),
    /// The general webhook that a service is.
    Service(ServiceId),
}

/// All webhooks in use.
#[derive(Debug, Default)]
pub(crate) struct Hooks {
    hooks: BTreeMap<HookId, Hook>,
}

#[derive(Debug)]
struct Hook {
    webhook: Webhook,
    /// The hook is told of what happens in or below these.
    organizations: BTreeSet<String>,
}

impl Hooks {
    /// The webhooks of all services and bots. A service hears of its organization and those below
    /// (webhooks, events); a bot also of those where it is installed.
    pub(crate) fn derive(directory: &Directory, bots: &BTreeMap<BotId, Webhook>) -> Self {
        let mut hooks = BTreeMap::new();
        for service in directory.all(Kind::Service) {
            if let Some((id, hook)) = service_hook(service) {
                hooks.insert(id, hook);
            }
        }
        for (bot, webhook) in bots {
            let hook = Hook {
                webhook: webhook.clone(),
                organizations: organizations_of(bot, directory),
            };
            hooks.insert(HookId::Bot(bot.clone()), hook);
        }
        Self { hooks }
    }

    pub(crate) fn get(&self, id: &HookId) -> Option<&Webhook> {
        Some(&self.hooks.get(id)?.webhook)
    }

    /// The hooks that want to hear of `event` in the organization with `path`.
    pub(crate) fn interested(&self, path: &str, event: &str) -> Vec<HookId> {
        self.hooks
            .iter()
            .filter(|(_, hook)| {
                hook.webhook.wants(event)
                    && path.split('#').any(|id| hook.organizations.contains(id))
            })
            .map(|(id, _)| id.clone())
            .collect()
    }
}

fn service_hook(service: &Object) -> Option<(HookId, Hook)> {
    let in_use = matches!(text(service, "status"), Some("queued" | "active"));
    if !in_use || text(service, "type") != Some("webhook") {
        return None;
    }
    let hook = Hook {
        webhook: Webhook::from_params(service.get("params")?.as_object()?)?,
        organizations: BTreeSet::from([text(service, "organization")?.to_owned()]),
    };
    Some((HookId::Service(text(service, "id")?.into()), hook))
}

fn organizations_of(bot: &BotId, directory: &Directory) -> BTreeSet<String> {
    let owner = directory.get(Kind::Bot, bot.as_str());
    let installed = directory
        .all(Kind::Instance)
        .filter(|instance| text(instance, "bot") == Some(bot.as_str()));
    owner
        .into_iter()
        .chain(installed)
        .filter_map(|resource| text(resource, "organization").map(str::to_owned))
        .collect()
}

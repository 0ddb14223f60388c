//! Bot instances: what each organization configured, merged from the root organization down.

mod merge;
mod text;
pub use merge::{Effective, effective};
pub use text::ConfigError;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use web1on1::{BotId, Client, OrganizationId, Query, UserId};

use crate::{
    activity::Activity,
    bot::BotError,
    event::{Event, EventName},
};

/// How long a merged configuration is used before it is read again (the SDK's hour).
const FRESH_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Whether the bot works for an organization.
pub(crate) enum Installation<C> {
    /// It does, with this configuration.
    Enabled(Arc<C>),
    /// It is disabled, not installed, or its configuration cannot be used.
    Off,
}

/// The merged configurations of one bot, by organization path.
pub(crate) struct Tenants<C> {
    /// Set if the configuration holds nothing, so that there is nothing to read.
    constant: Option<Arc<C>>,
    cached: Mutex<HashMap<String, Cached<C>>>,
    /// By organization, held by whoever reads: what comes meanwhile waits and finds it read.
    reading: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
    activity: Activity,
}

struct Cached<C> {
    config: Option<Arc<C>>,
    until: Timestamp,
}

impl<C: DeserializeOwned> Tenants<C> {
    pub(crate) fn new(activity: Activity) -> Self {
        // A type without size has one value: read it once, from nothing.
        let constant = (size_of::<C>() == 0).then(|| {
            let nothing = serde_json::Value::Null;
            let empty = || serde_json::from_value(serde_json::json!({}));
            serde_json::from_value(nothing)
                .or_else(|_| empty())
                .ok()
                .map(Arc::new)
        });
        Self {
            constant: constant.flatten(),
            cached: Mutex::default(),
            reading: Mutex::default(),
            activity,
        }
    }

    /// Forgets everything when a bot or an instance changed: a change concerns all organizations
    /// below, and reading again is cheap.
    pub(crate) fn observe(&self, event: &Event) {
        if let EventName::Resource { resource, .. } = &event.name
            && matches!(resource.as_str(), "bot" | "botinstance")
        {
            self.cached().clear();
        }
    }

    pub(crate) async fn of(
        &self,
        client: &Client,
        event: &Event,
        own: Option<&UserId>,
        now: Timestamp,
    ) -> Result<Installation<C>, BotError> {
        if let Some(constant) = &self.constant {
            return Ok(Installation::Enabled(Arc::clone(constant)));
        }
        let Some(path) = organization_path(event) else {
            // An event of no organization concerns no organization's bot.
            return Ok(Installation::Off);
        };
        if let Some(known) = self.known(&path, now) {
            return Ok(known);
        }
        let own =
            own.ok_or("the bot's own user is not known yet, so its instances cannot be read")?;
        let reading = self.reading_of(&path);
        let _reading = match reading.try_lock() {
            Ok(reading) => reading,
            // Whoever reads is at work, or waits for the pace.
            Err(_) => self.activity.resting(reading.lock()).await,
        };
        if let Some(known) = self.known(&path, now) {
            return Ok(known);
        }
        let config = read(client, own, &path).await?;
        let until = now.saturating_add(FRESH_FOR).unwrap_or(now);
        let cached = Cached {
            config: config.clone(),
            until,
        };
        self.cached().insert(path, cached);
        Ok(installation(config))
    }

    /// What was read lately. An event that names its organization without those above finds what was
    /// read for the whole path.
    fn known(&self, path: &str, now: Timestamp) -> Option<Installation<C>> {
        let cached = self.cached();
        let found = cached.get(path).or_else(|| {
            let is_same = |known: &str| known.rsplit_once('#').is_some_and(|(_, own)| own == path);
            let mut same = cached.iter().filter(|(known, _)| is_same(known));
            same.next().map(|(_, cached)| cached)
        });
        let fresh = found.filter(|cached| now < cached.until)?;
        Some(installation(fresh.config.clone()))
    }

    fn reading_of(&self, path: &str) -> Arc<tokio::sync::Mutex<()>> {
        let organization = path.rsplit('#').next().unwrap_or(path);
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(reading.entry(organization.to_owned()).or_default())
    }

    fn cached(&self) -> std::sync::MutexGuard<'_, HashMap<String, Cached<C>>> {
        self.cached.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn installation<C>(config: Option<Arc<C>>) -> Installation<C> {
    config.map_or(Installation::Off, Installation::Enabled)
}

/// Organization ids from the root down, joined by `#`.
fn organization_path(event: &Event) -> Option<String> {
    let conversation = event.conversation();
    let path = conversation.and_then(|conversation| conversation.org_path.clone());
    let organization = conversation
        .and_then(|conversation| conversation.organization.as_ref())
        .or(event.organization.as_ref());
    path.or_else(|| organization.map(ToString::to_string))
}

async fn read<C: DeserializeOwned>(
    client: &Client,
    own: &UserId,
    path: &str,
) -> Result<Option<Arc<C>>, BotError> {
    let bot = BotId::from(own.clone());
    let definition = client.bots().get(&bot).await?;
    let organizations: Vec<OrganizationId> = path.split('#').map(Into::into).collect();
    let query = Query::new()
        .any_of(
            "organization",
            organizations.iter().map(OrganizationId::as_str),
        )
        .filter("bot", bot.as_str())
        .sort("orgPath");
    let instances = client.bot_instances().list(&query).await?;
    let effective = effective(&definition, &organizations, &instances);
    if !effective.enabled {
        return Ok(None);
    }
    match text::read(&effective.meta) {
        Ok(config) => Ok(Some(Arc::new(config))),
        Err(error) => {
            let organization = path.rsplit('#').next().unwrap_or(path);
            tracing::error!(%organization, %error, "the bot's configuration cannot be used; it stays silent there");
            Ok(None)
        }
    }
}

//! Bot instances: what each organization configured, merged from the root organization down.

mod merge;
mod place;
mod read;
mod text;
pub use merge::{Effective, effective};
pub use text::ConfigError;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use web1on1::{BotId, Client, OrganizationId, UserId};

use self::{
    place::{OrgPath, Place},
    read::{Reading, read},
};
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

/// The merged configurations of one bot, by organization.
pub(crate) struct Tenants<C> {
    /// Set if the configuration holds nothing, so that there is nothing to read.
    constant: Option<Arc<C>>,
    known: Mutex<Known<C>>,
    /// By organization, held by whoever reads: what comes meanwhile waits and finds it read.
    reading: Mutex<HashMap<OrganizationId, Arc<tokio::sync::Mutex<()>>>>,
    activity: Activity,
}

struct Known<C> {
    /// Counts how often everything was forgotten: what was read before is not kept.
    forgotten: u64,
    by_organization: HashMap<OrganizationId, Cached<C>>,
}

struct Cached<C> {
    /// What was read, as far as it was known then.
    path: OrgPath,
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
            known: Mutex::new(Known {
                forgotten: 0,
                by_organization: HashMap::new(),
            }),
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
            let mut known = self.lock();
            known.forgotten += 1;
            known.by_organization.clear();
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
        if event.as_job().is_some() {
            return of_bot(client, own).await;
        }
        let Some(place) = Place::of(event) else {
            // An event of no organization concerns no organization's bot.
            return Ok(Installation::Off);
        };
        if let Some(known) = self.known(&place, now) {
            return Ok(known);
        }
        let own =
            own.ok_or("the bot's own user is not known yet, so its instances cannot be read")?;
        let reading = self.reading_of(&place.organization);
        let _reading = match reading.try_lock() {
            Ok(reading) => reading,
            // Whoever reads is at work, or waits for the pace.
            Err(_) => self.activity.resting(reading.lock()).await,
        };
        if let Some(known) = self.known(&place, now) {
            return Ok(known);
        }
        let forgotten = self.lock().forgotten;
        let bot = BotId::from(own.clone());
        let path = place.path_in(event);
        let Reading { path, config } = read(client, &bot, &place.organization, path).await?;
        let config = config.unwrap_or_else(|error| {
            let organization = &place.organization;
            tracing::error!(%organization, %error, "the bot's configuration cannot be used; it stays silent there");
            None
        });
        let config = config.map(Arc::new);
        let cached = Cached {
            path,
            config: config.clone(),
            until: now.saturating_add(FRESH_FOR).unwrap_or(now),
        };
        self.keep(place.organization, cached, forgotten);
        Ok(installation(config))
    }

    /// What was read lately, unless the event knows of another path to the organization.
    fn known(&self, place: &Place, now: Timestamp) -> Option<Installation<C>> {
        let known = self.lock();
        let found = known.by_organization.get(&place.organization);
        let fresh = found.filter(|cached| now < cached.until)?;
        let differs = place.path.as_ref().is_some_and(|path| *path != fresh.path);
        (!differs).then(|| installation(fresh.config.clone()))
    }

    /// Keeps what was read, unless something changed while it was.
    fn keep(&self, organization: OrganizationId, cached: Cached<C>, forgotten: u64) {
        let mut known = self.lock();
        if known.forgotten == forgotten {
            known.by_organization.insert(organization, cached);
        }
    }

    fn reading_of(&self, organization: &OrganizationId) -> Arc<tokio::sync::Mutex<()>> {
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(reading.entry(organization.clone()).or_default())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known<C>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// For a job, which comes in no organization. Rare, so it is read every time.
async fn of_bot<C: DeserializeOwned>(
    client: &Client,
    own: Option<&UserId>,
) -> Result<Installation<C>, BotError> {
    let own = own.ok_or("the bot's own user is not known yet, so its settings cannot be read")?;
    let bot = BotId::from(own.clone());
    let effective = merge::of_bot(&client.bots().get(&bot).await?);
    if !effective.enabled {
        return Ok(Installation::Off);
    }
    let config = text::read(&effective.meta);
    let config = config.map(Arc::new).inspect_err(|error| {
        tracing::error!(%error, "the bot's own configuration cannot be used, so its jobs do nothing");
    });
    Ok(installation(config.ok()))
}

fn installation<C>(config: Option<Arc<C>>) -> Installation<C> {
    config.map_or(Installation::Off, Installation::Enabled)
}

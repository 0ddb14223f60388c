//! Organizations that use a bot: what each configured, merged from the root organization down, and
//! what each is like.

mod audit;
mod cache;
mod change;
mod flights;
mod merge;
mod place;
mod problem;
mod profile;
mod profiles;
mod quarantine;
mod read;
mod text;
pub(crate) use audit::{Audit, Auditor, Audits};
pub use merge::{Effective, Inherit, Origin, Setting, effective};
pub use problem::{Problem, Problems};
pub use profile::OrganizationProfile;
pub(crate) use profiles::Profiles;
pub(crate) use quarantine::Quarantine;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use web1on1::{BotId, Client, InstanceId, OrganizationId, UserId};

use self::{
    cache::{Cache, Cached},
    change::Change,
    flights::Flights,
    place::{OrgPath, Place},
    quarantine::{News, Quarantines},
    read::{Reading, read},
};
use crate::{activity::Activity, bot::BotError, event::Event};

/// How long what was read is used before it is read again (the SDK's hour).
const FRESH_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Whether the bot works for an organization.
#[derive(Debug)]
pub(crate) enum Installation<C> {
    /// It does, with this configuration.
    Enabled(Arc<C>),
    /// It is disabled or not installed.
    Off,
    /// Its configuration cannot be used.
    Quarantined(Arc<Quarantine>),
}

/// What a bot finds wrong with a configuration that could be read.
pub(crate) type CheckConfig<C> = fn(&C, &mut Problems);

/// The merged configurations of one bot, by organization, and the organizations' profiles.
#[derive(Debug)]
pub(crate) struct Tenants<C> {
    /// Set if the configuration holds nothing, so that there is nothing to read.
    constant: Option<Arc<C>>,
    check: CheckConfig<C>,
    inherit: Inherit,
    client: Client,
    known: Mutex<Cache<Kept<C>>>,
    quarantines: Mutex<Quarantines>,
    flights: Flights,
    profiles: Arc<Profiles>,
}

#[derive(Debug)]
struct Kept<C> {
    /// What was read, as far as it was known then.
    path: OrgPath,
    is_path_known: bool,
    instances: Vec<InstanceId>,
    installation: Installation<C>,
    until: Timestamp,
}

impl<C> Cached for Kept<C> {
    fn is_changed_by(&self, change: &Change) -> bool {
        match change {
            Change::Everything => true,
            Change::Organization(_) => false,
            Change::Instance { id, organization } => {
                let is_on_path = match organization {
                    Some(organization) => !self.is_path_known || self.path.leads_by(organization),
                    None => false,
                };
                is_on_path || id.as_ref().is_some_and(|id| self.instances.contains(id))
            }
        }
    }

    fn until(&self) -> Timestamp {
        self.until
    }
}

impl<C> Clone for Installation<C> {
    fn clone(&self) -> Self {
        match self {
            Self::Enabled(config) => Self::Enabled(Arc::clone(config)),
            Self::Off => Self::Off,
            Self::Quarantined(quarantine) => Self::Quarantined(Arc::clone(quarantine)),
        }
    }
}

impl<C: DeserializeOwned> Tenants<C> {
    pub(crate) fn new(
        client: Client,
        activity: &Activity,
        inherit: Inherit,
        check: CheckConfig<C>,
    ) -> Self {
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
            check,
            inherit,
            known: Mutex::default(),
            quarantines: Mutex::default(),
            flights: Flights::new(activity.clone()),
            profiles: Arc::new(Profiles::new(client.clone(), activity.clone())),
            client,
        }
    }

    /// Forgets what `event` makes out of date, for the bot of user `own`.
    pub(crate) fn observe(&self, event: &Event, own: Option<&UserId>) {
        if let Some(change) = Change::of(event, own) {
            self.lock().apply(&change);
            self.profiles.apply(&change);
        }
    }

    pub(crate) fn profiles(&self) -> &Arc<Profiles> {
        &self.profiles
    }

    /// The organizations for which the bot is silent, because of their settings.
    pub(crate) fn quarantined(&self) -> Vec<Arc<Quarantine>> {
        self.quarantines().all()
    }

    pub(crate) async fn of(
        &self,
        event: &Event,
        own: Option<&UserId>,
        now: Timestamp,
    ) -> Result<Installation<C>, BotError> {
        if let Some(constant) = &self.constant {
            return Ok(Installation::Enabled(Arc::clone(constant)));
        }
        if event.as_job().is_some() {
            return self.of_bot(own).await;
        }
        let Some(place) = Place::of(event) else {
            // An event of no organization concerns no organization's bot.
            return Ok(Installation::Off);
        };
        if let Some(fresh) = self.fresh(&place, now) {
            return Ok(fresh);
        }
        let own =
            own.ok_or("the bot's own user is not known yet, so its instances cannot be read")?;
        let organization = &place.organization;
        let _alone = self.flights.alone(organization).await;
        if let Some(fresh) = self.fresh(&place, now) {
            return Ok(fresh);
        }
        self.lock().begin(organization);
        let bot = BotId::from(own.clone());
        let path = place.path_in(event);
        let reading = read(&self.client, &bot, organization, path, self.inherit).await?;
        let installation = match self.judge(&reading.effective) {
            Ok(installation) => installation,
            Err(problems) => {
                let name = self.name_of(organization, event, now).await;
                let (id, effective) = (organization.clone(), &reading.effective);
                let quarantine = Quarantine::new(id, name, effective, problems);
                Installation::Quarantined(Arc::new(quarantine))
            }
        };
        self.tell(organization, &installation);
        self.keep(organization, reading, installation.clone(), now);
        Ok(installation)
    }

    /// For a job, which comes in no organization. Rare, so it is read every time.
    async fn of_bot(&self, own: Option<&UserId>) -> Result<Installation<C>, BotError> {
        let own =
            own.ok_or("the bot's own user is not known yet, so its settings cannot be read")?;
        let bot = BotId::from(own.clone());
        let effective = merge::of_bot(&self.client.bots().get(&bot).await?);
        let installation = self.judge(&effective).unwrap_or_else(|problems| {
            for problem in problems {
                tracing::error!(%problem, "the bot's own settings cannot be used, so its jobs do nothing");
            }
            Installation::Off
        });
        Ok(installation)
    }

    fn judge(&self, effective: &Effective) -> Result<Installation<C>, Vec<Problem>> {
        if !effective.enabled {
            return Ok(Installation::Off);
        }
        let config = configured(&effective.settings, self.check)?;
        Ok(Installation::Enabled(Arc::new(config)))
    }

    /// For people only, so that no event waits for it.
    async fn name_of(
        &self,
        organization: &OrganizationId,
        event: &Event,
        now: Timestamp,
    ) -> Option<String> {
        let profile = self.profiles.of(organization, event, now).await.ok()?;
        (!profile.name.is_empty()).then(|| profile.name.clone())
    }

    /// Says once what is wrong, and once that it is over.
    fn tell(&self, organization: &OrganizationId, installation: &Installation<C>) {
        let found = match installation {
            Installation::Quarantined(quarantine) => Some(quarantine),
            Installation::Enabled(_) | Installation::Off => None,
        };
        match self.quarantines().note(organization, found) {
            Some(News::Begun(quarantine)) => tracing::error!(%organization, "{quarantine}"),
            Some(News::Over) => {
                tracing::info!(%organization, "the organization's settings can be used again, or the bot is switched off there");
            }
            None => {}
        }
    }

    fn keep(
        &self,
        organization: &OrganizationId,
        reading: Reading,
        installation: Installation<C>,
        now: Timestamp,
    ) {
        let kept = Kept {
            path: reading.path,
            is_path_known: reading.is_path_known,
            instances: reading.instances,
            installation,
            until: now.saturating_add(FRESH_FOR).unwrap_or(now),
        };
        self.lock().end(organization, kept);
    }

    /// What was read lately, unless the event knows of another path to the organization.
    fn fresh(&self, place: &Place, now: Timestamp) -> Option<Installation<C>> {
        let known = self.lock();
        let fresh = known.fresh(&place.organization, now)?;
        let differs = place.path.as_ref().is_some_and(|path| *path != fresh.path);
        (!differs).then(|| fresh.installation.clone())
    }

    fn quarantines(&self) -> MutexGuard<'_, Quarantines> {
        let quarantines = self.quarantines.lock();
        quarantines.unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Cache<Kept<C>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The configuration that `settings` make, if they make one that `check` has nothing against.
fn configured<C: DeserializeOwned>(
    settings: &BTreeMap<String, Setting>,
    check: CheckConfig<C>,
) -> Result<C, Vec<Problem>> {
    let config = text::read(settings)?;
    let mut problems = Problems::default();
    check(&config, &mut problems);
    if problems.is_empty() {
        return Ok(config);
    }
    let value = |key: &str| settings.get(key).map(|setting| setting.value.as_str());
    Err(problems.into_problems(value))
}

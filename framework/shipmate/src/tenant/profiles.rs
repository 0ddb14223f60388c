//! The organizations' profiles, read when they are asked for and kept until they change.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use web1on1::{Client, Error, OrganizationId, Query};

use super::{
    FRESH_FOR, OrganizationProfile,
    cache::{Cache, Cached},
    change::Change,
    flights::Flights,
    place::Place,
};
use crate::{
    activity::Activity,
    bot::{Bot, BotError, Result},
    event::Event,
    turn::Turn,
};

/// How long what an event told stands in for a profile that the platform does not show.
const TOLD_FOR: SignedDuration = SignedDuration::from_mins(10);

/// The profiles that one bot has asked for.
#[derive(Debug)]
pub(crate) struct Profiles {
    client: Client,
    known: Mutex<Cache<Kept>>,
    flights: Flights,
}

#[derive(Debug)]
struct Kept {
    profile: Arc<OrganizationProfile>,
    until: Timestamp,
}

impl Cached for Kept {
    fn is_changed_by(&self, change: &Change) -> bool {
        match change {
            Change::Organization(changed) => *changed == self.profile.id,
            Change::Instance { .. } => false,
            Change::Everything => true,
        }
    }

    fn until(&self) -> Timestamp {
        self.until
    }
}

impl Profiles {
    pub(crate) fn new(client: Client, activity: Activity) -> Self {
        Self {
            client,
            known: Mutex::default(),
            flights: Flights::new(activity),
        }
    }

    pub(super) fn apply(&self, change: &Change) {
        self.lock().apply(change);
    }

    /// The profile of `organization`, in which `event` happened.
    ///
    /// What the platform refuses to show is taken from the event. If it does not answer, what was
    /// read before serves on; only where nothing was, the event has to wait.
    pub(super) async fn of(
        &self,
        organization: &OrganizationId,
        event: &Event,
        now: Timestamp,
    ) -> Result<Arc<OrganizationProfile>> {
        if let Some(fresh) = self.fresh(organization, now) {
            return Ok(fresh);
        }
        let _alone = self.flights.alone(organization).await;
        if let Some(fresh) = self.fresh(organization, now) {
            return Ok(fresh);
        }
        self.lock().begin(organization);
        let (profile, span) = match self.read(organization).await {
            Ok(Some(profile)) => (profile, FRESH_FOR),
            Ok(None) => (OrganizationProfile::told_by(event, organization), TOLD_FOR),
            Err(error) if error.is_retryable() || error.is_token_problem() => {
                let earlier = self
                    .lock()
                    .known(organization)
                    .map(|it| Arc::clone(&it.profile));
                return earlier.ok_or_else(|| error.into());
            }
            Err(error) => {
                tracing::warn!(%organization, %error, "the organization cannot be read; what its events tell is used");
                (OrganizationProfile::told_by(event, organization), TOLD_FOR)
            }
        };
        let kept = Kept {
            profile: Arc::new(profile),
            until: now.saturating_add(span).unwrap_or(now),
        };
        let profile = Arc::clone(&kept.profile);
        self.lock().end(organization, kept);
        Ok(profile)
    }

    /// Listed and not fetched: a list leaves out what the token may not see, and 404 would not tell
    /// it from what is not there.
    async fn read(
        &self,
        organization: &OrganizationId,
    ) -> Result<Option<OrganizationProfile>, Error> {
        let query = Query::new().filter("id", organization.as_str());
        let found = self.client.organizations().list(&query).await?;
        let found = found.iter().find(|found| found.id == *organization);
        Ok(found.map(OrganizationProfile::of))
    }

    fn fresh(
        &self,
        organization: &OrganizationId,
        now: Timestamp,
    ) -> Option<Arc<OrganizationProfile>> {
        let known = self.lock();
        let kept = known.fresh(organization, now)?;
        Some(Arc::clone(&kept.profile))
    }

    fn lock(&self) -> MutexGuard<'_, Cache<Kept>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<B: Bot> Turn<B> {
    /// The organization of the conversation: its language, time zone and country, and the forms of
    /// its categories. It is read when it is first asked for, and then kept for an hour, or until the
    /// platform tells of a change; a bot that does not ask reads nothing.
    ///
    /// What the platform does not show the bot is taken from the event, or else is the documented
    /// default ([`is_complete`](OrganizationProfile::is_complete)).
    ///
    /// ```
    /// # use shipmate::{Bot, Message, NoConfig, Outcome, Result, Turn};
    /// # struct Greeter;
    /// # impl Bot for Greeter {
    /// #     type State = ();
    /// #     type Config = NoConfig;
    /// async fn on_message(&self, turn: &mut Turn<Self>, _: &Message) -> Result<Outcome> {
    ///     let organization = turn.organization_profile().await?;
    ///     let here = turn.now().to_zoned(organization.time_zone.clone());
    ///     turn.say(format!("Welcome to {}. It is {} here.", organization.name, here.strftime("%H:%M")));
    ///     turn.done()
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If the platform does not answer and the organization was not read before: `?` makes the event
    /// wait. For an event of no organization, which does not help to try again.
    pub async fn organization_profile(&self) -> Result<Arc<OrganizationProfile>> {
        let place = Place::of(self.event()).ok_or_else(|| {
            let name = &self.event().name;
            BotError::permanent(format!("the event `{name}` belongs to no organization"))
        })?;
        self.profiles()
            .of(&place.organization, self.event(), self.now())
            .await
    }
}

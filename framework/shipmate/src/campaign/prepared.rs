//! A campaign that is checked and ready to run.

use std::{num::NonZeroU32, sync::Arc};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use web1on1::{Query, Touchpoint};

use super::{
    Audience, Campaign, CampaignError, Missed, Template,
    pace::{Pace, SendingHours},
    text::Texts,
};
use crate::{
    schedule::{Cron, Hours, Misfire},
    store::Key,
};

/// When runs begin.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    pub(crate) cron: Cron,
    pub(crate) misfire: Misfire,
}

/// A campaign, checked.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub(crate) name: Arc<str>,
    pub(crate) bot: Arc<str>,
    pub(crate) organization: Arc<str>,
    pub(crate) touchpoint: Touchpoint,
    pub(crate) pace: Pace,
    /// The time in which a contact is written to once at most.
    pub(crate) cap: Option<SignedDuration>,
    pub(crate) schedule: Option<Schedule>,
    pub(crate) dry_run: bool,
    pub(super) audience: Audience,
    pub(super) texts: Texts,
    pub(super) template: Option<Template>,
}

impl Campaign {
    /// The campaign for the bot of this name.
    pub(crate) fn prepare(&self, bot: &str) -> Result<Prepared, CampaignError> {
        self.try_prepare(bot).map_err(|error| error.of(&self.name))
    }

    fn try_prepare(&self, bot: &str) -> Result<Prepared, CampaignError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if self.name.is_empty() || !self.name.chars().all(fits) {
            return Err(CampaignError::unusable(
                "name",
                "use letters, digits, `-` and `_`",
            ));
        }
        if self.organization.as_str().trim().is_empty() {
            return Err(CampaignError::unusable(
                "organization",
                "give the id of the organization whose contacts are written to",
            ));
        }
        let audience = match &self.built_audience {
            Some(audience) => audience.clone(),
            None => Audience::read(&self.audience)?,
        };
        audience.check()?;
        Ok(Prepared {
            name: self.name.as_str().into(),
            bot: bot.into(),
            organization: self.organization.as_str().into(),
            touchpoint: self.checked_touchpoint()?,
            pace: self.checked_pace()?,
            schedule: self.checked_schedule()?,
            cap: self.checked_cap()?,
            dry_run: self.dry_run,
            audience,
            texts: Texts::read("text", &self.text)?,
            template: self.template.clone(),
        })
    }

    /// Business initiated conversations go out by e-mail, SMS or WhatsApp, the last by templates.
    fn checked_touchpoint(&self) -> Result<Touchpoint, CampaignError> {
        let unusable = |key: &str, problem: &str| Err(CampaignError::unusable(key, problem));
        match (&self.touchpoint, &self.template) {
            (Some(Touchpoint::Whatsapp), None) => unusable(
                "template",
                "WhatsApp takes only approved templates until the contact answers; give its name",
            ),
            (Some(Touchpoint::Whatsapp), Some(template)) if template.name.trim().is_empty() => {
                unusable("template.name", "give the name of an approved template")
            }
            (Some(Touchpoint::Sms | Touchpoint::Email), Some(_)) => unusable(
                "template",
                "templates are for the touchpoint `whatsapp` only",
            ),
            (
                Some(touchpoint @ (Touchpoint::Sms | Touchpoint::Email | Touchpoint::Whatsapp)),
                _,
            ) => Ok(touchpoint.clone()),
            _ => unusable("touchpoint", "use email, sms or whatsapp"),
        }
    }

    fn checked_pace(&self) -> Result<Pace, CampaignError> {
        let hours = match (&self.hours, &self.quiet_hours) {
            (None, None) => None,
            (hours, quiet) => Some(SendingHours {
                open: hours.clone().unwrap_or_else(Hours::always),
                quiet: quiet.clone(),
                zone: self.checked_zone()?,
            }),
        };
        let pace = Pace::new(self.checked_number()?, hours);
        if pace.next(None, Timestamp::UNIX_EPOCH) == Timestamp::MAX {
            return Err(CampaignError::unusable(
                "hours",
                "there is no time in them that is not quiet; change `hours` or `quiet_hours`",
            ));
        }
        Ok(pace)
    }

    fn checked_zone(&self) -> Result<TimeZone, CampaignError> {
        let zone = self.zone.as_deref().map(TimeZone::get);
        match zone {
            Some(Ok(zone)) => Ok(zone),
            _ => Err(CampaignError::unusable(
                "zone",
                "hours and schedules need a time zone, such as Europe/Amsterdam",
            )),
        }
    }

    fn checked_schedule(&self) -> Result<Option<Schedule>, CampaignError> {
        let Some(expression) = &self.schedule else {
            return Ok(None);
        };
        let cron = Cron::in_zone(expression, self.checked_zone()?)
            .map_err(|error| CampaignError::unusable("schedule", error.to_string()))?;
        let misfire = match self.misfire {
            Missed::Skip => Misfire::Skip,
            Missed::Once => Misfire::Once,
        };
        Ok(Some(Schedule { cron, misfire }))
    }

    fn checked_number(&self) -> Result<Option<NonZeroU32>, CampaignError> {
        let number = |given| {
            NonZeroU32::new(given).ok_or_else(|| {
                CampaignError::unusable("per_minute", "give 1 or more, or leave it out")
            })
        };
        self.per_minute.map(number).transpose()
    }

    fn checked_cap(&self) -> Result<Option<SignedDuration>, CampaignError> {
        const MOST: u16 = 366;
        match self.once_in_days {
            None => Ok(None),
            Some(days @ 1..=MOST) => Ok(Some(SignedDuration::from_hours(24 * i64::from(days)))),
            Some(_) => Err(CampaignError::unusable(
                "once_in_days",
                "give 1 to 366 days, or leave it out",
            )),
        }
    }
}

impl Prepared {
    /// The key of a conversation with the campaign's bot.
    pub(crate) fn key_of(&self, conversation: &str) -> Key {
        Key {
            bot: Arc::clone(&self.bot),
            mailbox: conversation.into(),
        }
    }

    /// The audience's contacts, always of the campaign's organization only.
    pub(crate) fn query(&self) -> Query {
        self.audience
            .query()
            .equals("organization", &*self.organization)
    }
}

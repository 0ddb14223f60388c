//! How an interview speaks.

use jiff::{Timestamp, tz::TimeZone};
use web1on1::Touchpoint;

use crate::{
    bot::Bot,
    form::{Buttons, Context, Locale},
    tenant::OrganizationProfile,
    turn::Turn,
};

/// In which language an interview speaks, and what it takes dates, numbers and telephone numbers
/// for.
#[derive(Debug, Clone, PartialEq)]
pub struct Style {
    /// The language of what is said.
    pub locale: Locale,
    /// The language of the people at the desk, who read [summaries](super::Interviewer::summary).
    pub agents: Locale,
    /// Whether the consumer's channel shows buttons.
    pub buttons: Buttons,
    /// The time zone in which *tomorrow* is meant.
    pub time_zone: TimeZone,
    /// The country, by its two letters (ISO 3166-1), in which telephone numbers are meant.
    pub country: Option<String>,
}

impl Default for Style {
    /// English, with buttons, in UTC and no particular country.
    fn default() -> Self {
        Self {
            locale: Locale::default(),
            agents: Locale::default(),
            buttons: Buttons::Shown,
            time_zone: TimeZone::UTC,
            country: None,
        }
    }
}

impl Style {
    /// What fits the conversation of a turn: the contact's language, or else the `preferred` one, or
    /// else the organization's; for its people the `preferred` one, or else the organization's; the
    /// organization's time zone and country; buttons where the touchpoint has them.
    pub fn of<B: Bot>(
        turn: &Turn<B>,
        organization: Option<&OrganizationProfile>,
        preferred: Option<Locale>,
    ) -> Self {
        let conversation = turn.conversation();
        let profile = turn.contact_profile();
        let own = profile.get("locale").and_then(|locale| locale.as_str());
        let own = own.map(Locale::from_tag);
        let agents = preferred.or_else(|| organization.map(|organization| organization.locale));
        let agents = agents.or(own).unwrap_or_default();
        let touchpoint = conversation.and_then(|conversation| conversation.touchpoint.as_ref());
        Self {
            locale: own.unwrap_or(agents),
            agents,
            buttons: buttons(touchpoint),
            time_zone: organization
                .map_or(TimeZone::UTC, |organization| organization.time_zone.clone()),
            country: organization.and_then(|organization| organization.country.clone()),
        }
    }

    pub(super) fn context(&self, now: Timestamp) -> Context {
        Context {
            country: self.country.clone(),
            ..Context::new(now, self.time_zone.clone(), self.locale)
        }
    }
}

/// Text messages and e-mails have no buttons.
fn buttons(touchpoint: Option<&Touchpoint>) -> Buttons {
    match touchpoint {
        Some(Touchpoint::Sms | Touchpoint::Email) => Buttons::NotShown,
        _ => Buttons::Shown,
    }
}

//! What an organization can configure, in the `meta` of its bot instance.

use jiff::{SignedDuration, tz::TimeZone};
use serde::Deserialize;
use shipmate::{
    Recipients,
    form::Locale,
    interview::Reminders,
    schedule::{Hours, QuietHours},
    tenant::{OrganizationProfile, Problems},
};

/// Settings of one organization. All are text on the platform; lists have commas.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Config {
    /// Ids of the forms to offer. If empty, those with one of the labels below, or else those of the
    /// conversation's category, or else all active ones of the organization and those above.
    pub(crate) forms: Vec<String>,
    /// Labels of the forms to offer.
    pub(crate) labels: Vec<String>,
    /// The one of them that is asked who answers a campaign; any of them unless set.
    pub(crate) campaign_form: Option<String>,
    /// Wrong answers to one question before a person is called.
    pub(crate) attempts: u32,
    /// Whether the consumer is shown all answers in the end, to correct them.
    pub(crate) review: bool,
    /// Whether the contact's profile fields that a form includes are asked for, too, as far as they
    /// are not known.
    pub(crate) ask_profile: bool,
    /// The language of consumers whose profile names none; the organization's unless set.
    pub(crate) locale: Option<Locale>,
    /// The time zone that `today` and the hours are meant in; the organization's unless set.
    time_zone: Option<String>,
    /// The country that telephone numbers are meant in, by its two letters; the organization's
    /// unless set.
    pub(crate) country: Option<String>,
    /// Who is called when a person is needed.
    pub(crate) handover: Recipients,
    /// What happens when the person has left again.
    pub(crate) after_person: AfterPerson,
    /// Whether answers that belong into the contact's profile are written there.
    pub(crate) update_contact: bool,
    /// When people are at work; always unless set.
    pub(crate) hours: Option<Hours>,
    /// When nobody is reminded.
    quiet_hours: Option<QuietHours>,
    /// After how long without an answer the consumer is reminded, for example `30m, 4h`.
    reminders: Vec<SignedDuration>,
    /// How long after the last reminder the intake is given up.
    give_up_after: SignedDuration,
    /// What is said first, in place of our own words.
    pub(crate) greeting: Option<String>,
    /// What is said in the end, above the answers.
    pub(crate) thanks: Option<String>,
    /// What is said before a person comes.
    pub(crate) person: Option<String>,
    /// What is said instead while nobody is at work, in place of our own words.
    pub(crate) closed: Option<String>,
}

/// What the bot does when a person it called has left again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AfterPerson {
    /// A later message begins a new intake.
    #[default]
    StartOver,
    /// It goes on where it was.
    Resume,
    /// It says nothing more until it is assigned.
    StayOut,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            forms: Vec::new(),
            labels: Vec::new(),
            campaign_form: None,
            attempts: 5,
            review: false,
            ask_profile: false,
            locale: None,
            time_zone: None,
            country: None,
            handover: Recipients::default(),
            after_person: AfterPerson::default(),
            update_contact: true,
            hours: None,
            quiet_hours: None,
            reminders: Vec::new(),
            give_up_after: SignedDuration::from_hours(24),
            greeting: None,
            thanks: None,
            person: None,
            closed: None,
        }
    }
}

impl Config {
    pub(crate) fn check(&self, problems: &mut Problems) {
        if self.attempts == 0 {
            problems.add("attempts", "a whole number from 1, for example 3");
        }
        if let Some(name) = &self.time_zone
            && TimeZone::get(name).is_err()
        {
            problems.add(
                "timeZone",
                "the name of a time zone, for example Europe/Berlin",
            );
        }
        let is_positive = |span: &SignedDuration| span.is_positive();
        if !self.reminders.iter().all(is_positive) {
            problems.add("reminders", "lengths of time, for example 30m, 4h");
        }
        if !self.give_up_after.is_positive() {
            problems.add("giveUpAfter", "a length of time, for example 24h");
        }
    }

    /// The time zone of the settings, or else of the organization.
    pub(crate) fn time_zone(&self, organization: &OrganizationProfile) -> TimeZone {
        let own = self.time_zone.as_deref();
        let own = own.and_then(|name| TimeZone::get(name).ok());
        own.unwrap_or_else(|| organization.time_zone.clone())
    }

    /// When to remind; never, if no reminders are set and the intake is given up in silence.
    pub(crate) fn reminders(&self, time_zone: &TimeZone) -> Reminders {
        let reminders =
            Reminders::after(self.reminders.iter().copied()).giving_up_after(self.give_up_after);
        match &self.quiet_hours {
            Some(quiet) => reminders.except_in(quiet.clone(), time_zone.clone()),
            None => reminders,
        }
    }
}

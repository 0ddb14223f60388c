//! What an organization can configure, in the `meta` of its bot instance.

use std::sync::{Arc, OnceLock};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde::Deserialize;
use shipmate::{
    Recipients,
    form::Locale,
    interview::{Edition, Reminders},
    schedule::{Hours, QuietHours},
    tenant::{OrganizationProfile, Problems},
};

/// Settings of one organization. All are text on the platform.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Config {
    /// A survey of its own, as TOML; ours unless set.
    survey: Option<String>,
    /// The same, read when it is first needed.
    #[serde(skip)]
    own: OnceLock<Option<Arc<Edition>>>,
    /// Whether a survey is held when a conversation has closed.
    pub(crate) on_close: bool,
    /// How long after the closing.
    pub(crate) after: SignedDuration,
    /// How long nobody is asked again.
    pub(crate) not_again_within: SignedDuration,
    /// The language of consumers whose profile names none; the organization's unless set.
    pub(crate) locale: Option<Locale>,
    /// The time zone that the hours are meant in; the organization's unless set.
    time_zone: Option<String>,
    /// Who is called when the consumer wants to be called back, or to talk to a person.
    pub(crate) handover: Recipients,
    /// Whether answers that belong into the contact's profile are written there.
    pub(crate) update_contact: bool,
    /// When people are at work; always unless set.
    pub(crate) hours: Option<Hours>,
    /// When nobody is asked and nobody is reminded.
    quiet_hours: Option<QuietHours>,
    /// After how long without an answer the consumer is reminded, for example `4h`.
    reminders: Vec<SignedDuration>,
    /// How long after the last reminder the survey is given up.
    give_up_after: SignedDuration,
    /// What is said before the first question, in place of our own words.
    pub(crate) greeting: Option<String>,
    /// What is said after the last one.
    pub(crate) thanks: Option<String>,
    /// What is said instead of a promise while nobody is at work, in place of our own words.
    pub(crate) closed: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            survey: None,
            own: OnceLock::new(),
            on_close: true,
            after: SignedDuration::from_hours(2),
            not_again_within: SignedDuration::from_hours(30 * 24),
            locale: None,
            time_zone: None,
            handover: Recipients::default(),
            update_contact: true,
            hours: None,
            quiet_hours: None,
            reminders: Vec::new(),
            give_up_after: SignedDuration::from_hours(48),
            greeting: None,
            thanks: None,
            closed: None,
        }
    }
}

impl Config {
    pub(crate) fn check(&self, problems: &mut Problems) {
        if let Some(text) = &self.survey
            && let Err(error) = Edition::from_toml(text)
        {
            problems.add("survey", format!("a survey as TOML; as it is: {error}"));
        }
        if let Some(name) = &self.time_zone
            && TimeZone::get(name).is_err()
        {
            problems.add(
                "timeZone",
                "the name of a time zone, for example Europe/Berlin",
            );
        }
        if self.after.is_negative() {
            problems.add("after", "a length of time, for example 2h");
        }
        if !self.reminders.iter().all(SignedDuration::is_positive) {
            problems.add("reminders", "lengths of time, for example 4h, 1d");
        }
        if !self.give_up_after.is_positive() {
            problems.add("giveUpAfter", "a length of time, for example 48h");
        }
    }

    /// The organization's own survey.
    pub(crate) fn own_survey(&self) -> Option<&Arc<Edition>> {
        let read = || {
            Edition::from_toml(self.survey.as_deref()?)
                .ok()
                .map(Arc::new)
        };
        self.own.get_or_init(read).as_ref()
    }

    /// The time zone of the settings, or else of the organization.
    pub(crate) fn time_zone(&self, organization: &OrganizationProfile) -> TimeZone {
        let own = self.time_zone.as_deref();
        let own = own.and_then(|name| TimeZone::get(name).ok());
        own.unwrap_or_else(|| organization.time_zone.clone())
    }

    /// When a survey is to begin after the closing, of which the bot may learn late.
    pub(crate) fn due(&self, closed_at: Timestamp, now: Timestamp, zone: &TimeZone) -> Timestamp {
        let due = closed_at.saturating_add(self.after);
        let due = due.unwrap_or(Timestamp::MAX).max(now);
        let quiet = self.quiet_hours.as_ref();
        quiet.map_or(due, |quiet| quiet.earliest_allowed(due, zone))
    }

    pub(crate) fn reminders(&self, zone: &TimeZone) -> Reminders {
        let reminders =
            Reminders::after(self.reminders.iter().copied()).giving_up_after(self.give_up_after);
        match &self.quiet_hours {
            Some(quiet) => reminders.except_in(quiet.clone(), zone.clone()),
            None => reminders,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_fine(survey: &str) -> bool {
        let config = Config {
            survey: Some(survey.to_owned()),
            ..Config::default()
        };
        let mut problems = Problems::default();
        config.check(&mut problems);
        problems.is_empty()
    }

    #[test]
    fn the_time_counts_from_the_closing_and_quiet_hours_from_now() {
        let at = |time: &str| -> Timestamp { format!("2026-03-{time}:00Z").parse().unwrap() };
        let config = Config {
            quiet_hours: Some("21:00-08:00".parse().unwrap()),
            ..Config::default()
        };
        for (closed_at, now, expected) in [
            ("02T10:00", "02T10:00", "02T12:00"),
            ("02T10:00", "02T11:30", "02T12:00"),
            ("02T10:00", "02T15:00", "02T15:00"),
            ("02T20:00", "02T20:00", "03T08:00"),
            ("02T10:00", "02T23:00", "03T08:00"),
        ] {
            let due = config.due(at(closed_at), at(now), &TimeZone::UTC);
            assert_eq!(due, at(expected), "closed {closed_at}, learned {now}");
        }
    }

    #[test]
    fn a_survey_of_the_organizations_own_is_examined() {
        let survey = "id = 'visit'\n[[questions]]\nname = 'a'\ntype = 'TYPE'\ntext = 'How was it?'";
        assert!(is_fine(&survey.replace("TYPE", "nps")));
        assert!(!is_fine(&survey.replace("TYPE", "nsp")));
        let error = Edition::from_toml(&survey.replace("TYPE", "nsp"))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("line 4") && error.contains("`nps`"),
            "{error}"
        );
    }
}

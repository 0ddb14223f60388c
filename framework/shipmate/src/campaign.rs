//! Conversations that the business begins, with many contacts: who is written to, what, and when.
//!
//! A [`Campaign`] says it; a *run* does it. A run reads the audience page by page and puts down
//! everybody in it as a member, durably, before anybody is written to. Then it writes to one member
//! after the other, with the lowest urgency: consumers who wait for an answer always go first.
//! A crash at any point neither loses nor repeats anybody.

mod audience;
pub use audience::{Audience, Condition};

mod error;
pub use error::CampaignError;

mod file;
pub use file::Campaigns;

mod judge;
pub(crate) use judge::Letter;

mod member;
pub use member::{MemberState, Skip, Standing};

mod opt_out;
pub use opt_out::OptOut;
pub(crate) use opt_out::Wish;

mod order;
pub(crate) use order::Order;

mod pace;

mod request;

mod runner;
pub use runner::{OrderError, Started, Trial};
pub(crate) use runner::{Parts, Runner};

mod prepared;
pub(crate) use prepared::Prepared;

mod summary;
pub(crate) use summary::Summary;

mod text;

#[cfg(feature = "sandbox")]
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use web1on1::{OrganizationId, Touchpoint};

use crate::schedule::{Hours, QuietHours};

/// What is said to whom, and when; see the [module](self).
///
/// The same can be written in a file, with the same names; see [`Campaigns`].
///
/// ```
/// use shipmate::campaign::{Audience, Campaign};
///
/// let campaign = Campaign::new("service-reminder", "64aa00000000000000000001".into())
///     .audience(Audience::everybody().equals("meta.segment", "gold"))
///     .sms("Hello {givenName|there}, your car is due for its service. Reply 1 to 5 for a day.")
///     .sms_in("nl", "Dag {givenName|klant}, uw auto is toe aan onderhoud. Antwoord 1 tot 5 voor een dag.")
///     .per_minute(60)
///     .once_in_days(30);
/// assert!(campaign.check().is_ok());
/// ```
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use = "a campaign does nothing until a service has it"]
pub struct Campaign {
    name: String,
    #[serde(default)]
    bot: Option<String>,
    organization: OrganizationId,
    #[serde(default)]
    audience: Map<String, Value>,
    #[serde(skip)]
    built_audience: Option<Audience>,
    touchpoint: Option<Touchpoint>,
    #[serde(default)]
    text: Value,
    #[serde(default)]
    template: Option<Template>,
    #[serde(default)]
    per_minute: Option<u32>,
    #[serde(default)]
    once_in_days: Option<u16>,
    #[serde(default)]
    zone: Option<String>,
    #[serde(default)]
    hours: Option<Hours>,
    #[serde(default)]
    quiet_hours: Option<QuietHours>,
    #[serde(default)]
    schedule: Option<String>,
    #[serde(default)]
    misfire: Missed,
    #[serde(default)]
    dry_run: bool,
}

/// What becomes of an instant of the schedule at which no service ran.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Missed {
    /// It is left out.
    Skip,
    /// One run makes up for all of them.
    #[default]
    Once,
}

/// An approved template of WhatsApp.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Template {
    name: String,
    #[serde(default)]
    language: Option<String>,
}

impl Campaign {
    /// A campaign for everybody in `organization`, which says nothing yet. Its runs are kept by its
    /// name; keep it when the campaign is changed.
    pub fn new(name: impl Into<String>, organization: OrganizationId) -> Self {
        Self {
            name: name.into(),
            bot: None,
            organization,
            audience: Map::new(),
            built_audience: None,
            touchpoint: None,
            text: Value::Null,
            template: None,
            per_minute: None,
            once_in_days: None,
            zone: None,
            hours: None,
            quiet_hours: None,
            schedule: None,
            misfire: Missed::default(),
            dry_run: false,
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which bot of the service writes and is told of it; needed only where there are several.
    pub fn bot(mut self, name: impl Into<String>) -> Self {
        self.bot = Some(name.into());
        self
    }

    /// Whom it is for, in its organization.
    pub fn audience(mut self, audience: Audience) -> Self {
        self.built_audience = Some(audience);
        self
    }

    /// Writes `text` as SMS. `{name}` stands for a field of the contact's profile, and
    /// `{givenName|there}` says what stands there without it; a contact without either is skipped.
    pub fn sms(self, text: impl Into<String>) -> Self {
        self.on(Touchpoint::Sms).text_in("default", text.into())
    }

    /// The SMS for contacts of a language, such as `nl` or `nl-BE`.
    pub fn sms_in(self, language: &str, text: impl Into<String>) -> Self {
        self.on(Touchpoint::Sms).text_in(language, text.into())
    }

    /// Writes `text` as e-mail, as [`sms`](Self::sms) does.
    pub fn email(self, text: impl Into<String>) -> Self {
        self.on(Touchpoint::Email).text_in("default", text.into())
    }

    /// The e-mail for contacts of a language.
    pub fn email_in(self, language: &str, text: impl Into<String>) -> Self {
        self.on(Touchpoint::Email).text_in(language, text.into())
    }

    /// Writes an approved template by WhatsApp: `text` is what the template says, for whoever reads
    /// the conversation. `language` is the conversation's or organization's if absent (business
    /// initiated conversations).
    pub fn whatsapp_template(
        mut self,
        template: impl Into<String>,
        language: Option<&str>,
        text: impl Into<String>,
    ) -> Self {
        self.template = Some(Template {
            name: template.into(),
            language: language.map(str::to_owned),
        });
        self.on(Touchpoint::Whatsapp)
            .text_in("default", text.into())
    }

    /// At most so many messages per minute, evenly; as many as the platform's limit on requests
    /// leaves over unless set.
    pub fn per_minute(mut self, messages: u32) -> Self {
        self.per_minute = Some(messages);
        self
    }

    /// At most one message per contact in so many days, over all campaigns of the bot.
    pub fn once_in_days(mut self, days: u16) -> Self {
        self.once_in_days = Some(days);
        self
    }

    /// The time zone of hours and schedule, such as `Europe/Amsterdam`.
    pub fn zone(mut self, zone: impl Into<String>) -> Self {
        self.zone = Some(zone.into());
        self
    }

    /// Writes only while these hours are open; needs a [`zone`](Self::zone).
    pub fn hours(mut self, hours: Hours) -> Self {
        self.hours = Some(hours);
        self
    }

    /// Writes to nobody in these hours; needs a [`zone`](Self::zone).
    pub fn quiet_hours(mut self, hours: QuietHours) -> Self {
        self.quiet_hours = Some(hours);
        self
    }

    /// Begins a run at the instants of a cron expression; needs a [`zone`](Self::zone). Without a
    /// schedule it is started by hand. A run that is under way goes on, and no other begins
    /// meanwhile. One run makes up for what was missed while no service ran.
    pub fn schedule(mut self, expression: impl Into<String>) -> Self {
        self.schedule = Some(expression.into());
        self
    }

    /// Instants of the schedule that were missed are left out.
    pub fn skip_missed(mut self) -> Self {
        self.misfire = Missed::Skip;
        self
    }

    /// Reads the audience and tells who would be written to, but writes to nobody.
    pub fn dry_run(mut self) -> Self {
        self.dry_run = true;
        self
    }

    /// Whether everything fits together.
    ///
    /// # Errors
    ///
    /// [`CampaignError`] names the key and what to do.
    pub fn check(&self) -> Result<(), CampaignError> {
        self.prepare("bot").map(drop)
    }

    fn on(mut self, touchpoint: Touchpoint) -> Self {
        self.touchpoint = Some(touchpoint);
        self
    }

    fn text_in(mut self, language: &str, text: String) -> Self {
        if !self.text.is_object() {
            self.text = json!({});
        }
        if let Some(texts) = self.text.as_object_mut() {
            texts.insert(language.to_owned(), text.into());
        }
        self
    }

    /// Whose contacts are written to.
    #[cfg(feature = "sandbox")]
    pub(crate) fn organization(&self) -> &OrganizationId {
        &self.organization
    }

    /// When a run begins by the calendar, after `now`.
    #[cfg(feature = "sandbox")]
    pub(crate) fn next_after(&self, now: Timestamp) -> Option<Timestamp> {
        let prepared = self.prepare("bot").ok()?;
        prepared.schedule?.cron.after(now)
    }

    /// The bot it asks for.
    pub(crate) fn wanted_bot(&self) -> Option<&str> {
        self.bot.as_deref()
    }
}

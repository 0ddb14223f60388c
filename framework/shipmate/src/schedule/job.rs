//! What a bot does by the calendar.

use jiff::SignedDuration;

use super::{Cron, Misfire};

/// What should have run less than this ago is not missed, unless set otherwise.
const GRACE: SignedDuration = SignedDuration::from_mins(1);

/// Something a bot does at the instants of a cron expression; see
/// [`BotSetup::job`](crate::BotSetup::job) and [`Bot::on_job`](crate::Bot::on_job).
///
/// ```
/// use shipmate::schedule::{Cron, Job, Misfire};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let weekly = Cron::new("0 9 * * MON", "Europe/Amsterdam")?;
/// let report = Job::new("report", weekly).misfire(Misfire::Skip);
/// # let _ = report;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a job does nothing until it is given to a `BotSetup`"]
pub struct Job {
    pub(crate) name: String,
    pub(crate) cron: Cron,
    pub(crate) misfire: Misfire,
    pub(crate) grace: SignedDuration,
}

impl Job {
    /// A job under a name of its own: the key of how far it has come. Keep the name when the job is
    /// changed. With another expression or time zone it begins anew: what came before it was
    /// changed is not made up for.
    pub fn new(name: impl Into<String>, cron: Cron) -> Self {
        Self {
            name: name.into(),
            cron,
            misfire: Misfire::default(),
            grace: GRACE,
        }
    }

    /// What becomes of instants that were missed; one run makes up for them unless set.
    pub fn misfire(mut self, misfire: Misfire) -> Self {
        self.misfire = misfire;
        self
    }

    /// How late an instant may be without having been missed, for example because the service was
    /// started anew; one minute unless set.
    pub fn grace(mut self, grace: SignedDuration) -> Self {
        self.grace = grace;
        self
    }
}

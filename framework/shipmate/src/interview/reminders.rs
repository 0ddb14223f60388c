//! Reminding a consumer who has fallen silent.

use jiff::{SignedDuration, tz::TimeZone};

use super::{Interview, Interviewer};
use crate::{
    bot::Bot,
    schedule::{QuietHours, Timer},
    turn::Turn,
};

/// The name of the timer.
pub(super) const TIMER: &str = "interview";

/// When to remind a consumer who does not answer, and when to give up.
///
/// ```
/// use jiff::SignedDuration;
/// use shipmate::interview::Reminders;
///
/// let reminders = Reminders::after([SignedDuration::from_mins(30), SignedDuration::from_hours(4)])
///     .giving_up_after(SignedDuration::from_hours(24));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Reminders {
    spans: Vec<SignedDuration>,
    give_up: SignedDuration,
    quiet: Option<(QuietHours, TimeZone)>,
}

impl Reminders {
    /// Reminds after each of these times without an answer, each counted from the last thing that
    /// was said.
    pub fn after(spans: impl IntoIterator<Item = SignedDuration>) -> Self {
        Self {
            spans: spans.into_iter().collect(),
            give_up: SignedDuration::from_hours(24),
            quiet: None,
        }
    }

    /// How long after the last reminder the interview ends; 24 hours unless set.
    #[must_use]
    pub fn giving_up_after(self, span: SignedDuration) -> Self {
        Self {
            give_up: span,
            ..self
        }
    }

    /// Nobody is reminded in these hours, but when they are over.
    #[must_use]
    pub fn except_in(self, hours: QuietHours, time_zone: TimeZone) -> Self {
        Self {
            quiet: Some((hours, time_zone)),
            ..self
        }
    }

    pub(super) fn is_last(&self, reminded: u32) -> bool {
        self.span(reminded).is_none()
    }

    fn span(&self, reminded: u32) -> Option<SignedDuration> {
        let reminded = usize::try_from(reminded).ok()?;
        self.spans.get(reminded).copied()
    }
}

impl Interviewer<'_> {
    /// The consumer's next message cancels it.
    pub(super) fn set_reminder<B: Bot>(&self, turn: &mut Turn<B>, interview: &Interview) {
        let Some(reminders) = self.reminders else {
            return;
        };
        let span = reminders.span(interview.reminders);
        let due = turn.now().saturating_add(span.unwrap_or(reminders.give_up));
        let due = due.unwrap_or(jiff::Timestamp::MAX);
        let due = match (&reminders.quiet, span) {
            // Giving up says nothing.
            (Some((quiet, zone)), Some(_)) => quiet.earliest_allowed(due, zone),
            _ => due,
        };
        turn.timer(TIMER, Timer::at(due).until_answered());
    }
}

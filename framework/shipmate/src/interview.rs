//! Holds a questionnaire in a conversation: asks, listens, asks again, and knows when it is over.
//!
//! An [`Edition`] is the survey as it is now, an [`Interviewer`] speaks, and an [`Interview`] is what
//! a conversation's state keeps of it:
//!
//! ```
//! use shipmate::{
//!     Bot, Message, NoConfig, Outcome, Result, Turn,
//!     interview::{Edition, End, Interview, Interviewer, Step, Style},
//! };
//!
//! struct Survey {
//!     edition: Edition,
//! }
//!
//! impl Bot for Survey {
//!     type State = Option<Interview>;
//!     type Config = NoConfig;
//!
//!     async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
//!         let interviewer = Interviewer::of(&self.edition, Style::of(turn, None, None));
//!         let (interview, step) = match turn.state.take() {
//!             Some(mut interview) => {
//!                 let step = interviewer.hear(turn, &mut interview, message);
//!                 (interview, step)
//!             }
//!             None => interviewer.begin(turn, Some("Hello! A few short questions:")),
//!         };
//!         match step {
//!             Step::Asked => turn.state = Some(interview),
//!             Step::Ended(End::Completed) => turn.say("Thank you!"),
//!             Step::Ended(_) => {}
//!         }
//!         turn.done()
//!     }
//! }
//! ```
//!
//! The questions may change while they are asked. Then an interview goes on as the new edition
//! [says](Edition#when-the-survey-changes), and what the consumer writes is never taken for an answer
//! to a question that was not asked.

mod answers;
mod asking;
mod changes;
mod edition;
mod hearing;
mod kept;
mod mark;
mod reminders;
mod renewal;
mod speaking;
mod style;
#[cfg(test)]
#[cfg(feature = "sandbox")]
mod tests;

pub use edition::Edition;
pub use reminders::Reminders;
pub use style::Style;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use web1on1::Form;

use self::mark::Mark;
use crate::{
    bot::Bot,
    form::{Known, Phrase, Progress, Questionnaire, Standing},
    turn::Turn,
};

/// How far one conversation has come with a questionnaire. Part of a bot's state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Interview {
    /// Which questionnaire: what the [`Interviewer`] calls it.
    pub questionnaire: String,
    /// When it began.
    pub began_at: Timestamp,
    /// The answers so far.
    #[serde(default)]
    pub progress: Progress,
    /// The fields that were asked, in the order in which they were asked first.
    #[serde(default)]
    pub asked: Vec<String>,
    /// How often the consumer was reminded of the open question.
    #[serde(default)]
    pub reminders: u32,
    /// What was asked last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    standing: Option<Standing>,
    /// Which edition of the questions the answers belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    edition: Option<Mark>,
}

impl Interview {
    /// The version of the survey that it is held with: the one it began with, or the one it was
    /// brought up to. None if its questions have no versions.
    pub fn version(&self) -> Option<u32> {
        self.edition.as_ref()?.version
    }
}

/// What a turn with an interview came to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "when an interview has ended, the bot has to say or do something about it"]
pub enum Step {
    /// Something was asked; it goes on with the consumer's next message.
    Asked,
    /// It is over.
    Ended(End),
}

/// How an interview ends.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum End {
    /// Everything was answered. Nothing was said about it yet.
    Completed,
    /// It is not meant for this consumer, who was told so; the name of the rule.
    ScreenedOut(String),
    /// There are enough responses of this consumer's group, who was told so; the name of the quota.
    OverQuota(String),
    /// The consumer does not want to answer any more, which was acknowledged.
    Cancelled,
    /// The consumer wants to talk to a person. Nothing was said about it yet.
    WantsPerson,
    /// A question was answered wrongly too often, and a person is to be called. Nothing was said
    /// about it yet.
    Stuck {
        /// The question's field; empty if it was asked whether all answers are right.
        field: String,
    },
    /// The consumer does not answer any more, for all reminders.
    Silent,
    /// A question was answered wrongly too often, and it was said that this is all.
    GaveUp {
        /// The question's field; empty if it was asked whether all answers are right.
        field: String,
    },
}

/// Holds interviews with one questionnaire.
#[derive(Debug, Clone)]
pub struct Interviewer<'a> {
    name: &'a str,
    questionnaire: &'a Questionnaire,
    edition: Option<&'a Edition>,
    style: Style,
    form: Option<&'a Form>,
    reminders: Option<&'a Reminders>,
    reports: bool,
    updates_contact: bool,
    /// Set if what is answered is kept for results: the questionnaire's version.
    version: Option<u32>,
}

impl<'a> Interviewer<'a> {
    /// Holds a survey, in one of [its languages](Edition::locale_for). What is answered is kept for [results](crate::results) under its id and
    /// version, and quotas that are full are closed. An interview that was begun with another edition
    /// is [brought up to date](Edition#when-the-survey-changes).
    pub fn of(edition: &'a Edition, style: Style) -> Self {
        let locale = edition.locale_for(style.locale);
        let style = Style { locale, ..style };
        Self {
            edition: Some(edition),
            ..Self::new(edition.id(), edition.questionnaire(), style)
                .keeping_responses(edition.version())
        }
    }

    /// Holds `questionnaire`, which results call `name`, and which has no versions.
    pub fn new(name: &'a str, questionnaire: &'a Questionnaire, style: Style) -> Self {
        Self {
            name,
            questionnaire,
            edition: None,
            style,
            form: None,
            reminders: None,
            reports: true,
            updates_contact: false,
            version: None,
        }
    }

    /// Fills in a form of the platform: each answer is sent as a `field` message, and the report in
    /// the end carries the form's labels and points (API Reference, forms). An interview that was
    /// begun before the form was changed is taken over, with the answers that are still valid.
    #[must_use]
    pub fn filling_in(self, form: &'a Form) -> Self {
        Self {
            form: Some(form),
            ..self
        }
    }

    /// Keeps what is answered, answer by answer, for [results](crate::results), and closes quotas
    /// that are full. `version` is the questionnaire's.
    #[must_use]
    pub fn keeping_responses(self, version: u32) -> Self {
        Self {
            version: Some(version),
            ..self
        }
    }

    /// Keeps nothing for results, and has no quotas.
    #[must_use]
    pub fn without_responses(self) -> Self {
        Self {
            version: None,
            ..self
        }
    }

    /// Sends no `report` in the end: the answers matter to nobody but the bot.
    #[must_use]
    pub fn without_report(self) -> Self {
        Self {
            reports: false,
            ..self
        }
    }

    /// Writes answers that [might be known](crate::form::Question::source) from the contact's profile
    /// back to it when the interview ends, unless it was cancelled: those that the profile lacks or
    /// has otherwise. A `telephone` or `email` that the profile has stays, since the platform knows the
    /// contact by it (business initiated conversations). See [`Turn::set_profile`].
    #[must_use]
    pub fn updating_contact(self) -> Self {
        Self {
            updates_contact: true,
            ..self
        }
    }

    /// Reminds a consumer who falls silent, and in the end gives up: the bot passes its timers to
    /// [`wake`](Self::wake).
    #[must_use]
    pub fn reminding(self, reminders: &'a Reminders) -> Self {
        Self {
            reminders: Some(reminders),
            ..self
        }
    }

    /// The language and the rest of how it speaks.
    pub fn style(&self) -> &Style {
        &self.style
    }

    /// Begins: takes over what is known of the consumer, and asks the first question, below
    /// `greeting` in the same message.
    pub fn begin<B: Bot>(&self, turn: &mut Turn<B>, greeting: Option<&str>) -> (Interview, Step) {
        let mut interview = Interview {
            questionnaire: self.name.to_owned(),
            began_at: turn.now(),
            progress: Progress::default(),
            asked: Vec::new(),
            reminders: 0,
            standing: None,
            edition: self.mark(),
        };
        if let Some(conversation) = turn.conversation() {
            let known = Known {
                profile: turn.contact_profile(),
                meta: conversation.meta.clone(),
            };
            let context = self.style.context(turn.now());
            self.questionnaire
                .prefill(&mut interview.progress, &known, &context);
        }
        if let Some(form) = self.form {
            turn.form(form.id.clone(), &form.name);
        }
        let step = self.go_on(turn, &mut interview, greeting);
        let step = self.end(turn, &interview, step);
        (interview, step)
    }

    /// Asks the open question once more, for example when the bot has the conversation back.
    pub fn resume<B: Bot>(&self, turn: &mut Turn<B>, interview: &mut Interview) -> Step {
        self.go_on_with(turn, interview, |it, turn, interview| {
            let text = it.say(Phrase::Resume);
            it.go_on(turn, interview, Some(&text))
        })
    }

    /// What a timer of the interview brings: a reminder, or the end. None if the timer is another
    /// one.
    pub fn wake<B: Bot>(
        &self,
        turn: &mut Turn<B>,
        interview: &mut Interview,
        timer: &str,
    ) -> Option<Step> {
        let reminders = self.reminders.filter(|_| timer == reminders::TIMER)?;
        let is_last = reminders.is_last(interview.reminders);
        let step = self.go_on_with(turn, interview, |it, turn, interview| {
            if is_last {
                return Step::Ended(End::Silent);
            }
            it.remind(turn, interview)
        });
        Some(step)
    }

    /// Reports what was answered although not everything was: the consumer fell silent, or a person
    /// goes on.
    pub fn report_partial<B: Bot>(&self, turn: &mut Turn<B>, interview: &Interview) {
        let earlier = self.began_with(interview);
        let it = self.holding(earlier.as_deref());
        if !it.questionnaire.values(&interview.progress).is_empty() {
            it.report(turn, interview, false);
        }
    }

    /// A step without a message of the consumer.
    fn go_on_with<B: Bot>(
        &self,
        turn: &mut Turn<B>,
        interview: &mut Interview,
        go_on: impl FnOnce(&Interviewer<'_>, &mut Turn<B>, &mut Interview) -> Step,
    ) -> Step {
        let before = interview.progress.clone();
        self.renew(turn.now(), interview);
        let earlier = self.began_with(interview);
        let it = self.holding(earlier.as_deref());
        let step = go_on(&it, turn, interview);
        it.tell_changes(turn, &before, interview);
        it.end(turn, interview, step)
    }

    fn end<B: Bot>(&self, turn: &mut Turn<B>, interview: &Interview, step: Step) -> Step {
        self.keep_response(turn, interview, &step);
        if let Step::Ended(end) = &step
            && self.updates_contact
            && *end != End::Cancelled
        {
            self.update_contact(turn, interview);
        }
        match &step {
            Step::Asked => self.set_reminder(turn, interview),
            Step::Ended(_) if !self.reports => {}
            Step::Ended(End::Completed) => self.report(turn, interview, true),
            Step::Ended(_) => self.report_partial(turn, interview),
        }
        step
    }
}

//! Holds a questionnaire in a conversation: asks, listens, asks again, and knows when it is over.
//!
//! A [`Questionnaire`] decides, an [`Interviewer`] speaks, and an [`Interview`] is what a
//! conversation's state keeps of it:
//!
//! ```
//! use shipmate::{
//!     Bot, Message, NoConfig, Outcome, Result, Turn,
//!     form::Questionnaire,
//!     interview::{End, Interview, Interviewer, Step, Style},
//! };
//!
//! struct Survey {
//!     questionnaire: Questionnaire,
//! }
//!
//! impl Bot for Survey {
//!     type State = Option<Interview>;
//!     type Config = NoConfig;
//!
//!     async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
//!         let style = Style::of(turn, None, None);
//!         let interviewer = Interviewer::new("visit", &self.questionnaire, style);
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

mod changes;
mod kept;
mod reminders;
mod speaking;
mod style;

pub use reminders::Reminders;
pub use style::Style;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use web1on1::{Form, Message, MessageType};

use crate::{
    bot::Bot,
    form::{
        GiveUp, Input, Known, Localized, Next, Phrase, Progress, Prompt, Question, Questionnaire,
        Quota, Reply, Wish,
    },
    handover::Summary,
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
    style: Style,
    form: Option<&'a Form>,
    reminders: Option<&'a Reminders>,
    reports: bool,
    /// Set if what is answered is kept for results: the questionnaire's version.
    version: Option<u32>,
}

impl<'a> Interviewer<'a> {
    /// Holds `questionnaire`, which results call `name`.
    pub fn new(name: &'a str, questionnaire: &'a Questionnaire, style: Style) -> Self {
        Self {
            name,
            questionnaire,
            style,
            form: None,
            reminders: None,
            reports: true,
            version: None,
        }
    }

    /// Fills in a form of the platform: each answer is sent as a `field` message, and the report in
    /// the end carries the form's labels and points (API Reference, forms).
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

    /// Sends no `report` in the end: the answers matter to nobody but the bot.
    #[must_use]
    pub fn without_report(self) -> Self {
        Self {
            reports: false,
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

    /// Takes the consumer's message, and asks what is next.
    pub fn hear<B: Bot>(
        &self,
        turn: &mut Turn<B>,
        interview: &mut Interview,
        message: &Message,
    ) -> Step {
        let input = match message.kind {
            MessageType::Postback => Input::payload(&message.text),
            _ => Input::text(&message.text),
        };
        let context = self.style.context(turn.now());
        let before = interview.progress.clone();
        interview.reminders = 0;
        let reply = self
            .questionnaire
            .answer(&mut interview.progress, &input, &context);
        self.warn(&reply);
        let step = match self.full_quota(turn, interview) {
            Some(quota) => self.dismiss(turn, quota),
            None => self.respond(turn, interview, &reply),
        };
        self.tell_changes(turn, &before, interview);
        self.end(turn, interview, step)
    }

    /// Asks the open question once more, for example when the bot has the conversation back.
    pub fn resume<B: Bot>(&self, turn: &mut Turn<B>, interview: &mut Interview) -> Step {
        let text = self.phrase(Phrase::Resume);
        let step = self.go_on(turn, interview, Some(&text));
        self.end(turn, interview, step)
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
        let step = if reminders.is_last(interview.reminders) {
            Step::Ended(End::Silent)
        } else {
            let wording = self.questionnaire.wording();
            let said = interview.reminders;
            let texts = wording.in_turn(Phrase::StillThere, self.style.locale, said);
            let text = texts.into_iter().next().unwrap_or_default();
            interview.reminders += 1;
            self.go_on(turn, interview, Some(&text))
        };
        Some(self.end(turn, interview, step))
    }

    /// Takes an interview over that was begun with an earlier version of the questionnaire: answers
    /// that are valid in this one are kept.
    pub fn migrate(&self, now: Timestamp, interview: &mut Interview) {
        let context = self.style.context(now);
        interview.progress = self.questionnaire.migrate(&interview.progress, &context);
    }

    /// The same, but everything is asked again: of what was answered it is asked whether it is
    /// still right.
    pub fn restart(&self, now: Timestamp, interview: &mut Interview) {
        let context = self.style.context(now);
        interview.progress = self.questionnaire.restart(&interview.progress, &context);
    }

    /// Reports what was answered although not everything was: the consumer fell silent, or a person
    /// goes on.
    pub fn report_partial<B: Bot>(&self, turn: &mut Turn<B>, interview: &Interview) {
        if !self.questionnaire.values(&interview.progress).is_empty() {
            self.report(turn, interview, false);
        }
    }

    /// What people read who go on with it.
    pub fn summary(&self, interview: &Interview) -> Summary {
        let (questionnaire, progress) = (self.questionnaire, &interview.progress);
        let locale = self.style.locale;
        let title = self.form.map_or(self.name, |form| &form.name);
        let mut summary = Summary::new(locale).titled(title);
        for (question, answer) in questionnaire.answered(progress) {
            summary = summary.answer(question.label(locale), question.display(answer, locale));
        }
        for question in questionnaire.missing(progress) {
            summary = summary.missing(question.label(locale));
        }
        match questionnaire.next(progress) {
            Next::Question(question) | Next::Confirm(question, _)
                if progress.attempts(question.name()) > 0 =>
            {
                summary.stuck_at(question.label(locale))
            }
            _ => summary,
        }
    }

    fn respond<B: Bot>(
        &self,
        turn: &mut Turn<B>,
        interview: &mut Interview,
        reply: &Reply,
    ) -> Step {
        match reply {
            Reply::Wants(Wish::Cancel) => {
                turn.say(self.phrase(Phrase::Cancelled));
                Step::Ended(End::Cancelled)
            }
            Reply::Wants(Wish::Human) => Step::Ended(End::WantsPerson),
            Reply::OutOfAttempts { field, .. } => self.give_up(turn, interview, field),
            reply => {
                let (locale, buttons) = (self.style.locale, self.style.buttons);
                let progress = &interview.progress;
                let prompt = self.questionnaire.respond(progress, reply, locale, buttons);
                self.put(turn, interview, prompt)
            }
        }
    }

    /// Asks what is next, or ends.
    fn go_on<B: Bot>(
        &self,
        turn: &mut Turn<B>,
        interview: &mut Interview,
        before: Option<&str>,
    ) -> Step {
        let (locale, buttons) = (self.style.locale, self.style.buttons);
        let progress = &interview.progress;
        let prompt = match (self.questionnaire.ask(progress, locale, buttons), before) {
            (Some(prompt), Some(before)) => Some(prompt.after(before)),
            (None, Some(before)) => {
                turn.say(before);
                None
            }
            (prompt, None) => prompt,
        };
        self.put(turn, interview, prompt)
    }

    /// Says what is asked, if anything is.
    fn put<B: Bot>(
        &self,
        turn: &mut Turn<B>,
        interview: &mut Interview,
        prompt: Option<Prompt>,
    ) -> Step {
        let Some(prompt) = prompt else {
            return self.close(turn, interview);
        };
        self.note_asked(interview);
        speaking::say(turn, prompt);
        Step::Asked
    }

    /// Nothing is left to ask.
    fn close<B: Bot>(&self, turn: &mut Turn<B>, interview: &Interview) -> Step {
        match self.questionnaire.next(&interview.progress) {
            Next::ScreenedOut(rule) => {
                self.turn_away(turn, &rule.text);
                Step::Ended(End::ScreenedOut(rule.name.clone()))
            }
            _ => Step::Ended(End::Completed),
        }
    }

    fn dismiss<B: Bot>(&self, turn: &mut Turn<B>, quota: &Quota) -> Step {
        self.turn_away(turn, &quota.text);
        Step::Ended(End::OverQuota(quota.name.clone()))
    }

    fn turn_away<B: Bot>(&self, turn: &mut Turn<B>, text: &Localized) {
        match text.of(self.style.locale).trim() {
            "" => turn.say(self.phrase(Phrase::ScreenedOut)),
            text => turn.say(text),
        }
    }

    fn give_up<B: Bot>(&self, turn: &mut Turn<B>, interview: &mut Interview, field: &str) -> Step {
        let question = self.questionnaire.question(field);
        let field = field.to_owned();
        match question.map_or(GiveUp::HandOver, Question::give_up) {
            GiveUp::HandOver => Step::Ended(End::Stuck { field }),
            GiveUp::End => {
                turn.say(self.phrase(Phrase::GaveUp));
                Step::Ended(End::GaveUp { field })
            }
            GiveUp::Skip => {
                interview.progress.skip(&field);
                let text = self.phrase(Phrase::LeftOut);
                self.go_on(turn, interview, Some(&text))
            }
        }
    }

    fn end<B: Bot>(&self, turn: &mut Turn<B>, interview: &Interview, step: Step) -> Step {
        self.keep_response(turn, interview, &step);
        match &step {
            Step::Asked => self.set_reminder(turn, interview),
            Step::Ended(_) if !self.reports => {}
            Step::Ended(End::Completed) => self.report(turn, interview, true),
            Step::Ended(_) => self.report_partial(turn, interview),
        }
        step
    }

    fn note_asked(&self, interview: &mut Interview) {
        if let Next::Question(question) | Next::Confirm(question, _) =
            self.questionnaire.next(&interview.progress)
            && !interview.asked.iter().any(|asked| asked == question.name())
        {
            interview.asked.push(question.name().to_owned());
        }
    }

    fn warn(&self, reply: &Reply) {
        if let Reply::Rejected {
            warning: Some(warning),
            ..
        }
        | Reply::OutOfAttempts {
            warning: Some(warning),
            ..
        } = reply
        {
            tracing::warn!(questionnaire = self.name, "{warning}");
        }
    }

    fn phrase(&self, phrase: Phrase) -> String {
        self.questionnaire.wording().say(phrase, self.style.locale)
    }
}

//! The conversation with a form: which question comes next, and what an answer does.

mod answering;
mod correction;
mod distinctive;
mod ending;
mod known;
mod numbered;
mod reply;
mod several;
mod showing;
mod standing;

pub use ending::{Quota, ScreenOut};
pub use reply::{Reply, Wish};
pub(crate) use standing::Standing;

use std::sync::Arc;

use web1on1::{Form, Meta};

use super::{
    Answer, Choice, Kind, Locale, Localized, Progress, Question, Warning, from_form,
    wording::Wording,
};

const MAX_ATTEMPTS: u32 = 5;

/// A form as a series of questions.
///
/// It is made once, from a form or a [definition](super::Definition), and holds nothing of any
/// conversation; that is what [`Progress`] is for.
#[derive(Debug, Clone)]
pub struct Questionnaire {
    pub(super) questions: Vec<Question>,
    pub(super) warnings: Vec<Warning>,
    pub(super) max_attempts: u32,
    pub(super) has_review: bool,
    pub(super) screen_outs: Vec<ScreenOut>,
    pub(super) quotas: Vec<Quota>,
    pub(super) wording: Arc<Wording>,
}

/// What comes next.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Next<'a> {
    /// This question is to be asked.
    Question(&'a Question),
    /// The answer to this question may be known; the consumer is to be asked whether it is right.
    Confirm(&'a Question, Answer),
    /// Every question is answered or skipped, and the consumer is to be shown the answers.
    Review,
    /// Every question is answered or skipped.
    Complete,
    /// By the answers so far, the rest is not for this consumer.
    ScreenedOut(&'a ScreenOut),
}

impl Questionnaire {
    /// The questions of a platform form. This never fails: what cannot be used is worked around
    /// and told by [`warnings`](Self::warnings).
    pub fn from_form(form: &Form) -> Self {
        let (questions, warnings) = from_form::read(form);
        Self {
            questions,
            warnings,
            ..Self::new()
        }
    }

    /// With questions for the contact's profile fields that `form` includes, which go into its
    /// results (API Reference, forms), after all others. What the profile holds already is only to be
    /// [confirmed](Self::prefill).
    #[must_use]
    pub fn with_profile_fields_of(mut self, form: &Form) -> Self {
        for question in from_form::profile_questions(form) {
            if self.question(question.name()).is_none() {
                self.questions.push(question);
            }
        }
        self
    }

    /// One question for one of several things, each given by its key and its label.
    ///
    /// ```
    /// use shipmate::form::{Localized, Questionnaire};
    ///
    /// let text = Localized::from("Which branch?");
    /// let questionnaire = Questionnaire::one_of("branch", text, [("ams", "Amsterdam"), ("utr", "Utrecht")]);
    /// assert_eq!(questionnaire.questions().len(), 1);
    /// ```
    pub fn one_of<K: Into<String>, L: Into<Localized>>(
        name: impl Into<String>,
        text: impl Into<Localized>,
        choices: impl IntoIterator<Item = (K, L)>,
    ) -> Self {
        let choices = choices.into_iter();
        let question = Question {
            required: true,
            choices: choices
                .map(|(key, label)| Choice::new(key, label))
                .collect(),
            ..Question::new(name.into(), text.into(), Kind::OneOf)
        };
        Self::only(question)
    }

    /// One question that is answered with yes or no.
    ///
    /// ```
    /// use jiff::{Timestamp, tz::TimeZone};
    /// use shipmate::form::{Context, Input, Locale, Progress, Questionnaire, Reply};
    ///
    /// let wanted = Questionnaire::yes_or_no("wanted", "Would you like to come?");
    /// let context = Context::new(Timestamp::UNIX_EPOCH, TimeZone::UTC, Locale::En);
    /// let reply = wanted.answer(&mut Progress::default(), &Input::text("no thanks"), &context);
    /// assert!(matches!(reply, Reply::Accepted { value, .. } if value == false));
    /// ```
    pub fn yes_or_no(name: impl Into<String>, text: impl Into<Localized>) -> Self {
        Self::only(Question {
            required: true,
            ..Question::new(name.into(), text.into(), Kind::YesNo)
        })
    }

    fn only(question: Question) -> Self {
        Self {
            questions: vec![question],
            ..Self::new()
        }
    }

    pub(super) fn new() -> Self {
        Self {
            questions: Vec::new(),
            warnings: Vec::new(),
            max_attempts: MAX_ATTEMPTS,
            has_review: false,
            screen_outs: Vec::new(),
            quotas: Vec::new(),
            wording: Arc::default(),
        }
    }

    /// How many wrong answers in a row end in [`Reply::OutOfAttempts`], where a question does not
    /// say otherwise; 5 unless set, at least 1.
    #[must_use]
    pub fn max_attempts(self, attempts: u32) -> Self {
        Self {
            max_attempts: attempts.max(1),
            ..self
        }
    }

    /// Whether the consumer is shown all answers in the end, to find them right or correct them.
    /// Not unless set.
    #[must_use]
    pub fn with_review(self, has_review: bool) -> Self {
        Self { has_review, ..self }
    }

    /// What is said in other words than ours.
    #[must_use]
    pub fn with_wording(mut self, wording: Wording) -> Self {
        self.wording = Arc::new(wording);
        for question in &mut self.questions {
            question.wording = Arc::clone(&self.wording);
        }
        self
    }

    /// The questions, in their order.
    pub fn questions(&self) -> &[Question] {
        &self.questions
    }

    /// The question that fills a field.
    pub fn question(&self, field: &str) -> Option<&Question> {
        self.questions
            .iter()
            .find(|question| question.name == field)
    }

    /// What is wrong with the form.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The words it is held in.
    pub fn wording(&self) -> &Wording {
        &self.wording
    }

    /// What comes next: the first relevant question that is neither answered nor skipped.
    pub fn next(&self, progress: &Progress) -> Next<'_> {
        let relevant = self.relevant(progress);
        if let Some(screen_out) = self.screened_out(progress, &relevant) {
            return Next::ScreenedOut(screen_out);
        }
        let first = relevant
            .iter()
            .find(|question| progress.first() == Some(question.name()));
        let is_open = |question: &&&Question| {
            progress.answer(question.name()).is_none() && !progress.is_skipped(question.name())
        };
        let open = first.or_else(|| relevant.iter().find(is_open));
        match open {
            Some(question) => match progress.proposal(question.name()) {
                Some(answer) => Next::Confirm(question, answer.clone()),
                None => Next::Question(question),
            },
            None if self.has_review && !progress.is_reviewed() && !progress.is_empty() => {
                Next::Review
            }
            None => Next::Complete,
        }
    }

    /// Leaves a question out, required or not, and drops what was answered to questions that are
    /// not relevant any more.
    pub fn leave_out(&self, progress: &mut Progress, field: &str) {
        progress.skip(field);
        self.prune(progress);
    }

    /// The answers as lines of `Label: answer`, in the order of the form.
    pub fn summary(&self, progress: &Progress, locale: Locale) -> String {
        let lines = self.answered(progress).into_iter();
        let lines = lines.map(|(question, answer)| question.line(answer, locale));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The answers by field name, as a `report` message takes them.
    pub fn values(&self, progress: &Progress) -> Meta {
        let answered = self.answered(progress).into_iter();
        answered
            .map(|(question, answer)| (question.name.clone(), answer.value.clone()))
            .collect()
    }

    /// The questions that are still to be asked.
    pub fn missing(&self, progress: &Progress) -> Vec<&Question> {
        let mut relevant = self.relevant(progress);
        relevant.retain(|question| {
            progress.answer(question.name()).is_none() && !progress.is_skipped(question.name())
        });
        relevant
    }

    /// The sum of the points of what was chosen.
    pub fn score(&self, progress: &Progress) -> i64 {
        let answered = self.answered(progress).into_iter();
        answered
            .map(|(question, answer)| question.points(answer))
            .sum()
    }

    /// The relevant questions with their answers.
    pub(crate) fn answered<'q, 'p>(
        &'q self,
        progress: &'p Progress,
    ) -> Vec<(&'q Question, &'p Answer)> {
        let relevant = self.relevant(progress).into_iter();
        relevant
            .filter_map(|question| Some((question, progress.answer(question.name())?)))
            .collect()
    }

    /// The questions whose condition holds. A condition sees only the answers to relevant questions
    /// before it, so it never depends on itself.
    pub(super) fn relevant(&self, progress: &Progress) -> Vec<&Question> {
        let mut relevant: Vec<&Question> = Vec::with_capacity(self.questions.len());
        for question in &self.questions {
            let holds = question.when.as_ref().is_none_or(|condition| {
                condition.holds(|field| value_of(&relevant, progress, field))
            });
            if holds {
                relevant.push(question);
            }
        }
        relevant
    }

    /// Drops what was answered to questions that are not relevant any more.
    pub(super) fn prune(&self, progress: &mut Progress) {
        let relevant = self.relevant(progress);
        let is_relevant = |field: &str| relevant.iter().any(|question| question.name == field);
        let gone: Vec<String> = progress
            .fields()
            .filter(|field| progress.proposal(field).is_none() && !is_relevant(field))
            .map(str::to_owned)
            .collect();
        for field in &gone {
            progress.forget(field);
        }
    }
}

/// The value of a relevant question's answer.
pub(super) fn value_of<'a>(
    relevant: &[&Question],
    progress: &'a Progress,
    field: &str,
) -> Option<&'a serde_json::Value> {
    let mut relevant = relevant.iter();
    relevant.find(|question| question.name == field)?;
    progress.answer(field).map(|answer| &answer.value)
}

//! The conversation with a form: which question comes next, and what an answer does.

use serde_json::Value;
use web1on1::{Form, Meta};

use super::{
    Answer, Context, Input, Locale, Progress, Question, Reason, Warning, check, from_form,
    reason::Refusal, texts::Texts,
};

const MAX_ATTEMPTS: u32 = 5;

/// A form as a series of questions.
///
/// It is made once from a form and holds nothing of any conversation; that is what [`Progress`] is
/// for.
#[derive(Debug, Clone)]
pub struct Questionnaire {
    questions: Vec<Question>,
    warnings: Vec<Warning>,
    max_attempts: u32,
}

/// What comes next.
#[derive(Debug, Clone, Copy)]
pub enum Next<'a> {
    /// This question is to be asked.
    Question(&'a Question),
    /// Every question is answered or skipped.
    Complete,
}

/// What an answer did.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Reply {
    /// The answer is valid and stored.
    Accepted {
        /// The field. Not always the one that was asked: a button of an earlier question corrects
        /// the answer to that one.
        field: String,
        /// The value as it is reported.
        value: Value,
    },
    /// The question is left out, as the consumer wished.
    Skipped {
        /// The field.
        field: String,
    },
    /// The answer is not valid; ask again.
    Rejected {
        /// The field.
        field: String,
        /// Why.
        reason: Reason,
        /// Wrong answers in a row, this one included.
        attempts: u32,
        /// What the form's owner should know, if the fault may lie in the form.
        warning: Option<Warning>,
    },
    /// The answer is not valid, and that was the last attempt. The question stays open: the bot
    /// decides whether to hand over, to skip it ([`Progress::skip`]), or to ask on.
    OutOfAttempts {
        /// The field.
        field: String,
        /// Why.
        reason: Reason,
        /// Wrong answers in a row, this one included.
        attempts: u32,
        /// What the form's owner should know, if the fault may lie in the form.
        warning: Option<Warning>,
    },
    /// Nothing was open, so the message was not an answer; it is the bot's to handle.
    NothingAsked,
}

impl Questionnaire {
    /// The questions of a platform form. This never fails: what cannot be used is worked around
    /// and told by [`warnings`](Self::warnings).
    pub fn from_form(form: &Form) -> Self {
        let (questions, warnings) = from_form::read(form);
        Self {
            questions,
            warnings,
            max_attempts: MAX_ATTEMPTS,
        }
    }

    /// How many wrong answers in a row end in [`Reply::OutOfAttempts`]; 5 unless set, at least 1.
    #[must_use]
    pub fn max_attempts(self, attempts: u32) -> Self {
        Self {
            max_attempts: attempts.max(1),
            ..self
        }
    }

    /// The questions, in the order of the form.
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

    /// The first question that is neither answered nor skipped.
    pub fn next(&self, progress: &Progress) -> Next<'_> {
        let is_open = |question: &&Question| {
            progress.answer(&question.name).is_none() && !progress.is_skipped(&question.name)
        };
        let open = self.questions.iter().find(is_open);
        open.map_or(Next::Complete, Next::Question)
    }

    /// Takes a message of the consumer as the answer to the question that is next, or, if it is a
    /// pressed button, to the question under which the button stood.
    pub fn answer(&self, progress: &mut Progress, input: &Input<'_>, context: &Context) -> Reply {
        if let Some(reply) = self.pressed(progress, input, context.locale) {
            return reply;
        }
        let Next::Question(question) = self.next(progress) else {
            return Reply::NothingAsked;
        };
        let text = written(input);
        let wants_to_skip = check::is_skip(question, text);
        if wants_to_skip && !question.required {
            return skip(progress, question);
        }
        let checked = if wants_to_skip {
            Err(Reason::ValueMissing.into())
        } else {
            check::check(question, text, context)
        };
        match checked {
            Ok(answer) => accept(progress, question, answer),
            Err(refusal) => self.refuse(progress, question, refusal),
        }
    }

    /// The answers as lines of `Label: answer`, in the order of the form.
    pub fn summary(&self, progress: &Progress, locale: Locale) -> String {
        let colon = Texts::of(locale).colon;
        let lines = self.answered(progress).map(|(question, answer)| {
            // A label that is a question needs no colon.
            let colon = if question.label.ends_with('?') {
                " "
            } else {
                colon
            };
            format!(
                "{}{colon}{}",
                question.label,
                question.display(answer, locale)
            )
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The answers by field name, as a `report` message takes them.
    pub fn values(&self, progress: &Progress) -> Meta {
        self.answered(progress)
            .map(|(question, answer)| (question.name.clone(), answer.value.clone()))
            .collect()
    }

    fn answered<'a>(
        &'a self,
        progress: &'a Progress,
    ) -> impl Iterator<Item = (&'a Question, &'a Answer)> {
        let answer = |question: &'a Question| Some((question, progress.answer(&question.name)?));
        self.questions.iter().filter_map(answer)
    }

    fn pressed(&self, progress: &mut Progress, input: &Input<'_>, locale: Locale) -> Option<Reply> {
        let payload = input.payload.unwrap_or(input.text).trim();
        self.questions.iter().find_map(|question| {
            if !question.required && question.skip_payload() == payload {
                return Some(skip(progress, question));
            }
            let answer = question.pressed(payload, locale)?;
            Some(accept(progress, question, answer))
        })
    }

    fn refuse(&self, progress: &mut Progress, question: &Question, refusal: Refusal) -> Reply {
        let field = question.name.clone();
        let attempts = progress.count_attempt(&field);
        let Refusal { reason, warning } = refusal;
        if attempts >= self.max_attempts {
            return Reply::OutOfAttempts {
                field,
                reason,
                attempts,
                warning,
            };
        }
        Reply::Rejected {
            field,
            reason,
            attempts,
            warning,
        }
    }
}

/// What was written. A button that no question knows (any more) says nothing but its label.
fn written<'a>(input: &Input<'a>) -> &'a str {
    match input.payload {
        Some(payload) if is_button(payload) && input.text == payload => "",
        Some(payload) if !is_button(payload) && input.text.trim().is_empty() => payload,
        _ => input.text,
    }
}

fn is_button(payload: &str) -> bool {
    payload.starts_with("answer:") || payload.starts_with("skip:")
}

fn accept(progress: &mut Progress, question: &Question, answer: Answer) -> Reply {
    let (field, value) = (question.name.clone(), answer.value.clone());
    progress.record(&field, answer);
    Reply::Accepted { field, value }
}

fn skip(progress: &mut Progress, question: &Question) -> Reply {
    let field = question.name.clone();
    progress.skip(&field);
    Reply::Skipped { field }
}

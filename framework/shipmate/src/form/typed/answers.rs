//! Answers on their way into a struct.

use serde_json::Value;
use thiserror::Error;

use super::{
    super::{Progress, Questionnaire},
    FromAnswer,
};

/// The answers of one conversation, to be taken out by their types.
#[derive(Debug, Clone, Copy)]
pub struct Answers<'a> {
    questionnaire: &'a Questionnaire,
    progress: &'a Progress,
}

/// Why answers do not make a struct. It never tells what was answered.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AnswersError {
    /// A question that is held in no `Option` has no answer.
    #[error(
        "`{field}` has no answer; make it an `Option`, or take answers only when the survey is complete"
    )]
    Missing {
        /// The question.
        field: String,
    },
    /// An answer is not one that the field's type can hold.
    #[error(
        "the answer to `{field}` does not fit its type; was it given to another version of the survey?"
    )]
    Unfit {
        /// The question.
        field: String,
    },
}

impl AnswersError {
    /// The question it is about.
    pub fn field(&self) -> &str {
        match self {
            Self::Missing { field } | Self::Unfit { field } => field,
        }
    }

    /// Whether an answer is missing, rather than unfit.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Missing { .. })
    }
}

impl<'a> Answers<'a> {
    /// The answers to the questions that are relevant.
    pub fn of(questionnaire: &'a Questionnaire, progress: &'a Progress) -> Self {
        Self {
            questionnaire,
            progress,
        }
    }

    /// The answer to a question that must have one.
    ///
    /// # Errors
    ///
    /// If there is none, or it is not a `T`.
    pub fn required<T: FromAnswer>(&self, field: &str) -> Result<T, AnswersError> {
        self.optional(field)?.ok_or_else(|| AnswersError::Missing {
            field: field.to_owned(),
        })
    }

    /// The answer to a question, if there is one.
    ///
    /// # Errors
    ///
    /// If it is not a `T`.
    pub fn optional<T: FromAnswer>(&self, field: &str) -> Result<Option<T>, AnswersError> {
        let Some(value) = self.value(field) else {
            return Ok(None);
        };
        let answer = T::from_answer(value).ok_or_else(|| AnswersError::Unfit {
            field: field.to_owned(),
        });
        answer.map(Some)
    }

    fn value(&self, field: &str) -> Option<&'a Value> {
        let mut relevant = self.questionnaire.relevant(self.progress).into_iter();
        relevant.find(|question| question.name() == field)?;
        self.progress.answer(field).map(|answer| &answer.value)
    }
}

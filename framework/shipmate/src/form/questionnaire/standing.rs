//! What the consumer was asked, when the questions may have changed since.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    super::{Answer, Choice, Context, Input, Progress, Question},
    Next, Questionnaire, Reply,
    answering::{REVIEW, written},
};

/// The question that stands: what the consumer's next message answers.
///
/// Two that are equal ask for the same, so that the same words mean the same: the second option is
/// the same one, and a number is one on the same scale. The text may differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Standing {
    /// Empty if all answers are shown, to be found right.
    field: String,
    /// What it asks for, in short.
    asks_for: String,
}

impl Standing {
    /// Whether it is the question of a field.
    #[cfg(test)]
    pub(crate) fn is_of(&self, field: &str) -> bool {
        self.field == field
    }
}

impl Questionnaire {
    /// What stands when the consumer is asked for what is [next](Self::next).
    pub(crate) fn standing(&self, progress: &Progress) -> Option<Standing> {
        let (field, asks_for) = match self.next(progress) {
            Next::Question(question) => (question.name(), asks_for(question)),
            Next::Confirm(question, known) => (question.name(), is_right(question, &known)),
            Next::Review => (REVIEW, self.is_all_right(progress)),
            Next::Complete | Next::ScreenedOut(_) => return None,
        };
        Some(Standing {
            field: field.to_owned(),
            asks_for: in_short(&asks_for),
        })
    }

    /// Makes what stands the next question, if it is still there and still asks for the same; false
    /// if it is not.
    pub(crate) fn hold_on_to(&self, progress: &mut Progress, standing: &Standing) -> bool {
        if self.standing(progress).as_ref() == Some(standing) {
            return true;
        }
        let field = &standing.field;
        if progress.answer(field).is_some() || progress.is_skipped(field) {
            return false;
        }
        let mut held = progress.clone();
        held.hold(field);
        let is_there = self.standing(&held).as_ref() == Some(standing);
        if is_there {
            *progress = held;
        }
        is_there
    }

    /// Takes a message that answers a question that is not there any more: only what means the same
    /// whatever was asked, which is a pressed button and words such as *help*.
    pub(crate) fn answer_to_none(
        &self,
        progress: &mut Progress,
        input: &Input<'_>,
        context: &Context,
    ) -> Option<Reply> {
        let reply = self
            .pressed(progress, input, context)
            .or_else(|| self.wish(progress, None, written(input)));
        self.prune(progress);
        reply
    }

    fn is_all_right(&self, progress: &Progress) -> String {
        let answered = self.answered(progress).into_iter();
        let fields: Vec<&str> = answered.map(|(question, _)| question.name()).collect();
        format!("review {fields:?}")
    }
}

fn asks_for(question: &Question) -> String {
    let keys: Vec<&str> = question.choices.iter().map(Choice::key).collect();
    format!("{:?} {keys:?}", question.kind)
}

fn is_right(question: &Question, known: &Answer) -> String {
    format!("{} is {}", asks_for(question), known.value)
}

/// It is kept with every conversation.
fn in_short(text: &str) -> String {
    let digest = Sha256::digest(text);
    let number = digest.first_chunk().map(|bytes| u64::from_be_bytes(*bytes));
    format!("{:016x}", number.unwrap_or_default())
}

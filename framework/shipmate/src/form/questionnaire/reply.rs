//! What a message of the consumer did.

use serde_json::Value;

use super::super::{Reason, Warning};

/// What a message did.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Reply {
    /// The answer is valid and stored.
    Accepted {
        /// The field. Not always the one that was asked: a button of an earlier question that was
        /// left open answers that one.
        field: String,
        /// The value as it is reported.
        value: Value,
    },
    /// What was answered before, or known, is changed: by a button of an earlier question, by its
    /// number, or with words such as *no, my e-mail is …*. The consumer is told so.
    Corrected {
        /// The field.
        field: String,
        /// The value as it is reported.
        value: Value,
    },
    /// Several questions were answered at once, the one that was asked among them.
    Several {
        /// The fields, in the order of the questions.
        fields: Vec<String>,
    },
    /// The question is left out, as the consumer wished.
    Skipped {
        /// The field.
        field: String,
    },
    /// An answer is taken back, and its question is next: the consumer went back, wants to change
    /// it, or says that what is known is not right.
    Reopened {
        /// The field.
        field: String,
    },
    /// The consumer has seen all answers and finds them right.
    Confirmed,
    /// The message is no answer but a request.
    Wants(Wish),
    /// The answer is not valid; ask again.
    Rejected {
        /// The field; empty if it was asked whether all answers are right.
        field: String,
        /// Why.
        reason: Reason,
        /// Wrong answers in a row, this one included.
        attempts: u32,
        /// What the form's owner should know, if the fault may lie in the form.
        warning: Option<Warning>,
    },
    /// The answer is not valid, and that was the last attempt. The question stays open: the bot
    /// decides whether to hand over, to skip it ([`Progress::skip`](super::super::Progress::skip)),
    /// or to ask on; [`Question::give_up`](super::super::Question::give_up) tells what its author
    /// wants.
    OutOfAttempts {
        /// The field; empty if it was asked whether all answers are right.
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

/// What a consumer may want instead of answering. The words for it are known in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Wish {
    /// To know what can be said.
    Help,
    /// To talk to a person.
    Human,
    /// To answer no more questions.
    Cancel,
    /// To change the answer before the first one.
    BackTooFar,
}

//! Free texts: what they are compared with, and something else.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;

use super::{
    super::super::{
        Context, Locale, Question, check,
        condition::{self, How},
    },
    Domain,
};

/// Something else, for every kind of text.
const SAMPLES: [&str; 6] = [
    "Something else entirely",
    "someone@example.com",
    "+31612345678",
    "https://example.com/elsewhere",
    "#a1b2c3",
    "98765",
];

pub(super) fn domain(question: &Question, compared: &[(How, &str)]) -> Domain {
    let context = Context::new(Timestamp::UNIX_EPOCH, TimeZone::UTC, Locale::En);
    let answer = |text: &str| Some(check::check(question, text, &context).ok()?.value);
    let is = |answer: &Value, with: &str| condition::compares(answer, How::Is, with);
    let mut doubt = None;
    let mut answers: Vec<Value> = Vec::new();
    for (how, with) in compared {
        if how.is_order() {
            doubt = Some("is free text that is compared by its order");
        }
        match answer(with) {
            Some(answer) if is(&answer, with) => answers.push(answer),
            // It may be answered in another notation.
            _ => doubt = Some("is free text, of which it is not known whether it can be this"),
        }
    }
    let other = SAMPLES
        .iter()
        .filter_map(|text| answer(text))
        .find(|answer| compared.iter().all(|(_, with)| !is(answer, with)));
    if other.is_none() {
        doubt = Some("is free text, of which it is not known what else it can be");
    }
    answers.extend(other);
    Domain { answers, doubt }
}

//! The answers to a question that make a difference to any condition.

mod moments;
mod numbers;
mod texts;

use serde_json::Value;

use super::super::{
    Choice, Kind, Question,
    condition::{self, How, Test},
};

/// Choices that conditions tell apart. Beyond, not every combination of them is tried.
const MOST_APART: usize = 8;

/// Answers that stand for all others: any answer compares like one of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Domain {
    pub(super) answers: Vec<Value>,
    /// Why there may be answers that none of these stands for.
    pub(super) doubt: Option<&'static str>,
}

impl Domain {
    /// The answers to a question that `tests`, comparisons with its answers, tell apart.
    pub(super) fn of(question: &Question, tests: &[&Test]) -> Self {
        let compared = compared(tests);
        let mut domain = if compared.is_empty() {
            // Whatever it is, it is answered.
            Self::certain(vec![Value::Bool(true)])
        } else {
            candidates(question, tests, &compared)
        };
        if domain.doubt.is_some() {
            // Some answer that is none of these.
            domain.answers.push(Value::Object(serde_json::Map::new()));
        }
        let mut seen = Vec::new();
        domain.answers.retain(|answer| {
            let profile = profile(tests, answer);
            let is_new = !seen.contains(&profile);
            if is_new {
                seen.push(profile);
            }
            is_new
        });
        domain
    }

    fn certain(answers: Vec<Value>) -> Self {
        Self {
            answers,
            doubt: None,
        }
    }
}

fn candidates(question: &Question, tests: &[&Test], compared: &[(How, &str)]) -> Domain {
    let keys = || question.choices.iter().map(Choice::key);
    match question.kind {
        Kind::YesNo => Domain::certain(vec![Value::Bool(true), Value::Bool(false)]),
        Kind::OneOf => Domain::certain(keys().map(Value::from).collect()),
        Kind::Ranking => Domain::certain(vec![keys().collect::<Vec<_>>().into()]),
        Kind::Scale { from, to } => Domain::certain((from..=to).map(Value::from).collect()),
        Kind::SeveralOf => several(question, tests),
        Kind::Number => numbers::domain(question, compared),
        Kind::Moment(what) => moments::domain(question, what, compared),
        _ => texts::domain(question, compared),
    }
}

/// Every combination of the choices that are told apart.
fn several(question: &Question, tests: &[&Test]) -> Domain {
    let mut apart: Vec<(&str, Vec<bool>)> = Vec::new();
    for key in question.choices.iter().map(Choice::key) {
        let profile = profile(tests, &Value::from(vec![key]));
        if !apart.iter().any(|(_, other)| *other == profile) {
            apart.push((key, profile));
        }
    }
    let mut combinations: Vec<Vec<&str>> = vec![Vec::new()];
    for (key, _) in apart.iter().take(MOST_APART) {
        let with = combinations.iter().map(|keys| {
            let mut keys = keys.clone();
            keys.push(key);
            keys
        });
        let with: Vec<_> = with.collect();
        combinations.extend(with);
    }
    combinations.retain(|keys| !keys.is_empty());
    Domain {
        answers: combinations.into_iter().map(Value::from).collect(),
        doubt: (apart.len() > MOST_APART).then_some("has too many options that conditions look at"),
    }
}

/// What an answer is compared with.
fn compared<'a>(tests: &[&'a Test]) -> Vec<(How, &'a str)> {
    let mut compared = Vec::new();
    for test in tests {
        match test {
            Test::Compare { how, with, .. } => compared.push((*how, with.as_str())),
            Test::OneOf { values, .. } => {
                compared.extend(values.iter().map(|with| (How::Is, with.as_str())));
            }
            _ => {}
        }
    }
    compared
}

/// How an answer compares.
fn profile(tests: &[&Test], answer: &Value) -> Vec<bool> {
    tests
        .iter()
        .map(|test| condition::holds(test, &|_: &str| Some(answer)))
        .collect()
}

//! Conditions name questions that are asked before, and values that can be answered.

use shipmate_condition::{How, Test};
use syn::{Error, LitStr, Type};

use super::{field::Question, head::Head, kind::Holds, moment};
use crate::complaints::{Complaints, advice};

/// Complains of every condition that could not be meant.
pub(super) fn check(head: &Head, questions: &[Question<'_>], complaints: &mut Complaints) {
    for (index, question) in questions.iter().enumerate() {
        let before = questions.get(..index).unwrap_or_default();
        if let Some(when) = &question.rules.when {
            check_one(when, before, questions, complaints);
        }
        if before.iter().any(|other| other.name == question.name) {
            let problem = format!(
                "there is a question `{}` already; give each its own name",
                question.name
            );
            complaints.add(Error::new(question.ident.span(), problem));
        }
    }
    let rules = head.screen_outs.iter().chain(&head.quotas);
    for when in rules.filter_map(|rule| rule.when.as_ref()) {
        check_one(when, questions, questions, complaints);
    }
}

fn check_one(
    when: &LitStr,
    before: &[Question<'_>],
    all: &[Question<'_>],
    complaints: &mut Complaints,
) {
    let test: Test = match when.value().parse() {
        Ok(test) => test,
        Err(error) => {
            let problem = format!("the condition cannot be read: {error}");
            return complaints.add(Error::new_spanned(when, problem));
        }
    };
    let mut add = |problem| complaints.add(Error::new_spanned(when, problem));
    for field in test.fields() {
        if !before.iter().any(|question| question.name == field) {
            add(unknown(field, before, all));
        }
    }
    visit_values(&test, before, &mut |question, how, value| {
        if let Some(problem) = unfit(question, how, value) {
            add(problem);
        }
    });
}

/// A condition's value for a question that is answered with options.
pub(super) struct Named<'a> {
    pub(super) when: &'a LitStr,
    pub(super) field: String,
    /// The enum.
    pub(super) options: &'a Type,
    pub(super) value: String,
}

/// Every option that a condition names.
pub(super) fn options_named<'a>(head: &'a Head, questions: &'a [Question<'a>]) -> Vec<Named<'a>> {
    let rules = head.screen_outs.iter().chain(&head.quotas);
    let rules = rules.filter_map(|rule| rule.when.as_ref());
    let asked = questions
        .iter()
        .filter_map(|question| question.rules.when.as_ref());
    let mut named = Vec::new();
    for when in asked.chain(rules) {
        let Ok(test) = when.value().parse::<Test>() else {
            continue;
        };
        visit_values(&test, questions, &mut |question, how, value| {
            if let (Some(options), false) = (question.choices(), how.is_order()) {
                named.push(Named {
                    when,
                    field: question.name.clone(),
                    options,
                    value: value.to_owned(),
                });
            }
        });
    }
    named
}

/// Every value that the answer to one of these questions is compared with.
fn visit_values<'a>(
    test: &Test,
    questions: &'a [Question<'a>],
    visit: &mut impl FnMut(&'a Question<'a>, How, &str),
) {
    test.visit(&mut |part| {
        let (field, how, values) = match part {
            Test::Compare { field, how, with } => (field, *how, std::slice::from_ref(with)),
            Test::OneOf { field, values } => (field, How::Is, values.as_slice()),
            _ => return,
        };
        if let Some(question) = questions.iter().find(|question| question.name == *field) {
            for value in values {
                visit(question, how, value);
            }
        }
    });
}

fn unknown(field: &str, before: &[Question<'_>], all: &[Question<'_>]) -> String {
    if all.iter().any(|question| question.name == field) {
        return format!(
            "`{field}` is not asked before this; a condition can only look back, so move `{field}` up"
        );
    }
    let names: Vec<&str> = before
        .iter()
        .map(|question| question.name.as_str())
        .collect();
    if names.is_empty() {
        return format!("there is no question `{field}` before this one");
    }
    format!(
        "there is no question `{field}` before this; {}",
        advice(field, &names)
    )
}

/// Why no answer can ever compare with a value. What an enum's options are is not known here.
fn unfit(question: &Question<'_>, how: How, value: &str) -> Option<String> {
    let name = &question.name;
    if let Some(example) = moment::example(question.kind.word) {
        let is_wrong = value.starts_with(|c: char| c.is_ascii_digit())
            && !moment::is_written(question.kind.word, value);
        return is_wrong.then(|| {
            format!(
                "`{value}` is not what `{name}` asks for; write it in ISO 8601, such as {example}"
            )
        });
    }
    match question.holds {
        Holds::Bool | Holds::Several if how.is_order() => Some(format!(
            "answers to `{name}` have no order; compare with `is` or `has`"
        )),
        Holds::Bool => {
            let is_yes_no = ["yes", "no", "true", "false"].contains(&value.to_lowercase().as_str());
            (!is_yes_no)
                .then(|| format!("`{name}` is answered with yes or no; write `{name} is yes`"))
        }
        Holds::Whole(_) | Holds::Float => {
            let is_number = value.parse::<f64>().is_ok_and(f64::is_finite);
            (!is_number)
                .then(|| format!("`{name}` is a number, which `{value}` is not; write a number"))
        }
        _ => None,
    }
}

//! Conditions name questions that are asked before, and values that can be answered.

use shipmate_condition::{How, Test};
use syn::{Error, LitStr};

use super::{field::Question, head::Head, kind::Holds};
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
    test.visit(&mut |part| {
        let (field, how, values) = match part {
            Test::Compare { field, how, with } => (field, *how, std::slice::from_ref(with)),
            Test::OneOf { field, values } => (field, How::Is, values.as_slice()),
            _ => return,
        };
        let question = before.iter().find(|question| question.name == *field);
        let unfit = question.into_iter().flat_map(|question| {
            let unfit = move |value: &String| unfit(question, how, value);
            values.iter().filter_map(unfit)
        });
        unfit.for_each(&mut add);
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

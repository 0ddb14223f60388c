//! Everything that a definition has a condition for.

use super::{
    super::{Condition, condition::Test},
    survey::Survey,
};

/// What a condition decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decides {
    /// Whether the question at a place is asked.
    Question(usize),
    /// Whether the screen-out at a place ends the questions.
    ScreenOut(usize),
    /// Whether somebody belongs to the quota at a place.
    Quota(usize),
}

pub(super) struct Rule<'a> {
    pub(super) decides: Decides,
    pub(super) condition: &'a Condition,
    /// The places of the questions that it looks at.
    pub(super) looks_at: Vec<usize>,
}

impl Rule<'_> {
    /// The place after which it is settled.
    pub(super) fn settled_after(&self) -> usize {
        match self.decides {
            Decides::Quota(_) => usize::MAX,
            Decides::Question(_) | Decides::ScreenOut(_) => {
                self.looks_at.iter().max().copied().unwrap_or_default()
            }
        }
    }
}

/// Every condition of a survey.
pub(super) fn rules<'a>(survey: &Survey<'a>) -> Vec<Rule<'a>> {
    let questionnaire = survey.questionnaire;
    let questions = questionnaire.questions.iter().enumerate();
    let questions = questions
        .filter_map(|(place, question)| Some((Decides::Question(place), question.when.as_ref()?)));
    let screen_outs = questionnaire.screen_outs.iter().enumerate();
    let screen_outs = screen_outs.map(|(place, rule)| (Decides::ScreenOut(place), &rule.when));
    let quotas = questionnaire.quotas.iter().enumerate();
    let quotas =
        quotas.filter_map(|(place, quota)| Some((Decides::Quota(place), quota.when.as_ref()?)));
    let all = questions.chain(screen_outs).chain(quotas);
    all.map(|(decides, condition)| {
        let fields = condition.fields().into_iter();
        Rule {
            decides,
            condition,
            looks_at: fields.filter_map(|field| survey.place(field)).collect(),
        }
    })
    .collect()
}

/// The comparisons with answers to one question.
pub(super) fn tests_of<'a>(rules: &[Rule<'a>], field: &str) -> Vec<&'a Test> {
    let mut tests = Vec::new();
    for rule in rules {
        rule.condition.test.visit(&mut |test| {
            if let Test::Answered(name)
            | Test::Compare { field: name, .. }
            | Test::OneOf { field: name, .. } = test
                && name == field
            {
                tests.push(test);
            }
        });
    }
    tests
}

//! Early ends: those who are not meant, and those of whom there are enough.

use super::{
    super::{Condition, Localized, Progress, Question},
    Questionnaire, value_of,
};

/// Ends the questions for those who are not meant.
#[derive(Debug, Clone, PartialEq)]
pub struct ScreenOut {
    /// Its name, for results.
    pub name: String,
    /// Who is not meant.
    pub when: Condition,
    /// What is said; our own words if nothing.
    pub text: Localized,
}

/// A group of which no more than so many are wanted.
#[derive(Debug, Clone, PartialEq)]
pub struct Quota {
    /// Its name, for results.
    pub name: String,
    /// Who belongs to it; everybody, if none.
    pub when: Option<Condition>,
    /// How many complete responses are wanted.
    pub limit: u64,
    /// What is said to those who come later; our own words if nothing.
    pub text: Localized,
}

impl Questionnaire {
    /// The groups that a consumer belongs to by the answers so far.
    pub fn quotas(&self, progress: &Progress) -> Vec<&Quota> {
        let relevant = self.relevant(progress);
        let belongs = |quota: &&Quota| {
            quota.when.as_ref().is_none_or(|condition| {
                condition.holds(|field| value_of(&relevant, progress, field))
            })
        };
        self.quotas.iter().filter(belongs).collect()
    }

    pub(super) fn screened_out(
        &self,
        progress: &Progress,
        relevant: &[&Question],
    ) -> Option<&ScreenOut> {
        let value = |field: &str| value_of(relevant, progress, field);
        let mut rules = self.screen_outs.iter();
        rules.find(|rule| rule.when.holds(value))
    }
}

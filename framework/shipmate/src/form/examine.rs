//! The static check: what can be known of a definition before anybody is asked.

mod domain;
mod options;
mod pace;
mod path;
mod rules;
mod survey;
#[cfg(test)]
mod tests;
mod walk;

pub use pace::Around;

use super::{
    Definition, Finding, Severity,
    definition::{Built, Findings},
};
use survey::Survey;

/// Looks for what is wrong with a definition, and what is probably not meant like that: errors,
/// first of all those that [`Questionnaire::from_definition`](super::Questionnaire::from_definition)
/// refuses; questions that are never asked, and conditions that always hold; screen-outs and quotas
/// that concern nobody or everybody; questions that cannot be answered; options that cannot be told
/// apart; texts that a language lacks; and limits of the platform that a conversation could reach.
///
/// Whether a condition can hold is decided by trying every combination of answers that makes a
/// difference to any condition, in the order of the questions. What is told is true of every such
/// conversation; where that is too much to try, or an answer is free text, it is told that it was
/// not decided. Corrections are not tried: who corrects an answer may get to a question that is
/// never reached in order, past a screen-out that holds only before.
///
/// ```
/// use shipmate::form::{Definition, examine};
///
/// let definition = Definition::from_toml(r#"
///     id = "x"
///     questions = [
///         { name = "score", type = "nps", text = "Would you recommend us?" },
///         { name = "why", type = "lines", text = "Why not?", when = "score < 3 and score > 5" },
///     ]
/// "#)?;
/// let findings = examine(&definition);
/// assert_eq!(
///     findings[0].to_string(),
///     "line 5, column 67: question `why`: it is never asked, because `score < 3 and score > 5` holds for no answers; correct the condition"
/// );
/// # Ok::<(), shipmate::form::DefinitionErrors>(())
/// ```
pub fn examine(definition: &Definition) -> Vec<Finding> {
    examine_with(definition, Around::default())
}

/// Like [`examine`], for a bot that says more around the questions.
pub fn examine_with(definition: &Definition, around: Around) -> Vec<Finding> {
    let built = Built::from(definition);
    let is_usable = built
        .findings
        .iter()
        .all(|finding| finding.severity != Severity::Error);
    let mut found = built.findings;
    if is_usable {
        let mut findings = Findings::about(definition);
        let survey = Survey::of(definition, &built.questionnaire);
        path::check(&survey, &mut findings);
        options::check(&survey, &mut findings);
        pace::check(&survey, around, &mut findings);
        found.extend(findings.into_list());
    }
    found.sort_by(|a, b| a.place.cmp(&b.place));
    found
}

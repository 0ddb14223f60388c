//! Options that cannot be told apart.

use super::{
    super::{Choice, Locale, Severity, definition::Findings, fold::fold_answer},
    survey::Survey,
};

/// Warns of options that read the same in a language: who answers with their words is not
/// understood.
pub(super) fn check(survey: &Survey<'_>, findings: &mut Findings<'_>) {
    for (place, question) in survey.questions().iter().enumerate() {
        let path = format!("{}.options", survey.path(place));
        let mut choices = question.choices.as_slice();
        while let [first, rest @ ..] = choices {
            choices = rest;
            let same = rest
                .iter()
                .find_map(|other| Some((other, locale_of_same(first, other)?)));
            if let Some((other, locale)) = same {
                let problem = format!(
                    "the options `{}` and `{}` read the same in {}; write them so that people can tell them apart",
                    first.key(),
                    other.key(),
                    locale.tag()
                );
                findings.add(Severity::Warning, &path, problem);
            }
        }
    }
}

fn locale_of_same(one: &Choice, other: &Choice) -> Option<Locale> {
    let folded = |choice: &Choice, locale| fold_answer(choice.label(locale));
    let mut locales = Locale::ALL.into_iter();
    locales.find(|locale| folded(one, *locale) == folded(other, *locale))
}

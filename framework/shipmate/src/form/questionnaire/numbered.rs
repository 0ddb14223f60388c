//! Corrections by the numbers of the review.

use super::{
    super::{Context, Kind, Progress, check},
    Questionnaire, Reply,
    answering::{correct, reopen},
    correction::without_link,
};

impl Questionnaire {
    /// `2`, `2: ann@example.com` or `2 is ann@example.com`, by the numbers of the summary.
    pub(super) fn numbered(
        &self,
        progress: &mut Progress,
        text: &str,
        context: &Context,
    ) -> Option<Reply> {
        let text = text.trim().trim_start_matches('#');
        let end = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        let (digits, rest) = text.split_at_checked(end)?;
        if is_fraction(rest) {
            return None;
        }
        let place = digits.parse::<usize>().ok()?.checked_sub(1)?;
        let (question, _) = *self.answered(progress).get(place)?;
        let is_mark = |c: char| ".):,=".contains(c);
        let has_mark = rest.trim_start().starts_with(is_mark);
        let value = rest.trim_start_matches(|c: char| c.is_whitespace() || is_mark(c));
        let (value, is_linked) = without_link(value);
        if value.is_empty() {
            return Some(reopen(progress, question));
        }
        // *1 is wrong* is no name.
        let is_free = matches!(question.kind, Kind::Text | Kind::Lines);
        if is_free && !has_mark {
            return None;
        }
        match check::check(question, value, context) {
            Ok(answer) => Some(correct(progress, question, answer)),
            Err(refusal) if has_mark || is_linked => {
                Some(self.reopen_for(progress, question, refusal))
            }
            Err(_) => None,
        }
    }
}

/// `.5`, as in `8.5`, which is no line of the review.
fn is_fraction(rest: &str) -> bool {
    let digits = rest.strip_prefix(['.', ',']);
    digits.is_some_and(|digits| digits.starts_with(|c: char| c.is_ascii_digit()))
}

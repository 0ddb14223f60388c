//! The platform's limits, as far as a definition could reach them.

use crate::limit::Limits;

use super::{
    super::{Kind, Locale, Phrase, Question, Severity, definition::Findings},
    survey::Survey,
};

/// What a bot says around the questions, at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Around {
    /// Reminders within an hour while nobody answers.
    pub nudges: u32,
    /// Messages at the end: thanks, a summary for people, results, and commands.
    pub closing: u32,
}

impl Default for Around {
    /// No nudges, and four messages at the end.
    fn default() -> Self {
        Self {
            nudges: 0,
            closing: 4,
        }
    }
}

impl Around {
    /// The same with so many reminders within an hour.
    #[must_use]
    pub fn nudges(self, nudges: u32) -> Self {
        Self { nudges, ..self }
    }

    /// The same with so many messages at the end.
    #[must_use]
    pub fn closing(self, closing: u32) -> Self {
        Self { closing, ..self }
    }
}

/// Warns where the worst case is beyond a limit of the platform (API Basics, rate limiting). The
/// limiter would keep the limit; the consumer would wait.
pub(super) fn check(survey: &Survey<'_>, around: Around, findings: &mut Findings<'_>) {
    check_consecutive(around, findings);
    let mut told: Vec<&str> = Vec::new();
    for (place, question) in survey.questions().iter().enumerate() {
        // Rows of one matrix are told of once.
        let path = survey.path(place);
        if !told.contains(&path) && check_identical(survey, question, path, findings) {
            told.push(path);
        }
    }
}

/// Every answer gets one message of ours: what was wrong, and the question again or the next.
fn check_consecutive(around: Around, findings: &mut Findings<'_>) {
    let most = Limits::default().consecutive.max;
    let worst = u64::from(around.nudges) + u64::from(around.closing) + 1;
    if worst > u64::try_from(most).unwrap_or(u64::MAX) {
        let problem = format!(
            "up to {worst} messages may follow each other without one of the consumer, of which the platform takes {most} in an hour; remind or close with fewer"
        );
        findings.add(Severity::Warning, "", problem);
    }
}

fn check_identical(
    survey: &Survey<'_>,
    question: &Question,
    path: &str,
    findings: &mut Findings<'_>,
) -> bool {
    let questionnaire = survey.questionnaire;
    let attempts = question.attempts.unwrap_or(questionnaire.max_attempts);
    // The last wrong answer is followed by something else.
    let complaints = attempts.saturating_sub(1);
    let most = Limits::default().identical.max;
    let fewest = fewest_variants(survey, question);
    let worst = usize::try_from(complaints)
        .unwrap_or(usize::MAX)
        .div_ceil(fewest.0);
    if worst <= most {
        return false;
    }
    let (variants, phrase) = fewest;
    let name = phrase.as_str();
    let problem = format!(
        "with {attempts} attempts the same complaint could be made {worst} times, and the platform takes {most} in 3 minutes (wordings of `{name}`: {variants}); allow fewer attempts, or give more wordings"
    );
    let path = match question.attempts {
        Some(_) => format!("{path}.attempts"),
        None => "attempts".to_owned(),
    };
    findings.add(Severity::Warning, &path, problem);
    true
}

/// The complaint with the fewest wordings, in any language.
fn fewest_variants(survey: &Survey<'_>, question: &Question) -> (usize, Phrase) {
    let wording = &survey.questionnaire.wording;
    let count = |phrase: Phrase| {
        let counts = Locale::ALL.map(|locale| wording.in_turn(phrase, locale, 0).len());
        (counts.into_iter().min().unwrap_or(1).max(1), phrase)
    };
    let phrases = complaints(question.kind).iter().copied();
    phrases
        .map(count)
        .min_by_key(|(count, _)| *count)
        .unwrap_or_else(|| count(Phrase::Unreadable))
}

/// What may be complained of.
fn complaints(kind: Kind) -> &'static [Phrase] {
    match kind {
        Kind::OneOf | Kind::SeveralOf => &[Phrase::NotAnOption, Phrase::ValueMissing],
        Kind::Ranking => &[Phrase::NotAnOption, Phrase::Incomplete],
        Kind::Number | Kind::Scale { .. } => &[
            Phrase::Unreadable,
            Phrase::TooLow,
            Phrase::TooHigh,
            Phrase::StepMismatch,
        ],
        Kind::Moment(_) => &[Phrase::Unreadable, Phrase::TooEarly, Phrase::TooLate],
        Kind::Text | Kind::Lines => &[
            Phrase::ValueMissing,
            Phrase::PatternMismatch,
            Phrase::TooShort,
            Phrase::TooLong,
        ],
        _ => &[Phrase::Unreadable, Phrase::PatternMismatch],
    }
}

//! Several answers in one message, where it is clear which is which.

use super::{
    super::{Answer, Context, Kind, Progress, Question, check, moment},
    Questionnaire, Reply,
};

/// In parts. Who writes more is not filling in fields.
const MOST_PARTS: usize = 6;

impl Questionnaire {
    /// Takes a message such as `Ann Smith, ann@example.com, +31 6 1234 5678`: every part is the
    /// answer to exactly one open question, and the asked question gets one. A part is recognised
    /// by its notation; one part at most, for the asked question, may be free text.
    pub(super) fn several(
        &self,
        progress: &mut Progress,
        asked: &Question,
        text: &str,
        context: &Context,
    ) -> Option<Reply> {
        if asked.kind == Kind::Lines {
            return None;
        }
        let is_between = |c: char| matches!(c, ',' | ';' | '\n');
        let parts: Vec<&str> = text
            .split(is_between)
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect();
        if !(2..=MOST_PARTS).contains(&parts.len()) {
            return None;
        }
        let open = self.missing(progress);
        let mut answers: Vec<(&Question, Answer)> = Vec::new();
        for part in parts {
            let (question, answer) = recognised(&open, asked, part, context)?;
            if answers.iter().any(|(other, _)| other.name == question.name) {
                return None;
            }
            answers.push((question, answer));
        }
        if !answers
            .iter()
            .any(|(question, _)| question.name == asked.name)
        {
            return None;
        }
        let place = |question: &Question| open.iter().position(|other| other.name == question.name);
        answers.sort_by_key(|(question, _)| place(question));
        let fields = answers.iter().map(|(question, _)| question.name.clone());
        let fields = fields.collect();
        for (question, answer) in answers {
            progress.record(&question.name, answer);
        }
        Some(Reply::Several { fields })
    }
}

/// The open question that a part answers: the only one by its notation, or else the asked one.
fn recognised<'a>(
    open: &[&'a Question],
    asked: &Question,
    part: &str,
    context: &Context,
) -> Option<(&'a Question, Answer)> {
    let by_notation = open
        .iter()
        .filter(|question| has_notation(question.kind))
        .filter(|question| is_date_in_full(question.kind, part, context))
        .filter_map(|question| Some((*question, check::check(question, part, context).ok()?)));
    let mut found: Vec<_> = by_notation.collect();
    match found.len() {
        0 if has_notation(asked.kind) => None,
        0 => {
            let answer = check::check(asked, part, context).ok()?;
            let asked = open.iter().find(|question| question.name == asked.name)?;
            Some((*asked, answer))
        }
        1 => found.pop(),
        _ => None,
    }
}

/// What may be a day, such as *Friday*, is one only where a day is asked for.
fn is_date_in_full(kind: Kind, part: &str, context: &Context) -> bool {
    match kind {
        Kind::Moment(what) => moment::read(what, part, context).is_some(),
        _ => true,
    }
}

/// Kinds whose answers look like nothing else.
fn has_notation(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Email | Kind::Tel | Kind::Url | Kind::Color | Kind::Moment(_)
    )
}

//! From what was written to an answer, or to the reason why it is none.

mod address;

use serde_json::Value;

use super::{
    Answer, Context, Kind, Moment, Question, Reason, Warning, choice, fold, moment, number,
    pattern::{Pattern, Verdict},
    question::{Bounds, LONGEST_ANSWER},
    reason::Refusal,
    scale,
    texts::Texts,
    yes_no,
};

/// Reads `text` as an answer to `question` and checks it against its rules.
pub(super) fn check(question: &Question, text: &str, context: &Context) -> Result<Answer, Refusal> {
    if text.chars().nth(LONGEST_ANSWER).is_some() {
        return Err(Reason::TooLong.into());
    }
    if fold::line(text).is_empty() {
        return Err(Reason::ValueMissing.into());
    }
    let answer = read(question, text, context)?;
    match &question.rules.pattern {
        Some(pattern) if !is_suggested(question, &answer) => matching(
            question,
            pattern,
            candidates(question, answer, text, context),
        ),
        _ => Ok(answer),
    }
}

/// An answer that was given to another version of the question, if it is one to this version.
pub(super) fn again(question: &Question, answer: &Answer, context: &Context) -> Option<Answer> {
    let text = match &answer.value {
        Value::String(text) => text.clone(),
        Value::Bool(yes) => (if *yes { "yes" } else { "no" }).to_owned(),
        Value::Array(keys) => {
            let keys: Option<Vec<&str>> = keys.iter().map(Value::as_str).collect();
            keys?.join(", ")
        }
        Value::Number(number) => number::display(&number.to_string(), context.locale),
        Value::Null | Value::Object(_) => return None,
    };
    let read = check(question, &text, context).ok()?;
    // What reads as something else now is better asked again.
    let is_same = read.value == answer.value;
    is_same.then_some(read)
}

/// Whether `text` asks to leave the question out, in any language.
pub(super) fn is_skip(question: &Question, text: &str) -> bool {
    let is_dash = matches!(text.trim(), "-" | "–" | "—");
    let folded = fold::fold_answer(text);
    let is_word = || Texts::all().any(|texts| texts.words.skip.contains(&folded.as_str()));
    (is_dash || is_word()) && choice::named(&question.choices, text).is_none()
}

fn read(question: &Question, text: &str, context: &Context) -> Result<Answer, Reason> {
    let bare = || fold::bare(text);
    match question.kind {
        Kind::Text => match choice::named(&question.choices, text) {
            Some(choice) => Ok(choice::answer_one(choice, context.locale)),
            None => written(question, fold::line(text)),
        },
        Kind::Lines => written(question, fold::lines(text)),
        Kind::Email => written(
            question,
            address::email(&bare()).ok_or(Reason::TypeMismatch)?,
        ),
        Kind::Url | Kind::File => {
            written(question, address::url(&bare()).ok_or(Reason::TypeMismatch)?)
        }
        Kind::Tel => address::tel(&bare(), context.country.as_deref())
            .map(Answer::plain)
            .ok_or(Reason::TypeMismatch),
        Kind::Color => color(&bare())
            .map(Answer::plain)
            .ok_or(Reason::TypeMismatch),
        Kind::Number => number::read(question, text, context.locale),
        Kind::Moment(what) => read_moment(question, what, text, context),
        Kind::YesNo => read_yes_no(text, context).ok_or(Reason::BadInput),
        Kind::OneOf => choice::read_one(question, text, context.locale),
        Kind::SeveralOf => choice::read_several(question, text, context.locale),
        Kind::Ranking => choice::read_ranking(question, text, context.locale),
        Kind::Scale { from, to } => scale::read(question, from, to, text, context),
    }
}

/// A text of the right length.
fn written(question: &Question, text: String) -> Result<Answer, Reason> {
    let length = text.encode_utf16().count();
    if question.rules.length.is_below(&length) {
        return Err(Reason::TooShort);
    }
    if length > question.longest() {
        return Err(Reason::TooLong);
    }
    Ok(Answer::plain(text))
}

fn read_moment(
    question: &Question,
    what: Moment,
    text: &str,
    context: &Context,
) -> Result<Answer, Reason> {
    let today = context.today();
    let limits = question.rules.moment.map(|limit| limit.at(today));
    let value = moment::read_within(what, text, &limits, context)?;
    if limits.is_below(&value) {
        return Err(Reason::RangeUnderflow);
    }
    if limits.is_above(&value) {
        return Err(Reason::RangeOverflow);
    }
    let shown = moment::display(what, &value, context.locale);
    Ok(Answer::new(value, shown))
}

fn read_yes_no(text: &str, context: &Context) -> Option<Answer> {
    let yes = yes_no::read(text)?;
    Some(Answer::new(yes, Texts::of(context.locale).yes_no(yes)))
}

fn color(text: &str) -> Option<String> {
    let digits = text.strip_prefix('#').unwrap_or(text).to_ascii_lowercase();
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    match digits.len() {
        6 => Some(format!("#{digits}")),
        3 => Some(digits.chars().fold("#".to_owned(), |color, digit| {
            format!("{color}{digit}{digit}")
        })),
        _ => None,
    }
}

/// Suggestions were held against the pattern when the form was read.
fn is_suggested(question: &Question, answer: &Answer) -> bool {
    question
        .choices
        .iter()
        .any(|choice| answer.value == choice.key)
}

/// What may be held against the pattern: the value in our own notation, or as it was typed, since
/// the pattern may ask for a notation of its own, or the date that the text stands for.
fn candidates(question: &Question, answer: Answer, text: &str, context: &Context) -> Vec<Answer> {
    let mut candidates = vec![answer];
    if question.kind != Kind::Lines {
        candidates.push(Answer::plain(fold::line(text)));
    }
    if question.rules.stands_for_date
        && let Ok(date) = moment::read_within(Moment::Date, text, &Bounds::default(), context)
    {
        let shown = moment::display(Moment::Date, &date, context.locale);
        candidates.push(Answer::new(date, shown));
    }
    candidates
}

fn matching(
    question: &Question,
    pattern: &Pattern,
    candidates: Vec<Answer>,
) -> Result<Answer, Refusal> {
    let mut refusal = Refusal::from(Reason::PatternMismatch);
    for candidate in candidates {
        let verdict = match &candidate.value {
            Value::String(text) => pattern.test(text),
            other => pattern.test(&other.to_string()),
        };
        match verdict {
            Verdict::Match => return Ok(candidate),
            Verdict::NoMatch => {}
            Verdict::GaveUp => {
                refusal.warning = Some(Warning::CostlyPattern {
                    field: question.name.clone(),
                });
            }
        }
    }
    Err(refusal)
}

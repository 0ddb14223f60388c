//! Numbers on a scale.

mod sentence;

use super::{Answer, Context, Measure, Question, Reason, decimal::Decimal, fold::bare, number};

/// Reads a number from `from` to `to`: `8`, `8/10`, `8 out of 10`, `I'd say eight`, or as many stars.
pub(super) fn read(
    question: &Question,
    from: u8,
    to: u8,
    text: &str,
    context: &Context,
) -> Result<Answer, Reason> {
    let text = bare(text);
    let text = text.trim_end_matches(['.', '!']).trim();
    if let Some(stars) = stars(text).and_then(|stars| u8::try_from(stars).ok()) {
        return within(question, from, to, stars);
    }
    let text = of_most(text, to);
    let is_stars = question.measure == Some(Measure::Stars);
    let number = number::only_reading(text, context.locale)
        .or_else(|| sentence::number(text, is_stars))
        .ok_or(Reason::BadInput)?;
    let outside = |limit: u8| Decimal::parse(&limit.to_string());
    if outside(from).is_some_and(|from| number < from) {
        return Err(Reason::RangeUnderflow);
    }
    if outside(to).is_some_and(|to| number > to) {
        return Err(Reason::RangeOverflow);
    }
    let whole = number.to_json().as_u64().ok_or(Reason::BadInput)?;
    within(
        question,
        from,
        to,
        u8::try_from(whole).map_err(|_| Reason::BadInput)?,
    )
}

/// The answer that a number is.
pub(super) fn answer(question: &Question, number: u8) -> Answer {
    Answer::new(number, shown(question, number))
}

/// A number as it is shown.
pub(super) fn shown(question: &Question, number: u8) -> String {
    match question.measure {
        Some(Measure::Stars) => "★".repeat(number.into()),
        _ => number.to_string(),
    }
}

fn within(question: &Question, from: u8, to: u8, number: u8) -> Result<Answer, Reason> {
    match number {
        number if number < from => Err(Reason::RangeUnderflow),
        number if number > to => Err(Reason::RangeOverflow),
        number => Ok(answer(question, number)),
    }
}

fn stars(text: &str) -> Option<usize> {
    let is_star = |c: char| matches!(c, '★' | '⭐' | '🌟' | '*');
    let is_blank = |c: char| c == ' ' || c == '☆' || c == '\u{fe0f}';
    let stars = text.chars().filter(|c| is_star(*c)).count();
    let is_only_stars = text.chars().all(|c| is_star(c) || is_blank(c));
    (stars > 0 && is_only_stars).then_some(stars)
}

/// The number before *out of 10*, if it is out of the most there is.
fn of_most(text: &str, most: u8) -> &str {
    let most = most.to_string();
    let Some(before) = text.strip_suffix(most.as_str()) else {
        return text;
    };
    let before = before.trim_end();
    ["/", "out of", "von", "van de", "van", "sur"]
        .iter()
        .find_map(|word| before.strip_suffix(word))
        .map_or(text, str::trim_end)
}

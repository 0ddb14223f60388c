//! Numbers, with a point or a comma, or as a word.

pub(super) mod words;

use super::{
    Answer, Locale, Question, Reason,
    decimal::Decimal,
    fold::{bare, fold_answer},
    question::Rules,
    texts::Texts,
};

/// Reads a number and checks it against the question's `min`, `max` and `step`.
pub(super) fn read(question: &Question, text: &str, locale: Locale) -> Result<Answer, Reason> {
    let readings = match words::value(&fold_answer(text)) {
        Some(number) => vec![i64::from(number).into()],
        None => readings(&bare(text), locale),
    };
    let mut possible = readings
        .iter()
        .filter(|number| check(**number, &question.rules).is_ok());
    match (possible.next(), possible.next()) {
        (Some(number), None) => Ok(Answer::new(
            number.to_json(),
            display(&number.to_string(), locale),
        )),
        (Some(_), Some(_)) => Err(Reason::BadInput),
        (None, _) => match readings.as_slice() {
            [number] => check(*number, &question.rules).and(Err(Reason::BadInput)),
            _ => Err(Reason::BadInput),
        },
    }
}

/// A number as a person of that language writes it.
pub(super) fn display(number: &str, locale: Locale) -> String {
    number.replace('.', &Texts::of(locale).decimal_mark.to_string())
}

fn check(number: Decimal, rules: &Rules) -> Result<(), Reason> {
    if rules.number.is_below(&number) {
        return Err(Reason::RangeUnderflow);
    }
    if rules.number.is_above(&number) {
        return Err(Reason::RangeOverflow);
    }
    match rules.step {
        Some(step) if !number.is_on_step(step_base(rules), step) => Err(Reason::StepMismatch),
        _ => Ok(()),
    }
}

/// Where steps are counted from.
pub(super) fn step_base(rules: &Rules) -> Decimal {
    rules.number.min.unwrap_or(Decimal::ZERO)
}

/// What a text may mean as a number: usually one thing; `1,500` two things to somebody who writes
/// decimals with a comma, as others write thousands that way.
fn readings(text: &str, locale: Locale) -> Vec<Decimal> {
    let (sign, digits) = split_sign(text);
    let Some(digits) = without_blanks(digits) else {
        return Vec::new();
    };
    let marks: Vec<char> = digits.chars().filter(|c| matches!(c, '.' | ',')).collect();
    let numbers = match *marks.as_slice() {
        [] => vec![digits],
        [mark] => with_one_mark(&digits, mark, locale),
        [first, .., last] => Vec::from_iter(grouped_with_fraction(&digits, first, last)),
    };
    let read = |number: &String| Decimal::parse(&format!("{sign}{number}"));
    numbers.iter().filter_map(read).collect()
}

/// A mark before three digits stands between thousands where the language writes them like that;
/// otherwise it may or may not.
fn with_one_mark(digits: &str, mark: char, locale: Locale) -> Vec<String> {
    let (fraction, thousands) = (digits.replace(mark, "."), digits.replace(mark, ""));
    if !is_grouped(digits, mark) {
        vec![fraction]
    } else if Texts::of(locale).thousands_mark == Some(mark) {
        vec![thousands]
    } else {
        vec![fraction, thousands]
    }
}

fn split_sign(text: &str) -> (&'static str, &str) {
    if let Some(rest) = text.strip_prefix(['-', '−']) {
        ("-", rest.trim_start())
    } else {
        ("", text.strip_prefix('+').unwrap_or(text))
    }
}

/// Takes out blanks and apostrophes between thousands; nothing if they stand anywhere else.
fn without_blanks(digits: &str) -> Option<String> {
    let is_blank = |c: char| matches!(c, ' ' | '\'' | '’');
    let whole = digits.split(['.', ',']).next()?;
    if !digits.contains(is_blank) {
        return Some(digits.to_owned());
    }
    let after = digits.get(whole.len()..)?;
    let groups: Vec<&str> = whole.split(is_blank).collect();
    (are_thousands(&groups) && !after.contains(is_blank)).then(|| groups.concat() + after)
}

/// Two or more marks: all the same between thousands, or those and another one before a fraction.
fn grouped_with_fraction(digits: &str, first: char, last: char) -> Option<String> {
    if first == last {
        return is_grouped(digits, first).then(|| digits.replace(first, ""));
    }
    let (whole, fraction) = digits.rsplit_once(last)?;
    is_grouped(whole, first).then(|| format!("{}.{fraction}", whole.replace(first, "")))
}

fn is_grouped(digits: &str, mark: char) -> bool {
    are_thousands(&digits.split(mark).collect::<Vec<_>>())
}

/// One to three digits without a zero in front, then groups of three.
fn are_thousands(groups: &[&str]) -> bool {
    let is_number = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    match groups {
        [first, rest @ ..] => {
            (1..=3).contains(&first.len())
                && !first.starts_with('0')
                && is_number(first)
                && rest
                    .iter()
                    .all(|group| group.len() == 3 && is_number(group))
        }
        [] => false,
    }
}

/// The one thing that a text may mean as a number.
pub(super) fn only_reading(text: &str, locale: Locale) -> Option<Decimal> {
    match readings(text, locale).as_slice() {
        [number] => Some(*number),
        _ => None,
    }
}

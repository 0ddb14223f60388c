//! Choices, and which of them somebody means.

mod sentence;

use super::{
    Answer, Locale, Localized, Question, Reason,
    fold::{bare, fold, fold_answer},
    texts::Texts,
};

/// In characters. Comparing costs the product of both lengths.
const LONGEST_LABEL: usize = 64;

/// A choice of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub(super) key: String,
    pub(super) label: Localized,
    pub(super) points: i64,
    /// Key and labels as they are compared, the key first.
    folded: Vec<String>,
}

impl Choice {
    pub(super) fn new(key: impl Into<String>, label: impl Into<Localized>) -> Self {
        let (key, label) = (key.into(), label.into());
        let folded = std::iter::once(key.as_str())
            .chain(label.all())
            .map(fold_answer);
        Self {
            folded: folded.collect(),
            key,
            label,
            points: 0,
        }
    }

    /// What is stored.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What is shown.
    pub fn label(&self, locale: Locale) -> &str {
        self.label.of(locale)
    }

    /// What choosing it adds to the score.
    pub fn points(&self) -> i64 {
        self.points
    }

    /// An id that happens to begin with a digit is none.
    fn is_number(&self) -> bool {
        let is_number = |label: &str| label.starts_with(|c: char| c.is_ascii_digit());
        self.label.all().any(is_number) || self.key.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// Whether its key is its place in the list and its label is none: numbering it says the same.
    fn is_numbered_as(&self, place: usize) -> bool {
        let is_number = |label: &str| label.starts_with(|c: char| c.is_ascii_digit());
        self.key == place.to_string() && !self.label.all().any(is_number)
    }
}

/// Whether a number means a place in the list. Not where choices are numbers themselves: there,
/// "3" to "5, 10 or 15 kilometers?" is not 15.
pub(super) fn are_numbered(choices: &[Choice]) -> bool {
    let mut places = choices.iter().zip(1..);
    !choices.iter().any(Choice::is_number)
        || places.all(|(choice, place)| choice.is_numbered_as(place))
}

/// Whether a message says that none of the choices is meant, and is none of them.
pub(super) fn is_none(choices: &[Choice], text: &str) -> bool {
    sentence::is_none(text) && one(choices, text).is_none()
}

/// The one choice whose key or label is `text`: exactly, or else but for case, accents, blanks and
/// punctuation around it.
pub(super) fn named<'a>(choices: &'a [Choice], text: &str) -> Option<&'a Choice> {
    let exact = text.trim();
    let folded = fold_answer(text);
    only(choices, |choice| choice.key == exact)
        .or_else(|| {
            only(choices, |choice| {
                choice.label.all().any(|label| label == exact)
            })
        })
        .or_else(|| {
            only(choices, |choice| {
                !folded.is_empty() && choice.folded.contains(&folded)
            })
        })
}

/// The answer to a question that takes one choice.
pub(super) fn read_one(question: &Question, text: &str, locale: Locale) -> Result<Answer, Reason> {
    let choice = one(&question.choices, text).ok_or(Reason::NotAnOption)?;
    Ok(answer_one(choice, locale))
}

/// The answer to a question that takes several choices, written with commas, line breaks or a word
/// such as "and" between them.
pub(super) fn read_several(
    question: &Question,
    text: &str,
    locale: Locale,
) -> Result<Answer, Reason> {
    let choices = &question.choices;
    let chosen = match one(choices, text) {
        Some(choice) => vec![choice],
        None if is_everything(text) => choices.iter().collect(),
        None => listed(choices, text).ok_or(Reason::NotAnOption)?,
    };
    Ok(answer_several(choices, &chosen, locale))
}

/// The answer to a question for an order: every choice once, the most liked first. The last one
/// goes without saying.
pub(super) fn read_ranking(
    question: &Question,
    text: &str,
    locale: Locale,
) -> Result<Answer, Reason> {
    let choices = &question.choices;
    let is_arrow = |c: char| matches!(c, '>' | '→');
    let text = text.replace(is_arrow, ",");
    let mut ranked = listed(choices, &text).ok_or(Reason::NotAnOption)?;
    for (index, choice) in ranked.iter().enumerate() {
        if ranked.iter().skip(index + 1).any(|other| other == choice) {
            return Err(Reason::NotAnOption);
        }
    }
    let mut missing = choices.iter().filter(|choice| !ranked.contains(choice));
    match (missing.next(), missing.next()) {
        (Some(last), None) if ranked.len() > 1 => ranked.push(last),
        (None, _) => {}
        _ => return Err(Reason::ValueMissing),
    }
    Ok(answer_in_order(&ranked, locale))
}

/// The answer that a choice is.
pub(super) fn answer_one(choice: &Choice, locale: Locale) -> Answer {
    Answer::new(choice.key.clone(), choice.label(locale))
}

/// The answer that several choices are, in the order of the form and each once.
pub(super) fn answer_several(choices: &[Choice], chosen: &[&Choice], locale: Locale) -> Answer {
    let chosen = choices.iter().filter(|choice| chosen.contains(choice));
    answer_in_order(&chosen.collect::<Vec<_>>(), locale)
}

fn answer_in_order(chosen: &[&Choice], locale: Locale) -> Answer {
    let (keys, labels): (Vec<_>, Vec<_>) = chosen
        .iter()
        .map(|choice| (choice.key.as_str(), choice.label(locale)))
        .unzip();
    Answer::new(keys, labels.join(", "))
}

/// The one choice that `text` means: by its key or label, by its number in the list, by the
/// beginning of its label, by its label with a typing error in it, or in a short sentence.
fn one<'a>(choices: &'a [Choice], text: &str) -> Option<&'a Choice> {
    named(choices, text)
        .or_else(|| numbered(choices, text))
        .or_else(|| beginning_with(choices, text))
        .or_else(|| mistyped(choices, text))
        .or_else(|| sentence::choice(choices, text))
}

fn numbered<'a>(choices: &'a [Choice], text: &str) -> Option<&'a Choice> {
    let text = bare(text);
    let digits = text.trim_start_matches('#').trim_end_matches(['.', ')']);
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) || !are_numbered(choices) {
        return None;
    }
    let number: usize = digits.parse().ok()?;
    choices.get(number.checked_sub(1)?)
}

fn beginning_with<'a>(choices: &'a [Choice], text: &str) -> Option<&'a Choice> {
    let beginning = fold_answer(text);
    if !beginning.starts_with(char::is_alphabetic) {
        return None;
    }
    only(choices, |choice| {
        let mut labels = choice.folded.iter().skip(1);
        labels.any(|label| label.starts_with(&beginning))
    })
}

/// One letter wrong, missing, too many or swapped with the next, in a word of some length; two in a
/// long one.
fn mistyped<'a>(choices: &'a [Choice], text: &str) -> Option<&'a Choice> {
    let text = fold_answer(text);
    let length = text.chars().count();
    let tolerated = match length {
        0..4 => return None,
        4..9 => 1,
        _ => 2,
    };
    if length > LONGEST_LABEL || !text.starts_with(char::is_alphabetic) {
        return None;
    }
    only(choices, |choice| {
        let mut labels = choice.folded.iter().skip(1);
        labels.any(|label| {
            label.chars().count().abs_diff(length) <= tolerated
                && strsim::damerau_levenshtein(label, &text) <= tolerated
        })
    })
}

fn only(choices: &[Choice], is_meant: impl Fn(&Choice) -> bool) -> Option<&Choice> {
    let mut meant = choices.iter().filter(|choice| is_meant(choice));
    let first = meant.next()?;
    meant.next().is_none().then_some(first)
}

fn is_everything(text: &str) -> bool {
    let text = fold_answer(text);
    Texts::all().any(|texts| texts.words.all.contains(&text.as_str()))
}

fn listed<'a>(choices: &'a [Choice], text: &str) -> Option<Vec<&'a Choice>> {
    let is_between = |c: char| matches!(c, ',' | ';' | '\n' | '\r');
    let parts = text
        .split(is_between)
        .filter(|part| !part.trim().is_empty());
    let mut chosen = Vec::new();
    for part in parts {
        match one(choices, part) {
            Some(choice) => chosen.push(choice),
            None => chosen.extend(joined(choices, part)?),
        }
        // Nobody names the same choice again and again; work no longer than needed on who does.
        if chosen.len() > choices.len() {
            return None;
        }
    }
    (!chosen.is_empty()).then_some(chosen)
}

/// `red and blue`, `red & blue`, `1 3`.
fn joined<'a>(choices: &'a [Choice], part: &str) -> Option<Vec<&'a Choice>> {
    let words: Vec<&str> = part.split_whitespace().collect();
    let numbers: Option<Vec<_>> = words.iter().map(|word| numbered(choices, word)).collect();
    if numbers.is_some() {
        return numbers;
    }
    let groups = words
        .split(|word| is_and(word))
        .filter(|group| !group.is_empty());
    let groups = groups.take(choices.len() + 1);
    let by_and: Option<Vec<_>> = groups.map(|group| one(choices, &group.join(" "))).collect();
    by_and.or_else(|| sentence::choices(choices, part))
}

fn is_and(word: &str) -> bool {
    let word = fold(word);
    matches!(word.as_str(), "&" | "+")
        || Texts::all().any(|texts| texts.words.and.contains(&word.as_str()))
}

//! A number on a scale in a short sentence: *I'd say 8*, *een acht*, *4 Sterne*.

use super::super::{
    decimal::Decimal,
    number::words,
    phrase::{self, Pattern},
};

const STARS: &[&str] = &[
    "star", "stars", "ster", "sterren", "stern", "sterne", "etoile", "etoiles",
];

/// `#` stands for the number.
const SENTENCES: &[Pattern] = &[
    &[
        &[
            "",
            "i'd say",
            "i would say",
            "i say",
            "let's say",
            "i'd give it",
            "i would give it",
            "i give it",
            "i'll give it",
            "i'd give",
            "i give",
            "i'd rate it",
            "i rate it",
            "it's",
            "it is",
        ],
        &["", "a", "an"],
        &["#"],
    ],
    &[
        &[
            "",
            "ik zou zeggen",
            "ik zeg",
            "ik geef",
            "ik geef het",
            "ik geef jullie",
            "ik zou het",
            "doe maar",
            "het is",
            "zeg maar",
        ],
        &["", "een"],
        &["#"],
        &["", "geven"],
    ],
    &[&["ik zou"], &["", "een"], &["#"], &["zeggen", "geven"]],
    &[
        &[
            "",
            "ich wurde sagen",
            "ich wuerde sagen",
            "ich sage",
            "ich gebe",
            "ich gebe ihnen",
            "ich sag mal",
            "es ist",
        ],
        &["", "ein", "eine"],
        &["#"],
    ],
    &[
        &["ich wurde", "ich wuerde"],
        &["", "ein", "eine"],
        &["#"],
        &["sagen", "geben"],
    ],
    &[
        &[
            "",
            "je dirais",
            "je dis",
            "je donne",
            "je donnerais",
            "je mets",
            "je mettrais",
            "c'est",
            "ce serait",
            "disons",
        ],
        &["", "un", "une"],
        &["#"],
    ],
];

/// The one number in a sentence that says nothing else.
pub(super) fn number(text: &str, is_stars: bool) -> Option<Decimal> {
    let is_known = |c: char| c.is_alphanumeric() || c.is_whitespace() || ",.!'’★⭐🌟".contains(c);
    if !text.chars().all(is_known) {
        return None;
    }
    let text = phrase::words(text);
    let mut parts: Vec<&str> = text.split_whitespace().collect();
    if is_stars && parts.len() > 1 && parts.last().is_some_and(|last| STARS.contains(last)) {
        parts.pop();
    }
    let place = place(&parts)?;
    let number = parts.get(place).copied().and_then(value)?;
    if let Some(part) = parts.get_mut(place) {
        *part = "#";
    }
    let sentence = parts.join(" ");
    let is_sentence = |pattern: &&Pattern| phrase::is_one_of(&sentence, pattern);
    SENTENCES.iter().find(is_sentence).map(|_| number)
}

/// Where the only number stands. *Een* is one only if there is no other.
fn place(parts: &[&str]) -> Option<usize> {
    let numbers = parts
        .iter()
        .enumerate()
        .filter(|(_, part)| value(part).is_some());
    let (articles, others): (Vec<_>, Vec<_>) =
        numbers.partition(|(_, part)| words::is_article(part));
    match (others.as_slice(), articles.last()) {
        ([(place, _)], _) | ([], Some((place, _))) => Some(*place),
        _ => None,
    }
}

fn value(part: &str) -> Option<Decimal> {
    match words::value(part) {
        Some(number) => Some(i64::from(number).into()),
        None => Decimal::parse(part).filter(|_| part.bytes().all(|byte| byte.is_ascii_digit())),
    }
}

//! Numbers as words, from zero to ten.

/// In folded words of every language; the place is the number.
const WORDS: [&[&str]; 11] = [
    &["zero", "nul", "null"],
    &["one", "een", "eins", "ein", "eine", "un", "une"],
    &["two", "twee", "zwei", "zwo", "deux"],
    &["three", "drie", "drei", "trois"],
    &["four", "vier", "quatre"],
    &["five", "vijf", "funf", "fuenf", "cinq"],
    &["six", "zes", "sechs"],
    &["seven", "zeven", "sieben", "sept"],
    &["eight", "acht", "huit"],
    &["nine", "negen", "neun", "neuf"],
    &["ten", "tien", "zehn", "dix"],
];

/// Words for one that are articles as well.
const ARTICLES: [&str; 7] = ["a", "an", "een", "ein", "eine", "un", "une"];

/// The number that a folded word is.
pub(in super::super) fn value(word: &str) -> Option<u8> {
    let place = WORDS.iter().position(|words| words.contains(&word))?;
    u8::try_from(place).ok()
}

pub(in super::super) fn is_article(word: &str) -> bool {
    ARTICLES.contains(&word)
}

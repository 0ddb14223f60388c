//! The known word that somebody may have meant.

/// In words. More are not listed.
const MOST_LISTED: usize = 8;

/// The known word that looks most like `word`, if any looks like it.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let (distance, nearest) = known
        .into_iter()
        .map(|known| (strsim::damerau_levenshtein(known, word), known))
        .min_by_key(|(distance, _)| *distance)?;
    let tolerated = (word.chars().count() / 2).clamp(1, 3);
    (distance <= tolerated).then_some(nearest)
}

/// What to do about an unknown word, as the end of a sentence.
pub(super) fn advice(word: &str, known: &[&str]) -> String {
    if let Some(nearest) = nearest(word, known.iter().copied()) {
        return format!("did you mean `{nearest}`?");
    }
    match known {
        [] => "leave it out".to_owned(),
        known if known.len() <= MOST_LISTED => format!("there are {}", listed(known)),
        _ => "leave it out".to_owned(),
    }
}

fn listed(words: &[&str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    words.join(", ")
}

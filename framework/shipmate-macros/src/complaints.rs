//! Everything that is wrong, at once.

use syn::{Error, Result};

/// Collects errors, so that one does not hide the others.
#[derive(Default)]
pub(crate) struct Complaints(Option<Error>);

impl Complaints {
    pub(crate) fn add(&mut self, error: Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// The value, or nothing and one more complaint.
    pub(crate) fn note<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }

    pub(crate) fn done(self) -> Result<()> {
        self.0.map_or(Ok(()), Err)
    }
}

/// What to do about an unknown word, as the end of a sentence.
pub(crate) fn advice(word: &str, known: &[&str]) -> String {
    let near = known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(known, word), known))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= (word.chars().count() / 2).clamp(1, 3));
    if let Some((_, near)) = near {
        return format!("did you mean `{near}`?");
    }
    let known: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
    format!("there are {}", known.join(", "))
}

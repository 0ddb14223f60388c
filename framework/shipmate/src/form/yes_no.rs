//! Yes, no, and *that's right*.

use super::{fold::fold_answer, phrase, texts::Texts};

/// Whether a message says yes or no, in any language.
pub(super) fn read(text: &str) -> Option<bool> {
    plain(text).or_else(|| is_right(text).then_some(true))
}

/// Whether a message is a word for yes or no.
pub(super) fn plain(text: &str) -> Option<bool> {
    let word = fold_answer(text);
    let said = |yes: bool| {
        Texts::all().any(|texts| {
            let words = if yes { texts.words.yes } else { texts.words.no };
            words.contains(&word.as_str())
        })
    };
    [true, false].into_iter().find(|yes| said(*yes))
}

/// *Correct*, *yes, that's right*.
fn is_right(text: &str) -> bool {
    let words = phrase::words(text);
    Texts::all().any(|texts| {
        let words_of = &texts.words;
        let after_yes = words_of.yes.iter();
        let after_yes = after_yes.filter_map(|yes| phrase::after(&words, yes));
        let mut said = after_yes.chain([words.as_str()]);
        said.any(|words| words_of.right.contains(&words))
    })
}

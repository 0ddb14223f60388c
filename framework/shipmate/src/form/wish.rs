//! Sentences that are no answer but a wish: for a person, for an end, for help.

mod de;
mod en;
mod fr;
mod nl;

use super::{Locale, phrase, phrase::Pattern, questionnaire::Wish};

/// The wishes of one language that are more than the words in `Words`.
struct Wishes {
    human: Sentences,
    cancel: Sentences,
    help: Sentences,
}

struct Sentences {
    /// Nobody answers an open question so.
    anywhere: &'static [Pattern],
    /// To an open question these may be the answer.
    unless_text: &'static [Pattern],
}

/// What a message wishes for, if that is all it says. `may_be_text` tells that any text may be an
/// answer, so that only what can hardly be one is taken.
pub(super) fn of(text: &str, may_be_text: bool) -> Option<Wish> {
    let words = phrase::words(text);
    if words.is_empty() {
        return None;
    }
    let says = |sentences: &Sentences| {
        let others = if may_be_text {
            &[]
        } else {
            sentences.unless_text
        };
        let mut patterns = sentences.anywhere.iter().chain(others);
        patterns.any(|pattern| phrase::is_one_of(&words, pattern))
    };
    let mut languages = Locale::ALL.into_iter().map(wishes);
    languages.find_map(|wishes| {
        let by_wish = [
            (&wishes.human, Wish::Human),
            (&wishes.cancel, Wish::Cancel),
            (&wishes.help, Wish::Help),
        ];
        let mut by_wish = by_wish.into_iter();
        by_wish.find_map(|(sentences, wish)| says(sentences).then_some(wish))
    })
}

fn wishes(locale: Locale) -> &'static Wishes {
    match locale {
        Locale::En => &en::WISHES,
        Locale::Nl => &nl::WISHES,
        Locale::De => &de::WISHES,
        Locale::Fr => &fr::WISHES,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::fold::fold;

    #[test]
    fn every_part_is_written_as_it_is_compared() {
        for wishes in Locale::ALL.into_iter().map(wishes) {
            for sentences in [&wishes.human, &wishes.cancel, &wishes.help] {
                let patterns = sentences.anywhere.iter().chain(sentences.unless_text);
                for part in patterns
                    .flat_map(|pattern| pattern.iter())
                    .flat_map(|part| part.iter())
                {
                    assert_eq!(phrase::words(part), *part);
                    assert_eq!(fold(part), *part);
                }
            }
        }
    }
}

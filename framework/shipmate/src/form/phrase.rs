//! Short sentences that are recognised as a whole.

use super::fold::fold;

/// In characters. Whoever writes more says something of their own.
const LONGEST: usize = 100;

/// The parts of a sentence, one after the other, each in its alternatives in folded words; an empty
/// one may be left out.
pub(super) type Pattern = &'static [&'static [&'static str]];

/// The words of a message as they are compared, without punctuation; none of a long one.
pub(super) fn words(text: &str) -> String {
    if text.chars().nth(LONGEST).is_some() {
        return String::new();
    }
    let is_inside = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '-');
    let plain = fold(text).replace(|c| !is_inside(c), " ");
    let words = plain.split_whitespace();
    let words = words.map(|word| word.trim_matches(['\'', '-']));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// Whether the words are one of the sentences that a pattern describes.
pub(super) fn is_one_of(words: &str, pattern: Pattern) -> bool {
    match pattern.split_first() {
        None => words.is_empty(),
        Some((part, later)) => {
            let mut rests = part.iter().filter_map(|start| after(words, start));
            rests.any(|rest| is_one_of(rest, later))
        }
    }
}

/// What follows after the words that a message starts with.
pub(super) fn after<'a>(words: &'a str, start: &str) -> Option<&'a str> {
    if start.is_empty() {
        return Some(words);
    }
    match words.strip_prefix(start)? {
        "" => Some(""),
        rest => rest.strip_prefix(' '),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_compared_as_a_whole() {
        let pattern: Pattern = &[&["", "please"], &["go", "go on"], &["", "now"]];
        for text in ["go", "Go on!", "Please, go now.", "please go on now"] {
            assert!(is_one_of(&words(text), pattern), "{text}");
        }
        for text in ["", "please", "go one", "go now please", "gone"] {
            assert!(!is_one_of(&words(text), pattern), "{text}");
        }
        assert_eq!(
            words("«D’accord» – S'il vous plaît!"),
            "d'accord s'il vous plait"
        );
        assert_eq!(words(&"go ".repeat(100)), "");
    }
}

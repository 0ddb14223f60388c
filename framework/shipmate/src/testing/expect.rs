//! What a text is expected to be.

use std::fmt;

use super::transcript::quoted;

/// What is expected of a text. Plain text means: as written, where `…` and `*` stand for anything
/// within a line, a line that is only one of them for any lines, and blanks around lines make no
/// difference.
///
/// ```
/// use shipmate::testing::{Expect, any_of, containing, exactly};
///
/// assert!(Expect::from("Hello … how are you?").fits("Hello Ann, how are you?"));
/// assert!(containing("Ann").fits("Hello Ann"));
/// assert!(!exactly("Hello …").fits("Hello Ann"));
/// assert!(any_of(["Hi", "Hello …"]).fits("Hello Ann"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expect {
    /// As written, with `…` and `*` for anything within a line.
    Like(String),
    /// This and nothing else.
    Exactly(String),
    /// This is somewhere in it.
    Containing(String),
    /// One of these fits.
    AnyOf(Vec<Expect>),
}

/// This text and nothing else; `…` and `*` are what they are.
pub fn exactly(text: impl Into<String>) -> Expect {
    Expect::Exactly(text.into())
}

/// This is somewhere in the text.
pub fn containing(part: impl Into<String>) -> Expect {
    Expect::Containing(part.into())
}

/// One of these fits.
pub fn any_of<E: Into<Expect>>(expected: impl IntoIterator<Item = E>) -> Expect {
    Expect::AnyOf(expected.into_iter().map(Into::into).collect())
}

impl Expect {
    /// Whether `text` is as expected.
    pub fn fits(&self, text: &str) -> bool {
        match self {
            Self::Like(pattern) => is_like(pattern, text),
            Self::Exactly(expected) => expected == text,
            Self::Containing(part) => text.contains(part),
            Self::AnyOf(all) => all.iter().any(|one| one.fits(text)),
        }
    }
}

impl From<&str> for Expect {
    fn from(text: &str) -> Self {
        Self::Like(text.to_owned())
    }
}

impl From<String> for Expect {
    fn from(text: String) -> Self {
        Self::Like(text)
    }
}

impl From<&String> for Expect {
    fn from(text: &String) -> Self {
        Self::Like(text.clone())
    }
}

impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Like(text) | Self::Exactly(text) => write!(f, "{}", quoted(text)),
            Self::Containing(part) => write!(f, "something with {}", quoted(part)),
            Self::AnyOf(all) => {
                for (index, one) in all.iter().enumerate() {
                    let between = if index == 0 { "" } else { " or " };
                    write!(f, "{between}{one}")?;
                }
                Ok(())
            }
        }
    }
}

/// Whether each line of `text` is like the one of `pattern`; a line that is only a wildcard stands for
/// any lines.
fn is_like(pattern: &str, text: &str) -> bool {
    let lines = |text: &'_ str| -> Vec<String> {
        let lines = text.trim_end().split('\n');
        lines.map(|line| line.trim().to_owned()).collect()
    };
    let texts = lines(text);
    // How many lines of the text the patterns so far can have used up.
    let mut used = vec![false; texts.len() + 1];
    if let Some(start) = used.first_mut() {
        *start = true;
    }
    for pattern in lines(pattern) {
        let mut next = vec![false; used.len()];
        let mut any_before = false;
        for (index, (next, before)) in next.iter_mut().zip(&used).enumerate() {
            any_before |= before;
            if pattern == "…" || pattern == "*" {
                *next = any_before;
            } else if let Some(previous) = index.checked_sub(1) {
                let is_line = |text: &String| is_line_like(&pattern, text);
                *next =
                    used.get(previous) == Some(&true) && texts.get(previous).is_some_and(is_line);
            }
        }
        used = next;
    }
    used.last() == Some(&true)
}

/// The parts between wildcards come one after the other; the first and the last are at the ends.
fn is_line_like(pattern: &str, line: &str) -> bool {
    let parts: Vec<&str> = pattern.split(['…', '*']).collect();
    let Some((first, others)) = parts.split_first() else {
        return false;
    };
    let Some((last, between)) = others.split_last() else {
        return pattern == line;
    };
    let Some(mut rest) = line.strip_prefix(first) else {
        return false;
    };
    for part in between {
        match rest.find(part).and_then(|at| rest.get(at + part.len()..)) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stand_for_anything_within_a_line() {
        for (pattern, text, fits) in [
            ("Hello", "Hello", true),
            ("Hello", "Hello!", false),
            ("Hello…", "Hello", true),
            ("Hello…", "Hello there", true),
            ("*there", "Hello there", true),
            ("H*o t…e", "Hello there", true),
            ("a…a", "a", false),
            ("a…b…b", "ab", false),
            ("…", "", true),
            ("", "", true),
            ("", "x", false),
            ("…", "two\nlines", true),
            ("two…", "two\nlines", false),
            ("a\n…\nd", "a\nb\nc\nd", true),
            ("a\n…\nd", "a\nd", true),
            ("a\n…\nd", "a\nb\nc", false),
            ("…\n…", "two\nlines", true),
            ("Wait…", "Wait…", true),
            ("two  \nlines", "two\nlines \n", true),
            ("aé…ü", "aé ü", true),
        ] {
            assert_eq!(
                Expect::from(pattern).fits(text),
                fits,
                "{pattern:?} {text:?}"
            );
        }
    }

    #[test]
    fn an_expectation_reads_as_it_was_written() {
        assert_eq!(
            any_of([exactly("a"), containing("b\u{7}")]).to_string(),
            "\"a\" or something with \"b\\u{7}\""
        );
    }
}

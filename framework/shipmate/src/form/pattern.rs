//! HTML's `pattern`: a JavaScript regular expression that the whole value must match.

mod class;
mod escape;
#[cfg(test)]
mod javascript;
mod translate;

use fancy_regex::{Regex, RegexBuilder};
use thiserror::Error;

/// Steps back that one test may take. A pattern such as `(a+)+$` would otherwise take time that
/// doubles with every character.
const BACKTRACK_LIMIT: usize = 20_000;

/// In characters. A step may look at the whole value, so the two limits together bound the work:
/// the slowest pattern we could think of takes a tenth of a second.
pub(super) const LONGEST_VALUE: usize = 4_000;

const LONGEST_PATTERN: usize = 4_000;
const MOST_INSTRUCTIONS: usize = 100_000;
const COMPILED_BYTES: usize = 1 << 20;

/// A compiled `pattern` attribute.
///
/// It means what HTML says: JavaScript with the `v` flag, anchored at both ends, case-sensitive.
/// Known differences: variable-length look-behind and properties of strings (`\p{RGI_Emoji}`) are
/// refused, a back reference to a group that took no part does not match (JavaScript: matches the
/// empty text), and characters that the `v` flag wants escaped in a class are taken literally, as
/// patterns written before that flag mean them.
#[derive(Debug, Clone)]
pub(super) struct Pattern(Regex);

/// What a test came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Match,
    NoMatch,
    /// The test was given up before it took too long.
    GaveUp,
}

/// Why a pattern cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum PatternError {
    #[error("it has more than {LONGEST_PATTERN} characters")]
    TooLong,
    #[error("{0}")]
    Syntax(&'static str),
    #[error("{0}")]
    Compile(String),
}

impl Pattern {
    pub(super) fn new(source: &str) -> Result<Self, PatternError> {
        if source.chars().nth(LONGEST_PATTERN).is_some() {
            return Err(PatternError::TooLong);
        }
        let translated = translate::translate(source).map_err(PatternError::Syntax)?;
        RegexBuilder::new(&format!(r"\A(?:{translated})\z"))
            .backtrack_limit(BACKTRACK_LIMIT)
            .max_prog_size(MOST_INSTRUCTIONS)
            .delegate_size_limit(COMPILED_BYTES)
            .delegate_dfa_size_limit(COMPILED_BYTES)
            .build()
            .map(Self)
            .map_err(|error| PatternError::Compile(error.to_string()))
    }

    /// Tests the whole `value`. One longer than [`LONGEST_VALUE`] is given up on at once.
    pub(super) fn test(&self, value: &str) -> Verdict {
        if value.chars().nth(LONGEST_VALUE).is_some() {
            return Verdict::GaveUp;
        }
        match self.0.is_match(value) {
            Ok(true) => Verdict::Match,
            Ok(false) => Verdict::NoMatch,
            Err(_) => Verdict::GaveUp,
        }
    }

    pub(super) fn matches(&self, value: &str) -> bool {
        self.test(value) == Verdict::Match
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pattern of the reference's example form (API Reference, forms).
    const REFERENCE_DATE: &str = "(?:19|20)[0-9]{2}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-9])|(?:(?!02)(?:0[1-9]|1[0-2])-(?:30))|(?:(?:0[13578]|1[02])-31))";

    #[track_caller]
    fn check(pattern: &str, matching: &[&str], other: &[&str]) {
        let compiled = Pattern::new(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
        for value in matching {
            assert_eq!(
                compiled.test(value),
                Verdict::Match,
                "{pattern} on {value:?}"
            );
        }
        for value in other {
            assert_eq!(
                compiled.test(value),
                Verdict::NoMatch,
                "{pattern} on {value:?}"
            );
        }
    }

    #[test]
    fn the_reference_pattern_looks_ahead_to_refuse_a_30th_of_february() {
        check(
            REFERENCE_DATE,
            &["2026-03-03", "1999-12-31", "2026-02-29", "2026-04-30"],
            &[
                "2026-02-30",
                "2026-04-31",
                "2126-01-01",
                "x2026-03-03",
                "2026-03-03\n",
                "",
            ],
        );
    }

    #[test]
    fn the_whole_value_must_match() {
        check("a|b", &["a", "b"], &["ab", "xa", "bx", "a\n", "A"]);
        check("", &[""], &["a"]);
        check("^a$", &["a"], &["ba"]);
    }

    #[test]
    fn shorthand_classes_are_those_of_javascript() {
        check(r"\d+", &["123"], &["١٢٣", "1a"]);
        check(r"\D", &["a", "١"], &["1"]);
        check(r"\w+", &["aZ_9"], &["é", "-"]);
        check(r"[\w.]+", &["a.b"], &["é"]);
        check(r"[^\W_]+", &["aZ9"], &["_", "é"]);
        check(
            r"\s",
            &[" ", "\u{a0}", "\u{feff}", "\u{2028}", "\t"],
            &["\u{85}", "a"],
        );
        check(r"[\S]", &["\u{85}", "a"], &["\u{feff}"]);
        check(r"é\b.*", &[], &["é"]);
        check(r"\ba\b-\Bé", &["a-é"], &[]);
        check(".", &["a", "👍", "\u{85}"], &["\n", "\r", "\u{2028}"]);
    }

    #[test]
    fn escapes_are_those_of_javascript() {
        check(r"\/\u0041\u{1F600}\x41\t\cJ\0", &["/A😀A\t\n\0"], &[]);
        check(r"\uD83D\uDE00", &["😀"], &[]);
        check(r"[\u0041-\x43\b]+", &["ABC\u{8}"], &["D"]);
        check(r"\<a\>\'\#\~\-\&", &["<a>'#~-&"], &[]);
        check(r"\p{Lu}\P{L}\p{Script=Greek}", &["A1λ"], &["a1λ"]);
        check(r"[\p{L} '\-]+", &["Zoë O'Neil-Ó"], &["a1"]);
    }

    #[test]
    fn classes_are_those_of_the_v_flag() {
        check("[^]", &["\n", "a"], &[""]);
        check("[]|a", &["a"], &["b"]);
        check("[a-z--[aeiou]]+", &["xyz"], &["a"]);
        check(r"[\w&&[^\d]]+", &["ab_"], &["1"]);
        check("[[a-c][x-z]]+", &["ax"], &["m"]);
        check("[~^&#<>]+", &["~^&#<>"], &["a"]);
        // Refused with the flag, but written everywhere and of one meaning only.
        check(
            r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[a-z]{2,}",
            &["a+b@c-d.nl"],
            &["a@b"],
        );
        check(r"[\d-]+[(]", &["1-2("], &[]);
    }

    #[test]
    fn groups_and_quantifiers() {
        check(r"(?<year>\d{4})-\k<year>", &["2026-2026"], &["2026-2025"]);
        check(r"(a)(b)\2\1[1]{2}", &["abba11"], &["abba", "abba1"]);
        check(
            r"(?=.*\d)(?!.*\s).{8,}",
            &["passw0rd"],
            &["password", "pass w0rd"],
        );
        check(r"a{2}b{1,}c{0,1}?d*?", &["aab", "aabbcdd"], &["ab"]);
        check(r"(?<=a)b|(?<!a)c|(?i:D)", &["c", "d", "D"], &["b"]);
    }

    #[test]
    fn what_is_not_javascript_is_refused() {
        for pattern in [
            "(",
            ")",
            "a)(b",
            "[",
            "*",
            "a**",
            "a++",
            "(?>a)",
            "(?P<n>a)",
            "(?#c)",
            "(?x: a)",
            "\\",
            r"\K",
            r"\h",
            r"\A",
            r"\g<1>",
            r"(?<1>a)",
            r"\k<none>",
            r"\2(a)",
            "{",
            "a{,2}",
            "a{2",
            "x{2}{3}",
            r"\u{110000}",
            r"\uD83D",
            r"\p{Nonsense}",
            r"\p",
            r"[\q{ab}]",
            "(*FAIL)",
            "a(*FAIL)",
            "a{2,1}",
            "[b-a]",
        ] {
            assert!(Pattern::new(pattern).is_err(), "{pattern} was taken");
        }
    }

    #[test]
    fn an_evil_pattern_is_given_up_on() {
        for (pattern, value) in [
            (r"(a|aa)+\1?$", format!("{}!", "a".repeat(60))),
            (r"(?:(?=.*b)a|a)+c", format!("{}b", "a".repeat(1_999))),
            (r"(.*)(.*)(.*)\1\2\3x", "a".repeat(2_000)),
        ] {
            let evil = Pattern::new(pattern).unwrap();
            assert_eq!(evil.test(&value), Verdict::GaveUp, "{pattern}");
        }
        // Without look-around or references the engine is linear and need not give up.
        check("(a+)+$", &["aaaa"], &[&format!("{}!", "a".repeat(1_999))]);
    }

    #[test]
    fn a_huge_value_or_pattern_is_not_even_tried() {
        let any = Pattern::new(".*").unwrap();
        assert_eq!(any.test(&"a".repeat(LONGEST_VALUE)), Verdict::Match);
        assert_eq!(any.test(&"a".repeat(LONGEST_VALUE + 1)), Verdict::GaveUp);
        assert_eq!(
            Pattern::new(&"a".repeat(LONGEST_PATTERN + 1)).unwrap_err(),
            PatternError::TooLong
        );
        for bomb in [
            r"((a{1000}){1000}){1000}",
            r"(?=((a{1000}){1000}){1000})b",
            r"(\p{L}{1000}){1000}",
        ] {
            assert!(
                matches!(Pattern::new(bomb), Err(PatternError::Compile(_))),
                "{bomb}"
            );
        }
    }
}

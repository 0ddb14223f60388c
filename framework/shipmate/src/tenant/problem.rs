//! What is wrong with settings, told so that whoever can change them knows what to change.

use std::fmt;

/// A value of more characters than this is not shown.
const LONGEST_SHOWN: usize = 24;

/// Words in the names of settings that are never shown.
const SECRET: [&str; 9] = [
    "secret",
    "password",
    "passwd",
    "token",
    "key",
    "auth",
    "credential",
    "pin",
    "signature",
];

/// One thing that is wrong with an organization's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The setting; empty if it is about all of them.
    pub key: String,
    /// What stands there, in words that show no secret. `None` if nothing does.
    pub found: Option<String>,
    /// What should stand there.
    pub expected: String,
}

/// What a bot finds wrong with settings that could be read; see
/// [`Bot::check_config`](crate::Bot::check_config).
///
/// ```
/// # use shipmate::tenant::Problems;
/// # struct Config { attempts: u32, from: u32, to: u32 }
/// fn check_config(config: &Config, problems: &mut Problems) {
///     if config.attempts == 0 {
///         problems.add("attempts", "a whole number from 1, for example 3");
///     }
///     if config.from > config.to {
///         problems.add("to", "no less than `from`, for example 18");
///     }
/// }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    found: Vec<(String, String)>,
}

impl Problems {
    /// The setting `key` has a value that will not do. `expected` says what will, best with an
    /// example: it is read by whoever fills in the settings.
    pub fn add(&mut self, key: impl Into<String>, expected: impl Into<String>) {
        self.found.push((key.into(), expected.into()));
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The same, with what stands in the settings; `value` finds it.
    pub(super) fn into_problems<'a>(self, value: impl Fn(&str) -> Option<&'a str>) -> Vec<Problem> {
        let problems = self.found.into_iter().map(|(key, expected)| Problem {
            found: value(&key).map(|value| described(&key, value)),
            key,
            expected,
        });
        problems.collect()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            key,
            found,
            expected,
        } = self;
        match found {
            _ if key.is_empty() => f.write_str(expected),
            Some(found) => write!(f, "`{key}` is {found}; it should be {expected}"),
            None => write!(f, "`{key}` is missing; it should be {expected}"),
        }
    }
}

/// A value as it may stand in a log: itself if it is a word or a number and its name does not say
/// that it is secret, else how long it is. A person may have put a secret into the wrong box.
pub(super) fn described(key: &str, value: &str) -> String {
    if may_be_shown(key, value) {
        format!("\"{value}\"")
    } else {
        let length = value.chars().count();
        format!("a text of {length} characters, which is not shown as it may be secret")
    }
}

pub(super) fn may_be_shown(key: &str, value: &str) -> bool {
    let key = key.to_lowercase();
    let is_word = |c: char| c.is_alphabetic() || matches!(c, ' ' | '-' | '_');
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '+' | '-' | ':' | '%');
    let is_plain = value.chars().all(is_word) || value.chars().all(is_number);
    is_plain
        && value.chars().count() <= LONGEST_SHOWN
        && !SECRET.iter().any(|secret| key.contains(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_are_shown_and_what_may_be_secret_is_not() {
        for (key, value, shown) in [
            ("attempts", "many", true),
            ("attempts", "-3,5", true),
            ("attempts", "s3cret", false),
            ("apiKey", "many", false),
            ("PASSWORD", "12", false),
            ("attempts", "a\nb", false),
            ("attempts", &"a".repeat(25), false),
            ("url", "https://user:pass@host", false),
        ] {
            assert_eq!(
                described(key, value).contains(value),
                shown,
                "{key}={value}"
            );
        }
        let hidden = described("attempts", "s3crets");
        assert!(hidden.starts_with("a text of 7 characters"), "{hidden}");
    }

    #[test]
    fn a_problem_says_what_stands_there_and_what_should() {
        let mut problems = Problems::default();
        problems.add("attempts", "a whole number from 1, for example 3");
        problems.add("to", "no less than `from`");
        let value = |key: &str| (key == "attempts").then_some("0");
        let told: Vec<_> = problems
            .into_problems(value)
            .iter()
            .map(ToString::to_string)
            .collect();
        let expected = [
            "`attempts` is \"0\"; it should be a whole number from 1, for example 3",
            "`to` is missing; it should be no less than `from`",
        ];
        assert_eq!(told, expected);
    }
}

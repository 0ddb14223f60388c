//! What can be wrong with a value, in the words of its author.

use std::fmt::{self, Display};

use serde::de::{self, Expected, Unexpected};

use super::super::super::nearest;

#[derive(Debug)]
pub(super) struct Error {
    pub(super) text: String,
    /// What it is about, once that is known.
    pub(super) path: Option<String>,
    /// It is about the key, not the value.
    pub(super) is_at_key: bool,
}

impl Error {
    /// A key that is none of `known`.
    pub(super) fn unknown_key(key: &str, known: &[&str]) -> Self {
        let advice = nearest::advice(key, known);
        Self {
            is_at_key: true,
            ..Self::new(format!("`{key}` is not known here; {advice}"))
        }
    }

    /// The same, about `path` unless it is about something inside of it.
    pub(super) fn or_at(mut self, path: &str) -> Self {
        self.path.get_or_insert_with(|| path.to_owned());
        self
    }

    /// The same, about a key.
    pub(super) fn at_key(self, path: &str) -> Self {
        let is_at_key = self.path.is_none();
        Self {
            is_at_key,
            ..self.or_at(path)
        }
    }

    fn new(text: String) -> Self {
        Self {
            text,
            path: None,
            is_at_key: false,
        }
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: Display>(text: T) -> Self {
        Self::new(text.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let (found, expected) = (found_as(&found), expected_as(expected));
        Self::new(format!("{found} does not fit here; write {expected}"))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        let expected = expected_as(expected);
        Self::new(format!("write {expected}, not of {length}"))
    }

    fn unknown_variant(word: &str, known: &'static [&'static str]) -> Self {
        let advice = nearest::advice(word, known);
        Self::new(format!("`{word}` is not known here; {advice}"))
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Self {
        Self::unknown_key(key, known)
    }

    fn missing_field(key: &'static str) -> Self {
        Self::new(format!("`{key}` is missing; add it"))
    }

    fn duplicate_field(key: &'static str) -> Self {
        Self::new(format!("`{key}` is written twice; leave one out"))
    }
}

fn found_as(found: &Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(yes) => format!("`{yes}`"),
        Unexpected::Unsigned(number) => format!("the number {number}"),
        Unexpected::Signed(number) => format!("the number {number}"),
        Unexpected::Float(number) => format!("the number {number}"),
        Unexpected::Str(text) => format!("the text \"{text}\""),
        Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a table".to_owned(),
        other => other.to_string(),
    }
}

/// What serde calls the types of Rust, in words of a file.
fn expected_as(expected: &dyn Expected) -> String {
    let expected = expected.to_string();
    match expected.as_str() {
        "a boolean" => "`true` or `false`".to_owned(),
        "a string" => "a text in quotes".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "a table".to_owned(),
        "u8" | "u32" | "u64" => "a whole number from 0".to_owned(),
        "i64" => "a whole number".to_owned(),
        other if other.starts_with("struct ") => "a table".to_owned(),
        other => other.replace("an array of length", "a list of"),
    }
}

//! Definitions from the outside: a file, and what becomes of it.

mod broken;
mod kinds;
mod loading;

use super::super::*;

/// With something of everything.
const AFTER_SALES: &str = include_str!("tests/after-sales.toml");

#[track_caller]
fn definition(toml: &str) -> Definition {
    Definition::from_toml(toml).unwrap_or_else(|errors| panic!("{errors}"))
}

#[track_caller]
fn questionnaire(toml: &str) -> Questionnaire {
    let definition = definition(toml);
    Questionnaire::from_definition(&definition).unwrap_or_else(|errors| panic!("{errors}"))
}

/// A definition with one question of a type, and more lines about it.
fn asking(kind: &str, lines: &str) -> String {
    format!("id = \"x\"\n[[questions]]\nname = \"a\"\ntype = \"{kind}\"\ntext = \"A?\"\n{lines}\n")
}

/// All that is wrong with a text, a finding a line.
fn problems(name: &str, text: &str) -> String {
    let loaded = Definition::from_file_text(name, text);
    match loaded.and_then(|definition| Questionnaire::from_definition(&definition)) {
        Ok(_) => String::new(),
        Err(errors) => errors.to_string(),
    }
}

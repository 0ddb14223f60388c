//! Verdicts equal those of a JavaScript engine, on patterns as forms have them.
//!
//! `javascript.json` is written by `node tests/sdk/patterns.js <file> --update`, which also compares it.

use serde::Deserialize;

use super::{Pattern, Verdict};

/// What can only be refused here: variable lengths in a look-behind, strings in a class. A form with
/// such a pattern says so in a warning.
const REFUSED_HERE: [&str; 1] = [r"[\q{abc|d}x]+"];

/// What JavaScript refuses although its meaning is clear.
const TAKEN_HERE: [&str; 5] = [r"(?<n>a)(?<n>b)", r"\_", "a]", "}", "[a--b-c]"];

#[derive(Deserialize)]
struct Verdicts {
    inputs: Vec<String>,
    patterns: Vec<OfPattern>,
}

#[derive(Deserialize)]
struct OfPattern {
    pattern: String,
    /// Places of the inputs that match; none if the pattern cannot be used.
    matches: Option<Vec<usize>>,
}

#[test]
fn verdicts_are_those_of_a_javascript_engine() {
    let known: Verdicts = serde_json::from_str(include_str!("javascript.json")).unwrap();
    assert!(known.patterns.len() >= 250 && known.inputs.len() >= 400);
    let mut others = Vec::new();
    for OfPattern { pattern, matches } in &known.patterns {
        let ours = Pattern::new(pattern);
        match (ours, matches) {
            (Ok(ours), Some(matches)) => {
                for (place, input) in known.inputs.iter().enumerate() {
                    let expected = if matches.contains(&place) {
                        Verdict::Match
                    } else {
                        Verdict::NoMatch
                    };
                    let verdict = ours.test(input);
                    if verdict != expected {
                        others.push(format!("{pattern} on {input:?}: {verdict:?}"));
                    }
                }
            }
            (Err(error), Some(_)) if !REFUSED_HERE.contains(&pattern.as_str()) => {
                others.push(format!("{pattern} is refused: {error}"));
            }
            (Ok(_), None) if !TAKEN_HERE.contains(&pattern.as_str()) => {
                others.push(format!("{pattern} is taken"));
            }
            _ => {}
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
}

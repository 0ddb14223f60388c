//! An expectation that was not met.

use std::{fmt, panic::Location};

use super::transcript::escaped;

/// What was expected, and what came instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) expected: String,
    pub(super) instead: String,
}

impl Failure {
    pub(super) fn new(expected: impl Into<String>, instead: impl Into<String>) -> Self {
        let (expected, instead) = (expected.into(), instead.into());
        Self { expected, instead }
    }

    /// Ends the test, with everything that happened.
    #[expect(clippy::panic, reason = "this is how a test fails")]
    pub(super) fn panic(&self, at: &Location<'_>, transcript: &str) -> ! {
        panic!("{at}:\n{self}\n\nWhat happened:\n{transcript}")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let indented = |text: &str| escaped(text).replace('\n', "\n            ");
        writeln!(f, "  expected: {}", indented(&self.expected))?;
        write!(f, "  but:      {}", indented(&self.instead))
    }
}

//! From a condition to its text.

use std::fmt;

use super::{Test, is_bare};

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(tests) => joined(f, tests, " and "),
            Self::Any(tests) => joined(f, tests, " or "),
            Self::Not(test) => write!(f, "not ({test})"),
            Self::Answered(field) => write!(f, "{field} is answered"),
            Self::Compare { field, how, with } => {
                write!(f, "{field} {} {}", how.as_str(), Quoted(with))
            }
            Self::OneOf { field, values } => {
                write!(f, "{field} in [")?;
                for (index, value) in values.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{}", Quoted(value))?;
                }
                f.write_str("]")
            }
        }
    }
}

fn joined(f: &mut fmt::Formatter<'_>, tests: &[Test], between: &str) -> fmt::Result {
    for (index, test) in tests.iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        match test {
            Test::All(_) | Test::Any(_) => write!(f, "({test})")?,
            test => write!(f, "{test}")?,
        }
    }
    Ok(())
}

/// A value in quotes, where it needs them.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_bare(self.0) {
            return f.write_str(self.0);
        }
        let quote = if self.0.contains('\'') { '"' } else { '\'' };
        write!(f, "{quote}{}{quote}", self.0)
    }
}

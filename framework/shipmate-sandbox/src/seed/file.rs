//! A seed from a file: TOML or JSON, sections named as the paths of the API.

mod entry;

mod names;

mod node;
use node::{Kids, Node, Value};

mod read;

mod settings;

mod talk;

use std::{fs, io, path::Path};

use super::Seed;
use crate::Refusal;

/// Why a seed file cannot be used: what, and where.
///
/// ```
/// use shipmate_sandbox::Seed;
///
/// let error = Seed::from_toml("[[organizatons]]\nname = \"Acme\"").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "line 1, column 3: unknown key `organizatons`; did you mean `organizations`?"
/// );
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SeedError {
    /// The file cannot be read.
    #[error("cannot read the seed file {path}; check its name and its rights")]
    Read {
        /// The file.
        path: String,
        /// The system's reason.
        source: io::Error,
    },
    /// The end of the file's name is neither `.toml` nor `.json`.
    #[error("the seed file {path} is neither .toml nor .json; rename it")]
    Format {
        /// The file.
        path: String,
    },
    /// The text is not what it should be.
    #[error("{}line {line}, column {column}: {problem}", file.as_ref().map(|file| format!("{file}, ")).unwrap_or_default())]
    Text {
        /// The file, unless it was given as text.
        file: Option<String>,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// What is wrong, and what would be right.
        problem: String,
    },
}

/// A problem at an offset in the text, in bytes.
#[derive(Debug)]
struct Problem {
    at: usize,
    what: String,
}

impl Problem {
    fn new(at: usize, what: impl Into<String>) -> Self {
        Self {
            at,
            what: what.into(),
        }
    }

    fn refused(at: usize, refusal: &Refusal) -> Self {
        Self::new(at, refusal.to_string())
    }

    fn in_text(self, text: &str) -> SeedError {
        let before = text.get(..self.at).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        SeedError::Text {
            file: None,
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
            problem: self.what,
        }
    }
}

impl Seed {
    /// A seed from a file whose name ends in `.toml` or `.json`.
    ///
    /// # Errors
    /// If it cannot be read, or as [`from_toml`](Self::from_toml); the error names the file.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, SeedError> {
        let path = path.as_ref();
        let shown = path.display().to_string();
        let parse = match path.extension().and_then(|end| end.to_str()) {
            Some("toml") => Self::from_toml,
            Some("json") => Self::from_json,
            _ => return Err(SeedError::Format { path: shown }),
        };
        let text = fs::read_to_string(path).map_err(|source| SeedError::Read {
            path: shown.clone(),
            source,
        })?;
        parse(&text).map_err(|error| match error {
            SeedError::Text {
                line,
                column,
                problem,
                ..
            } => SeedError::Text {
                file: Some(shown),
                line,
                column,
                problem,
            },
            other => other,
        })
    }

    /// A seed from TOML. The format is in the book, under "The sandbox".
    ///
    /// # Errors
    /// With line and column of what is not TOML, not known, of the wrong type, or refers to nothing.
    pub fn from_toml(text: &str) -> Result<Self, SeedError> {
        Self::new().and_toml(text)
    }

    /// This seed, and what TOML says, which may refer to what is here by id and by name.
    ///
    /// ```
    /// use shipmate_sandbox::Seed;
    ///
    /// let (seed, _) = Seed::demo();
    /// let seed = seed.and_toml(r#"
    ///     [[organizations]]
    ///     name = "Haven Auto's"
    ///     organization = "Harbour Group"
    ///     locale = "nl"
    /// "#)?;
    /// # Ok::<_, shipmate_sandbox::SeedError>(())
    /// ```
    ///
    /// # Errors
    /// As [`from_toml`](Self::from_toml).
    pub fn and_toml(self, text: &str) -> Result<Self, SeedError> {
        let root = node::from_toml(text);
        root.and_then(|root| read::read_into(self, &root))
            .map_err(|problem| problem.in_text(text))
    }

    /// A seed from JSON, with the same keys.
    ///
    /// # Errors
    /// As [`from_toml`](Self::from_toml).
    pub fn from_json(text: &str) -> Result<Self, SeedError> {
        let root = node::from_json(text);
        root.and_then(|root| read::read_into(Self::new(), &root))
            .map_err(|problem| problem.in_text(text))
    }
}

/// "; did you mean …?", if one of `known` is near.
fn hint<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let nearest = known
        .into_iter()
        .map(|known| (strsim::damerau_levenshtein(word, known), known))
        .filter(|(distance, known)| *distance <= known.len().max(word.len()) / 2)
        .min();
    nearest.map_or_else(String::new, |(_, known)| {
        format!("; did you mean `{known}`?")
    })
}

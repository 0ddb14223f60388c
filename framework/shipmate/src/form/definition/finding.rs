//! What is wrong with a definition, and where.

use std::fmt;

use super::{Definition, Place};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// It cannot be used like that.
    Error,
    /// It can be used, but is probably not meant like that.
    Warning,
    /// Something that could not be found out.
    Note,
}

impl Severity {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// Something about a definition that its author should know.
///
/// It is shown with its place, without its severity:
/// ``survey.toml:14:9: question `score`: …``.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// What it is about, such as `questions[3].when`; empty if about all of it.
    pub path: String,
    /// Where that stands, if it was read from a text.
    pub place: Option<Place>,
    /// The name of the question it is about.
    pub question: Option<String>,
    /// What is wrong and what to do.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}: ")?,
            None if self.path.is_empty() => {}
            None => write!(f, "{}: ", self.path)?,
        }
        if let Some(question) = &self.question {
            write!(f, "question `{question}`: ")?;
        }
        f.write_str(&self.text)
    }
}

/// Why a definition cannot be used: everything that is wrong with it, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionErrors {
    findings: Vec<Finding>,
}

impl DefinitionErrors {
    pub(super) fn new(mut findings: Vec<Finding>) -> Self {
        findings.sort_by(|a, b| a.place.cmp(&b.place));
        Self { findings }
    }

    /// What is wrong. Never empty.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl fmt::Display for DefinitionErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.findings.iter().enumerate() {
            let between = if index == 0 { "" } else { "\n" };
            write!(f, "{between}{finding}")?;
        }
        Ok(())
    }
}

impl std::error::Error for DefinitionErrors {}

/// Collects findings about a definition.
#[derive(Debug)]
pub(in super::super) struct Findings<'a> {
    definition: &'a Definition,
    list: Vec<Finding>,
}

impl<'a> Findings<'a> {
    pub(in super::super) fn about(definition: &'a Definition) -> Self {
        Self {
            definition,
            list: Vec::new(),
        }
    }

    /// What is found at the value of `path`.
    pub(in super::super) fn add(
        &mut self,
        severity: Severity,
        path: &str,
        text: impl Into<String>,
    ) {
        let place = self.definition.origin.value(path);
        self.push(severity, path, place, text.into());
    }

    /// An error at the value of `path`.
    pub(super) fn error(&mut self, path: &str, text: impl Into<String>) {
        self.add(Severity::Error, path, text);
    }

    /// A warning at the value of `path`.
    pub(super) fn warning(&mut self, path: &str, text: impl Into<String>) {
        self.add(Severity::Warning, path, text);
    }

    /// A warning at the key of `path`.
    pub(super) fn warning_at_key(&mut self, path: &str, text: impl Into<String>) {
        let place = self.definition.origin.key(path);
        self.push(Severity::Warning, path, place, text.into());
    }

    /// An error at a character of the text at `path`, counted from 1. `text` is told whether the
    /// character's own place is known.
    pub(super) fn error_inside(
        &mut self,
        path: &str,
        column: usize,
        text: impl FnOnce(bool) -> String,
    ) {
        let origin = &self.definition.origin;
        let inside = origin.inside(path, column);
        let text = text(inside.is_some());
        self.push(
            Severity::Error,
            path,
            inside.or_else(|| origin.value(path)),
            text,
        );
    }

    pub(in super::super) fn into_list(self) -> Vec<Finding> {
        self.list
    }

    fn push(&mut self, severity: Severity, path: &str, place: Option<Place>, text: String) {
        let finding = Finding {
            severity,
            path: path.to_owned(),
            place,
            question: question_of(path, |index| {
                let question = self.definition.questions.get(index)?;
                Some(question.name.clone())
            }),
            text,
        };
        self.list.push(finding);
    }
}

/// The name of the question that a path is about.
pub(super) fn question_of(
    path: &str,
    name: impl FnOnce(usize) -> Option<String>,
) -> Option<String> {
    let (index, _) = path.strip_prefix("questions[")?.split_once(']')?;
    name(index.parse().ok()?).filter(|name| !name.trim().is_empty())
}

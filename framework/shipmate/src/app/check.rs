//! `check`: what is wrong with surveys, before anybody is asked.

use std::process::ExitCode;

use serde_json::json;

use super::arguments::CheckOptions;
use crate::{
    DefinitionFileError,
    causes::with_causes,
    form::{Definition, Finding, Severity, examine},
};

/// Checks the files that are named, or else the surveys that are built in, and prints what is
/// found.
#[expect(clippy::print_stdout, reason = "the report is what the command is for")]
pub(super) fn run(built_in: &[Definition], options: &CheckOptions) -> ExitCode {
    let checked: Vec<Checked> = if options.files.is_empty() {
        built_in.iter().map(Checked::built_in).collect()
    } else {
        options
            .files
            .iter()
            .map(|file| Checked::file(file))
            .collect()
    };
    if checked.is_empty() {
        eprintln!(
            "error: there is nothing to check; name a file, or build surveys in with `App::survey`"
        );
        return ExitCode::FAILURE;
    }
    let report = if options.json {
        as_json(&checked)
    } else {
        as_text(&checked)
    };
    println!("{report}");
    if checked.iter().all(Checked::is_usable) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// One survey and what was found in it.
struct Checked {
    /// The file, or the id of what is built in.
    name: String,
    outcome: Outcome,
}

enum Outcome {
    Found(Vec<Finding>),
    /// The file cannot be read.
    Unreadable(String),
}

impl Checked {
    fn built_in(definition: &Definition) -> Self {
        Self {
            name: definition.id.clone(),
            outcome: Outcome::Found(examine(definition)),
        }
    }

    fn file(path: &std::path::Path) -> Self {
        let outcome = match Definition::read(path) {
            Ok(definition) => Outcome::Found(examine(&definition)),
            Err(DefinitionFileError::Broken(errors)) => Outcome::Found(errors.findings().to_vec()),
            Err(error) => Outcome::Unreadable(with_causes(&error)),
        };
        Self {
            name: path.display().to_string(),
            outcome,
        }
    }

    fn is_usable(&self) -> bool {
        match &self.outcome {
            Outcome::Found(findings) => count(findings, Severity::Error) == 0,
            Outcome::Unreadable(_) => false,
        }
    }

    /// What was found, a line each, and how much there is of it.
    fn lines(&self) -> Vec<String> {
        let name = &self.name;
        let findings = match &self.outcome {
            Outcome::Found(findings) => findings,
            Outcome::Unreadable(problem) => return vec![format!("error: {problem}")],
        };
        let line = |finding: &Finding| {
            let severity = finding.severity.as_str();
            match &finding.place {
                Some(_) => format!("{severity}: {finding}"),
                None => format!("{severity}: {name}: {finding}"),
            }
        };
        let mut lines: Vec<String> = findings.iter().map(line).collect();
        lines.push(format!("{name}: {}", summary(findings)));
        lines
    }

    fn json(&self) -> serde_json::Value {
        match &self.outcome {
            Outcome::Found(findings) => json!({
                "survey": self.name,
                "findings": findings.iter().map(finding_as_json).collect::<Vec<_>>(),
            }),
            Outcome::Unreadable(problem) => json!({
                "survey": self.name,
                "findings": [{"severity": "error", "text": problem}],
            }),
        }
    }
}

fn as_text(checked: &[Checked]) -> String {
    let lines = checked.iter().flat_map(Checked::lines);
    lines.collect::<Vec<_>>().join("\n")
}

fn as_json(checked: &[Checked]) -> String {
    let all: Vec<_> = checked.iter().map(Checked::json).collect();
    format!("{:#}", serde_json::Value::from(all))
}

fn finding_as_json(finding: &Finding) -> serde_json::Value {
    let place = finding.place.as_ref();
    json!({
        "severity": finding.severity.as_str(),
        "path": finding.path,
        "line": place.map(|place| place.line),
        "column": place.map(|place| place.column),
        "question": finding.question,
        "text": finding.text,
    })
}

fn summary(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "nothing found".to_owned();
    }
    let counts = [Severity::Error, Severity::Warning, Severity::Note].map(|severity| {
        let count = count(findings, severity);
        let plural = if count == 1 { "" } else { "s" };
        (count, format!("{count} {}{plural}", severity.as_str()))
    });
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    counts.map(|(_, text)| text).collect::<Vec<_>>().join(", ")
}

fn count(findings: &[Finding], severity: Severity) -> usize {
    let found = findings.iter();
    found.filter(|finding| finding.severity == severity).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{QuestionDefinition, QuestionType};

    fn built_in(when: &str) -> Checked {
        let mut question = QuestionDefinition::new("b", QuestionType::Text, "B?");
        question.when = Some(when.to_owned());
        let definition = Definition::new("mine")
            .with(QuestionDefinition::new("a", QuestionType::Nps, "A?"))
            .with(question);
        Checked::built_in(&definition)
    }

    #[test]
    fn what_is_built_in_is_told_of_by_its_id() {
        assert_eq!(as_text(&[built_in("a < 3")]), "mine: nothing found");
        let checked = built_in("a < 0");
        assert!(!checked.is_usable());
        assert_eq!(
            as_text(&[checked]),
            "error: mine: questions[1].when: question `b`: it is never asked, because `a < 0` holds for no answers; correct the condition\n\
             mine: 1 error"
        );
        let checked = built_in("a < 11");
        assert!(checked.is_usable());
        assert_eq!(as_text(&[checked]).lines().last(), Some("mine: 1 warning"));
    }

    #[test]
    fn files_are_told_of_with_line_and_column() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.json");
        std::fs::write(&path, "{\"id\": \"x\",\n \"questions\": [], \"verson\": 1}").unwrap();
        let name = path.display();
        let checked = [
            Checked::file(&path),
            Checked::file(&folder.path().join("none")),
        ];
        let text = as_text(&checked);
        let first = format!(
            "error: {name}:2:19: `verson` is not known here; did you mean `version`?\n{name}: 1 error\nerror: cannot read "
        );
        assert!(text.starts_with(&first), "{text}");
        let json: serde_json::Value = serde_json::from_str(&as_json(&checked)).unwrap();
        assert_eq!(json[0]["findings"][0]["line"], 2);
        assert_eq!(json[0]["findings"][0]["column"], 19);
        assert_eq!(json[1]["findings"][0]["severity"], "error");
        assert!(checked.iter().all(|checked| !checked.is_usable()));
    }
}

//! From a definition to a questionnaire.

use std::sync::Arc;

use super::{
    super::{
        Condition, Locale, Localized, Phrase, Question, Questionnaire, Quota, ScreenOut, Wording,
        nearest,
    },
    Definition, DefinitionErrors, Finding, Severity,
    finding::Findings,
    languages, question,
    references::{self, Scope},
};

impl Questionnaire {
    /// The questions of a definition.
    ///
    /// # Errors
    ///
    /// If the definition cannot be used: everything that is wrong with it, each with its place.
    /// What is only suspicious is told by [`examine`](super::super::examine).
    pub fn from_definition(definition: &Definition) -> Result<Self, DefinitionErrors> {
        let Built {
            questionnaire,
            mut findings,
            ..
        } = Built::from(definition);
        findings.retain(|finding| finding.severity == Severity::Error);
        if findings.is_empty() {
            Ok(questionnaire)
        } else {
            Err(DefinitionErrors::new(findings))
        }
    }
}

/// A questionnaire as far as it could be made, and what was found on the way.
#[derive(Debug)]
pub(in super::super) struct Built {
    pub(in super::super) questionnaire: Questionnaire,
    pub(in super::super) findings: Vec<Finding>,
}

impl Built {
    pub(in super::super) fn from(definition: &Definition) -> Self {
        let mut builder = Builder {
            definition,
            findings: Findings::about(definition),
            questions: Vec::new(),
        };
        builder.check_head();
        builder.add_questions();
        let screen_outs = builder.screen_outs();
        let quotas = builder.quotas();
        let wording = builder.wording();
        languages::check(definition, &mut builder.findings);
        let Builder {
            mut questions,
            findings,
            ..
        } = builder;
        let wording = Arc::new(wording);
        for question in &mut questions {
            question.wording = Arc::clone(&wording);
        }
        let mut questionnaire = Questionnaire {
            questions,
            has_review: definition.review,
            screen_outs,
            quotas,
            wording,
            ..Questionnaire::new()
        };
        if let Some(attempts) = definition.attempts {
            questionnaire = questionnaire.max_attempts(attempts);
        }
        Self {
            questionnaire,
            findings: findings.into_list(),
        }
    }
}

struct Builder<'a> {
    definition: &'a Definition,
    findings: Findings<'a>,
    questions: Vec<Question>,
}

impl Builder<'_> {
    fn check_head(&mut self) {
        let definition = self.definition;
        if definition.id.trim().is_empty() {
            self.findings.error(
                "id",
                "the id is empty; name it, for example `id = \"after-sales\"`",
            );
        }
        if definition.version == 0 {
            self.findings
                .error("version", "versions count from 1; write `version = 1`");
        }
        if definition.attempts == Some(0) {
            let problem = "nobody could answer in no attempt; write 1 or more";
            self.findings.error("attempts", problem);
        }
        if definition.questions.is_empty() {
            let problem = "there are no questions; add one, as `[[questions]]`";
            self.findings.error("questions", problem);
        }
    }

    fn add_questions(&mut self) {
        let definition = self.definition;
        let (names, by_row) = (self.names(), self.by_row());
        for (index, question) in definition.questions.iter().enumerate() {
            let path = format!("questions[{index}]");
            self.check_name(&question.name, &path);
            if question.text.is_empty() {
                let problem = "there is no text to ask with; write one as `text`";
                self.findings.error(&format!("{path}.text"), problem);
            }
            if question.label.as_ref().is_some_and(Localized::is_empty) {
                let problem = "the label is empty; write a short name, or leave it out";
                self.findings.error(&format!("{path}.label"), problem);
            }
            let mut asked = question::questions(question, &path, &mut self.findings);
            let scope = Scope {
                before: &self.questions,
                names: &names,
                by_row: &by_row,
            };
            let path_of_when = format!("{path}.when");
            let when = question
                .when
                .as_deref()
                .and_then(|when| references::read(when, &path_of_when, &scope, &mut self.findings));
            for question in &mut asked {
                question.when.clone_from(&when);
            }
            self.add(asked, &path);
        }
    }

    fn add(&mut self, asked: Vec<Question>, path: &str) {
        for question in asked {
            let mut others = self.questions.iter();
            if others.any(|other| other.name == question.name) {
                let name = &question.name;
                let problem =
                    format!("there is a question `{name}` already; give each its own name");
                self.findings.error(&format!("{path}.name"), problem);
            } else {
                self.questions.push(question);
            }
        }
    }

    /// The names of all questions, with those of rows.
    fn names(&self) -> Vec<String> {
        let questions = self.definition.questions.iter();
        questions
            .flat_map(|question| {
                let rows = question.rows.iter();
                let rows = rows.map(|row| format!("{}_{}", question.name, row.key));
                std::iter::once(question.name.clone()).chain(rows)
            })
            .collect()
    }

    /// The names of questions that stand for their rows.
    fn by_row(&self) -> Vec<String> {
        let questions = self.definition.questions.iter();
        let by_row = questions.filter(|question| !question.rows.is_empty());
        by_row.map(|question| question.name.clone()).collect()
    }

    fn check_name(&mut self, name: &str, path: &str) {
        if !shipmate_condition::is_bare(name) {
            let problem = format!(
                "`{name}` cannot be the name of a question; use letters, digits, `_` and `-`, and no word of conditions such as `is`"
            );
            self.findings.error(&format!("{path}.name"), problem);
        }
    }

    fn condition(&mut self, text: &str, path: &str) -> Option<Condition> {
        let by_row = self.by_row();
        let scope = Scope {
            before: &self.questions,
            names: &[],
            by_row: &by_row,
        };
        references::read(text, path, &scope, &mut self.findings)
    }

    fn screen_outs(&mut self) -> Vec<ScreenOut> {
        let rules = self.definition.screen_outs.iter().enumerate();
        rules
            .filter_map(|(index, rule)| {
                let when = self.condition(&rule.when, &format!("screen_outs[{index}].when"))?;
                Some(ScreenOut {
                    name: rule.name.clone(),
                    when,
                    text: rule.text.clone(),
                })
            })
            .collect()
    }

    fn quotas(&mut self) -> Vec<Quota> {
        let rules = self.definition.quotas.iter().enumerate();
        rules
            .map(|(index, rule)| {
                if rule.limit == 0 {
                    let problem = "nobody could ever be within this quota; write 1 or more";
                    self.findings
                        .error(&format!("quotas[{index}].limit"), problem);
                }
                let when = rule.when.as_deref();
                Quota {
                    name: rule.name.clone(),
                    when: when
                        .and_then(|when| self.condition(when, &format!("quotas[{index}].when"))),
                    limit: rule.limit,
                    text: rule.text.clone(),
                }
            })
            .collect()
    }

    fn wording(&mut self) -> Wording {
        let mut wording = Wording::default();
        for (phrase, variants) in &self.definition.texts {
            for (locale, texts) in variants.iter() {
                wording.set(*phrase, locale, texts.iter().cloned());
                let path = format!("texts.{}.{}", phrase.as_str(), locale.tag());
                for text in texts {
                    self.check_blanks(*phrase, text, &path);
                }
            }
        }
        wording
    }

    /// A name in braces that is not filled in would be shown as it is.
    fn check_blanks(&mut self, phrase: Phrase, text: &str, path: &str) {
        let ours = Wording::default().say(phrase, Locale::En);
        let known: Vec<&str> = blanks(&ours).collect();
        for blank in blanks(text).filter(|blank| !known.contains(blank)) {
            let advice = match nearest::nearest(blank, known.iter().copied()) {
                Some(nearest) => format!("did you mean `{{{nearest}}}`?"),
                None => "leave it out".to_owned(),
            };
            let problem = format!("`{{{blank}}}` is not filled in here; {advice}");
            self.findings.warning(path, problem);
        }
    }
}

/// The names in braces.
fn blanks(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| {
        let (name, _) = rest.split_once('}')?;
        let is_name = |name: &str| !name.is_empty() && name.chars().all(char::is_alphanumeric);
        is_name(name).then_some(name)
    })
}

//! From one question of a definition to questions that are asked.

mod limits;

use std::collections::BTreeMap;

use web1on1::{Field, FieldOption, FieldType, Meta};

use super::{
    super::{
        Choice, Kind, Locale, Localized, Measure, Question, Source, Warning, from_form, label,
        question::Rules,
    },
    QuestionDefinition, QuestionType,
    finding::Findings,
    kind::Asked,
};

/// The questions that one question of a definition is: none if it cannot be asked, several if it is
/// asked by row. They have no conditions yet.
pub(super) fn questions(
    definition: &QuestionDefinition,
    path: &str,
    findings: &mut Findings<'_>,
) -> Vec<Question> {
    let mut reader = Reader {
        definition,
        path,
        findings,
    };
    let Some(question) = reader.question() else {
        return Vec::new();
    };
    reader.tell_what_has_no_effect(question.kind);
    reader.by_row(question)
}

struct Reader<'a, 'f> {
    definition: &'a QuestionDefinition,
    path: &'a str,
    findings: &'a mut Findings<'f>,
}

impl Reader<'_, '_> {
    fn question(&mut self) -> Option<Question> {
        let Self { definition, .. } = *self;
        self.check_options();
        let question = match definition.kind.asked() {
            Asked::AsField(kind) => self.as_field(&kind)?,
            Asked::AsMeasure(measure) => self.as_measure(measure),
            Asked::OnScale => self.on_scale()?,
            Asked::InOrder => self.in_order()?,
            Asked::ByRow if definition.options.is_empty() => self.on_scale()?,
            Asked::ByRow => self.as_field(&FieldType::Select)?,
        };
        Some(Question {
            label: definition.label.clone(),
            required: definition.required,
            hint: definition.hint.clone(),
            source: self.source(),
            attempts: self.attempts(),
            give_up: definition.give_up,
            ..question
        })
    }

    /// Asked as the platform's field of this type would be: one place decides what that is.
    fn as_field(&mut self, kind: &FieldType) -> Option<Question> {
        let definition = self.definition;
        if definition.kind.needs_options() && definition.options.is_empty() {
            let problem = format!("a `{}` needs options; add `options = […]`", definition.kind);
            self.findings.error(self.path, problem);
            return None;
        }
        let field = self.field(kind);
        let (question, warnings) = from_form::field(&field);
        for warning in warnings {
            self.tell(&warning);
        }
        let Some(mut question) = question else {
            self.tell_unasked();
            return None;
        };
        let own = self.choices();
        let with_labels = question
            .choices
            .iter()
            .filter_map(|choice| own.get(choice.key()).cloned());
        question.choices = with_labels.collect();
        question.text = definition.text.clone();
        Some(question)
    }

    fn field(&self, kind: &FieldType) -> Field {
        let definition = self.definition;
        let option = |key: &str| FieldOption {
            key: key.to_owned(),
            value: key.to_owned(),
            extra: Meta::default(),
        };
        let keys = definition.options.iter().map(|choice| choice.key.as_str());
        Field {
            id: None,
            name: definition.name.clone(),
            label: None,
            kind: kind.clone(),
            entity: definition.entity.clone(),
            pattern: definition.pattern.clone(),
            options: keys.map(option).collect(),
            required: definition.required,
            meta: self.limits(),
            created_at: None,
            updated_at: None,
            extra: Meta::default(),
        }
    }

    fn as_measure(&mut self, measure: Measure) -> Question {
        let rules = Rules {
            ends: self.definition.ends.clone().or_else(|| measure.ends()),
            ..Rules::default()
        };
        Question {
            choices: measure.choices(),
            measure: Some(measure),
            rules,
            ..self.plain(measure.kind())
        }
    }

    fn on_scale(&mut self) -> Option<Question> {
        let from = self.end("min", self.definition.min.as_deref())?;
        let to = self.end("max", self.definition.max.as_deref())?;
        if from >= to {
            let path = format!("{}.max", self.path);
            let problem =
                format!("a scale from {from} to {to} has no steps; make `max` greater than `min`");
            self.findings.error(&path, problem);
            return None;
        }
        let rules = Rules {
            ends: self.definition.ends.clone(),
            ..Rules::default()
        };
        Some(Question {
            rules,
            ..self.plain(Kind::Scale { from, to })
        })
    }

    fn end(&mut self, name: &str, limit: Option<&str>) -> Option<u8> {
        let Some(limit) = limit else {
            let kind = self.definition.kind;
            let other = match kind {
                QuestionType::Matrix => ", or `options = […]`",
                _ => "",
            };
            let problem = format!("a `{kind}` needs `{name}`; add `min = 1` and `max = 5`{other}");
            self.findings.error(self.path, problem);
            return None;
        };
        let end = limit.trim().parse().ok();
        if end.is_none() {
            let path = format!("{}.{name}", self.path);
            let problem = format!(
                "a scale cannot have `{limit}` as its end; write a whole number from 0 to 255"
            );
            self.findings.error(&path, problem);
        }
        end
    }

    fn in_order(&mut self) -> Option<Question> {
        if self.definition.options.len() < 2 {
            let problem = "a `ranking` needs two options or more; add `options = […]`";
            self.findings.error(self.path, problem);
            return None;
        }
        let own = self.choices();
        let keys = self.definition.options.iter();
        let choices = keys.filter_map(|option| own.get(&option.key).cloned());
        Some(Question {
            choices: choices.collect(),
            ..self.plain(Kind::Ranking)
        })
    }

    fn plain(&self, kind: Kind) -> Question {
        let definition = self.definition;
        Question::new(definition.name.clone(), definition.text.clone(), kind)
    }

    fn choices(&self) -> BTreeMap<String, Choice> {
        let choices = self.definition.options.iter().map(|option| {
            let label = if option.label.is_empty() {
                option.key.as_str().into()
            } else {
                option.label.clone()
            };
            let mut choice = Choice::new(option.key.as_str(), label);
            choice.points = option.points;
            (option.key.clone(), choice)
        });
        choices.collect()
    }

    fn check_options(&mut self) {
        let options = &self.definition.options;
        let keys: Vec<&str> = options.iter().map(|option| option.key.as_str()).collect();
        self.check_keys("options", &keys);
        let rows = &self.definition.rows;
        let keys: Vec<&str> = rows.iter().map(|row| row.key.as_str()).collect();
        self.check_keys("rows", &keys);
        if self.definition.kind == QuestionType::Matrix && keys.is_empty() {
            let problem = "a `matrix` needs rows; add `rows = […]`";
            self.findings.error(self.path, problem);
        }
    }

    fn check_keys(&mut self, list: &str, keys: &[&str]) {
        for (index, key) in keys.iter().enumerate() {
            let path = format!("{}.{list}[{index}]", self.path);
            if key.trim() != *key || key.is_empty() {
                let problem =
                    format!("`{key}` cannot be a key; write one without blanks around it");
                self.findings.error(&path, problem);
            } else if keys.iter().take(index).any(|other| other == key) {
                let problem = format!("the key `{key}` is there already; give each its own");
                self.findings.error(&path, problem);
            }
        }
    }

    fn source(&mut self) -> Option<Source> {
        match self.definition.prefill.as_deref()?.parse::<Source>() {
            Ok(source) => Some(source),
            Err(error) => {
                let path = format!("{}.prefill", self.path);
                self.findings.error(&path, error.to_string());
                None
            }
        }
    }

    fn attempts(&mut self) -> Option<u32> {
        if self.definition.attempts == Some(0) {
            let path = format!("{}.attempts", self.path);
            let problem = "nobody could answer in no attempt; write 1 or more";
            self.findings.error(&path, problem);
        }
        self.definition.attempts
    }

    /// One question for each row.
    fn by_row(&self, question: Question) -> Vec<Question> {
        if self.definition.rows.is_empty() {
            return vec![question];
        }
        let rows = self.definition.rows.iter();
        let called = question.label.as_ref();
        rows.map(|row| {
            let label = if row.label.is_empty() {
                label::from_name(&row.key).into()
            } else {
                row.label.clone()
            };
            Question {
                name: format!("{}_{}", question.name, row.key),
                text: row_label(&question.text, &label),
                label: called.map(|called| row_label(called, &label)),
                ..question.clone()
            }
        })
        .collect()
    }

    fn tell(&mut self, warning: &Warning) {
        let (key, problem) = match warning {
            Warning::BrokenPattern { cause, .. } => (
                "pattern",
                format!(
                    "the pattern is not a JavaScript regular expression we can use: {cause}; correct it"
                ),
            ),
            Warning::UnusableLimit { limit, .. } => (*limit, self.why_unusable(limit)),
            Warning::NeverAsked { .. } => return,
            other => ("type", other.to_string()),
        };
        let path = format!("{}.{key}", self.path);
        self.findings.error(&path, problem);
    }

    fn tell_unasked(&mut self) {
        let path = format!("{}.type", self.path);
        let kind = self.definition.kind;
        let problem = match kind {
            QuestionType::Password => {
                "a `password` is never asked: a chat is kept and read by others; collect it elsewhere"
                    .to_owned()
            }
            QuestionType::Button => {
                "a `button` without options and pattern asks for nothing and is left out; give it options"
                    .to_owned()
            }
            kind => format!("a `{kind}` is never asked in a chat; leave it out"),
        };
        self.findings.warning(&path, problem);
    }
}

/// The text or the label of a question with the label of a row: where `{row}` stands, or else behind it.
fn row_label(text: &Localized, row: &Localized) -> Localized {
    let joined = |text: &str, row: &str| {
        if text.contains("{row}") {
            text.replace("{row}", row)
        } else {
            format!("{text} – {row}")
        }
    };
    let mut locales: Vec<Locale> = text.locales().chain(row.locales()).collect();
    locales.sort_unstable();
    locales.dedup();
    let without_locale = text.locales().next().is_none();
    let fallback = joined(text.fallback(), row.fallback());
    let start = if without_locale {
        Localized::from(fallback)
    } else {
        Localized::default()
    };
    locales.into_iter().fold(start, |label, locale| {
        label.with(locale, joined(text.of(locale), row.of(locale)))
    })
}

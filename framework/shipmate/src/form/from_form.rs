//! From the platform's form to questions.

mod profile;
pub(super) use profile::questions as profile_questions;

mod rules;

use web1on1::{Field, FieldOption, FieldType, Form};

use super::{
    Choice, Condition, ConditionError, Kind, Moment, Question, Source, Warning, label,
    pattern::Pattern, question::Rules,
};

/// The questions of a form, and what is wrong with it.
pub(super) fn read(form: &Form) -> (Vec<Question>, Vec<Warning>) {
    let mut questions: Vec<Question> = Vec::new();
    let mut warnings = Vec::new();
    for (index, field) in form.fields.iter().enumerate() {
        let name = name_of(index, field);
        let is_taken = questions.iter().any(|question| question.name == name);
        let mut reader = Reader {
            name,
            field,
            warnings: &mut warnings,
        };
        if !is_taken {
            questions.extend(reader.question());
        } else if reader.is_asked() {
            reader.warn(|field| Warning::DuplicateName { field });
        }
    }
    let names: Vec<String> = questions
        .iter()
        .map(|question| question.name.clone())
        .collect();
    for (question, place) in questions.iter_mut().zip(0..) {
        drop_blind_condition(
            question,
            names.get(..place).unwrap_or_default(),
            &mut warnings,
        );
    }
    (questions, warnings)
}

/// The question of one field, if there is something to ask, and what is wrong with the field. Its
/// texts are HTML.
pub(super) fn field(field: &Field) -> (Option<Question>, Vec<Warning>) {
    let mut warnings = Vec::new();
    let mut reader = Reader {
        name: field.name.clone(),
        field,
        warnings: &mut warnings,
    };
    let question = reader.question();
    (question, warnings)
}

/// A condition that looks at no question before it would never hold, and the field never be asked.
fn drop_blind_condition(question: &mut Question, before: &[String], warnings: &mut Vec<Warning>) {
    let Some(condition) = &question.when else {
        return;
    };
    let is_before = |field: &&str| before.iter().any(|name| name == field);
    let unknown = condition
        .fields()
        .into_iter()
        .find(|field| !is_before(field));
    if let Some(unknown) = unknown {
        warnings.push(Warning::BrokenCondition {
            field: question.name.clone(),
            cause: format!("no field before it is called `{unknown}`"),
        });
        question.when = None;
    }
}

/// Reads one field.
struct Reader<'a> {
    name: String,
    field: &'a Field,
    warnings: &'a mut Vec<Warning>,
}

impl Reader<'_> {
    /// The field's question; nothing if there is nothing to ask.
    fn question(&mut self) -> Option<Question> {
        if self.field.kind == FieldType::Password {
            let kind = self.field.kind.to_string();
            self.warn(|field| Warning::NeverAsked { field, kind });
        }
        if !self.is_asked() {
            return None;
        }
        if self.field.name.trim().is_empty() {
            self.warn(|field| Warning::Unnamed { field });
        }
        let pattern = self.pattern();
        let kind = self.kind(pattern.is_some());
        let rules = self.rules(kind, pattern);
        let label = label_of(self.field, &self.name);
        Some(Question {
            required: self.field.required,
            choices: choices(self.field, kind, &rules),
            rules,
            when: self.condition(),
            source: self.source(),
            ..Question::new(self.name.clone(), label.into(), kind)
        })
    }

    /// A button asks for something only by its pattern or its options.
    fn is_asked(&self) -> bool {
        match self.field.kind {
            FieldType::Hidden
            | FieldType::Image
            | FieldType::Password
            | FieldType::Reset
            | FieldType::Submit => false,
            FieldType::Button => self.pattern_source().is_some() || has_options(self.field),
            _ => true,
        }
    }

    fn kind(&mut self, has_pattern: bool) -> Kind {
        let has_options = has_options(self.field);
        match &self.field.kind {
            // The reference's own example is a button with a pattern for dates and one option that
            // does not match it: the pattern wins.
            FieldType::Button if has_pattern || !has_options => Kind::Text,
            FieldType::Button => Kind::OneOf,
            FieldType::Checkbox if has_options => Kind::SeveralOf,
            FieldType::Checkbox => Kind::YesNo,
            FieldType::Select | FieldType::Radio if has_options => Kind::OneOf,
            FieldType::Select | FieldType::Radio => {
                self.warn(|field| Warning::NoOptions { field });
                Kind::Text
            }
            FieldType::Text | FieldType::Search => Kind::Text,
            FieldType::Textarea => Kind::Lines,
            FieldType::Email => Kind::Email,
            FieldType::Tel => Kind::Tel,
            FieldType::Url => Kind::Url,
            FieldType::File => Kind::File,
            FieldType::Number | FieldType::Range => Kind::Number,
            FieldType::Color => Kind::Color,
            FieldType::Date => Kind::Moment(Moment::Date),
            FieldType::Time => Kind::Moment(Moment::Time),
            FieldType::DatetimeLocal => Kind::Moment(Moment::DateTime),
            FieldType::Month => Kind::Moment(Moment::Month),
            FieldType::Week => Kind::Moment(Moment::Week),
            unknown => {
                let kind = unknown.to_string();
                self.warn(|field| Warning::UnknownType { field, kind });
                Kind::Text
            }
        }
    }

    fn pattern(&mut self) -> Option<Pattern> {
        match Pattern::new(self.pattern_source()?) {
            Ok(pattern) => Some(pattern),
            Err(error) => {
                let cause = error.to_string();
                self.warn(|field| Warning::BrokenPattern { field, cause });
                None
            }
        }
    }

    fn pattern_source(&self) -> Option<&str> {
        let pattern = self.field.pattern.as_deref();
        pattern.filter(|pattern| !pattern.is_empty())
    }

    /// Where an organization wrote when the field is asked, in its `meta`.
    fn condition(&mut self) -> Option<Condition> {
        let text = rules::attribute(self.field, "when")?;
        match text.parse() {
            Ok(condition) => Some(condition),
            Err(error) => {
                let error: ConditionError = error;
                let cause = error.to_string();
                self.warn(|field| Warning::BrokenCondition { field, cause });
                None
            }
        }
    }

    /// Where an organization wrote what is known already, in the field's `meta`.
    fn source(&mut self) -> Option<Source> {
        let text = rules::attribute(self.field, "prefill")?;
        let source = text.trim().parse();
        if source.is_err() {
            let limit = "prefill";
            self.warn(|field| Warning::UnusableLimit { field, limit });
        }
        source.ok()
    }

    fn warn(&mut self, warning: impl FnOnce(String) -> Warning) {
        self.warnings.push(warning(self.name.clone()));
    }
}

fn has_options(field: &Field) -> bool {
    field.options.iter().any(|option| choice(option).is_some())
}

/// The options by their first key, for what can be chosen or suggested. An option of a patterned
/// field that the pattern refuses is not offered.
fn choices(field: &Field, kind: Kind, rules: &Rules) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    if !matches!(kind, Kind::Text | Kind::OneOf | Kind::SeveralOf) {
        return choices;
    }
    let pattern = rules.pattern.as_ref();
    for choice in field.options.iter().filter_map(choice) {
        let is_refused = pattern.is_some_and(|pattern| !pattern.matches(&choice.key));
        let is_known = choices.iter().any(|known| known.key == choice.key);
        if !is_refused && !is_known {
            choices.push(choice);
        }
    }
    choices
}

/// An option's `key` is what is stored and its `value` what is shown. The reference does not say
/// which is which; this is the one place that decides, and both are understood as an answer.
fn choice(option: &FieldOption) -> Option<Choice> {
    let (key, label) = (option.key.trim(), label::plain_text(&option.value));
    match (key, label.as_str()) {
        ("", "") => None,
        ("", label) => Some(Choice::new(label, label)),
        (key, "") => Some(Choice::new(key, key)),
        (key, label) => Some(Choice::new(key, label)),
    }
}

fn name_of(index: usize, field: &Field) -> String {
    match field.name.trim() {
        "" => format!("field{}", index + 1),
        name => name.to_owned(),
    }
}

fn label_of(field: &Field, name: &str) -> String {
    let label = label::plain_text(field.label.as_deref().unwrap_or_default());
    if label.is_empty() {
        label::from_name(name)
    } else {
        label
    }
}

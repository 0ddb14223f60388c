//! From the platform's form to questions.

use serde_json::Value;
use web1on1::{Field, FieldType, Form};

use super::{
    Choice, Kind, Moment, Question, Warning,
    decimal::Decimal,
    label, moment,
    pattern::Pattern,
    question::{Bounds, Rules},
};

/// Dates that a pattern for dates lets through, one for the past and one for the future.
const SAMPLE_DATES: [&str; 2] = ["1984-06-15", "2027-06-15"];

/// The questions of a form, and what is wrong with it.
pub(super) fn read(form: &Form) -> (Vec<Question>, Vec<Warning>) {
    let mut reader = Reader::default();
    for (index, field) in form.fields.iter().enumerate() {
        reader.field(index, field);
    }
    (reader.questions, reader.warnings)
}

#[derive(Default)]
struct Reader {
    questions: Vec<Question>,
    warnings: Vec<Warning>,
}

impl Reader {
    fn field(&mut self, index: usize, field: &Field) {
        let name = self.name(index, field);
        let Some(kind) = self.kind(&name, field) else {
            return;
        };
        if self.questions.iter().any(|question| question.name == name) {
            self.warnings.push(Warning::DuplicateName { field: name });
            return;
        }
        if field.name.trim().is_empty() {
            self.warnings.push(Warning::Unnamed { field: name.clone() });
        }
        let rules = self.rules(&name, kind, field);
        let question = Question {
            label: label_of(field, &name),
            kind,
            required: field.required,
            choices: choices(field, &rules),
            rules,
            name,
        };
        self.questions.push(question);
    }

    fn name(&self, index: usize, field: &Field) -> String {
        match field.name.trim() {
            "" => format!("field{}", index + 1),
            name => name.to_owned(),
        }
    }

    /// What the field takes; nothing if there is nothing to ask.
    fn kind(&mut self, name: &str, field: &Field) -> Option<Kind> {
        let kind = match &field.kind {
            FieldType::Hidden | FieldType::Submit | FieldType::Reset | FieldType::Image => {
                return None;
            }
            FieldType::Password => {
                self.warnings.push(Warning::NeverAsked {
                    field: name.to_owned(),
                    kind: field.kind.to_string(),
                });
                return None;
            }
            FieldType::Button => return self.button(name, field),
            FieldType::Checkbox if has_options(field) => Kind::SeveralOf,
            FieldType::Checkbox => Kind::YesNo,
            FieldType::Select | FieldType::Radio => self.one_of(name, field),
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
                self.warnings.push(Warning::UnknownType {
                    field: name.to_owned(),
                    kind: unknown.to_string(),
                });
                Kind::Text
            }
        };
        Some(kind)
    }

    /// A button asks for something only by its pattern or its options; the reference's own example
    /// is a button with a pattern for dates. The pattern wins.
    fn button(&mut self, name: &str, field: &Field) -> Option<Kind> {
        let source = field.pattern.as_deref().filter(|pattern| !pattern.is_empty());
        match source.map(Pattern::new) {
            Some(Ok(_)) => Some(Kind::Text),
            Some(Err(_)) if !has_options(field) => Some(Kind::Text),
            Some(Err(error)) => {
                self.warnings.push(Warning::BrokenPattern {
                    field: name.to_owned(),
                    cause: error.to_string(),
                });
                Some(Kind::OneOf)
            }
            None => has_options(field).then_some(Kind::OneOf),
        }
    }

    fn one_of(&mut self, name: &str, field: &Field) -> Kind {
        if has_options(field) {
            return Kind::OneOf;
        }
        self.warnings.push(Warning::NoOptions {
            field: name.to_owned(),
        });
        Kind::Text
    }

    fn rules(&mut self, name: &str, kind: Kind, field: &Field) -> Rules {
        let mut rules = Rules::default();
        match kind {
            Kind::OneOf | Kind::SeveralOf | Kind::YesNo => return rules,
            Kind::Text | Kind::Lines | Kind::Email | Kind::Url | Kind::File => {
                let read = |text: &str| text.parse().ok();
                rules.length = self.bounds(name, field, ["minlength", "maxlength"], read);
            }
            Kind::Number => {
                rules.number = self.bounds(name, field, ["min", "max"], Decimal::parse);
                rules.step = self.step(name, field);
                if field.kind == FieldType::Range {
                    with_range_defaults(&mut rules.number);
                }
            }
            Kind::Moment(what) => {
                let read = |text: &str| moment::read_attribute(what, text);
                rules.moment = self.bounds(name, field, ["min", "max"], read);
            }
            Kind::Tel | Kind::Color => {}
        }
        rules.pattern = self.pattern(name, field);
        rules.stands_for_date = kind == Kind::Text && is_date(field) && lets_dates_through(&rules);
        rules
    }

    fn pattern(&mut self, name: &str, field: &Field) -> Option<Pattern> {
        let source = field.pattern.as_deref().filter(|pattern| !pattern.is_empty())?;
        match Pattern::new(source) {
            Ok(pattern) => Some(pattern),
            Err(error) => {
                self.warnings.push(Warning::BrokenPattern {
                    field: name.to_owned(),
                    cause: error.to_string(),
                });
                None
            }
        }
    }

    fn bounds<T: PartialOrd>(
        &mut self,
        name: &str,
        field: &Field,
        [min, max]: [&'static str; 2],
        read: impl Fn(&str) -> Option<T>,
    ) -> Bounds<T> {
        let bounds = Bounds {
            min: self.limit(name, field, min, &read),
            max: self.limit(name, field, max, &read),
        };
        if bounds.is_empty() {
            self.unusable(name, max);
            return Bounds::default();
        }
        bounds
    }

    /// A positive step. Without one every number will do: the platform's fields have no `step`, so
    /// HTML's default of 1 would only forbid decimals that nobody meant to forbid.
    fn step(&mut self, name: &str, field: &Field) -> Option<Decimal> {
        let read = |text: &str| match text {
            "any" => Some(None),
            text => Decimal::parse(text).filter(|step| *step > Decimal::ZERO).map(Some),
        };
        self.limit(name, field, "step", read).flatten()
    }

    fn limit<T>(
        &mut self,
        name: &str,
        field: &Field,
        limit: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = attribute(field, limit)?;
        let value = read(text.trim());
        if value.is_none() {
            self.unusable(name, limit);
        }
        value
    }

    fn unusable(&mut self, name: &str, limit: &'static str) {
        self.warnings.push(Warning::UnusableLimit {
            field: name.to_owned(),
            limit,
        });
    }
}

/// The reference lists no limits for fields, so they are looked for where the platform would put
/// them (beside `pattern`) and where an organization can put them (`meta`).
fn attribute(field: &Field, name: &str) -> Option<String> {
    let is_named = |key: &&String| key.eq_ignore_ascii_case(name);
    [&field.extra, &field.meta].into_iter().find_map(|place| {
        let key = place.keys().find(is_named)?;
        match place.get(key)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    })
}

/// A slider has ends (HTML, range state).
fn with_range_defaults(bounds: &mut Bounds<Decimal>) {
    let min = *bounds.min.get_or_insert(Decimal::ZERO);
    bounds.max.get_or_insert(Decimal::HUNDRED.max(min));
}

fn has_options(field: &Field) -> bool {
    let is_named = |text: &str| !text.trim().is_empty();
    field.options.iter().any(|option| is_named(&option.key) || is_named(&option.value))
}

/// The options by their first key. An option of a patterned field that the pattern refuses is not
/// offered.
fn choices(field: &Field, rules: &Rules) -> Vec<Choice> {
    let mut choices: Vec<Choice> = Vec::new();
    for option in &field.options {
        let label = label::plain_text(&option.value);
        let (key, label) = match (option.key.trim(), label.as_str()) {
            ("", "") => continue,
            ("", label) => (label, label),
            (key, "") => (key, key),
            both => both,
        };
        let is_refused = rules.pattern.as_ref().is_some_and(|pattern| !pattern.matches(key));
        if !is_refused && choices.iter().all(|choice| choice.key != key) {
            choices.push(Choice::new(key, label));
        }
    }
    choices
}

fn label_of(field: &Field, name: &str) -> String {
    let label = label::plain_text(field.label.as_deref().unwrap_or_default());
    if label.is_empty() { label::from_name(name) } else { label }
}

fn is_date(field: &Field) -> bool {
    let entity = field.entity.as_deref().unwrap_or_default();
    let name = entity.rsplit('.').next().unwrap_or_default();
    name.trim().eq_ignore_ascii_case("date")
}

fn lets_dates_through(rules: &Rules) -> bool {
    let pattern = rules.pattern.as_ref();
    pattern.is_some_and(|pattern| SAMPLE_DATES.iter().any(|date| pattern.matches(date)))
}

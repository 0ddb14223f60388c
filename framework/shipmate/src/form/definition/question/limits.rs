//! Limits: what a question can be limited by, and why a limit cannot be used.

use serde_json::Value;
use web1on1::Meta;

use super::{
    super::{
        super::{Kind, Moment, Warning, from_form},
        QuestionType,
        kind::Asked,
    },
    Reader,
};

impl Reader<'_, '_> {
    /// The limits, where a field of the platform has them.
    pub(super) fn limits(&self) -> Meta {
        let definition = self.definition;
        let length = |length: Option<u32>| length.map(|length| length.to_string());
        let limits = [
            ("min", definition.min.clone()),
            ("max", definition.max.clone()),
            ("step", definition.step.clone()),
            ("minlength", length(definition.minlength)),
            ("maxlength", length(definition.maxlength)),
        ];
        let limits = limits.into_iter();
        limits
            .filter_map(|(name, limit)| Some((name.to_owned(), Value::String(limit?))))
            .collect()
    }

    /// Whether a limit cannot be read, or leaves nothing together with its counterpart.
    pub(super) fn why_unusable(&self, limit: &str) -> String {
        let Asked::AsField(kind) = self.definition.kind.asked() else {
            return format!("`{limit}` cannot be used; leave it out");
        };
        let mut field = self.field(&kind);
        let text = field.meta.remove(limit);
        let text = text.as_ref().and_then(Value::as_str).unwrap_or_default();
        field.meta = Meta::from_iter([(limit.to_owned(), Value::from(text))]);
        let (question, warnings) = from_form::field(&field);
        let is_unreadable = warnings
            .iter()
            .any(|warning| matches!(warning, Warning::UnusableLimit { .. }));
        if !is_unreadable {
            let other = limit.replace("max", "min");
            return format!(
                "`{limit}` is below `{other}`, so nothing could be answered; swap them"
            );
        }
        let example = match question.map(|question| question.kind) {
            Some(Kind::Moment(what)) => {
                let today = match what {
                    Moment::Date => ", or as \"today\", \"today+14d\" or \"today-1y\"",
                    _ => "",
                };
                format!(
                    "write it in ISO 8601, such as \"{}\"{today}",
                    what.example()
                )
            }
            _ if limit == "step" => "write a number above 0".to_owned(),
            _ => "write a number".to_owned(),
        };
        format!("`{limit}` cannot be read from `{text}`; {example}")
    }

    /// What is written but does nothing for this kind of question is probably meant otherwise.
    pub(super) fn tell_what_has_no_effect(&mut self, kind: Kind) {
        let definition = self.definition;
        let is_scale = matches!(kind, Kind::Scale { .. });
        let is_choice = matches!(kind, Kind::OneOf | Kind::SeveralOf | Kind::Ranking);
        let has_limits = matches!(kind, Kind::Number | Kind::Moment(_)) || is_scale;
        let has_length = matches!(
            kind,
            Kind::Text | Kind::Lines | Kind::Email | Kind::Url | Kind::File
        );
        let has_pattern = !is_choice && !is_scale && kind != Kind::YesNo;
        let is_measure = matches!(definition.kind.asked(), Asked::AsMeasure(_));
        let takes_options = (is_choice || kind == Kind::Text) && !is_measure;
        let has_limits = has_limits && !is_measure;
        for (name, is_set, has_effect) in [
            ("min", definition.min.is_some(), has_limits),
            ("max", definition.max.is_some(), has_limits),
            ("step", definition.step.is_some(), kind == Kind::Number),
            ("minlength", definition.minlength.is_some(), has_length),
            ("maxlength", definition.maxlength.is_some(), has_length),
            ("pattern", definition.pattern.is_some(), has_pattern),
            ("ends", definition.ends.is_some(), is_scale),
            ("options", !definition.options.is_empty(), takes_options),
        ] {
            if is_set && !has_effect {
                let path = format!("{}.{name}", self.path);
                let kind = definition.kind;
                let problem = format!("`{name}` does nothing for the type `{kind}`; leave it out");
                self.findings.warning_at_key(&path, problem);
            }
        }
        if definition.maxlength == Some(0) && has_length {
            let path = format!("{}.maxlength", self.path);
            let problem = "nobody could answer with no character; write 1 or more";
            self.findings.error(&path, problem);
        }
        if definition.kind == QuestionType::YesNo && !definition.options.is_empty() {
            let path = format!("{}.options", self.path);
            let problem = "a `yes-no` has no options of its own; use `single-choice`";
            self.findings.error(&path, problem);
        }
    }
}

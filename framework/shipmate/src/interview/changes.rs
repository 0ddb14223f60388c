//! What is told of answers besides the conversation itself: field messages and reports.

use std::collections::BTreeMap;

use serde_json::Value;
use web1on1::{Meta, Report};

use super::{Interview, Interviewer};
use crate::{
    bot::Bot,
    form::{Known, Progress, Source},
    turn::Turn,
};

/// What the platform knows a contact by (business initiated conversations). With another number or
/// address the contact might not be found on its channel any more.
const IDENTIFIERS: [&str; 2] = ["telephone", "email"];

impl Interviewer<'_> {
    /// Tells the platform's form what is new, changed or gone.
    pub(super) fn tell_changes<B: Bot>(
        &self,
        turn: &mut Turn<B>,
        before: &Progress,
        interview: &Interview,
    ) {
        let Some(form) = self.form else {
            return;
        };
        let before: BTreeMap<_, _> = self.questionnaire.values(before).into_iter().collect();
        let now = self.questionnaire.values(&interview.progress);
        for (field, value) in &now {
            if before.get(field) != Some(value) {
                turn.field(form.id.clone(), field, on_one_line(value));
            }
        }
        for field in before.keys().filter(|field| !now.contains_key(*field)) {
            turn.field(form.id.clone(), field, "");
        }
    }

    /// Writes to the contact's profile what was answered and is not known there.
    pub(super) fn update_contact<B: Bot>(&self, turn: &mut Turn<B>, interview: &Interview) {
        if turn.event().contact().is_none() {
            return;
        }
        let known = Known {
            profile: turn.contact_profile(),
            meta: Meta::new(),
        };
        let values = self.questionnaire.values(&interview.progress);
        for question in self.questionnaire.questions() {
            let (Some(source), Some(value)) = (question.source(), values.get(question.name()))
            else {
                continue;
            };
            let Source::Profile(field) = source else {
                continue;
            };
            let (value, known) = (on_one_line(value), known.text(source));
            let is_to_stay = known.is_some() && IDENTIFIERS.contains(&field.as_str());
            if known.as_ref() != Some(&value) && !is_to_stay {
                turn.set_profile(field, value);
            }
        }
    }

    /// Reports the answers. Labels and points of the form are passed on with them; whether all of
    /// it was answered stands in `meta`, which the platform passes on as it is.
    pub(super) fn report<B: Bot>(
        &self,
        turn: &mut Turn<B>,
        interview: &Interview,
        is_complete: bool,
    ) {
        let values = self.questionnaire.values(&interview.progress);
        let mut meta = Meta::new();
        let complete = if is_complete { "yes" } else { "no" };
        meta.insert("complete".to_owned(), complete.into());
        if let Some(form) = self.form {
            meta.insert("form".to_owned(), form.id.as_str().into());
            if !form.labels.is_empty() {
                meta.insert("labels".to_owned(), form.labels.join(",").into());
            }
            if let Some(points) = form.points_by_bot.as_ref().filter(|_| is_complete) {
                meta.insert("points".to_owned(), points.to_string().into());
            }
        }
        let score = self.questionnaire.score(&interview.progress);
        if score != 0 {
            meta.insert("score".to_owned(), score.to_string().into());
        }
        let report = Report {
            name: self.form.map_or(self.name, |form| &form.name).to_owned(),
            values,
            extra: Meta::new(),
        };
        turn.report_with(report, meta);
    }
}

/// A value as a field takes it; several choices stand with commas between them.
fn on_one_line(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => {
            let values: Vec<_> = values.iter().map(on_one_line).collect();
            values.join(", ")
        }
        other => other.to_string(),
    }
}

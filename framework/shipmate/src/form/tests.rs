//! The engine from the outside: a form, a message, what it does.

mod asking;
mod buttons;
mod choices;
mod consistency;
mod conversation;
mod corrections;
mod dates;
mod generated;
mod hostile;
mod kinds;
mod known;
mod properties;
mod reading;
mod sentences;
mod standing;
mod wishes;

use jiff::{
    Timestamp,
    tz::{TimeZone, offset},
};
use serde_json::{Value, json};
use web1on1::Form;

use super::{Context, Input, Locale, Progress, Questionnaire, Reason, Reply};

/// The pattern of the reference's example form (API Reference, forms).
const REFERENCE_DATE: &str = "(?:19|20)[0-9]{2}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-9])|(?:(?!02)(?:0[1-9]|1[0-2])-(?:30))|(?:(?:0[13578]|1[02])-31))";

fn questionnaire(fields: Value) -> Questionnaire {
    let mut form = json!({"id": "f1"});
    form["fields"] = fields;
    let form: Form = serde_json::from_value(form).unwrap();
    Questionnaire::from_form(&form)
}

/// Noon on the 4th of March 2026 in Amsterdam.
fn context(locale: Locale) -> Context {
    let now: Timestamp = "2026-03-04T11:00:00Z".parse().unwrap();
    Context::new(now, TimeZone::fixed(offset(1)), locale)
}

/// A required field called `f`.
fn field(kind: &str, more: &Value) -> Value {
    let mut field = json!({"name": "f", "label": "F", "type": kind, "required": true});
    let more = more.as_object().unwrap().clone();
    field.as_object_mut().unwrap().extend(more);
    field
}

/// What one message does to a form of that one field.
fn reply(field: &Value, text: &str, locale: Locale) -> Reply {
    let questionnaire = questionnaire(json!([field]));
    questionnaire.answer(
        &mut Progress::default(),
        &Input::text(text),
        &context(locale),
    )
}

#[track_caller]
fn accepts(field: &Value, cases: &[(&str, Value)]) {
    for (text, expected) in cases {
        match reply(field, text, Locale::En) {
            Reply::Accepted { value, .. } => assert_eq!(&value, expected, "{text:?}"),
            other => panic!("{text:?} gave {other:?}"),
        }
    }
}

#[track_caller]
fn rejects(field: &Value, cases: &[(&str, Reason)]) {
    for (text, expected) in cases {
        match reply(field, text, Locale::En) {
            Reply::Rejected { reason, .. } => assert_eq!(reason, *expected, "{text:?}"),
            other => panic!("{text:?} gave {other:?}"),
        }
    }
}

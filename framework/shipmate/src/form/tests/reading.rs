//! From forms to questions, forms with faults included.

use serde_json::{Value, json};

use super::{REFERENCE_DATE, questionnaire};
use crate::form::{Kind, Locale, Moment, Questionnaire, Warning};

fn asked(questionnaire: &Questionnaire) -> Vec<(&str, Kind)> {
    let questions = questionnaire.questions().iter();
    questions
        .map(|question| (question.name(), question.kind()))
        .collect()
}

fn warnings(fields: Value) -> Vec<Warning> {
    questionnaire(fields).warnings().to_vec()
}

#[test]
fn every_type_of_the_reference_is_asked_as_it_should_be() {
    let options = json!([{"key": "a", "value": "A"}]);
    for (kind, options, expected) in [
        ("button", &options, Some(Kind::OneOf)),
        ("button", &json!([]), None),
        ("checkbox", &json!([]), Some(Kind::YesNo)),
        ("checkbox", &options, Some(Kind::SeveralOf)),
        ("color", &json!([]), Some(Kind::Color)),
        ("date", &json!([]), Some(Kind::Moment(Moment::Date))),
        (
            "datetime-local",
            &json!([]),
            Some(Kind::Moment(Moment::DateTime)),
        ),
        ("email", &json!([]), Some(Kind::Email)),
        ("file", &json!([]), Some(Kind::File)),
        ("hidden", &json!([]), None),
        ("image", &json!([]), None),
        ("month", &json!([]), Some(Kind::Moment(Moment::Month))),
        ("number", &json!([]), Some(Kind::Number)),
        ("password", &json!([]), None),
        ("radio", &options, Some(Kind::OneOf)),
        ("range", &json!([]), Some(Kind::Number)),
        ("reset", &json!([]), None),
        ("search", &json!([]), Some(Kind::Text)),
        ("select", &options, Some(Kind::OneOf)),
        ("submit", &json!([]), None),
        ("tel", &json!([]), Some(Kind::Tel)),
        ("text", &json!([]), Some(Kind::Text)),
        ("textarea", &json!([]), Some(Kind::Lines)),
        ("time", &json!([]), Some(Kind::Moment(Moment::Time))),
        ("url", &json!([]), Some(Kind::Url)),
        ("week", &json!([]), Some(Kind::Moment(Moment::Week))),
    ] {
        let questionnaire = questionnaire(json!([{"name": "f", "type": kind, "options": options}]));
        let asked: Vec<_> = asked(&questionnaire)
            .into_iter()
            .map(|(_, kind)| kind)
            .collect();
        assert_eq!(asked, Vec::from_iter(expected), "{kind}");
    }
}

#[test]
fn faults_of_a_form_are_worked_around_and_told() {
    let field = || "f".to_owned();
    for (fields, warning) in [
        (
            json!({"type": "hologram"}),
            Warning::UnknownType {
                field: field(),
                kind: "hologram".to_owned(),
            },
        ),
        (
            json!({"type": "password"}),
            Warning::NeverAsked {
                field: field(),
                kind: "password".to_owned(),
            },
        ),
        (
            json!({"type": "select", "options": [{"key": " "}]}),
            Warning::NoOptions { field: field() },
        ),
        (
            json!({"type": "radio", "options": [{"key": "", "value": "<br>"}]}),
            Warning::NoOptions { field: field() },
        ),
        (
            json!({"type": "number", "min": "low"}),
            Warning::UnusableLimit {
                field: field(),
                limit: "min",
            },
        ),
        (
            json!({"type": "date", "min": "2026-02-01", "max": "2026-01-01"}),
            Warning::UnusableLimit {
                field: field(),
                limit: "max",
            },
        ),
        (
            json!({"type": "number", "step": -1}),
            Warning::UnusableLimit {
                field: field(),
                limit: "step",
            },
        ),
        (
            json!({"pattern": "(a"}),
            Warning::BrokenPattern {
                field: field(),
                cause: "it has a group that does not end".to_owned(),
            },
        ),
    ] {
        let mut with_name = fields.clone();
        with_name["name"] = json!("f");
        assert_eq!(warnings(json!([with_name])), [warning], "{fields}");
    }
    assert!(
        warnings(json!([{"name": "f", "type": "number", "step": "any", "min": null}])).is_empty()
    );
}

#[test]
fn names_are_made_up_and_kept_apart() {
    let questionnaire = questionnaire(json!([
        {"name": "a"}, {"name": " a ", "type": "tel"}, {"label": "No name"}, {"name": "b", "type": "hidden"},
        {"name": "b"},
    ]));
    assert_eq!(
        asked(&questionnaire),
        [("a", Kind::Text), ("field3", Kind::Text), ("b", Kind::Text)]
    );
    assert_eq!(
        questionnaire.warnings(),
        [
            Warning::DuplicateName {
                field: "a".to_owned()
            },
            Warning::Unnamed {
                field: "field3".to_owned()
            },
        ]
    );
}

#[test]
fn a_buttons_pattern_wins_over_its_options() {
    let questionnaire = questionnaire(json!([
        {"name": "date", "type": "button", "entity": "Date", "pattern": REFERENCE_DATE, "options": [
            {"key": "yes", "value": "Y"}, {"key": "2026-05-01", "value": "May Day"},
        ]},
        {"name": "broken", "type": "button", "pattern": "(", "options": [{"key": "yes", "value": "Y"}]},
        {"name": "bare", "type": "button", "pattern": "("},
    ]));
    assert_eq!(
        asked(&questionnaire),
        [
            ("date", Kind::Text),
            ("broken", Kind::OneOf),
            ("bare", Kind::Text)
        ]
    );
    let offered: Vec<_> = questionnaire.questions()[0]
        .choices()
        .iter()
        .map(|c| c.label(Locale::En))
        .collect();
    assert_eq!(offered, ["May Day"]);
    assert_eq!(questionnaire.warnings().len(), 2);
}

#[test]
fn options_with_gaps_are_filled_and_doubles_dropped() {
    let questionnaire = questionnaire(json!([{"name": "f", "type": "select", "options": [
        {"key": "a", "value": "<b>A</b> &amp; B"}, {"key": "b"}, {"value": "C"}, {"key": "a", "value": "again"},
        {"key": 4, "value": 5}, {},
    ]}]));
    let choices: Vec<_> = questionnaire.questions()[0]
        .choices()
        .iter()
        .map(|choice| (choice.key(), choice.label(Locale::En)))
        .collect();
    assert_eq!(
        choices,
        [("a", "A & B"), ("b", "b"), ("C", "C"), ("4", "5")]
    );
}

#[test]
fn only_what_is_chosen_or_suggested_has_choices() {
    let questionnaire = questionnaire(json!([
        {"name": "a", "type": "email", "options": [{"key": "x", "value": "X"}]},
        {"name": "b", "type": "text", "options": [{"key": "x", "value": "X"}]},
    ]));
    let counts = questionnaire.questions().iter();
    assert!(counts.map(|question| question.choices().len()).eq([0, 1]));
}

#[test]
fn warnings_say_what_to_do() {
    for warning in warnings(json!([{"type": "hologram"}, {"name": "p", "type": "password"}])) {
        let text = warning.to_string();
        assert!(text.contains("; ") && !text.ends_with('.'), "{text}");
    }
}

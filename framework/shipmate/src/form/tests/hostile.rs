//! Messages that nobody sends by accident, to every type of field.

use serde_json::{Value, json};

use super::{accepts, context, field, questionnaire, rejects, reply};
use crate::form::{Input, Locale, Progress, Reason, Reply, Warning};

const KINDS: [&str; 15] = [
    "text",
    "textarea",
    "email",
    "tel",
    "url",
    "file",
    "number",
    "date",
    "time",
    "datetime-local",
    "month",
    "week",
    "color",
    "checkbox",
    "select",
];

fn of_kind(kind: &str) -> Value {
    field(
        kind,
        &json!({"options": match kind {
            "select" => json!([{"key": "a", "value": "A"}]),
            _ => json!([]),
        }}),
    )
}

#[test]
fn a_message_that_is_too_long_is_no_answer_to_anything() {
    for kind in KINDS {
        for unit in ["a", "1", " ", "👍", "é", ",", "\u{202e}"] {
            let text = unit.repeat(10_001);
            let reply = reply(&of_kind(kind), &text, Locale::En);
            assert!(
                matches!(
                    reply,
                    Reply::Rejected {
                        reason: Reason::TooLong,
                        ..
                    }
                ),
                "{kind} {unit:?}: {reply:?}"
            );
        }
    }
    let long = "a".repeat(10_000);
    accepts(&of_kind("text"), &[(&long, json!(long))]);
    let patterned = field("text", &json!({"pattern": "a*", "maxlength": 20_000}));
    let (most, more) = ("a".repeat(4_000), "a".repeat(4_001));
    accepts(&patterned, &[(&most, json!(most))]);
    rejects(&patterned, &[(&more, Reason::TooLong)]);
}

#[test]
fn only_free_text_takes_what_is_not_meant_for_a_form() {
    let junk = [
        "👩\u{200d}👩\u{200d}👧",
        "\u{1f1f3}\u{1f1f1}",
        "';DROP TABLE answers;--",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "${jndi:ldap://x}",
        "%00",
        "Z\u{336}a\u{334}l\u{335}g\u{336}o",
        "٠١٢٣٤٥",
        "Ⅻ",
        "١٢/٠٣/٢٠٢٦",
        "\u{fffd}",
        "ﷺ",
    ];
    for kind in KINDS {
        for text in junk {
            let reply = reply(&of_kind(kind), text, Locale::En);
            let is_free = matches!(kind, "text" | "textarea");
            assert_eq!(
                matches!(reply, Reply::Accepted { .. }),
                is_free,
                "{kind} {text:?}: {reply:?}"
            );
        }
    }
}

#[test]
fn invisible_characters_do_not_reach_values() {
    accepts(
        &of_kind("text"),
        &[
            ("\u{202e}abc\u{202c}", json!("abc")),
            ("a\0b\u{7}c\u{1b}[31m", json!("abc[31m")),
            ("\u{feff}abc\u{200b}", json!("abc")),
        ],
    );
    accepts(
        &of_kind("email"),
        &[(
            "\u{200f}ada@exa\u{ad}mple.com\u{200e}",
            json!("ada@example.com"),
        )],
    );
    accepts(&of_kind("number"), &[("\u{200e}12\u{200f}", json!(12))]);
    for kind in KINDS {
        rejects(
            &of_kind(kind),
            &[("\u{202e}\0\u{200b}", Reason::ValueMissing)],
        );
    }
}

#[test]
fn an_evil_pattern_ends_in_a_refusal_that_tells_the_owner() {
    let evil = field("text", &json!({"pattern": "(?:(?=.*b)a|a)+c"}));
    let form = questionnaire(json!([evil]));
    let text = format!("{}b", "a".repeat(3_999));
    let reply = form.answer(
        &mut Progress::default(),
        &Input::text(&text),
        &context(Locale::En),
    );
    assert_eq!(
        reply,
        Reply::Rejected {
            field: "f".to_owned(),
            reason: Reason::PatternMismatch,
            attempts: 1,
            warning: Some(Warning::CostlyPattern {
                field: "f".to_owned()
            }),
        }
    );
    rejects(
        &field("text", &json!({"pattern": "(a+)+$"})),
        &[(&format!("{}!", "a".repeat(3_000)), Reason::PatternMismatch)],
    );
}

#[test]
fn a_long_list_of_choices_does_not_keep_the_engine_busy() {
    let options: Vec<Value> = (0..500)
        .map(|n| json!({"key": format!("k{n}"), "value": format!("Choice {n}")}))
        .collect();
    let many = field("checkbox", &json!({"options": options}));
    for text in [
        "1,".repeat(4_999),
        "1 ".repeat(4_999),
        "k1 and ".repeat(1_400),
        "and ".repeat(2_400),
    ] {
        let reply = reply(&many, &text, Locale::En);
        assert!(matches!(
            reply,
            Reply::Rejected { .. } | Reply::Accepted { .. }
        ));
    }
}

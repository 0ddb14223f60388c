//! What is said, and that it is not said too often.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{REFERENCE_DATE, context, field, questionnaire};
use crate::form::{Buttons, Input, Kind, Locale, Progress, Prompt, Question, Reason, Reply};

const REASONS: [Reason; 12] = [
    Reason::ValueMissing,
    Reason::TypeMismatch,
    Reason::PatternMismatch,
    Reason::RangeUnderflow,
    Reason::RangeOverflow,
    Reason::StepMismatch,
    Reason::TooShort,
    Reason::TooLong,
    Reason::NotAnOption,
    Reason::BadInput,
    Reason::YearMissing(jiff::civil::Date::constant(2026, 3, 1)),
    Reason::WhichDay,
];

fn question(field: &Value) -> Question {
    questionnaire(json!([field])).questions()[0].clone()
}

fn prompt(field: &Value, locale: Locale, buttons: Buttons) -> Prompt {
    question(field).prompt(locale, buttons)
}

fn colors(required: bool) -> Value {
    json!({"name": "color", "label": "Which <b>color</b>", "type": "select", "required": required, "options": [
        {"key": "r", "value": "Red"}, {"key": "b", "value": "Blue"},
    ]})
}

/// One field of every kind, with and without limits.
fn fields() -> Vec<Value> {
    let options = json!({"options": [{"key": "a", "value": "A"}, {"key": "b", "value": "B"}]});
    let mut fields: Vec<Value> = [
        "text",
        "textarea",
        "email",
        "tel",
        "url",
        "file",
        "number",
        "range",
        "date",
        "time",
        "datetime-local",
        "month",
        "week",
        "color",
        "checkbox",
    ]
    .iter()
    .map(|kind| field(kind, &json!({})))
    .collect();
    fields.extend(["select", "checkbox"].map(|kind| field(kind, &options)));
    fields.push(field(
        "text",
        &json!({"minlength": 3, "maxlength": 9, "pattern": "a*"}),
    ));
    fields.push(field("number", &json!({"min": 1, "max": 9.5, "step": 0.5})));
    fields.push(field(
        "date",
        &json!({"min": "2026-01-01", "max": "2026-12-31"}),
    ));
    for (min, max) in [
        ("2030-05-01", "2031-05-01"),
        ("2020-01-01", "2021-05-01"),
        ("today", ""),
        ("", "today"),
        ("today+14d", "today+1y"),
        ("today-1y", "today-2w"),
    ] {
        let limits = [("min", min), ("max", max)]
            .into_iter()
            .filter(|(_, limit)| !limit.is_empty());
        fields.push(field(
            "date",
            &limits
                .map(|(name, limit)| (name.to_owned(), json!(limit)))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        ));
    }
    fields.push(field("datetime-local", &json!({"min": "2030-05-01T10:00"})));
    fields.push(field("time", &json!({"max": "12:00"})));
    fields.push(field("month", &json!({"max": "2020-02"})));
    fields.push(field("week", &json!({"min": "2030-W10"})));
    fields.push(field(
        "button",
        &json!({"entity": "Date", "pattern": REFERENCE_DATE}),
    ));
    fields
}

#[test]
fn choices_are_buttons_where_there_are_buttons_and_a_list_elsewhere() {
    let with = prompt(&colors(true), Locale::En, Buttons::Shown);
    assert_eq!(with.text, "Which color");
    let replies = [("Red", "answer:color:r"), ("Blue", "answer:color:b")];
    assert_eq!(
        with.quick_replies,
        replies.map(|(label, payload)| (label.to_owned(), payload.to_owned()))
    );
    let without = prompt(&colors(true), Locale::En, Buttons::NotShown);
    assert_eq!(
        without.text,
        "Which color\n1. Red\n2. Blue\nPlease answer with a number from the list."
    );
    assert!(without.quick_replies.is_empty());
}

#[test]
fn optional_questions_say_that_they_can_be_skipped() {
    let shown = prompt(&colors(false), Locale::Fr, Buttons::Shown);
    assert!(
        shown
            .text
            .ends_with("répondez «\u{a0}passer\u{a0}» pour continuer.")
    );
    assert_eq!(
        shown.quick_replies[2],
        ("Passer".to_owned(), "skip:color".to_owned())
    );
    let text = prompt(&json!({"name": "f"}), Locale::En, Buttons::Shown);
    assert_eq!(
        text.text,
        "F\nYou can skip this question: just answer “skip”."
    );
}

#[test]
fn the_answer_that_the_skip_hint_names_does_skip() {
    let form = questionnaire(json!([{"name": "f"}]));
    for locale in Locale::ALL {
        let text = form.questions()[0].prompt(locale, Buttons::NotShown).text;
        let word = text.split(['“', '„', '”', '«', '»']).nth(1).unwrap();
        let reply = form.answer(
            &mut Progress::default(),
            &Input::text(word),
            &context(locale),
        );
        assert_eq!(
            reply,
            Reply::Skipped {
                field: "f".to_owned()
            },
            "{word}"
        );
    }
}

#[test]
fn many_choices_are_a_list_even_with_buttons() {
    let options: Vec<_> = (b'a'..=b'k')
        .map(|key| json!({"key": char::from(key).to_string()}))
        .collect();
    let many = json!({"name": "f", "type": "select", "options": options});
    let many = prompt(&many, Locale::En, Buttons::Shown);
    assert!(many.quick_replies.is_empty());
    assert!(many.text.contains("\n11. k\n"));
}

#[test]
fn several_choices_and_numeric_choices_are_listed_fittingly() {
    let options = json!([{"key": "x", "value": "5"}, {"key": "y", "value": "10"}]);
    let one = json!({"name": "f", "type": "select", "required": true, "options": options});
    assert_eq!(
        prompt(&one, Locale::En, Buttons::NotShown).text,
        "F\n• 5\n• 10\nPlease answer with one of these."
    );
    let several = json!({"name": "f", "type": "checkbox", "required": true, "options": [{"key": "a"}, {"key": "b"}]});
    assert_eq!(
        prompt(&several, Locale::De, Buttons::Shown),
        Prompt {
            text: "F\n1. a\n2. b\nMehrere sind möglich, zum Beispiel: 1, 2".to_owned(),
            variants: Vec::new(),
            quick_replies: Vec::new(),
        }
    );
}

#[test]
fn a_question_that_is_asked_again_can_be_asked_in_other_words() {
    let question = question(&json!({"type": "email"}));
    for attempt in 0..6 {
        let prompt = question.reask(Reason::TypeMismatch, attempt, Locale::En, Buttons::Shown);
        let mut wordings = prompt.variants.clone();
        wordings.push(prompt.text);
        wordings.sort_unstable();
        wordings.dedup();
        assert_eq!(wordings.len(), 4, "{wordings:?}");
    }
}

#[test]
fn hints_show_limits_and_examples_as_the_language_writes_them() {
    for (field, locale, hint) in [
        (
            json!({"type": "number", "min": 0.5, "max": 10}),
            Locale::Nl,
            "Een getal van 0,5 tot en met 10.",
        ),
        (
            json!({"type": "number", "min": 1}),
            Locale::En,
            "A number of 1 or more.",
        ),
        (
            json!({"type": "number", "max": 1}),
            Locale::De,
            "Eine Zahl bis 1.",
        ),
        (
            json!({"type": "date"}),
            Locale::Fr,
            "Par exemple\u{a0}: 31/12/2026",
        ),
        (
            json!({"type": "checkbox"}),
            Locale::De,
            "Bitte antworten Sie mit Ja oder Nein.",
        ),
        (
            json!({"type": "button", "entity": "Date", "pattern": REFERENCE_DATE}),
            Locale::De,
            "Zum Beispiel: 31.12.2026",
        ),
    ] {
        let mut field = field;
        field["name"] = json!("f");
        field["required"] = json!(true);
        let text = prompt(&field, locale, Buttons::NotShown).text;
        assert_eq!(text, format!("F\n{hint}"));
    }
}

#[test]
fn the_examples_in_hints_are_answers() {
    for field in fields() {
        let kind = question(&field).kind();
        if !matches!(
            kind,
            Kind::Email | Kind::Tel | Kind::Url | Kind::Number | Kind::Moment(_) | Kind::SeveralOf
        ) {
            continue;
        }
        for locale in Locale::ALL {
            let text = prompt(&field, locale, Buttons::NotShown).text;
            let Some((_, example)) = text.rsplit_once(": ") else {
                continue;
            };
            let example = example
                .split(" or ")
                .next()
                .and_then(|e| e.split(" of ").next())
                .unwrap();
            let example = example
                .split(" oder ")
                .next()
                .and_then(|e| e.split(" ou ").next())
                .unwrap();
            let form = questionnaire(json!([field]));
            let reply = form.answer(
                &mut Progress::default(),
                &Input::text(example),
                &context(locale),
            );
            assert!(
                matches!(reply, Reply::Accepted { .. }),
                "{example:?}: {reply:?}"
            );
        }
    }
}

#[test]
fn reasons_name_the_limit() {
    let number = question(&field(
        "number",
        &json!({"min": 1.5, "max": 9, "step": 0.5}),
    ));
    let date = question(&field("date", &json!({"min": "2026-03-04"})));
    let text = question(&field("text", &json!({"minlength": 3})));
    for (question, reason, locale, said) in [
        (
            &number,
            Reason::RangeUnderflow,
            Locale::De,
            "Es muss mindestens 1,5 sein.",
        ),
        (
            &number,
            Reason::RangeOverflow,
            Locale::En,
            "it has to be 9 or less.",
        ),
        (
            &number,
            Reason::StepMismatch,
            Locale::En,
            "in steps of 0.5, starting from 1.5.",
        ),
        (
            &date,
            Reason::RangeUnderflow,
            Locale::Nl,
            "op zijn vroegst 4 maart 2026 zijn.",
        ),
        (
            &text,
            Reason::TooShort,
            Locale::Fr,
            "il me faut au moins 3 caractères.",
        ),
        (
            &text,
            Reason::TooLong,
            Locale::En,
            "the maximum is 10000 characters.",
        ),
        (
            &number,
            Reason::BadInput,
            Locale::En,
            "I couldn't find a number in that.",
        ),
    ] {
        let prompt = question.reask(reason, 1, locale, Buttons::Shown);
        let (complaint, again) = prompt.text.split_once("\n\n").unwrap();
        assert!(complaint.ends_with(said), "{complaint}");
        assert_eq!(again, question.prompt(locale, Buttons::Shown).text);
    }
}

#[test]
fn nothing_that_is_said_has_a_gap() {
    for field in fields() {
        let question = question(&field);
        for locale in Locale::ALL {
            for reason in REASONS {
                for attempt in 0..=4 {
                    let text = question
                        .reask(reason, attempt, locale, Buttons::NotShown)
                        .text;
                    assert!(!text.contains(['{', '}']) && !text.contains("  "), "{text}");
                }
            }
        }
    }
}

#[test]
fn twenty_wrong_answers_in_a_row_repeat_no_text_more_than_five_times() {
    for field in fields() {
        let question = question(&field);
        for locale in Locale::ALL {
            for reason in REASONS {
                let mut said = BTreeMap::new();
                let mut last = question.prompt(locale, Buttons::Shown).text;
                for attempt in 1..=20 {
                    let text = question.reask(reason, attempt, locale, Buttons::Shown).text;
                    assert_ne!(text, last, "the same twice in a row");
                    *said.entry(text.clone()).or_insert(0) += 1;
                    last = text;
                }
                assert!(said.values().all(|times| *times <= 5), "{said:?}");
            }
        }
    }
}

#[test]
fn twenty_changing_wrong_answers_repeat_no_text_more_than_five_times_either() {
    let fields = json!([field("number", &json!({"min": 1, "max": 5, "step": 1}))]);
    let form = questionnaire(fields).max_attempts(21);
    let (mut progress, mut said) = (Progress::default(), BTreeMap::new());
    for text in ["0", "9", "1.5", "x", "", "0", "0", "x"]
        .iter()
        .cycle()
        .take(20)
    {
        let reply = form.answer(&mut progress, &Input::text(text), &context(Locale::En));
        let Reply::Rejected {
            reason, attempts, ..
        } = reply
        else {
            panic!("{text:?} gave {reply:?}");
        };
        let text = form.questions()[0]
            .reask(reason, attempts, Locale::En, Buttons::Shown)
            .text;
        *said.entry(text).or_insert(0) += 1;
    }
    assert!(said.values().all(|times| *times <= 5), "{said:?}");
}

//! What holds for any form and any messages.

use jiff::civil::{Date, DateTime, Time};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{context, questionnaire};
use crate::form::{
    Buttons, Input, Kind, Locale, Moment, Next, Progress, Question, Questionnaire, Reply,
};

fn any_field() -> impl Strategy<Value = Value> {
    let kinds = prop::sample::select(vec![
        "text",
        "textarea",
        "search",
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
        "select",
        "radio",
        "button",
        "password",
        "hidden",
        "image",
        "hologram",
    ]);
    let patterns = prop::option::of(prop::sample::select(vec![
        r"\d+",
        "(?!a)[a-z ]+",
        "(",
        "(a+)+$",
        "[^]*",
        ".{3,}",
    ]));
    let options = prop::collection::vec(("[a-c]{0,2}", "[A-Za-z0-9 ]{0,6}"), 0..4);
    let limits = prop::option::of((-5..5_i32, 0..9_i32));
    ("[a-e]{0,2}", kinds, patterns, options, limits, any::<bool>()).prop_map(
        |(name, kind, pattern, options, limits, required)| {
            let options: Vec<_> = options
                .into_iter()
                .map(|(key, value)| json!({"key": key, "value": value}))
                .collect();
            let (min, max) = limits.unzip();
            json!({
                "name": name, "type": kind, "pattern": pattern, "options": options, "required": required,
                "min": min, "max": max, "maxlength": max,
            })
        },
    )
}

fn any_text() -> impl Strategy<Value = String> {
    let likely = prop::sample::select(vec![
        "yes",
        "no",
        "1",
        "2,5",
        "1.500",
        "-3",
        "a",
        "b, c",
        "ada@example.com",
        "+31 612345678",
        "https://example.com",
        "2026-03-04",
        "tomorrow",
        "14:30",
        "2026-03-04 14:30",
        "March 2026",
        "week 5 2026",
        "#ff8800",
        "skip",
        "-",
        "",
        "abc def",
        "answer:a:a",
        "skip:b",
        "all",
        "1 and 2",
    ]);
    prop_oneof![
        4 => likely.prop_map(str::to_owned),
        2 => ".{0,24}",
        1 => "[0-9 .,:/+-]{0,20}",
        1 => prop::collection::vec(any::<char>(), 0..24).prop_map(String::from_iter),
    ]
}

fn any_input() -> impl Strategy<Value = (String, Option<String>)> {
    (any_text(), prop::option::weighted(0.2, any_text()))
}

fn any_locale() -> impl Strategy<Value = Locale> {
    prop::sample::select(Locale::ALL.to_vec())
}

/// Whether a value is what its kind of question promises, judged without the engine's own code.
fn is_valid(question: &Question, value: &Value) -> bool {
    let text = value.as_str().unwrap_or_default();
    let is_key = |value: &Value| {
        question
            .choices()
            .iter()
            .any(|choice| *value == choice.key())
    };
    match question.kind() {
        Kind::Text | Kind::Lines => !text.trim().is_empty() && text.trim() == text,
        // What a field's own pattern asks for is stored as typed.
        _ if question
            .rules
            .pattern
            .as_ref()
            .is_some_and(|pattern| pattern.matches(text)) =>
        {
            true
        }
        Kind::Email => text.split('@').count() == 2 && !text.contains(' '),
        Kind::Tel => (6..=16).contains(&text.len()),
        Kind::Url | Kind::File => text.to_lowercase().starts_with("http"),
        Kind::Number => value.is_number(),
        Kind::Moment(Moment::Date) => text.len() == 10 && text.parse::<Date>().is_ok(),
        Kind::Moment(Moment::Time) => text.parse::<Time>().is_ok(),
        Kind::Moment(Moment::DateTime) => text.contains('T') && text.parse::<DateTime>().is_ok(),
        Kind::Moment(Moment::Month) => {
            text.len() == 7 && format!("{text}-01").parse::<Date>().is_ok()
        }
        Kind::Moment(Moment::Week) => text.len() == 8 && text.contains("-W"),
        Kind::Color => text.len() == 7 && text.starts_with('#'),
        Kind::YesNo => value.is_boolean(),
        Kind::OneOf => is_key(value),
        Kind::SeveralOf => value
            .as_array()
            .is_some_and(|keys| !keys.is_empty() && keys.iter().all(is_key)),
        Kind::Ranking => value
            .as_array()
            .is_some_and(|keys| keys.len() == question.choices().len() && keys.iter().all(is_key)),
        Kind::Scale { from, to } => value
            .as_u64()
            .is_some_and(|number| (from.into()..=to.into()).contains(&number)),
    }
}

fn is_open(questionnaire: &Questionnaire, progress: &Progress) -> bool {
    let mut questions = questionnaire.questions().iter();
    questions.any(|question| {
        progress.answer(question.name()).is_none() && !progress.is_skipped(question.name())
    })
}

fn check_reply(questionnaire: &Questionnaire, before: &Progress, after: &Progress, reply: &Reply) {
    match reply {
        Reply::Accepted { field, value } | Reply::Corrected { field, value } => {
            let question = questionnaire.question(field).unwrap();
            assert!(
                is_valid(question, value),
                "{:?} took {value}",
                question.kind()
            );
            assert_eq!(after.answer(field).map(|answer| &answer.value), Some(value));
            assert_eq!(after.attempts(field), 0);
        }
        Reply::Skipped { field } => {
            assert!(
                after.is_skipped(field) && !questionnaire.question(field).unwrap().is_required()
            );
        }
        Reply::Several { fields } => {
            assert!(fields.len() > 1);
            for field in fields {
                let question = questionnaire.question(field).unwrap();
                assert!(is_valid(question, &after.answer(field).unwrap().value));
            }
        }
        Reply::Reopened { field } => {
            assert!(after.answer(field).is_none() && !after.is_skipped(field));
        }
        Reply::Wants(_) => assert_eq!(before, after),
        Reply::Confirmed => panic!("nothing was shown to be found right"),
        Reply::Rejected {
            field, attempts, ..
        }
        | Reply::OutOfAttempts {
            field, attempts, ..
        } => {
            assert_eq!(before.attempts(field) + 1, *attempts);
            assert_eq!(after.attempts(field), *attempts);
            assert_eq!(before.answer(field), after.answer(field));
        }
        Reply::NothingAsked => {
            assert!(!is_open(questionnaire, before));
            assert_eq!(before, after);
        }
    }
}

proptest! {
    #[test]
    fn any_conversation_keeps_its_promises(
        fields in prop::collection::vec(any_field(), 0..5),
        inputs in prop::collection::vec(any_input(), 0..12),
        locale in any_locale(),
    ) {
        let questionnaire = questionnaire(json!(fields));
        let context = context(locale);
        let mut progress = Progress::default();
        for (text, payload) in &inputs {
            let before = progress.clone();
            let input = Input { text, payload: payload.as_deref() };
            let reply = questionnaire.answer(&mut progress, &input, &context);
            check_reply(&questionnaire, &before, &progress, &reply);

            let is_complete = matches!(questionnaire.next(&progress), Next::Complete);
            prop_assert_eq!(is_complete, !is_open(&questionnaire, &progress));

            let wire = serde_json::to_string(&progress).unwrap();
            let back: Progress = serde_json::from_str(&wire).unwrap();
            prop_assert_eq!(&back, &progress);
        }
        let lines = questionnaire.summary(&progress, locale).lines().count();
        prop_assert_eq!(lines, questionnaire.values(&progress).len());
    }

    #[test]
    fn any_message_can_be_complained_about(field in any_field(), text in any_text(), locale in any_locale()) {
        let questionnaire = questionnaire(json!([field]));
        let reply = questionnaire.answer(&mut Progress::default(), &Input::text(&text), &context(locale));
        if let Reply::Rejected { field, reason, attempts, .. } = reply {
            let question = questionnaire.question(&field).unwrap();
            let prompt = question.reask(reason, attempts, locale, Buttons::Shown);
            prop_assert!(prompt.text.len() > question.label(locale).len());
        }
    }

    #[test]
    fn any_text_can_be_a_label_a_name_or_a_pattern(text in ".{0,60}", other in ".{0,30}") {
        let questionnaire = questionnaire(json!([
            {"name": text, "label": other, "pattern": other},
            {"name": other, "label": text, "pattern": text, "type": "button", "options": [{"key": other, "value": text}]},
        ]));
        for question in questionnaire.questions() {
            prop_assert!(!question.name().is_empty());
            question.prompt(Locale::Nl, Buttons::NotShown);
        }
        questionnaire.answer(&mut Progress::default(), &Input::text(&text), &context(Locale::En));
    }

    #[test]
    fn any_button_gives_the_answer_it_shows(field in any_field(), locale in any_locale()) {
        let questionnaire = questionnaire(json!([field]));
        let Next::Question(question) = questionnaire.next(&Progress::default()) else {
            return Ok(());
        };
        for (label, payload) in question.prompt(locale, Buttons::Shown).quick_replies {
            let mut progress = Progress::default();
            let reply = questionnaire.answer(&mut progress, &Input::payload(&payload), &context(locale));
            match reply {
                Reply::Accepted { field, .. } => prop_assert_eq!(progress.answer(&field).unwrap().text(), label),
                Reply::Skipped { .. } => prop_assert!(!question.is_required()),
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }
}

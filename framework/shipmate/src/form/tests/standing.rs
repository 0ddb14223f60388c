//! What is on the consumer's screen, when the questions have changed since.

use proptest::{prelude::*, sample::subsequence};
use serde_json::{Value, json};

use super::{context, questionnaire};
use crate::form::{Input, Locale, Progress, Questionnaire};

/// Of each name two that ask for different things.
fn pool() -> Vec<Value> {
    vec![
        json!({"name": "who", "required": true}),
        json!({"name": "who", "type": "radio", "options": [{"key": "a", "value": "Ada"}, {"key": "b", "value": "Bob"}]}),
        json!({"name": "count", "type": "number", "required": true}),
        json!({"name": "count", "required": true}),
        json!({"name": "day", "type": "date", "required": true}),
        json!({"name": "day", "type": "time"}),
        json!({"name": "kind", "type": "radio", "required": true, "options": [{"key": "x", "value": "X"}, {"key": "y", "value": "Y"}]}),
        json!({"name": "kind", "type": "radio", "required": true, "options": [{"key": "y", "value": "Y"}, {"key": "x", "value": "X"}]}),
        json!({"name": "sure", "type": "checkbox", "meta": {"when": "kind is x"}}),
        json!({"name": "sure", "type": "checkbox"}),
    ]
}

fn version() -> impl Strategy<Value = (Vec<Value>, bool)> {
    let fields = subsequence(pool(), 1..=pool().len()).prop_shuffle();
    (fields, any::<bool>()).prop_map(|(mut fields, has_review)| {
        let mut names = Vec::new();
        fields.retain(|field| {
            let is_new = !names.contains(&field["name"]);
            names.push(field["name"].clone());
            is_new
        });
        (fields, has_review)
    })
}

fn built((fields, has_review): (Vec<Value>, bool)) -> Questionnaire {
    questionnaire(Value::Array(fields)).with_review(has_review)
}

fn message() -> impl Strategy<Value = &'static str> {
    const TEXTS: [&str; 10] = [
        "1",
        "Ada",
        "a",
        "yes",
        "no",
        "4 March 2027",
        "10:30",
        "7",
        "x",
        "-",
    ];
    prop::sample::select(&TEXTS[..])
}

/// Which questions are answered, and how.
fn values(progress: &Progress) -> Vec<(String, Value)> {
    let answers = progress.answers();
    answers
        .map(|(field, answer)| (field.to_owned(), answer.value.clone()))
        .collect()
}

proptest! {
    #[test]
    fn a_message_answers_what_is_on_the_screen_and_nothing_else(
        old in version(),
        new in version(),
        said in prop::collection::vec(message(), 0..8),
        last in message(),
        begins_again in any::<bool>(),
    ) {
        let (old, new, context) = (built(old), built(new), context(Locale::En));
        let mut progress = Progress::default();
        for text in said {
            old.answer(&mut progress, &Input::text(text), &context);
        }
        let Some(standing) = old.standing(&progress) else {
            return Ok(());
        };
        let mut progress = if begins_again {
            new.restart(&progress, &context)
        } else {
            new.migrate(&progress, &context)
        };
        let before = values(&progress);
        let is_there = new.hold_on_to(&mut progress, &standing);
        prop_assert_eq!(values(&progress), before.clone(), "holding on changes no answer");
        let input = Input::text(last);
        if is_there {
            prop_assert_eq!(new.standing(&progress), Some(standing.clone()));
            new.answer(&mut progress, &input, &context);
        } else {
            let was = progress.clone();
            prop_assert_eq!(new.answer_to_none(&mut progress, &input, &context), None);
            prop_assert_eq!(&progress, &was);
        }
        let after = values(&progress);
        let is_other = |(field, _): &&(String, Value)| !standing.is_of(field);
        // A condition may make answers irrelevant; none is new or another one.
        for answer in after.iter().filter(is_other) {
            prop_assert!(before.contains(answer), "{answer:?} was not asked for");
        }
    }
}

#[test]
fn the_same_question_in_other_words_is_the_same() {
    let asks = |field: Value| {
        let form = questionnaire(json!([field]));
        form.standing(&Progress::default()).unwrap()
    };
    let plain =
        asks(json!({"name": "kind", "type": "radio", "options": [{"key": "x", "value": "X"}]}));
    let other_words = asks(
        json!({"name": "kind", "label": "Which?", "type": "radio", "options": [{"key": "x", "value": "An X"}]}),
    );
    assert_eq!(plain, other_words);
    let other_options =
        asks(json!({"name": "kind", "type": "radio", "options": [{"key": "y", "value": "X"}]}));
    assert_ne!(plain, other_options);
}

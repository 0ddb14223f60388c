//! Whatever happens on the way, the result is that of a fresh run with the final answers in order.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{context, questionnaire};
use crate::form::{Input, Kind, Locale, Next, Progress, Question, Questionnaire, Reply};

/// One thing a consumer does.
#[derive(Debug, Clone)]
enum Act {
    Answer(u8),
    Nonsense,
    Say(&'static str),
    /// *No, my … is …*
    Correct(usize, u8),
    Change(usize),
    /// Presses a button somewhere above.
    Press(usize, u8),
    /// The service is restarted.
    Restart,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let words = prop::sample::select(vec![
        "back", "skip", "help", "human", "cancel", "yes", "no", "2", "-", "terug",
    ]);
    let act = prop_oneof![
        5 => any::<u8>().prop_map(Act::Answer),
        1 => Just(Act::Nonsense),
        2 => words.prop_map(Act::Say),
        2 => (0..8_usize, any::<u8>()).prop_map(|(field, answer)| Act::Correct(field, answer)),
        1 => (0..8_usize).prop_map(Act::Change),
        1 => (0..8_usize, any::<u8>()).prop_map(|(field, choice)| Act::Press(field, choice)),
        1 => Just(Act::Restart),
    ];
    prop::collection::vec(act, 0..24)
}

/// Names that nobody takes for a word with a meaning.
const NAMES: [&str; 8] = [
    "alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel",
];

fn forms() -> impl Strategy<Value = Questionnaire> {
    let kind = prop::sample::select(vec!["text", "email", "number", "date", "radio", "checkbox"]);
    let field = (
        kind,
        any::<bool>(),
        prop::option::of((any::<u8>(), any::<bool>())),
    );
    (prop::collection::vec(field, 1..8), any::<bool>()).prop_map(|(fields, has_review)| {
        let kinds: Vec<&str> = fields.iter().map(|(kind, ..)| *kind).collect();
        let fields: Vec<Value> = fields
            .iter()
            .enumerate()
            .map(|(index, (kind, required, when))| {
                let when = when.filter(|_| index > 0).map(|(on, negated)| {
                    let on = usize::from(on) % index;
                    let not = if negated { "not " } else { "" };
                    match kinds[on] {
                        "radio" => format!("{not}{} is a", NAMES[on]),
                        "checkbox" => format!("{not}{} is yes", NAMES[on]),
                        "number" => format!("{not}{} > 100", NAMES[on]),
                        _ => format!("{not}{} is answered", NAMES[on]),
                    }
                });
                json!({
                    "name": NAMES[index], "type": kind, "required": required, "meta": {"when": when},
                    "options": if *kind == "radio" { json!([{"key": "a", "value": "Apple"}, {"key": "b", "value": "Banana"}]) } else { json!([]) },
                })
            })
            .collect();
        questionnaire(json!(fields)).with_review(has_review)
    })
}

/// A valid answer.
fn answer(question: &Question, choice: u8) -> String {
    match question.kind() {
        Kind::Email => format!("u{choice}@example.com"),
        Kind::Number => choice.to_string(),
        Kind::Moment(_) => format!("2026-03-{:02}", choice % 28 + 1),
        Kind::OneOf => (if choice.is_multiple_of(2) {
            "Apple"
        } else {
            "Banana"
        })
        .to_owned(),
        Kind::YesNo => (if choice.is_multiple_of(2) {
            "yes"
        } else {
            "no"
        })
        .to_owned(),
        _ => format!("text {choice}"),
    }
}

/// The text that gives a value.
fn text_of(value: &Value) -> String {
    match value {
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn say(form: &Questionnaire, progress: &mut Progress, text: &str) -> Reply {
    form.answer(progress, &Input::text(text), &context(Locale::En))
}

fn perform(form: &Questionnaire, progress: &mut Progress, act: &Act) {
    let questions = form.questions();
    let question = |index: usize| &questions[index % questions.len()];
    // What names a question without an answer is free text, and would be a correction in a fresh run.
    if let Act::Correct(index, _) | Act::Change(index) = act
        && progress.answer(question(*index).name()).is_none()
    {
        return;
    }
    let text = match act {
        Act::Answer(choice) => match form.next(progress) {
            Next::Question(question) | Next::Confirm(question, _) => answer(question, *choice),
            _ => "yes".to_owned(),
        },
        Act::Nonsense => "%%%".to_owned(),
        Act::Say(word) => (*word).to_owned(),
        Act::Correct(index, choice) => {
            let question = question(*index);
            format!(
                "no, my {} is {}",
                question.name(),
                answer(question, *choice)
            )
        }
        Act::Change(index) => format!("change my {}", question(*index).name()),
        Act::Press(index, choice) => {
            let question = question(*index);
            let key = if choice.is_multiple_of(2) { "a" } else { "b" };
            format!("answer:{}:{key}", question.name())
        }
        Act::Restart => {
            let kept = serde_json::to_string(progress).unwrap();
            *progress = serde_json::from_str(&kept).unwrap();
            return;
        }
    };
    say(form, progress, &text);
}

/// Answers what is open, to the end.
fn finish(form: &Questionnaire, progress: &mut Progress) {
    for choice in 0..40 {
        match form.next(progress) {
            Next::Question(question) | Next::Confirm(question, _) => {
                let text = answer(question, choice);
                say(form, progress, &text);
            }
            Next::Review => {
                assert_eq!(say(form, progress, "yes"), Reply::Confirmed);
            }
            _ => return,
        }
    }
    panic!("it does not end");
}

/// The same answers, given in order and at once.
fn fresh_run(form: &Questionnaire, values: &Value) -> Progress {
    let mut progress = Progress::default();
    while let Next::Question(question) = form.next(&progress) {
        let text = values
            .get(question.name())
            .map_or_else(|| "skip".to_owned(), text_of);
        let name = question.name().to_owned();
        let reply = say(form, &mut progress, &text);
        assert!(
            matches!(&reply, Reply::Accepted { field, .. } | Reply::Skipped { field } if *field == name),
            "{name}: {text:?} gave {reply:?}"
        );
    }
    progress
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn the_result_is_that_of_the_final_answers_in_order(form in forms(), acts in acts()) {
        let mut progress = Progress::default();
        for act in &acts {
            perform(&form, &mut progress, act);
            // What is kept is kept of relevant questions only.
            for (field, _) in &form.values(&progress) {
                prop_assert!(form.relevant(&progress).iter().any(|question| question.name() == field));
            }
        }
        finish(&form, &mut progress);
        let values = Value::Object(form.values(&progress));
        let fresh = fresh_run(&form, &values);
        prop_assert_eq!(Value::Object(form.values(&fresh)), values);
        let names = |progress: &Progress| -> Vec<String> {
            let missing = form.missing(progress).into_iter();
            missing.map(|question| question.name().to_owned()).collect()
        };
        prop_assert_eq!(names(&fresh), names(&progress));
        prop_assert_eq!(form.summary(&fresh, Locale::En), form.summary(&progress, Locale::En));
    }
}

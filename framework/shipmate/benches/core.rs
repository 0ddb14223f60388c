//! What the pure parts cost per call: `cargo bench -p shipmate --bench core`

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::{Value, json};
use shipmate::{
    form::{Context, Input, Locale, Progress, Questionnaire},
    limit::{Entry, Ledger, Limits, TextHash},
    plan::{Command, PlanOptions, plan},
};

fn planner(criterion: &mut Criterion) {
    let mut commands: Vec<_> = (0..100)
        .map(|number| Command::Set {
            key: format!("key{number}"),
            value: number.to_string(),
        })
        .collect();
    commands.push(Command::Say(Box::new("Thank you!".into())));
    commands.push(Command::Leave);
    criterion.bench_function("plan: 100 sets, a text and a leave", |bench| {
        bench.iter(|| plan(black_box(commands.clone()), &PlanOptions::default()));
    });
}

fn limiter(criterion: &mut Criterion) {
    let start = Timestamp::UNIX_EPOCH;
    let at = |second| start + SignedDuration::from_secs(second);
    let entries = (0..19).map(|second| Entry {
        at: at(second),
        text: TextHash::of(&second.to_string()),
    });
    let ledger = Ledger::new(entries, None);
    let text = TextHash::of("next");
    let limits = Limits::default();
    criterion.bench_function("limit: a verdict on a full ledger", |bench| {
        bench.iter(|| limits.decide(black_box(&ledger), text, at(30)));
    });
    criterion.bench_function("limit: a text's hash", |bench| {
        bench.iter(|| TextHash::of(black_box("What is your e-mail address?")));
    });
}

#[expect(clippy::panic, reason = "the form is written above")]
/// A form whose first question is the one to be answered; the others are there to be mistaken for.
fn form(first: &Value) -> Questionnaire {
    let options: Vec<_> = (0..200)
        .map(|number| json!({"key": format!("k{number}"), "value": format!("Model {number} estate")}))
        .collect();
    let mut fields = vec![first.clone()];
    fields.extend([
        json!({"name": "model", "label": "Which model?", "type": "select", "options": options}),
        json!({"name": "day", "label": "Which day?", "type": "date"}),
        json!({"name": "mail", "label": "Your e-mail address?", "type": "email"}),
        json!({"name": "phone", "label": "Your number?", "type": "tel"}),
    ]);
    let form = json!({"id": "f", "name": "F", "fields": fields});
    Questionnaire::from_form(
        &serde_json::from_value(form).unwrap_or_else(|error| panic!("{error}")),
    )
}

/// The worst answers there are: no more than 10 ms each.
fn answers(criterion: &mut Criterion) {
    let now = Timestamp::UNIX_EPOCH;
    let context = Context::new(now, TimeZone::UTC, Locale::En);
    let long = |unit: &str| unit.repeat(10_000 / unit.len());
    let kinds = [
        (
            "an evil pattern",
            json!({"name": "a", "type": "text", "pattern": "(a+)+b"}),
            long("a"),
        ),
        (
            "an evil pattern with a look-ahead",
            json!({"name": "a", "type": "text", "pattern": "(?=(a|aa)+$)(?:a|a?)+b"}),
            long("a"),
        ),
        (
            "a text",
            json!({"name": "a", "type": "textarea"}),
            long("word "),
        ),
        (
            "a date",
            json!({"name": "a", "type": "date", "required": true}),
            long("1-2-"),
        ),
        (
            "a number",
            json!({"name": "a", "type": "number", "required": true}),
            long("1,"),
        ),
        (
            "a choice of 200",
            json!({"name": "a", "type": "select", "required": true, "options":
                (0..200).map(|it| json!({"key": it.to_string(), "value": format!("Colour {it}")})).collect::<Vec<_>>()}),
            long("Colour "),
        ),
        (
            "several choices of 200",
            json!({"name": "a", "type": "checkbox", "required": true, "options":
                (0..200).map(|it| json!({"key": it.to_string(), "value": format!("Colour {it}")})).collect::<Vec<_>>()}),
            long("Colour 1, "),
        ),
        (
            "many parts",
            json!({"name": "a", "type": "tel", "required": true}),
            long("x, y; "),
        ),
        (
            "many lines",
            json!({"name": "a", "type": "tel", "required": true}),
            long("x\n"),
        ),
        (
            "a correction",
            json!({"name": "a", "type": "tel", "required": true}),
            format!("no, my {}", long("number is ")),
        ),
    ];
    for (name, field, text) in kinds {
        let questionnaire = form(&field);
        criterion.bench_function(&format!("form: 10,000 characters for {name}"), |bench| {
            bench.iter(|| {
                let mut progress = Progress::default();
                questionnaire.answer(&mut progress, &Input::text(black_box(&text)), &context)
            });
        });
    }
}

criterion_group!(benches, planner, limiter, answers);
criterion_main!(benches);

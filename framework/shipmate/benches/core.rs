//! What the pure parts cost per call: `cargo bench -p shipmate --bench core`

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::{SignedDuration, Timestamp};
use shipmate::{
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

criterion_group!(benches, planner, limiter);
criterion_main!(benches);

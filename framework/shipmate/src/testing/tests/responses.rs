//! Responses to surveys, over crashes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Bot, BotSetup, Message, NoConfig, Outcome, Result, Turn,
    form::Locale,
    results::{End, Response},
    store::WhichResponses,
    testing::{Step, World, WorldBuilder, Write},
};

const FIELDS: [&str; 3] = ["score", "reason", "again"];

/// Asks three questions and keeps every answer.
struct Interviewer;

#[derive(Default, Serialize, Deserialize)]
struct State {
    response: Option<Response>,
}

impl Bot for Interviewer {
    type State = State;
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        let now = turn.now();
        let begun = turn.state.response.take();
        let mut response = begun.unwrap_or_else(|| Response::begin("visit", 1, Locale::En, now));
        if let Some(field) = FIELDS.get(response.asked.len().wrapping_sub(1)) {
            let answer = message.text.clone();
            response.answers.insert((*field).into(), answer.into());
        }
        if let Some(next) = FIELDS.get(response.asked.len()) {
            response.ask(next);
            turn.say(format!("What about {next}?"));
        } else {
            response.end = Some(End::Completed);
            response.quotas = vec!["everybody".into()];
            let number = turn.completed("visit", "everybody") + 1;
            turn.say(format!("Thanks, number {number}."));
        }
        response.updated_at = now;
        turn.keep_response(response.clone());
        if response.end.is_none() {
            turn.state.response = Some(response);
        }
        turn.done()
    }
}

fn interviewer() -> WorldBuilder {
    World::builder().setup(BotSetup::new("bot", Interviewer))
}

/// Somebody answers three questions, with a crash somewhere.
async fn survey(crash: Option<Step>) -> World {
    let world = interviewer().await;
    if let Some(step) = crash {
        world.crash_at(step);
    }
    let ann = world.contact("Ann");
    for text in ["hi", "9", "fast", "yes"] {
        ann.says(text).await;
        world.advance("10 s").await;
    }
    world.finish().await;
    world
}

/// The responses on record, but for times and ids, which a crash changes.
async fn kept(world: &World) -> Vec<Response> {
    let which = WhichResponses::default();
    let records = world.store().responses(&which, 0, 100).await.unwrap();
    let timeless = |response: Response| Response {
        run: String::new(),
        conversation: String::new(),
        contact: response.contact.map(|_| "Ann".to_owned()),
        started_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
        ..response
    };
    let responses = records.into_iter().map(|record| record.response);
    responses.map(timeless).collect()
}

async fn counted(world: &World) -> u64 {
    let counts = world.store().quota_counts().await.unwrap();
    counts.iter().map(|count| count.completed).sum()
}

#[tokio::test]
async fn a_response_is_neither_lost_nor_there_twice_wherever_it_crashes() {
    let calm = survey(None).await;
    let responses = kept(&calm).await;
    assert_eq!(responses.len(), 1);
    for response in &responses {
        assert_eq!(response.asked, FIELDS);
        assert_eq!(response.answers["reason"], "fast");
        assert!(response.is_complete());
        assert!(response.contact.is_some() && response.organization.is_some());
    }
    assert_eq!(counted(&calm).await, 1);
    let mut crashes = 0;
    for (step, times) in calm.steps_reached() {
        if !matches!(step.write(), Write::Append | Write::Commit) {
            continue;
        }
        for nth in 1..=times {
            let world = survey(Some(step.nth(nth))).await;
            crashes += 1;
            assert_eq!(kept(&world).await, responses, "{step}, {nth}");
            assert_eq!(counted(&world).await, 1, "{step}, {nth}");
        }
    }
    assert!(crashes >= 20, "{crashes}");
}

#[tokio::test]
async fn quotas_are_counted_in_memory_and_taken_up_after_a_crash() {
    let world = interviewer().await;
    for (number, name) in (1..).zip(["Ann", "Ben", "Cem"]) {
        let contact = world.contact(name);
        for text in ["hi", "9", "fast", "yes"] {
            contact.says(text).await;
        }
        contact.expects(format!("What about {}?", FIELDS[0])).await;
        contact.expects(format!("What about {}?", FIELDS[1])).await;
        contact.expects(format!("What about {}?", FIELDS[2])).await;
        contact.expects(format!("Thanks, number {number}.")).await;
        world.crash().await;
    }
}

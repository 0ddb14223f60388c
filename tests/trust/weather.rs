//! A platform on a bad day: whatever goes wrong there, every message comes exactly once.

use shipmate::{Bot, Message, NoConfig, Outcome, Result, Turn, testing::World};
use shipmate_sandbox::FaultMix;

use crate::amount::{amount, seed};

struct Echo;

impl Bot for Echo {
    type State = u32;
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        turn.state += 1;
        turn.set("heard", turn.state);
        turn.say(format!("Echo: {}", message.text));
        turn.done()
    }
}

const CONSUMERS: [&str; 2] = ["Ann", "Ben"];

/// Messages of each consumer.
const MESSAGES: u32 = 3;

/// Three in ten requests and deliveries fail while the consumers write; then the weather clears.
async fn bad_day(seed: u64) {
    let world = World::of(Echo).random_seed(seed).await;
    let consumers = CONSUMERS.map(|name| world.contact(name));
    world.sandbox().inject(FaultMix::new(seed).rate(0.3));
    for number in 1..=MESSAGES {
        for consumer in &consumers {
            consumer.says(format!("message {number}")).await;
        }
        world.advance("5 s").await;
    }
    world.sandbox().clear_faults();
    world.finish().await;
    for consumer in &consumers {
        let mut told = consumer.hears().await;
        told.sort();
        let expected: Vec<_> = (1..=MESSAGES)
            .map(|n| format!("Echo: message {n}"))
            .collect();
        assert_eq!(told, expected, "seed {seed}\n{}", world.transcript());
        let heard = consumer.variable("heard");
        assert_eq!(heard, Some(MESSAGES.to_string()), "seed {seed}");
    }
    world.assert_exactly_once();
    world.assert_no_limit_breach();
}

#[tokio::test]
async fn whatever_fails_by_chance_each_message_comes_exactly_once() {
    let first = seed();
    for seed in first..first + amount("TRUST_SEEDS", 200) {
        bad_day(seed).await;
    }
}

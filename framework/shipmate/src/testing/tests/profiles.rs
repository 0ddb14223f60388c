//! What a bot writes to the contact's profile.

use serde_json::{Value, json};
use shipmate_sandbox::{ApiCall, Fault};

use crate::{
    Bot, Message, NoConfig, Outcome, Result, Turn,
    testing::{Contact, Step, World, Write},
};

/// Writes `field = value` to the profile, a line each.
struct Clerk;

impl Bot for Clerk {
    type State = ();
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        for line in message.text.lines() {
            if let Some((field, value)) = line.split_once(" = ") {
                turn.set_profile(field, value.trim());
            }
        }
        turn.say("Noted.");
        turn.done()
    }
}

fn ann(world: &World) -> Contact<'_> {
    let Value::Object(profile) = json!({
        "telephone": "+31612345678", "address": { "addressLocality": "Utrecht" },
    }) else {
        unreachable!()
    };
    world.contact_with("Ann", profile)
}

fn writes(world: &World) -> Vec<ApiCall> {
    let calls = world.sandbox().calls().into_iter();
    calls.filter(|call| call.method == "PATCH").collect()
}

#[tokio::test]
async fn fields_are_written_once_and_the_others_stay() {
    let world = World::of(Clerk).await;
    let ann = ann(&world);
    ann.says("email = ann@example.com\naddress.postalCode = 1000 AA\nemail = a@example.com")
        .await;
    ann.expects("Noted.").await;
    ann.expects_profile("email", "a@example.com").await;
    ann.expects_profile("address.postalCode", "1000 AA").await;
    ann.expects_profile("address.addressLocality", "Utrecht")
        .await;
    ann.expects_profile("telephone", "+31612345678").await;
    assert_eq!(writes(&world).len(), 1);
    // Nothing new, so nothing is written.
    ann.says("email = a@example.com").await;
    ann.expects("Noted.").await;
    world.finish().await;
    assert_eq!(writes(&world).len(), 1);
    ann.says("telephone = ").await;
    ann.expects_no_profile("telephone").await;
    world.finish().await;
    world.assert_exactly_once();
}

#[tokio::test]
async fn what_was_interrupted_is_written_again() {
    for step in [
        Step::after(Write::Commit),
        Step::before(Write::Claim),
        Step::after(Write::Claim),
        Step::before(Write::Mark),
    ] {
        let world = World::of(Clerk).await;
        let ann = ann(&world);
        world.crash_at(step);
        ann.says("email = ann@example.com").await;
        // What was perhaps sent is looked for first.
        world.advance("5m").await;
        ann.expects_profile("email", "ann@example.com").await;
        world.finish().await;
        world.assert_exactly_once();
    }
}

#[tokio::test]
async fn a_lost_answer_does_no_harm_and_a_refusal_holds_nobody_up() {
    let world = World::of(Clerk).await;
    let ann = ann(&world);
    let sandbox = world.sandbox();
    sandbox.inject(Fault::lose_answer().on("PATCH", "/contacts"));
    ann.says("email = ann@example.com").await;
    world.advance("1m").await;
    ann.expects_profile("email", "ann@example.com").await;
    sandbox.inject(Fault::answer(403).on("PATCH", "/contacts"));
    ann.says("email = b@example.com").await;
    ann.says("name = Bea").await;
    for _ in 0..3 {
        ann.expects("Noted.").await;
    }
    ann.expects_profile("name", "Bea").await;
    ann.expects_profile("email", "ann@example.com").await;
    world.finish().await;
}

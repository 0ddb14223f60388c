//! Campaigns: everybody in the audience is written to once, whatever happens, and nobody who waits
//! for an answer waits longer for it.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::{Value, json};
use shipmate::{
    Bot, Message, NoConfig, Outcome, Result, Turn,
    campaign::{Audience, Campaign, MemberState, Skip},
    store::{Progress, Store},
    testing::{Step, World, WorldBuilder, Write},
    web1on1::OrganizationId,
};
use shipmate_sandbox::{Demo, Sandbox, Seed};

struct Echo;

impl Bot for Echo {
    type State = u32;
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        turn.say(format!("Echo: {}", message.text));
        turn.done()
    }
}

/// The world of the demo's dealer.
fn dealer() -> (WorldBuilder, Demo) {
    let (seed, demo) = Seed::demo();
    (World::builder().bot("bot", Echo).seed(seed), demo)
}

fn spring(organization: &OrganizationId) -> Campaign {
    Campaign::new("spring", organization.clone())
        .audience(Audience::everybody().equals("meta.segment", "gold"))
        .sms("Hello {givenName|there}, your car is due.")
        .sms_in("nl", "Dag {givenName|klant}, uw auto is toe aan onderhoud.")
}

fn import(sandbox: &Sandbox, organization: &OrganizationId, name: &str, number: usize) {
    let contact = json!({
        "organization": organization,
        "profile": {"givenName": name, "telephone": format!("+3160000{number:05}"), "locale": "nl"},
        "meta": {"segment": "gold"},
    });
    sandbox.create("contacts", contact).unwrap();
}

/// How often each text of a campaign was said to a consumer, over all conversations.
fn told(world: &World) -> BTreeMap<String, usize> {
    let mut told = BTreeMap::new();
    for id in world.sandbox().conversations() {
        let conversation = world.sandbox().conversation(&id).unwrap();
        for text in conversation.told_contact() {
            *told.entry(text.to_owned()).or_default() += 1;
        }
    }
    told
}

async fn progress(world: &World) -> Progress {
    let runs = world.store().runs().await.unwrap();
    let run = runs.iter().find(|run| &*run.campaign == "spring").unwrap();
    world.store().progress(run.id).await.unwrap()
}

async fn twelve(crash: Option<Step>) -> World {
    let (builder, demo) = dealer();
    let organization = demo.dealer.clone();
    let world = builder
        .service(move |service| service.campaign(spring(&organization)))
        .await;
    for number in 0..12 {
        import(world.sandbox(), &demo.dealer, &format!("N{number}"), number);
    }
    if let Some(step) = crash {
        world.crash_at(step);
    }
    world.start_campaign("spring").await;
    world.advance(SignedDuration::from_mins(3)).await;
    if world.store().runs().await.unwrap().is_empty() {
        // The power failed before the run was on record.
        world.start_campaign("spring").await;
        world.advance(SignedDuration::from_mins(3)).await;
    }
    world
}

#[tokio::test]
async fn everybody_in_the_audience_is_written_to_once_wherever_the_service_crashes() {
    let calm = twelve(None).await;
    let expected = told(&calm);
    assert_eq!(expected.len(), 12, "{expected:?}");
    assert!(expected.values().all(|count| *count == 1), "{expected:?}");
    let mut crashes = 0;
    for (step, times) in calm.steps_reached() {
        for nth in [1, times.div_ceil(2), times] {
            let world = twelve(Some(step.nth(nth))).await;
            assert_eq!(
                told(&world),
                expected,
                "{step}, time {nth}\n{}",
                world.transcript()
            );
            let progress = progress(&world).await;
            assert_eq!(
                progress.of(MemberState::Sent),
                12,
                "{step}, time {nth}: {progress:?}"
            );
            crashes += 1;
        }
    }
    assert!(crashes > 20, "only {crashes} crashes");
}

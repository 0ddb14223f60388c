//! Campaigns: everybody in a large audience is written to once, whatever happens, and nobody who
//! waits for an answer waits longer for it.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::json;
use shipmate::{
    Bot, Message, NoConfig, Outcome, Result, Turn,
    campaign::{Audience, Campaign, MemberState, Skip},
    store::Progress,
    testing::{Step, World, Write},
    web1on1::{Meta, OrganizationId, Role},
};
use shipmate_sandbox::{Sandbox, Seed};

const CONTACTS: usize = 5_000;

/// Of these some know the campaigns already.
const PILOTS: usize = 5;

/// Consumers of another organization who chat meanwhile.
const CHATS: usize = 6;

struct Echo;

impl Bot for Echo {
    type State = ();
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        turn.say(format!("Echo: {}", message.text));
        turn.done()
    }
}

fn import(sandbox: &Sandbox, organization: &OrganizationId, number: usize) {
    let wave = if number < PILOTS { "pilot" } else { "rest" };
    let contact = json!({
        "organization": organization,
        "profile": {"givenName": format!("N{number}"), "telephone": format!("+3160000{number:05}")},
        "meta": {"segment": "gold", "wave": wave},
    });
    sandbox.create("contacts", contact).unwrap();
}

async fn progress(world: &World, campaign: &str) -> Progress {
    let runs = world.store().runs().await.unwrap();
    let run = runs.iter().rfind(|run| &*run.campaign == campaign).unwrap();
    world.store().progress(run.id).await.unwrap()
}

/// How often each text was said to a consumer, over all conversations.
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

/// The longest time between what a consumer wrote and the echo, and how many echoes there are.
fn delays(world: &World) -> (SignedDuration, usize) {
    let (mut longest, mut echoes) = (SignedDuration::ZERO, 0);
    for id in world.sandbox().conversations() {
        let conversation = world.sandbox().conversation(&id).unwrap();
        let mut asked = BTreeMap::new();
        for message in &conversation.messages {
            let at = message.created_at.unwrap();
            if message.text == "STOP" {
                // The runtime answers, and not the bot.
            } else if message.role == Some(Role::Contact) {
                asked.insert(format!("Echo: {}", message.text), at);
            } else if let Some(since) = asked.remove(&message.text) {
                longest = longest.max(at.duration_since(since));
                echoes += 1;
            }
        }
        assert!(asked.is_empty(), "without an answer: {asked:?}");
    }
    (longest, echoes)
}

#[tokio::test]
async fn five_thousand_are_written_to_once_while_others_chat_and_the_service_crashes() {
    let (mut seed, demo) = Seed::demo();
    let imported = seed.organization_below(&demo.group, "Imports");
    seed.instance(&demo.bot, &imported, Meta::new());
    let spring = Campaign::new("spring", imported.clone())
        .audience(Audience::everybody().equals("meta.segment", "gold"))
        .sms("Hello {givenName}, your car is due.")
        .once_in_days(30);
    let pilot = Campaign::new("pilot", imported.clone())
        .audience(Audience::everybody().equals("meta.wave", "pilot"))
        .sms("Hello pilot {givenName}.");
    let world = World::builder()
        .bot("bot", Echo)
        .seed(seed)
        .organization(demo.dealer.to_string())
        .service(move |service| service.campaign(spring.clone()).campaign(pilot.clone()))
        .await;
    for number in 0..CONTACTS {
        import(world.sandbox(), &imported, number);
    }
    let chats: Vec<_> = (0..CHATS)
        .map(|number| world.contact(&format!("Chatter {number}")))
        .collect();

    world.start_campaign("pilot").await;
    world.advance("20 s").await;
    let pilots = progress(&world, "pilot").await;
    assert_eq!(pilots.of(MemberState::Sent), PILOTS as u64, "{pilots:?}");
    for id in world.sandbox().conversations() {
        let conversation = world.sandbox().conversation(&id).unwrap();
        let heard = conversation.told_contact();
        if heard.contains(&"Hello pilot N1.") || heard.contains(&"Hello pilot N2.") {
            world.contact_of(&id, "Pilot").says("STOP").await;
        }
    }

    world.start_campaign("spring").await;
    // Between the answer's way and its note, in the middle of everything.
    world.crash_at(Step::after(Write::Post).nth(1_500));
    world.crash_at(Step::before(Write::MarkMember).nth(3_000));
    let mut said = 0;
    for round in 0..100 {
        let chat = &chats[round % CHATS];
        chat.says(&format!("question {round}")).await;
        said += 1;
        world.advance("4 s").await;
        if round == 20 {
            world.crash().await;
        }
    }
    world.advance("3 min").await;

    let progress = progress(&world, "spring").await;
    assert_eq!(progress.all(), CONTACTS as u64, "{progress:?}");
    assert_eq!(progress.skipped(Skip::OptedOut), 2, "{progress:?}");
    assert_eq!(progress.skipped(Skip::Capped), 3, "{progress:?}");
    let sent = CONTACTS - PILOTS;
    assert_eq!(progress.of(MemberState::Sent), sent as u64, "{progress:?}");
    let told = told(&world);
    for number in 0..CONTACTS {
        let text = format!("Hello N{number}, your car is due.");
        let expected = usize::from(number >= PILOTS);
        assert_eq!(told.get(&text).copied().unwrap_or(0), expected, "{text}");
    }
    assert_eq!(world.steps_to_come(), []);
    let (longest, echoes) = delays(&world);
    assert_eq!(echoes, said);
    assert!(longest < SignedDuration::from_secs(2), "{longest:#}");
    assert_eq!(world.sandbox().report().refused_total(), 0);
}

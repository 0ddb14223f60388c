//! Campaigns, from a contact's and from an operator's side.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::json;
use shipmate_sandbox::{Sandbox, Seed};
use web1on1::{ConversationId, OrganizationId};

use crate::{
    Bot, Message, NoConfig, Outcome, Result, Turn,
    campaign::{Audience, Campaign, MemberState, Skip},
    store::Progress,
    testing::{Step, World, WorldBuilder, Write},
};

/// Knows that a campaign has asked, and in which language, and takes the answer.
struct Service;

impl Bot for Service {
    type State = Option<String>;
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        turn.say(format!("Echo: {}", message.text));
        turn.done()
    }

    async fn on_answer(
        &self,
        turn: &mut Turn<Self>,
        question: &str,
        message: &Message,
    ) -> Result<Outcome> {
        let locale = turn.state.as_deref().unwrap_or("unknown");
        turn.say(format!("{question} ({locale}): {}", message.text));
        turn.done()
    }

    async fn on_campaign(&self, turn: &mut Turn<Self>, campaign: &str) -> Result<Outcome> {
        let locale = turn.contact_profile().remove("locale");
        turn.state = locale.and_then(|locale| Some(locale.as_str()?.to_owned()));
        turn.expect(campaign);
        turn.done()
    }
}

fn spring(organization: &OrganizationId) -> Campaign {
    Campaign::new("spring", organization.clone())
        .audience(Audience::everybody().equals("meta.segment", "gold"))
        .sms("Hello {givenName|there}, your car is due.")
        .sms_in("nl", "Dag {givenName|klant}, uw auto is toe aan onderhoud.")
}

/// The world of the demo's dealer, with campaigns.
fn dealer(campaigns: impl Fn(&OrganizationId) -> Vec<Campaign>) -> (WorldBuilder, OrganizationId) {
    let (seed, demo) = Seed::demo();
    let campaigns = campaigns(&demo.dealer);
    let world = World::builder().bot("bot", Service).seed(seed);
    let world = world.service(move |service| {
        let campaigns = campaigns.iter().cloned();
        campaigns.fold(service, crate::ServiceBuilder::campaign)
    });
    (world, demo.dealer)
}

fn import(sandbox: &Sandbox, organization: &OrganizationId, number: usize) {
    let name = format!("N{number}");
    let contact = json!({
        "organization": organization,
        "profile": {"givenName": name, "telephone": format!("+3160000{number:05}"), "locale": "nl"},
        "meta": {"segment": "gold"},
    });
    sandbox.create("contacts", contact).unwrap();
}

/// What consumers were told, by conversation.
fn told(world: &World) -> BTreeMap<ConversationId, Vec<String>> {
    let ids = world.sandbox().conversations().into_iter();
    let told = ids.map(|id| {
        let conversation = world.sandbox().conversation(&id).unwrap();
        let texts = conversation.told_contact();
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        (id, texts)
    });
    told.collect()
}

/// How often each text was said.
fn texts(world: &World) -> BTreeMap<String, usize> {
    let mut texts = BTreeMap::new();
    for text in told(world).into_values().flatten() {
        *texts.entry(text).or_default() += 1;
    }
    texts
}

async fn progress(world: &World, campaign: &str) -> Progress {
    let runs = world.store().runs().await.unwrap();
    let run = runs.iter().rfind(|run| &*run.campaign == campaign).unwrap();
    world.store().progress(run.id).await.unwrap()
}

/// The conversation in which a contact was greeted by this name.
fn of(world: &World, name: &str) -> ConversationId {
    let greeting = format!("Dag {name},");
    let told = told(world).into_iter();
    let mut greeted = told.filter(|(_, texts)| texts.iter().any(|it| it.starts_with(&greeting)));
    greeted.next().unwrap().0
}

/// A run with six contacts, and perhaps a crash.
async fn six(crash: Option<Step>) -> World {
    let (builder, dealer) = dealer(|dealer| vec![spring(dealer)]);
    let world = builder.await;
    for number in 0..6 {
        import(world.sandbox(), &dealer, number);
    }
    if let Some(step) = crash {
        world.crash_at(step);
    }
    world.start_campaign("spring").await;
    world.advance("2 min").await;
    if world.store().runs().await.unwrap().is_empty() {
        // The power failed before the run was on record.
        world.start_campaign("spring").await;
        world.advance("2 min").await;
    }
    world
}

#[tokio::test]
async fn everybody_is_written_to_once_wherever_the_service_crashes() {
    let calm = six(None).await;
    let expected = texts(&calm);
    assert_eq!(expected.len(), 6, "{expected:?}");
    assert!(expected.values().all(|count| *count == 1), "{expected:?}");
    let mut crashes = 0;
    for (step, times) in calm.steps_reached() {
        for nth in [1, times] {
            let world = six(Some(step.nth(nth))).await;
            let transcript = world.transcript();
            assert_eq!(texts(&world), expected, "{step}, time {nth}\n{transcript}");
            let sent = progress(&world, "spring").await.of(MemberState::Sent);
            assert_eq!(sent, 6, "{step}, time {nth}\n{transcript}");
            world.assert_no_limit_breach();
            world.assert_exactly_once();
            crashes += 1;
        }
    }
    assert!(crashes > 20, "only {crashes} crashes");
    let steps = calm.steps_reached();
    for write in [
        Write::BeginRun,
        Write::PlanMembers,
        Write::ClaimMember,
        Write::MarkMember,
    ] {
        assert!(
            steps.iter().any(|(step, _)| step.write() == write),
            "{write:?}"
        );
    }
}

#[tokio::test]
async fn the_bot_learns_of_it_and_takes_the_answer() {
    let world = six(None).await;
    let ann = of(&world, "N1");
    let conversation = world.sandbox().conversation(&ann).unwrap();
    let meta = serde_json::to_value(&conversation.conversation.meta).unwrap();
    assert_eq!(meta["campaign"], "spring");
    world.contact_of(&ann, "N1").says("3").await;
    let heard = told(&world).remove(&ann).unwrap();
    assert_eq!(heard.last().unwrap(), "spring (nl): 3");
}

#[tokio::test]
async fn who_opts_out_is_told_once_and_not_written_to_until_it_comes_back() {
    let (builder, dealer) = dealer(|dealer| {
        let summer = Campaign::new("summer", dealer.clone()).sms("Summer!");
        vec![spring(dealer), summer]
    });
    let world = builder.await;
    for number in 0..3 {
        import(world.sandbox(), &dealer, number);
    }
    world.start_campaign("spring").await;
    world.advance("1 min").await;
    let ann = of(&world, "N1");
    for word in ["Stop!", "STOP"] {
        world.contact_of(&ann, "N1").says(word).await;
    }
    world.advance("1 min").await;
    let heard = told(&world).remove(&ann).unwrap();
    assert_eq!(heard.len(), 2, "{heard:?}");
    assert!(
        heard[1].starts_with("U ontvangt zulke berichten niet meer"),
        "{heard:?}"
    );

    world.start_campaign("summer").await;
    world.advance("1 min").await;
    let summer = progress(&world, "summer").await;
    assert_eq!(summer.skipped(Skip::OptedOut), 1, "{summer:?}");
    assert!(!told(&world)[&ann].contains(&"Summer!".to_owned()));
    assert_eq!(texts(&world)["Summer!"], 2);

    world.contact_of(&ann, "N1").says("start").await;
    let heard = told(&world).remove(&ann).unwrap();
    assert!(heard.last().unwrap().contains("weer"), "{heard:?}");
    // Now it is a word like any other.
    world.contact_of(&ann, "N1").says("start").await;
    assert!(told(&world)[&ann].last().unwrap().ends_with(": start"));
    world.start_campaign("summer").await;
    world.advance("1 min").await;
    assert!(told(&world)[&ann].contains(&"Summer!".to_owned()));
}

#[tokio::test]
async fn the_cap_holds_over_campaigns_and_a_shared_address_is_written_to_once() {
    let (builder, dealer) = dealer(|dealer| {
        let summer = Campaign::new("summer", dealer.clone())
            .sms("Summer!")
            .once_in_days(30);
        vec![spring(dealer), summer]
    });
    let world = builder.await;
    import(world.sandbox(), &dealer, 1);
    let twin = json!({
        "organization": dealer, "meta": {"segment": "gold"},
        "profile": {"givenName": "Twin", "telephone": "0031-6000000001"},
    });
    world.sandbox().create("contacts", twin).unwrap();
    let mute = json!({"organization": dealer, "meta": {"segment": "gold"}, "profile": {"email": "m@example.com"}});
    world.sandbox().create("contacts", mute).unwrap();
    world.start_campaign("spring").await;
    world.advance("1 min").await;
    let spring = progress(&world, "spring").await;
    assert_eq!(spring.of(MemberState::Sent), 1, "{spring:?}");
    assert_eq!(spring.skipped(Skip::Duplicate), 1, "{spring:?}");
    assert_eq!(spring.skipped(Skip::NoAddress), 1, "{spring:?}");
    world.advance("24h").await;
    world.start_campaign("summer").await;
    world.advance("1 min").await;
    assert_eq!(progress(&world, "summer").await.skipped(Skip::Capped), 1);
    world.advance(SignedDuration::from_hours(24 * 30)).await;
    world.start_campaign("summer").await;
    world.advance("1 min").await;
    assert_eq!(progress(&world, "summer").await.of(MemberState::Sent), 1);
    assert_eq!(texts(&world)["Summer!"], 1);
}

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    let (builder, dealer) = dealer(|dealer| vec![spring(dealer).dry_run()]);
    let world = builder.await;
    import(world.sandbox(), &dealer, 1);
    world.start_campaign("spring").await;
    world.advance("5 min").await;
    assert!(world.store().runs().await.unwrap().is_empty());
    assert!(
        world
            .sandbox()
            .calls()
            .iter()
            .all(|call| call.method == "GET")
    );
}

#[tokio::test]
async fn the_calendar_and_quiet_hours_are_kept_over_crashes() {
    let (builder, dealer) = dealer(|dealer| {
        let campaign = spring(dealer)
            .zone("Europe/Amsterdam")
            .schedule("0 20 * * *");
        vec![
            campaign
                .quiet_hours("20:30-08:00".parse().unwrap())
                .per_minute(2),
        ]
    });
    // A Monday, 10:00 UTC, which is 11:00 there.
    let world = builder.await;
    for number in 0..100 {
        import(world.sandbox(), &dealer, number);
    }
    world.advance("8h").await;
    assert_eq!(told(&world).len(), 0);
    world.advance("1h").await;
    world.crash().await;
    world.advance("45 min").await;
    let spoken = texts(&world).len();
    assert!((55..=61).contains(&spoken), "{spoken}");
    world.advance("10h").await;
    assert_eq!(texts(&world).len(), spoken, "nobody is written to at night");
    world.advance("2h 30 min").await;
    let all = texts(&world);
    assert_eq!(all.len(), 100);
    assert!(all.values().all(|count| *count == 1));
}

#[tokio::test]
async fn who_talks_with_a_person_is_left_alone_and_one_refusal_ends_nothing() {
    let (builder, dealer) = dealer(|dealer| vec![spring(dealer)]);
    let world = builder.await;
    let profile = |name: &str, telephone: &str| {
        let profile = json!({"givenName": name, "telephone": telephone});
        profile.as_object().unwrap().clone()
    };
    let ann = world.contact_with("Ann", profile("Ann", "+31600000001"));
    ann.says("hi").await;
    world.agent().says(&ann, "Hello, Bob here").await;
    let segment = |contact: &serde_json::Value| {
        let id = contact["id"].as_str().unwrap();
        let change = json!({"meta": {"segment": "gold"}});
        world.sandbox().update("contacts", id, change).unwrap();
    };
    let conversation = ann.conversation();
    let contact = conversation.conversation.contact_id().unwrap();
    segment(&json!({"id": contact.as_str()}));
    import(world.sandbox(), &dealer, 5);
    world.start_campaign("spring").await;
    world.advance("1 min").await;
    let progress = progress(&world, "spring").await;
    assert_eq!(progress.skipped(Skip::WithPerson), 1, "{progress:?}");
    assert_eq!(progress.of(MemberState::Sent), 1, "{progress:?}");
}

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;
use shipmate_sandbox::{
    Actor, AttemptOutcome, CallOutcome, Cause, Entry, Fault, JournalSettings, Limits, Rule,
    Signature, Webhook,
};

use crate::{webhooks::Endpoint, world::World};

#[tokio::test]
async fn a_call_is_noted_with_its_caller_its_answer_and_what_it_caused() {
    let world = World::new().await;
    let id = world.greeted();
    let body = json!({"text": "Hello", "delay": 60_000});
    let reply = world.bot_posts(&id, &body).await;
    let call = world.sandbox.calls_of(&id).pop().unwrap();
    assert_eq!(
        (call.method.as_str(), call.route.as_deref()),
        ("POST", Some("/conversations/{id}/messages"))
    );
    assert_eq!(call.path, format!("/conversations/{id}/messages"));
    assert_eq!(call.status(), Some(201));
    assert_eq!(&*call.request.text, body.to_string());
    let answer: serde_json::Value = serde_json::from_str(&call.answer.unwrap().text).unwrap();
    assert_eq!(answer, reply.body);
    let caller = call.caller.unwrap();
    assert_eq!((caller.user, caller.is_bot), (world.bot_user(), true));
    assert_eq!(call.messages[0].as_str(), reply.body["id"]);
    assert!(call.events.is_empty());

    // The delay passes: the effect is put on the call's account.
    world.clock.advance(SignedDuration::from_mins(1));
    world.get("/users/me").await;
    let call = world.sandbox.calls_of(&id).pop().unwrap();
    let events: Vec<&str> = call.events.iter().map(|one| one.event.as_str()).collect();
    assert_eq!(
        events,
        ["message.create.contact.chat", "conversation.update"]
    );
}

#[tokio::test]
async fn acts_events_and_deliveries_are_linked() {
    let (endpoint, url) = Endpoint::start().await;
    let world = World::new().await;
    let hook = Webhook::new(url).secret("s3cr3t");
    world.sandbox.set_webhook(&world.demo.bot, hook);
    let id = world.greeted();
    world
        .sandbox
        .wait_until(|view| view.unfinished_deliveries() == 0)
        .await
        .unwrap();
    let journal = world.sandbox.journal_of(&id);
    let said = journal
        .iter()
        .find_map(|entry| match entry {
            Entry::Act(act) if act.actor == Actor::Contact => Some(act),
            _ => None,
        })
        .unwrap();
    let event = &said.events[0];
    assert_eq!(event.event, "message.create.contact.chat");
    let attempt = journal
        .iter()
        .filter_map(Entry::as_delivery)
        .find(|attempt| event.deliveries.contains(&attempt.delivery))
        .unwrap();
    assert_eq!(
        attempt.cause,
        Cause::Act {
            number: said.number
        }
    );
    assert_eq!(attempt.outcome, AttemptOutcome::Answered { status: 200 });
    assert_eq!((attempt.attempt, attempt.signature), (1, Signature::Right));
    assert_eq!(attempt.message.as_ref(), said.messages.first());
    assert_eq!(attempt.duration(), Some(SignedDuration::ZERO));
    assert!(endpoint.bodies().contains(&attempt.body.text.to_string()));
}

#[tokio::test]
async fn secrets_are_not_kept() {
    let world = World::new().await;
    let login = json!({"email": "nobody@example.com", "password": "hunter2"});
    let refused = world
        .request(Method::POST, "/auth/token")
        .json(&login)
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 401);
    let token = world.sandbox.bot_token(&world.demo.bot);
    let refresh = format!("/auth/token?refreshToken={token}");
    world.get(&refresh).await;
    let journal = serde_json::to_string(&world.sandbox.journal()).unwrap();
    assert!(journal.contains("nobody@example.com"), "{journal}");
    assert!(!journal.contains("hunter2"), "{journal}");
    assert!(!journal.contains(&token), "{journal}");
}

#[tokio::test]
async fn refusals_faults_and_unknown_addresses_are_noted() {
    let world = World::with(|builder, _| {
        builder.limits(Limits {
            requests_per_address: None,
            ..Limits::default()
        })
    })
    .await;
    let id = world.greeted();
    let batch: serde_json::Value = (0..21).map(|n| json!({"text": format!("{n}")})).collect();
    world.bot_posts(&id, &batch).await;
    let path = "/nothing/here/at/all";
    world.get(path).await;
    let organization = format!("/organizations/{}", world.demo.dealer);
    world.get(&organization).await;
    world.sandbox.inject(Fault::lose_answer());
    let lost = world.as_bot(Method::GET, "/users/me").send().await;
    assert!(lost.is_err() || lost.unwrap().bytes().await.is_err());
    let calls = world.sandbox.calls();
    assert_eq!(calls[0].refused, Some(Rule::Consecutive));
    assert!(calls[0].messages.is_empty());
    assert_eq!(
        (calls[1].status(), calls[1].route.as_deref()),
        (Some(404), None)
    );
    assert_eq!(calls[2].route.as_deref(), Some("/organizations/{id}"));
    assert_eq!(calls[3].outcome, CallOutcome::Broken);
}

#[tokio::test]
async fn a_client_that_leaves_is_noted() {
    let world = World::new().await;
    world.sandbox.inject(Fault::hang());
    let request = world.as_bot(Method::GET, "/users/me");
    let hanging = tokio::spawn(request.send());
    world
        .sandbox
        .wait_until(|view| view.journal().count() == 2)
        .await
        .unwrap();
    hanging.abort();
    world
        .sandbox
        .wait_until(|view| {
            let call = view.journal().find_map(Entry::as_call);
            call.is_some_and(|call| call.outcome == CallOutcome::Abandoned)
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn the_history_is_bounded() {
    let world = World::with(|builder, _| {
        builder.journal(JournalSettings {
            entries: 4,
            body_bytes: 8,
            ..JournalSettings::default()
        })
    })
    .await;
    for _ in 0..6 {
        world.get("/users/me").await;
    }
    let calls = world.sandbox.calls();
    assert_eq!(calls.len(), 4);
    let answer = calls[3].answer.clone().unwrap();
    assert_eq!((answer.text.len(), answer.is_cut), (8, true));
    let last = calls[3].number;
    assert_eq!(world.sandbox.journal_after(last - 1).len(), 1);
}

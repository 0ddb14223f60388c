use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use shipmate_sandbox::{Limits, RequestUse, Rule};

use crate::world::World;

/// A world in which only the limits of messages hold.
async fn message_limits() -> World {
    World::with(|builder, _| {
        builder.limits(Limits {
            requests_per_key: None,
            requests_per_address: None,
            ..Limits::default()
        })
    })
    .await
}

#[tokio::test]
async fn twenty_requests_a_second_per_key() {
    let world = World::with(|builder, _| {
        builder.limits(Limits {
            requests_per_address: None,
            ..Limits::default()
        })
    })
    .await;
    for _ in 0..20 {
        assert_eq!(world.get("/users/me").await.status, 200);
    }
    let refused = world.get("/users/me").await;
    assert_eq!(
        (refused.status, refused.message()),
        (429, "too many requests")
    );
    let other = world
        .as_admin(Method::GET, "/users/me")
        .send()
        .await
        .unwrap();
    assert_eq!(other.status(), 200);
    world.clock.advance(SignedDuration::from_millis(999));
    assert_eq!(world.get("/users/me").await.status, 429);
    world.clock.advance(SignedDuration::from_millis(1));
    assert_eq!(world.get("/users/me").await.status, 200);
    let report = world.sandbox.report();
    assert_eq!((report.requests, report.requests_per_key_peak), (22, 20));
    assert_eq!(report.refused[&Rule::PerKey], 2);
}

#[tokio::test]
async fn twenty_requests_a_second_per_address_even_without_a_token() {
    let world = World::new().await;
    for _ in 0..20 {
        let reply = world
            .request(Method::GET, "/users/me")
            .send()
            .await
            .unwrap();
        assert_eq!(reply.status(), 401);
    }
    assert_eq!(world.get("/users/me").await.status, 429);
    assert_eq!(world.sandbox.report().refused[&Rule::PerAddress], 1);
}

#[tokio::test]
async fn eight_identical_messages_in_three_minutes() {
    let world = message_limits().await;
    let id = world.greeted();
    let again = json!({"text": "I've said this before...", "role": "agent"});
    for _ in 0..8 {
        assert_eq!(world.bot_posts(&id, &again).await.status, 201);
        world.sandbox.contact_says(&id, "what?").unwrap();
    }
    let refused = world.bot_posts(&id, &again).await;
    assert_eq!(refused.status, 429);
    assert!(
        refused.message().starts_with("rate limit error"),
        "{refused:?}"
    );
    assert_eq!(
        world
            .bot_posts(&id, &json!({"text": "another"}))
            .await
            .status,
        201
    );
    // The same text of another type is identical.
    let as_card = json!({"text": "I've said this before...", "type": "card"});
    assert_eq!(world.bot_posts(&id, &as_card).await.status, 429);
    let elsewhere = world.greeted();
    assert_eq!(world.bot_posts(&elsewhere, &again).await.status, 201);
    world.clock.advance(SignedDuration::from_mins(3));
    assert_eq!(world.bot_posts(&id, &again).await.status, 201);
    assert_eq!(world.sandbox.report().refused[&Rule::Identical], 2);
}

#[tokio::test]
async fn twenty_consecutive_messages_an_hour_until_somebody_else_writes() {
    let world = message_limits().await;
    let id = world.greeted();
    let set = |n: i32| json!({"type": "command", "text": format!("/set someVar {n}")});
    for n in 0..20 {
        assert_eq!(world.bot_posts(&id, &set(n)).await.status, 201);
    }
    assert_eq!(world.bot_posts(&id, &set(20)).await.status, 429);
    // Neither a note nor a command of an agent is an answer.
    world
        .sandbox
        .agent_notes(&id, &world.demo.agent, "bot?")
        .unwrap();
    world.sandbox.agent_accepts(&id, &world.demo.agent).unwrap();
    assert_eq!(world.bot_posts(&id, &set(20)).await.status, 429);
    world
        .sandbox
        .agent_says(&id, &world.demo.agent, "Hello")
        .unwrap();
    assert_eq!(world.bot_posts(&id, &set(20)).await.status, 201);
    let gauge = world.snapshot(&id).bots[0].clone();
    assert_eq!((gauge.consecutive, gauge.consecutive_peak), (1, 20));
    assert_eq!(world.sandbox.report().nearest[0].consecutive, 20);
    assert_eq!(world.sandbox.report().bot_messages, 21);
}

#[tokio::test]
async fn the_hour_rolls() {
    let world = message_limits().await;
    let id = world.greeted();
    let batch = |n: usize| {
        (0..n)
            .map(|n| json!({"text": format!("{n}")}))
            .collect::<Value>()
    };
    assert_eq!(world.bot_posts(&id, &batch(10)).await.status, 201);
    world.clock.advance(SignedDuration::from_mins(30));
    assert_eq!(world.bot_posts(&id, &batch(10)).await.status, 201);
    assert_eq!(world.bot_posts(&id, &batch(1)).await.status, 429);
    world
        .clock
        .advance(SignedDuration::from_mins(30) + SignedDuration::from_millis(20));
    assert_eq!(world.bot_posts(&id, &batch(11)).await.status, 429);
    assert_eq!(world.bot_posts(&id, &batch(10)).await.status, 201);
}

#[tokio::test]
async fn an_array_that_would_exceed_is_refused_as_a_whole() {
    let world = message_limits().await;
    let id = world.greeted();
    let batch: Value = (0..21).map(|n| json!({"text": format!("{n}")})).collect();
    assert_eq!(world.bot_posts(&id, &batch).await.status, 429);
    assert_eq!(world.snapshot(&id).messages.len(), 1);
    assert_eq!(world.sandbox.report().refused[&Rule::Consecutive], 21);
    // What was refused does not count.
    let batch: Value = (0..20).map(|n| json!({"text": format!("{n}")})).collect();
    assert_eq!(world.bot_posts(&id, &batch).await.status, 201);
}

#[tokio::test]
async fn a_bot_cannot_reset_its_own_counter() {
    let world = message_limits().await;
    let id = world.greeted();
    let posing = json!({"text": "I am Ann", "role": "agent", "user": world.demo.agent});
    let as_contact = json!({"text": "I am Carl", "role": "contact"});
    for n in 0..6 {
        assert_eq!(world.bot_posts(&id, &posing).await.status, 201);
        assert_eq!(world.bot_posts(&id, &as_contact).await.status, 201);
        assert_eq!(
            world
                .bot_posts(&id, &json!({"text": format!("{n}")}))
                .await
                .status,
            201
        );
    }
    assert_eq!(world.snapshot(&id).bots[0].consecutive, 18);
}

#[tokio::test]
async fn people_have_no_message_limits() {
    let world = message_limits().await;
    let id = world.greeted();
    for _ in 0..30 {
        world
            .sandbox
            .agent_says(&id, &world.demo.agent, "same")
            .unwrap();
    }
    assert_eq!(world.snapshot(&id).told_contact().len(), 30);
    assert_eq!(world.sandbox.report().refused_total(), 0);
}

#[tokio::test]
async fn the_report_says_who_is_near_which_limit_and_when_that_ends() {
    let world = World::new().await;
    let id = world.greeted();
    let start = world.sandbox.now();
    for seconds in [0, 10] {
        world.clock.advance(SignedDuration::from_secs(seconds));
        world.bot_posts(&id, &json!({"text": "again"})).await;
    }
    let report = world.sandbox.report();
    let near = &report.nearest[0];
    assert_eq!((&near.bot, &near.conversation), (&world.bot_user(), &id));
    assert_eq!((near.identical_now, near.consecutive_now), (2, 2));
    let after = |seconds| Some(start + SignedDuration::from_secs(seconds));
    assert_eq!(near.identical_frees_at, after(180));
    assert_eq!(near.consecutive_frees_at, after(3600));
    let expected = RequestUse {
        requests: 2,
        refused: 0,
        now: 1,
        peak: 1,
        frees_at: after(11),
    };
    assert_eq!(report.keys[&world.bot_user()], expected);
    assert_eq!(report.addresses[&"127.0.0.1".parse().unwrap()], expected);

    world.clock.advance(SignedDuration::from_hours(1));
    let near = &world.sandbox.report().nearest[0];
    assert_eq!((near.identical_now, near.consecutive_now), (0, 0));
    assert_eq!((near.identical, near.consecutive), (2, 2));
    assert_eq!(
        (near.identical_frees_at, near.consecutive_frees_at),
        (None, None)
    );
}

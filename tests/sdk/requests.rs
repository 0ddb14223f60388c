//! The SDK as a client of the API.

use jiff::SignedDuration;
use serde_json::json;
use shipmate_sandbox::{Allowance, Fault, Limits, MovableClock, Seed};

use crate::{script::Script, world::World};

#[tokio::test]
async fn an_expired_token_is_renewed_by_the_next_request() {
    let world = World::new().await;
    let mut script = world.start("scenarios/tokens");
    let told = script.tells("logged in").await;
    assert_eq!(told["user"], json!(world.demo.admin));
    world.clock.advance(SignedDuration::from_hours(25));
    script.go_on().await;
    script.ends().await;
}

#[tokio::test]
async fn an_expired_refresh_token_is_tried_until_something_else_is_answered() {
    let patience = Allowance {
        count: 50,
        window: SignedDuration::from_hours(24),
    };
    let limits = Limits {
        requests_per_address: Some(patience),
        ..Limits::none()
    };
    let (seed, demo) = Seed::demo();
    let world = World::of(demo, World::builder().seed(seed).limits(limits)).await;
    let user = world.bot_user();
    let given = world.given(json!({
        "token": world.sandbox.token_for(&user, SignedDuration::from_hours(24)),
        "refreshToken": world.sandbox.refresh_token(&user),
        "email": format!("bot+{user}@web1on1.chat"),
    }));
    world.clock.advance(SignedDuration::from_hours(31 * 24));
    Script::start("scenarios/expired", &given).ends().await;
    assert_eq!(world.sandbox.report().requests_per_address_peak, 50);
    assert_eq!(world.sandbox.report().refused_total(), 1);
}

#[tokio::test]
async fn tokens_can_be_kept_in_a_store() {
    let world = World::new().await;
    let user = world.bot_user();
    let given = world.given(json!({
        "token": world.sandbox.token_for(&user, SignedDuration::from_hours(1)),
        "refreshToken": world.sandbox.refresh_token(&user),
        "email": format!("bot+{user}@web1on1.chat"),
    }));
    let host = world.sandbox.url();
    let mut script = Script::start_with("scenarios/store", &given, &[("APIHOST", &host)]);
    script.tells("asked the store").await;
    world.clock.advance(SignedDuration::from_hours(2));
    script.go_on().await;
    script.ends().await;
}

#[tokio::test]
async fn host_and_secret_may_come_from_the_environment() {
    let world = World::new().await;
    let given = world.given(json!({"email": format!("bot+{}@web1on1.chat", world.demo.bot)}));
    let variables = [("APIHOST", &*world.sandbox.url()), ("SECRET", "s3cr3t")];
    Script::start_with("scenarios/host", &given, &variables)
        .ends()
        .await;
    assert_eq!(world.sandbox.report().requests, 1);
}

#[tokio::test]
async fn every_resource_of_the_sdk_can_be_created_read_changed_and_deleted() {
    let world = World::new().await;
    let told = world.start("scenarios/resources").ends().await;
    assert_eq!(told.len(), 21, "{told:?}");
}

#[tokio::test]
async fn refusals_reach_the_caller() {
    let world = World::new().await;
    let mut script = world.start("scenarios/errors");
    script.tells("before the faults").await;
    world.sandbox.inject(Fault::answer(503).on("GET", "/forms"));
    world
        .sandbox
        .inject(Fault::answer(503).on("POST", "/forms"));
    script.go_on().await;
    script.ends().await;
}

#[tokio::test]
async fn long_lists_come_in_pages() {
    let world = World::new().await;
    for number in 0..35 {
        let form = json!({"name": format!("Form {number:02}"), "organization": world.demo.group});
        world.sandbox.create("forms", form).unwrap();
    }
    let mut script = world.start("scenarios/lists");
    let mut before = 0;
    for (step, requests) in [("all", 4), ("some", 2), ("each", 2), ("page", 1)] {
        script.tells(step).await;
        let now = world.sandbox.report().requests;
        assert_eq!(now - before, requests, "{step}");
        before = now;
        script.go_on().await;
    }
    script.ends().await;
}

#[tokio::test]
async fn the_ninth_identical_message_in_three_minutes_is_refused() {
    let world = World::new().await;
    let conversation = world.visitor();
    let given = world.given(json!({"conversation": conversation}));
    let mut script = Script::start("scenarios/limits", &given);
    script.tells("refused").await;
    assert_eq!(world.snapshot(&conversation).messages.len(), 9);
    assert_eq!(world.sandbox.report().refused_total(), 1);
    world.clock.advance(SignedDuration::from_mins(3));
    script.go_on().await;
    script.ends().await;
    assert_eq!(world.snapshot(&conversation).messages.len(), 10);
}

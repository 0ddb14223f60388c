//! The SDK's server: what it answers, and when.

use std::time::Duration;

use jiff::SignedDuration;
use shipmate_sandbox::{Delivery, DeliveryOutcome, DeliverySettings, MovableClock, Seed, Webhook};

use crate::world::{World, address};

#[tokio::test]
async fn a_wrong_signature_is_an_error_event_and_handled_all_the_same() {
    let world = World::new().await;
    let mut script = world.start("scenarios/signature");
    let url = address(&script.tells("ready").await);
    world.sandbox.verify_webhook(&url).await.unwrap();
    let conversation = world.visitor();
    let deliver = |webhook: Webhook, text: &str| {
        world.sandbox.set_webhook(
            &world.demo.bot,
            webhook.events(["message.create.contact.chat"]),
        );
        world.sandbox.contact_says(&conversation, text).unwrap()
    };

    deliver(Webhook::new(&url).secret("s3cr3t"), "signed");
    script.tells("message: signed").await;
    world.settle().await;

    deliver(Webhook::new(&url).secret("another"), "wrongly signed");
    script
        .tells("error: Invalid signature on incoming request")
        .await;
    script.tells("message: wrongly signed").await;
    world.settle().await;

    let unsigned = deliver(Webhook::new(&url), "unsigned");
    let problem = world.sandbox.wait_for(|view| {
        let mut deliveries = view.deliveries();
        let tried = deliveries.find(|it| it.message.as_ref() == Some(&unsigned))?;
        assert!(!matches!(tried.outcome, DeliveryOutcome::Delivered { .. }));
        tried.problem.clone()
    });
    assert_eq!(problem.await.unwrap(), "answered 500");
    let rest = world.end(script).await;
    assert!(rest.is_empty(), "{rest:?}");
}

#[tokio::test]
async fn the_webhook_is_answered_when_the_handlers_have_ended() {
    let world = World::new().await;
    let mut script = world.serve("scenarios/waiting").await;
    let conversation = world.visitor();
    world.sandbox.contact_says(&conversation, "Hello").unwrap();
    script.tells("working").await;
    let unfinished = world.sandbox.look(|view| {
        let of_message = |it: &&Delivery| it.message.is_some() && !it.outcome.is_final();
        view.deliveries().filter(of_message).count()
    });
    assert_eq!(unfinished, 1);
    script.go_on().await;
    world.settle().await;
    world.end(script).await;
}

#[tokio::test]
async fn a_handler_that_takes_too_long_is_called_again_beside_itself() {
    let (seed, demo) = Seed::demo();
    let settings = DeliverySettings {
        timeout: Duration::from_millis(200),
        ..DeliverySettings::default()
    };
    let builder = World::builder().seed(seed).deliveries(settings);
    let world = World::of(demo, builder).await;
    let mut script = world.serve("scenarios/waiting").await;
    let conversation = world.visitor();
    world.sandbox.contact_says(&conversation, "Hello").unwrap();
    script.tells("working").await;
    let timed_out = world.sandbox.wait_until(|view| {
        let mut deliveries = view.deliveries();
        deliveries.any(|it| it.problem.as_deref() == Some("no answer in time"))
    });
    timed_out.await.unwrap();
    world.clock.advance(SignedDuration::from_secs(1));
    script.tells("working").await;
    script.go_on().await;
    world.end(script).await;
}

#[tokio::test]
async fn an_event_whose_handler_fails_is_not_delivered_again() {
    let world = World::new().await;
    let script = world.serve("scenarios/failing").await;
    let conversation = world.visitor();
    let message = world.sandbox.contact_says(&conversation, "fail at once");
    let message = message.unwrap();
    world.settle().await;
    let deliveries = world.sandbox.deliveries();
    let delivery = deliveries
        .iter()
        .find(|it| it.message.as_ref() == Some(&message));
    let delivery = delivery.unwrap();
    assert_eq!(delivery.attempts, 1);
    assert_eq!(delivery.outcome, DeliveryOutcome::Delivered { status: 200 });
    world.end(script).await;
}

/// With a condition, and for texts, nobody waits for the handler.
#[tokio::test]
async fn a_failing_handler_that_nobody_waits_for_ends_the_bot() {
    for text in ["fail", "fail by text"] {
        let world = World::new().await;
        let script = world.serve("scenarios/failing").await;
        world.sandbox.contact_says(&world.visitor(), text).unwrap();
        let complaint = script.breaks().await;
        assert!(complaint.contains("of the handler"), "{complaint}");
    }
}

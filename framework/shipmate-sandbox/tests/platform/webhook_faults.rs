use jiff::SignedDuration;
use shipmate_sandbox::{
    AttemptOutcome, DeliveryAttempt, DeliveryOutcome, Entry, Fault, FaultKind, Signature, Webhook,
};
use web1on1::ConversationId;

use crate::{webhooks::Endpoint, world::World};

/// A world whose bot gets the consumer's messages, and a conversation.
async fn chatting() -> (World, Endpoint, ConversationId) {
    let world = World::new().await;
    let (endpoint, url) = Endpoint::start().await;
    let id = world.greeted();
    let hook = Webhook::new(url)
        .secret("s3cr3t")
        .events(["message.create.contact.chat"]);
    world.sandbox.set_webhook(&world.demo.bot, hook);
    (world, endpoint, id)
}

async fn settled(world: &World) {
    world
        .sandbox
        .wait_until(|view| view.unfinished_deliveries() == 0)
        .await
        .unwrap();
}

/// Waits until every delivery of `count` was tried, or put off.
async fn attempts(world: &World, count: usize) -> Vec<DeliveryAttempt> {
    let ended = |entry: &&Entry| {
        entry
            .as_delivery()
            .is_some_and(|attempt| attempt.ended.is_some())
    };
    world
        .sandbox
        .wait_until(|view| view.journal().filter(ended).count() == count)
        .await
        .unwrap();
    let journal = world.sandbox.journal();
    journal
        .iter()
        .filter_map(Entry::as_delivery)
        .cloned()
        .collect()
}

#[tokio::test]
async fn duplicates_are_the_same_bytes() {
    for fault in [
        Fault::webhook_duplicate(3),
        Fault::webhook_duplicate_at_once(3),
    ] {
        let (world, endpoint, id) = chatting().await;
        world.sandbox.inject(fault);
        world.sandbox.contact_says(&id, "once").unwrap();
        settled(&world).await;
        let bodies = endpoint.bodies();
        assert_eq!(bodies.len(), 4);
        assert!(bodies.iter().all(|body| *body == bodies[0]));
        let attempts = attempts(&world, 4).await;
        assert_eq!(attempts.iter().filter(|it| it.is_extra).count(), 3);
        assert!(attempts.iter().all(|it| it.signature == Signature::Right));
        assert_eq!(world.sandbox.deliveries()[0].attempts, 1);
    }
}

#[tokio::test]
async fn a_reordered_event_is_overtaken_by_later_ones() {
    let (world, endpoint, id) = chatting().await;
    let window = SignedDuration::from_secs(10);
    world.sandbox.inject(Fault::webhook_reorder(window));
    for text in ["first", "second", "third"] {
        world.sandbox.contact_says(&id, text).unwrap();
    }
    attempts(&world, 2).await;
    assert_eq!(endpoint.texts(), ["second", "third"]);
    world.clock.advance(window);
    settled(&world).await;
    assert_eq!(endpoint.texts(), ["second", "third", "first"]);
    let last = attempts(&world, 3).await.pop().unwrap();
    assert_eq!(last.fault.unwrap().kind, FaultKind::WebhookReorder);
    assert_eq!(last.attempt, 1);
}

#[tokio::test]
async fn a_delayed_event_holds_up_those_after_it() {
    let (world, endpoint, id) = chatting().await;
    world
        .sandbox
        .inject(Fault::webhook_delay(SignedDuration::from_mins(1)));
    world.sandbox.contact_says(&id, "first").unwrap();
    world.sandbox.contact_says(&id, "second").unwrap();
    let other = world.greeted();
    attempts(&world, 1).await;
    assert_eq!(endpoint.texts(), ["hi"]);
    world.clock.advance(SignedDuration::from_mins(1));
    settled(&world).await;
    assert_eq!(endpoint.texts(), ["hi", "first", "second"]);
    assert_eq!(world.snapshot(&other).messages.len(), 1);
}

#[tokio::test]
async fn what_is_lost_is_delivered_again_by_the_schedule() {
    for (fault, received, outcome) in [
        (
            Fault::webhook_drop().times(2),
            1,
            AttemptOutcome::Failed {
                problem: "lost on the way".to_owned(),
            },
        ),
        (
            Fault::webhook_lose_answer().times(2),
            3,
            AttemptOutcome::Answered { status: 200 },
        ),
    ] {
        let (world, endpoint, id) = chatting().await;
        world.sandbox.inject(fault);
        world.sandbox.contact_says(&id, "hello").unwrap();
        attempts(&world, 1).await;
        world.clock.advance(SignedDuration::from_secs(1));
        attempts(&world, 2).await;
        world.clock.advance(SignedDuration::from_secs(2));
        settled(&world).await;
        assert_eq!(endpoint.bodies().len(), received);
        let attempts = attempts(&world, 3).await;
        assert_eq!(attempts[0].outcome, outcome);
        assert_eq!(
            attempts[2].outcome,
            AttemptOutcome::Answered { status: 200 }
        );
        assert_eq!(attempts[2].attempt, 3);
        let delivery = world.sandbox.deliveries().pop().unwrap();
        assert_eq!(delivery.outcome, DeliveryOutcome::Delivered { status: 200 });
    }
}

#[tokio::test]
async fn signatures_are_wrong_or_missing_on_purpose() {
    let (world, endpoint, id) = chatting().await;
    world.sandbox.inject(Fault::webhook_wrong_signature());
    world.sandbox.inject(Fault::webhook_no_signature());
    for text in ["wrong", "missing", "right"] {
        world.sandbox.contact_says(&id, text).unwrap();
        settled(&world).await;
    }
    let signatures = endpoint.signatures();
    assert!(signatures[0].is_some() && signatures[2].is_some());
    assert_eq!(signatures[1], None);
    let noted: Vec<Signature> = attempts(&world, 3)
        .await
        .iter()
        .map(|attempt| attempt.signature)
        .collect();
    assert_eq!(
        noted,
        [Signature::Wrong, Signature::Missing, Signature::Right]
    );
}

#[tokio::test]
async fn a_forged_event_comes_before_the_real_one() {
    let (world, endpoint, id) = chatting().await;
    world
        .sandbox
        .inject(Fault::webhook_forge().event("message.create"));
    world.sandbox.contact_says(&id, "real").unwrap();
    settled(&world).await;
    assert_eq!(endpoint.texts(), ["forged", "real"]);
    let attempts = attempts(&world, 2).await;
    assert_eq!(attempts[0].signature, Signature::Wrong);
    assert!(attempts[0].is_extra && !attempts[1].is_extra);
}

#[tokio::test]
async fn only_what_is_selected_is_struck() {
    let (world, endpoint, id) = chatting().await;
    let elsewhere = Fault::webhook_drop().conversation(&"another".into());
    world.sandbox.inject(elsewhere.always());
    world
        .sandbox
        .inject(Fault::webhook_drop().event("conversation.").always());
    world.sandbox.inject(
        Fault::webhook_drop()
            .caller(world.demo.admin.clone())
            .always(),
    );
    world.sandbox.contact_says(&id, "hello").unwrap();
    settled(&world).await;
    assert_eq!(endpoint.texts(), ["hello"]);
    assert!(world.sandbox.faults().iter().all(|fault| fault.struck == 0));
}

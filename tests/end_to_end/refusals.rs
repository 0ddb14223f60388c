//! The API refuses, rests or is away: what can be tried again is, in order and once.

use std::time::Duration;

use shipmate_tests::{
    event::{ContactMessage, conversation_id},
    stub::Refusal,
};

use crate::fixture::Fixture;

/// API Basics calls a limit of messages in a conversation by this name.
const MESSAGE_LIMIT: &str = "rate limit error";
const REQUEST_LIMIT: &str = "Too many requests";
const WAIT: Duration = Duration::from_secs(2);

fn once(status: u16, message: &'static str, retry_after: Option<Duration>) -> Refusal {
    Refusal {
        status,
        message,
        retry_after,
        times: 1,
    }
}

async fn check_retried(refusal: Refusal) -> Fixture {
    let fixture = Fixture::start().await;
    fixture.stub.refuse(refusal);
    assert_eq!(fixture.deliver(&ContactMessage::new(1, 1)).await, 200);
    fixture
        .within("a first attempt", fixture.stub.attempts_made(1))
        .await;
    fixture.settle(1, 2).await;
    assert_eq!(fixture.answers(1), [1, 2]);
    let first = fixture.stub.attempts_of(&conversation_id(1))[0];
    assert_eq!(first.status, refusal.status);
    fixture
}

#[tokio::test]
async fn a_refusal_with_retry_after_is_obeyed() {
    for message in [MESSAGE_LIMIT, REQUEST_LIMIT] {
        let fixture = check_retried(once(429, message, Some(WAIT))).await;
        let attempts = fixture.stub.attempts_of(&conversation_id(1));
        let waited = attempts[1].at.duration_since(attempts[0].at);
        assert!(waited >= WAIT, "{message}: waited only {waited:?}");
    }
}

#[tokio::test]
async fn too_many_requests_without_retry_after_are_tried_again() {
    check_retried(once(429, REQUEST_LIMIT, None)).await;
}

#[tokio::test]
async fn an_intermittent_failure_is_tried_again() {
    for status in [502, 503] {
        let refusal = Refusal {
            times: 2,
            ..once(status, "try again", None)
        };
        check_retried(refusal).await;
    }
}

#[tokio::test]
async fn a_limit_of_one_conversation_does_not_stop_another() {
    let fixture = Fixture::start().await;
    let long = Duration::from_mins(10);
    fixture.stub.refuse(once(429, MESSAGE_LIMIT, Some(long)));
    assert_eq!(fixture.deliver(&ContactMessage::new(1, 1)).await, 200);
    fixture
        .within("the refusal", fixture.stub.attempts_made(1))
        .await;
    fixture.settle(2, 2).await;
    assert!(fixture.answers(1).is_empty());
}

#[tokio::test]
async fn a_limit_of_requests_holds_for_all_conversations_of_the_key() {
    let fixture = Fixture::start().await;
    fixture.stub.refuse(once(429, REQUEST_LIMIT, Some(WAIT)));
    assert_eq!(fixture.deliver(&ContactMessage::new(1, 1)).await, 200);
    fixture
        .within("the refusal", fixture.stub.attempts_made(1))
        .await;
    // The refusal needs one hop to the service; this takes an event, a turn and two commits.
    fixture.settle(2, 2).await;
    let refused = fixture.stub.attempts_of(&conversation_id(1))[0];
    let other = fixture.stub.attempts_of(&conversation_id(2))[0];
    let waited = other.at.duration_since(refused.at);
    assert!(waited >= WAIT, "waited only {waited:?}");
    fixture.answered(2).await;
    assert_eq!(fixture.answers(1), [1]);
}

/// What the platform says is wrong stays wrong: the reply is set aside and the next one goes out.
#[tokio::test]
async fn a_definite_refusal_is_not_tried_again() {
    let fixture = Fixture::start().await;
    fixture.stub.refuse(once(422, "text is too long", None));
    assert_eq!(fixture.deliver(&ContactMessage::new(1, 1)).await, 200);
    fixture
        .within("the refusal", fixture.stub.attempts_made(1))
        .await;
    fixture.settle(1, 2).await;
    assert_eq!(fixture.answers(1), [2]);
}

#[tokio::test]
async fn replies_wait_while_the_api_cannot_be_reached() {
    let mut fixture = Fixture::start().await;
    fixture.settle(1, 1).await;
    fixture.stub.stop().unwrap();
    for number in 2..=4 {
        assert_eq!(fixture.deliver(&ContactMessage::new(1, number)).await, 200);
    }
    fixture.stub.resume().unwrap();
    fixture.answered(4).await;
    assert_eq!(fixture.answers(1), [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_service_that_starts_before_the_api_takes_events_and_answers_them_later() {
    let mut fixture = Fixture::start_without_api().await;
    assert_eq!(fixture.service.get("/healthz").await.unwrap().status, 200);
    assert_eq!(fixture.service.get("/readyz").await.unwrap().status, 503);
    assert_eq!(fixture.deliver(&ContactMessage::new(1, 1)).await, 200);
    fixture.stub.resume().unwrap();
    fixture.service.becomes_ready().await.unwrap();
    fixture.answered(1).await;
    assert_eq!(fixture.answers(1), [1]);
}

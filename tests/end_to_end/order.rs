//! One conversation is handled in order, one request at a time; many go side by side.

use shipmate_tests::{event::ContactMessage, http, service::SECRET, stub::Mode};

use crate::fixture::Fixture;

#[tokio::test]
async fn messages_of_a_conversation_are_answered_in_order() {
    let fixture = Fixture::start().await;
    let mut connection = fixture.service.connect().await.unwrap();
    for number in 1..=15 {
        let request = http::delivery(SECRET, &ContactMessage::new(1, number).body());
        assert_eq!(connection.send(&request).await.unwrap().status, 200);
    }
    fixture.answered(15).await;
    assert_eq!(fixture.answers(1), (1..=15).collect::<Vec<_>>());
    assert_eq!(fixture.stub.most_at_once(), 1);
}

#[tokio::test]
async fn a_conversation_waits_for_its_own_answer_and_not_for_another_ones() {
    let fixture = Fixture::start().await;
    fixture.stub.set_mode(Mode::HoldAnswers);
    for number in 1..=3 {
        assert_eq!(fixture.deliver(&ContactMessage::new(1, number)).await, 200);
    }
    fixture
        .within("the first reply", fixture.stub.in_flight(1))
        .await;
    assert_eq!(fixture.deliver(&ContactMessage::new(2, 4)).await, 200);
    fixture.answered(2).await;
    assert_eq!(fixture.answers(2), [4]);
    assert_eq!(fixture.stub.most_at_once(), 1);
    fixture.stub.set_mode(Mode::Prompt);
    fixture.answered(4).await;
    assert_eq!(fixture.answers(1), [1, 2, 3]);
    assert_eq!(fixture.stub.most_at_once(), 1);
}

/// The platform promises no order of delivery, and accepts deliveries an hour late.
#[tokio::test]
async fn a_message_that_comes_late_is_answered_all_the_same() {
    let fixture = Fixture::start().await;
    let early = ContactMessage::new(1, 1);
    fixture.settle(1, 2).await;
    fixture.settle(1, 3).await;
    assert_eq!(fixture.deliver(&early).await, 200);
    fixture.answered(3).await;
    assert_eq!(fixture.answers(1), [2, 3, 1]);
}

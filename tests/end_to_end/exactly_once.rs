//! However often the platform delivers an event and whatever happens in between, it is answered
//! once.

use std::collections::BTreeSet;

use serde_json::json;
use shipmate_tests::{event::ContactMessage, http, service::SECRET, stub::Mode};
use tokio::task::JoinSet;

use crate::fixture::Fixture;

/// Delivers `message` over as many connections as `copies`, all open before the first is used.
async fn deliver_at_once(
    fixture: &Fixture,
    message: &ContactMessage,
    copies: usize,
) -> BTreeSet<u16> {
    let request = http::delivery(SECRET, &message.body());
    let mut connections = Vec::new();
    for _ in 0..copies {
        connections.push(fixture.service.connect().await.unwrap());
    }
    let mut deliveries = JoinSet::new();
    for mut connection in connections {
        let request = request.clone();
        deliveries.spawn(async move { connection.send(&request).await.unwrap().status });
    }
    deliveries.join_all().await.into_iter().collect()
}

#[tokio::test]
async fn an_event_delivered_three_times_is_answered_once() {
    let fixture = Fixture::start().await;
    let message = ContactMessage::new(1, 1);
    for _ in 0..3 {
        assert_eq!(fixture.deliver(&message).await, 200);
    }
    fixture.settle(1, 2).await;
    assert_eq!(fixture.answers(1), [1, 2]);
}

#[tokio::test]
async fn an_event_delivered_fifty_times_over_one_connection_is_answered_once() {
    let fixture = Fixture::start().await;
    let request = http::delivery(SECRET, &ContactMessage::new(1, 1).body());
    let mut connection = fixture.service.connect().await.unwrap();
    for _ in 0..50 {
        assert_eq!(connection.send(&request).await.unwrap().status, 200);
    }
    fixture.settle(1, 2).await;
    assert_eq!(fixture.answers(1), [1, 2]);
}

#[tokio::test]
async fn an_event_delivered_over_fifty_connections_at_once_is_answered_once() {
    let fixture = Fixture::start().await;
    for number in [1, 2, 3] {
        let message = ContactMessage::new(1, number);
        assert_eq!(
            deliver_at_once(&fixture, &message, 50).await,
            BTreeSet::from([200])
        );
    }
    fixture.settle(1, 4).await;
    assert_eq!(fixture.answers(1), [1, 2, 3, 4]);
}

#[tokio::test]
async fn an_event_delivered_again_after_its_answer_is_answered_once() {
    let fixture = Fixture::start().await;
    let message = ContactMessage::new(1, 1);
    assert_eq!(fixture.deliver(&message).await, 200);
    fixture.answered(1).await;
    assert_eq!(
        deliver_at_once(&fixture, &message, 20).await,
        BTreeSet::from([200])
    );
    fixture.settle(1, 2).await;
    assert_eq!(fixture.answers(1), [1, 2]);
}

/// Each delivery of the platform may have an id and a time of its own; the message has not.
#[tokio::test]
async fn a_redelivery_with_another_delivery_id_is_a_duplicate() {
    let fixture = Fixture::start().await;
    let message = ContactMessage::new(1, 1);
    assert_eq!(fixture.deliver(&message).await, 200);
    let mut again = message.payload();
    again["id"] = json!("ffffffff-0000-4000-8000-000000000001");
    again["timestamp"] = json!(format!("{:.3}", ContactMessage::new(1, 1).created_at));
    assert_eq!(
        fixture.deliver_body(again.to_string().as_bytes()).await,
        200
    );
    fixture.settle(1, 2).await;
    assert_eq!(fixture.answers(1), [1, 2]);
}

#[tokio::test]
async fn an_event_delivered_again_after_a_deploy_is_answered_once() {
    let mut fixture = Fixture::start().await;
    let message = ContactMessage::new(1, 1);
    assert_eq!(fixture.deliver(&message).await, 200);
    fixture.answered(1).await;
    fixture.terminate_and_restart().await;
    assert_eq!(fixture.deliver(&message).await, 200);
    fixture.settle(1, 2).await;
    assert_eq!(fixture.answers(1), [1, 2]);
}

#[tokio::test]
async fn an_event_delivered_again_after_a_crash_is_answered_once() {
    let mut fixture = Fixture::start().await;
    let message = ContactMessage::new(1, 1);
    assert_eq!(fixture.deliver(&message).await, 200);
    fixture.kill_and_restart().await;
    assert_eq!(fixture.deliver(&message).await, 200);
    fixture.settle(1, 2).await;
    assert_eq!(fixture.answers(1), [1, 2]);
}

/// Requests were under way that the platform never took: they are looked for and sent again.
#[tokio::test]
async fn what_was_acknowledged_before_a_crash_is_answered_after_it() {
    let mut fixture = Fixture::start().await;
    fixture.stub.set_mode(Mode::HoldRequests);
    for number in 0..20 {
        let message = ContactMessage::new(number, number);
        assert_eq!(fixture.deliver(&message).await, 200);
    }
    fixture
        .within("a first request", fixture.stub.in_flight(1))
        .await;
    fixture.service.process().kill().await;
    fixture
        .within("the broken connections", fixture.stub.idle())
        .await;
    assert_eq!(fixture.stub.chats(), 0);
    fixture.stub.set_mode(Mode::Prompt);
    fixture.kill_and_restart().await;
    assert!(fixture.in_doubt().await >= 1);
    fixture.answered(20).await;
    for number in 0..20 {
        fixture.settle(number, 100 + number).await;
    }
    assert_eq!(fixture.stub.chats(), 40);
}

/// The platform took the replies but its answers never reached us: they are not sent again.
#[tokio::test]
async fn a_reply_whose_outcome_a_crash_left_unknown_is_not_sent_twice() {
    let mut fixture = Fixture::start().await;
    fixture.stub.set_mode(Mode::HoldAnswers);
    for number in 0..5 {
        assert_eq!(
            fixture.deliver(&ContactMessage::new(number, number)).await,
            200
        );
    }
    fixture
        .within("five held answers", fixture.stub.in_flight(5))
        .await;
    fixture.service.process().kill().await;
    fixture.stub.set_mode(Mode::Prompt);
    fixture.kill_and_restart().await;
    for number in 0..5 {
        fixture.settle(number, 100 + number).await;
        assert_eq!(fixture.answers(number), [number, 100 + number]);
    }
}

/// Three crashes at arbitrary moments under load, with the platform delivering again whatever was
/// not acknowledged, and then everything once more.
#[tokio::test]
async fn crashes_under_load_lose_nothing_repeat_nothing_and_keep_the_order() {
    const EVENTS: u64 = 300;
    const CONVERSATIONS: u64 = 30;
    let mut fixture = Fixture::start().await;
    let requests: Vec<_> = (0..EVENTS)
        .map(|number| ContactMessage::new(number % CONVERSATIONS, number))
        .map(|message| http::delivery(SECRET, &message.body()))
        .collect();
    let mut acknowledged = 0;
    for crash_after in [20, 80, 150] {
        let deliver = async {
            let mut connection = fixture.service.connect().await.unwrap();
            let mut count = 0;
            for request in &requests[acknowledged..] {
                match connection.send(request).await {
                    Ok(answer) => assert_eq!(answer.status, 200),
                    Err(_) => break,
                }
                count += 1;
            }
            count
        };
        let crash = async {
            fixture.answered(crash_after).await;
            fixture.service.process().kill().await;
        };
        let (count, ()) = tokio::join!(deliver, crash);
        acknowledged += count;
        fixture.kill_and_restart().await;
    }
    let mut connection = fixture.service.connect().await.unwrap();
    for request in requests[acknowledged..].iter().chain(&requests) {
        assert_eq!(connection.send(request).await.unwrap().status, 200);
    }
    for conversation in 0..CONVERSATIONS {
        let last = EVENTS + conversation;
        fixture.settle(conversation, last).await;
        let expected: Vec<_> = (conversation..=last).step_by(30).collect();
        assert_eq!(fixture.answers(conversation), expected);
    }
    fixture.assert_log_is_clean();
}

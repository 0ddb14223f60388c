//! The platform's limits are kept, not hit (API Basics, rate limiting).

use jiff::SignedDuration;
use shipmate_tests::{
    event::ContactMessage,
    load::{self, Spread},
    service::SECRET,
    stub::Mode,
};

use crate::fixture::Fixture;

const RATE: usize = 20;

async fn paced() -> Fixture {
    Fixture::start_with(|settings| settings.with("SHIPMATE_API_RATE", &RATE.to_string())).await
}

/// Delivers one message to each of `events` conversations.
async fn deliver_many(fixture: &Fixture, first: u64, events: u64) {
    let spread = Spread {
        first,
        events,
        conversations: first + events,
        connections: 4,
    };
    let report = load::run(
        fixture.service.address(),
        load::contact_messages(SECRET, &spread),
    )
    .await
    .unwrap();
    assert_eq!(report.refused, 0);
}

#[tokio::test]
async fn no_second_ever_has_more_requests_than_the_api_allows() {
    let fixture = paced().await;
    deliver_many(&fixture, 0, 60).await;
    fixture.answered(60).await;
    let busiest = fixture.stub.busiest_second();
    assert!(busiest <= RATE, "{busiest} requests in a second");
}

#[tokio::test]
async fn a_crash_does_not_forget_the_pace() {
    let mut fixture = paced().await;
    deliver_many(&fixture, 0, 60).await;
    fixture.answered(RATE - 1).await;
    fixture.kill_and_restart().await;
    fixture.answered(60).await;
    let busiest = fixture.stub.busiest_second();
    assert!(busiest <= RATE, "{busiest} requests in a second");
}

/// Eight identical messages in three minutes are allowed; the ninth waits, also over a restart.
#[tokio::test]
async fn the_ninth_identical_reply_waits() {
    let mut fixture = Fixture::start().await;
    for number in 1..=9 {
        let message = ContactMessage {
            text: "again, n1".to_owned(),
            ..ContactMessage::new(1, number)
        };
        assert_eq!(fixture.deliver(&message).await, 200);
    }
    fixture.answered(8).await;
    fixture.settle(2, 10).await;
    assert_eq!(fixture.answers(1), [1; 8]);
    fixture.terminate_and_restart().await;
    fixture.settle(2, 11).await;
    assert_eq!(fixture.answers(1), [1; 8]);
}

/// Twenty messages in a row are allowed; the next waits until the consumer writes again.
#[tokio::test]
async fn the_twenty_first_reply_in_a_row_waits_for_the_consumer() {
    let fixture = Fixture::start().await;
    // The platform takes no reply before the consumer has written everything, a minute ago.
    fixture.stub.set_mode(Mode::HoldRequests);
    for number in 1..=25 {
        let mut message = ContactMessage::new(1, number);
        message.created_at -= SignedDuration::from_mins(1);
        assert_eq!(fixture.deliver(&message).await, 200);
    }
    fixture.stub.set_mode(Mode::Prompt);
    fixture.answered(20).await;
    fixture.settle(2, 100).await;
    assert_eq!(fixture.answers(1), (1..=20).collect::<Vec<_>>());
    fixture.settle(1, 26).await;
    assert_eq!(fixture.answers(1), (1..=26).collect::<Vec<_>>());
}

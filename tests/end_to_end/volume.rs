//! Much at once, on disk.

use shipmate_tests::{
    load::{self, Spread},
    service::SECRET,
};

use crate::fixture::Fixture;

const ROUNDS: u64 = 4;
const EVENTS_A_ROUND: u64 = 5_000;
const CONVERSATIONS: u64 = 2_000;
/// How much the memory may grow between the half and the end.
const ROOM: u64 = 32 << 20;

async fn deliver(fixture: &Fixture, first: u64, events: u64) {
    let spread = Spread {
        first,
        events,
        conversations: CONVERSATIONS,
        connections: 50,
    };
    let lanes = load::contact_messages(SECRET, &spread);
    let report = load::run(fixture.service.address(), lanes).await.unwrap();
    assert_eq!(report.refused, 0, "{}", fixture.log());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_thousand_events_are_answered_once_each_and_in_order() {
    let fixture = Fixture::start().await;
    let mut answered = 0;
    let mut memory = Vec::new();
    for round in 0..ROUNDS {
        deliver(&fixture, round * EVENTS_A_ROUND, EVENTS_A_ROUND).await;
        answered += usize::try_from(EVENTS_A_ROUND).unwrap();
        fixture.answered(answered).await;
        memory.push(fixture.service.process().resident_bytes().unwrap());
    }
    let all = ROUNDS * EVENTS_A_ROUND;
    // The platform delivers some of them once more, and then the last ones come.
    deliver(&fixture, all - CONVERSATIONS, CONVERSATIONS).await;
    deliver(&fixture, all, CONVERSATIONS).await;
    fixture
        .answered(answered + usize::try_from(CONVERSATIONS).unwrap())
        .await;

    for conversation in 0..CONVERSATIONS {
        let step = usize::try_from(CONVERSATIONS).unwrap();
        let expected: Vec<_> = (conversation..all + CONVERSATIONS).step_by(step).collect();
        assert_eq!(
            fixture.answers(conversation),
            expected,
            "conversation {conversation}"
        );
    }
    assert_eq!(fixture.stub.most_at_once(), 1);
    assert!(memory[3] < memory[1] + ROOM, "{memory:?}");
    fixture.assert_log_is_clean();
}

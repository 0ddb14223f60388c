//! The memory that a service needs does not grow with the conversations it has had.

use shipmate_tests::measure::{self, Amount, slope};

use crate::amount::amount;

/// What the service may need, in bytes.
const MOST: u64 = 400 << 20;

/// What may remain of a conversation in memory, in bytes: far less than what is known of one.
const MOST_EACH: f64 = 1_000.0;

/// Five times as many as are kept in memory.
const CONVERSATIONS: u64 = 50_000;

/// Twice as many as are kept in memory: the later half only replaces others.
const MANY: u64 = 20_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn memory_stays_level_however_many_conversations_there_are() {
    let conversations = amount("TRUST_CONVERSATIONS", CONVERSATIONS);
    let amount = Amount {
        events: conversations,
        conversations,
        connections: 32,
    };
    let mut steps = Vec::new();
    measure::memory(amount, |resident| {
        println!("{resident}");
        steps.push(resident);
    })
    .await
    .unwrap();
    let most = steps.iter().map(|step| step.bytes).max().unwrap();
    assert!(most <= MOST, "{most} bytes");
    let each = slope(&steps);
    println!("later half: {each:.0} bytes per conversation");
    assert!(
        each < MOST_EACH || conversations < MANY,
        "{each} bytes per conversation: {steps:?}"
    );
}

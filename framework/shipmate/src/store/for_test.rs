//! Responses in a store, for tests of what shows them.

use jiff::Timestamp;

use super::{Commit, Decision, Key, NewEvent, SqliteStore, Store};
use crate::results::Response;

/// Keeps `responses`, each as a run of its own, in a turn of the bot `desk`.
pub(crate) async fn keep(store: &SqliteStore, responses: Vec<Response>) {
    let now = Timestamp::UNIX_EPOCH;
    let mailbox = Key {
        bot: "desk".into(),
        mailbox: "c1".into(),
    };
    let event = NewEvent {
        key: [1; 32],
        mailbox: mailbox.clone(),
        name: "message.create.contact.chat".into(),
        at: now,
        received_at: now,
        payload: "{}".into(),
        outcome: None,
    };
    store.append(event).await.unwrap();
    let decision = Decision {
        outcome: "handled",
        reason: None,
    };
    let responses = (0..).zip(responses).map(|(run, response)| Response {
        run: format!("run {run}"),
        ..response
    });
    let commit = Commit {
        responses: responses.collect(),
        ..Commit::new(1, mailbox, now, decision)
    };
    store.commit(commit).await.unwrap();
}

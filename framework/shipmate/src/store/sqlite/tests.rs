mod campaigns;
mod forget;
mod history;
mod letters;
mod responses;
mod timers;

use super::*;
use crate::{
    limit::TextHash,
    store::{Content, ConversationChange, Decision, Marker, NewRow, RowEnd, Takeover},
};

fn decided(outcome: &'static str) -> Decision {
    Decision {
        outcome,
        reason: None,
    }
}

fn claim(rows: &[RowId]) -> Claim {
    Claim {
        rows: rows.to_vec(),
        ..Claim::default()
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn key() -> Key {
    Key {
        bot: "desk".into(),
        mailbox: "c1".into(),
    }
}

fn event(key_byte: u8, second: i64) -> NewEvent {
    NewEvent {
        key: [key_byte; 32],
        mailbox: key(),
        name: "message.create.contact.chat".into(),
        at: at(second),
        received_at: at(second),
        payload: "{}".into(),
        outcome: None,
    }
}

fn commit(seq: Seq, texts: &[&str]) -> Commit {
    let row = |text: &&str| NewRow {
        content: Content {
            body: (*text).to_owned().into(),
            text: TextHash::of(text),
            marker: Marker::from_text(*text),
            ..Content::for_test()
        },
        ended: None,
    };
    Commit {
        conversation: ConversationChange {
            state: Some("7".into()),
            reset_at: Some(at(90)),
            last_event_at: Some(at(90)),
            ..ConversationChange::default()
        },
        rows: texts.iter().map(row).collect(),
        ..Commit::new(seq, key(), at(100), decided("handled"))
    }
}

async fn stored(store: &SqliteStore, key_byte: u8) -> Seq {
    match store.append(event(key_byte, 90)).await.unwrap() {
        Appended::Stored(seq) => seq,
        Appended::Duplicate => panic!("not stored"),
    }
}

fn sent(second: i64) -> Mark {
    Mark::Sent {
        message: Some("m".into()),
        at: at(second),
        note: None,
    }
}

#[tokio::test]
async fn an_event_is_stored_once_whatever_became_of_it() {
    let store = SqliteStore::in_memory().unwrap();
    let seq = stored(&store, 1).await;
    assert_eq!(
        store.append(event(1, 90)).await.unwrap(),
        Appended::Duplicate
    );
    store.commit(commit(seq, &[])).await.unwrap();
    assert_eq!(
        store.append(event(1, 90)).await.unwrap(),
        Appended::Duplicate
    );
    assert!(store.pending(0, 10).await.unwrap().is_empty());
    assert_eq!(
        store.payload(seq).await.unwrap(),
        None,
        "a handled event keeps no body"
    );
}

#[tokio::test]
async fn a_turn_is_committed_whole_or_not_at_all() {
    let store = SqliteStore::in_memory().unwrap();
    let seq = stored(&store, 1).await;
    store.commit(commit(seq, &["one", "two"])).await.unwrap();
    // The same event a second time, as after a bug or a race: nothing of it takes effect.
    store.commit(commit(seq, &["three"])).await.unwrap_err();
    let rows = store.queued(&key(), 0, 10).await.unwrap();
    let bodies: Vec<_> = rows.iter().map(|row| row.content.body.clone()).collect();
    assert_eq!(bodies, ["one", "two"]);
    let record = store.record(&key(), at(0)).await.unwrap();
    assert_eq!(record.state.as_deref(), Some(b"7".as_slice()));
    assert_eq!(record.reset_at, Some(at(90)));
}

#[tokio::test]
async fn one_that_fails_does_not_take_its_neighbours_along() {
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    let good = stored(&store, 1).await;
    let (bad, good) = tokio::join!(
        store.commit(commit(99, &[])),
        store.commit(commit(good, &["x"]))
    );
    bad.unwrap_err();
    assert_eq!(good.unwrap().rows.len(), 1);
}

#[tokio::test]
async fn a_row_is_claimed_once_and_counts_until_it_is_refused() {
    let store = SqliteStore::in_memory().unwrap();
    let seq = stored(&store, 1).await;
    let ids = store
        .commit(commit(seq, &["one", "two"]))
        .await
        .unwrap()
        .rows;
    let [one, two] = ids.as_slice() else {
        panic!("{ids:?}")
    };
    assert_eq!(store.claim(claim(&ids), at(101)).await.unwrap(), ids);
    assert!(store.claim(claim(&ids), at(101)).await.unwrap().is_empty());
    assert_eq!(
        store.record(&key(), at(0)).await.unwrap().sent.len(),
        2,
        "in flight counts"
    );
    let retry = Mark::Retry {
        at: at(200),
        error: "503".into(),
    };
    store
        .mark(vec![(*one, sent(102)), (*two, retry)], at(103))
        .await
        .unwrap();
    let counted = store.record(&key(), at(0)).await.unwrap().sent;
    assert_eq!(
        counted.iter().map(|entry| entry.at).collect::<Vec<_>>(),
        [at(102)]
    );
    let [row] = store
        .queued(&key(), 0, 10)
        .await
        .unwrap()
        .try_into()
        .unwrap();
    assert_eq!(
        (row.id, row.attempts, row.retry_at),
        (*two, 1, Some(at(200)))
    );
    let [lane] = store.open_lanes().await.unwrap().try_into().unwrap();
    assert_eq!(lane.due_at, Some(at(200)));
}

#[tokio::test]
async fn a_claim_may_change_what_a_row_says_and_end_its_neighbours() {
    let store = SqliteStore::in_memory().unwrap();
    let seq = stored(&store, 1).await;
    let ids = store
        .commit(commit(seq, &["one", "two"]))
        .await
        .unwrap()
        .rows;
    let [one, two] = store
        .queued(&key(), 0, 10)
        .await
        .unwrap()
        .try_into()
        .unwrap();
    let content = Content {
        body: "both".into(),
        text: TextHash::of("both"),
        variants: vec!["others".into()],
        sets: Some("[]".into()),
        ..two.content.clone()
    };
    let merging = Claim {
        rows: vec![two.id],
        rewritten: vec![(two.id, content)],
        ended: vec![(one.id, RowEnd::Superseded, "merged".into())],
    };
    assert_eq!(store.claim(merging, at(101)).await.unwrap(), ids[1..]);
    let [counted] = store
        .record(&key(), at(0))
        .await
        .unwrap()
        .sent
        .try_into()
        .unwrap();
    assert_eq!(counted.text, TextHash::of("both"));
    let retry = Mark::Retry {
        at: at(200),
        error: "503".into(),
    };
    store.mark(vec![(two.id, retry)], at(103)).await.unwrap();
    let [row] = store
        .queued(&key(), 0, 10)
        .await
        .unwrap()
        .try_into()
        .unwrap();
    assert_eq!(row.content.body, "both");
    assert_eq!(row.content.text, TextHash::of("both"));
    assert_eq!(row.content.variants, ["others"]);
    assert_eq!(row.content.sets.as_deref(), Some(b"[]".as_slice()));
    assert_eq!(row.content.marker, two.content.marker);
}

#[tokio::test]
async fn what_a_crash_left_half_done_is_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shipmate.db");
    {
        let store = SqliteStore::open(&path).unwrap();
        let handled = stored(&store, 1).await;
        stored(&store, 2).await;
        let ids = store
            .commit(commit(handled, &["in flight", "queued"]))
            .await
            .unwrap()
            .rows;
        store.claim(claim(&ids[..1]), at(101)).await.unwrap();
    }
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.doubt_interrupted(at(500)).await.unwrap(), 1);
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.pending, counts.queued, counts.unknown), (1, 1, 1));
    let counted = store.record(&key(), at(0)).await.unwrap().sent;
    assert_eq!(
        counted.iter().map(|entry| entry.at).collect::<Vec<_>>(),
        [at(500)],
        "doubt counts as late as possible"
    );
    let [event] = store.pending(0, 10).await.unwrap().try_into().unwrap();
    assert_eq!(
        store.payload(event.seq).await.unwrap().as_deref(),
        Some(b"{}".as_slice())
    );
}

#[tokio::test]
async fn a_sweep_leaves_what_is_young_pending_or_a_dead_letter() {
    let store = SqliteStore::in_memory().unwrap();
    for (key_byte, second, outcome) in [
        (1, 10, Some("handled")),
        (2, 10, Some("dead-letter")),
        (3, 10, None),
        (4, 1_000, Some("handled")),
    ] {
        let outcome = outcome.map(|outcome| Decision {
            outcome,
            reason: None,
        });
        store
            .append(NewEvent {
                outcome,
                ..event(key_byte, second)
            })
            .await
            .unwrap();
    }
    let sweep = Sweep {
        now: at(1_000),
        before: at(500),
        letters_before: at(5),
        responses_before: None,
        limit: 100,
    };
    assert_eq!(store.sweep(sweep).await.unwrap().deleted, 1);
    assert_eq!(
        store.append(event(1, 10)).await.unwrap(),
        Appended::Stored(5)
    );
    for key_byte in 2..=4 {
        assert_eq!(
            store.append(event(key_byte, 10)).await.unwrap(),
            Appended::Duplicate
        );
    }
}

#[tokio::test]
async fn a_store_is_its_owners_and_one_process_uses_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shipmate.db");
    let first = SqliteStore::open(&path).unwrap();
    let error = SqliteStore::open(&path).unwrap_err();
    assert!(matches!(error, StoreError::InUse { .. }), "{error}");
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    drop(first);
    SqliteStore::open(&path).unwrap();
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shipmate.db");
    drop(SqliteStore::open(&path).unwrap());
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    let error = SqliteStore::open(&path).unwrap_err();
    assert!(
        matches!(error, StoreError::TooNew { found: 99, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_takeover_counts_before_its_event_is_done() {
    let store = SqliteStore::in_memory().unwrap();
    let seq = stored(&store, 1).await;
    store.commit(commit(seq, &["one"])).await.unwrap();
    let pending = stored(&store, 2).await;
    for (by_person, by_assignment) in [(false, true), (false, false), (true, false)] {
        let takeover = Takeover {
            by_person,
            by_assignment,
            since: at(95),
        };
        let cancelled = store.take_over(key(), takeover, "a person".to_owned(), at(100));
        let cancelled = cancelled.await.unwrap();
        assert_eq!(
            cancelled.len(),
            usize::from(by_assignment),
            "the first time"
        );
        let record = store.record(&key(), at(0)).await.unwrap();
        assert_eq!(record.takeover, Some(takeover));
        assert_eq!(record.state, Some("7".into()), "nothing else has changed");
    }
    assert!(store.queued(&key(), 0, 10).await.unwrap().is_empty());
    store.commit(commit(pending, &[])).await.unwrap();
}

/// A refusal used to cancel what waited in a conversation that a person had given to the bot.
#[tokio::test]
async fn a_refused_message_waits_on_in_a_conversation_that_was_assigned_to_the_bot() {
    let store = SqliteStore::in_memory().unwrap();
    let seq = stored(&store, 1).await;
    let mut turn = commit(seq, &["one"]);
    turn.conversation.takeover = Some(Takeover {
        by_person: false,
        by_assignment: true,
        since: at(90),
    });
    let ids = store.commit(turn).await.unwrap().rows;
    store.claim(claim(&ids), at(101)).await.unwrap();
    let retry = Mark::Retry {
        at: at(200),
        error: "503".into(),
    };
    store.mark(vec![(ids[0], retry)], at(103)).await.unwrap();
    assert_eq!(store.queued(&key(), 0, 10).await.unwrap().len(), 1);
}

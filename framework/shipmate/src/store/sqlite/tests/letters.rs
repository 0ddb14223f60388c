use super::*;
use crate::store::{Retried, RowEnd};

/// A dead letter, and a message that was refused for good and one that may have arrived.
async fn letters() -> (SqliteStore, Seq, RowId, RowId) {
    let store = SqliteStore::in_memory().unwrap();
    let handled = stored(&store, 1).await;
    let ids = store
        .commit(commit(handled, &["refused", "lost"]))
        .await
        .unwrap()
        .rows;
    store.claim(claim(&ids), at(101)).await.unwrap();
    let ended = |end| Mark::Ended {
        end,
        reason: "because".into(),
    };
    let marks = vec![
        (ids[0], ended(RowEnd::Dead)),
        (ids[1], ended(RowEnd::Unresolved)),
    ];
    store.mark(marks, at(103)).await.unwrap();
    let dead = stored(&store, 2).await;
    store
        .commit(Commit::new(dead, key(), at(100), decided("dead-letter")))
        .await
        .unwrap();
    (store, dead, ids[0], ids[1])
}

async fn event_record(store: &SqliteStore, seq: Seq) -> EventRecord {
    let subject = Subject::Place(Place::Event(seq));
    let found = store.events(&subject, Page::latest(1)).await.unwrap();
    found.into_iter().next().unwrap()
}

async fn row_record(store: &SqliteStore, id: RowId) -> RowRecord {
    let subject = Subject::Place(Place::Message(id));
    let found = store.rows(&subject, Page::latest(1)).await.unwrap();
    found.into_iter().next().unwrap()
}

#[tokio::test]
async fn letters_are_what_needs_a_person_and_nothing_else() {
    let (store, dead, refused, lost) = letters().await;
    stored(&store, 3).await;
    let page = Page::After(0, 10);
    let events = store.events(&Subject::Letters, page).await.unwrap();
    assert_eq!(events.iter().map(|it| it.place).collect::<Vec<_>>(), [dead]);
    let rows = store.rows(&Subject::Letters, page).await.unwrap();
    let places: Vec<_> = rows.iter().map(|row| row.place).collect();
    assert_eq!(places, [refused, lost]);
}

#[tokio::test]
async fn a_dead_letter_that_is_tried_again_is_pending_and_takes_effect_once() {
    let (store, dead, ..) = letters().await;
    let place = Place::Event(dead);
    let Some(Retried::Event(event)) = store.retry(place, at(200)).await.unwrap() else {
        panic!("not tried again")
    };
    assert_eq!((event.seq, event.attempts, event.bytes), (dead, 0, 2));
    assert!(store.retry(place, at(200)).await.unwrap().is_none());
    assert_eq!(store.pending(0, 10).await.unwrap().len(), 1);
    store.commit(commit(dead, &["now"])).await.unwrap();
    let error = store.commit(commit(dead, &["again"])).await.unwrap_err();
    assert!(matches!(error, StoreError::Decided), "{error}");
    assert!(store.retry(place, at(200)).await.unwrap().is_none());
    assert!(!store.discard(place, "x".into(), at(200)).await.unwrap());
}

#[tokio::test]
async fn what_is_dropped_says_who_and_why_and_keeps_no_text() {
    let (store, dead, refused, _) = letters().await;
    for place in [Place::Event(dead), Place::Message(refused)] {
        assert!(store.body(place).await.unwrap().is_some());
        let drop = |by: &str| store.discard(place, format!("dropped {by}"), at(200));
        assert!(drop("by ann").await.unwrap());
        assert!(!drop("by bob").await.unwrap());
        assert!(store.body(place).await.unwrap().is_none());
        assert!(store.retry(place, at(200)).await.unwrap().is_none());
    }
    let event = event_record(&store, dead).await;
    assert_eq!(event.outcome.as_deref(), Some("dropped"));
    assert_eq!(event.reason.as_deref(), Some("dropped by ann"));
    assert_eq!(event.decided_at, Some(at(200)));
    let row = row_record(&store, refused).await;
    assert_eq!(row.status, RowStatus::Ended(RowEnd::Dropped));
    assert_eq!(
        row.reason.as_deref(),
        Some("dropped by ann; before: because")
    );
}

#[tokio::test]
async fn a_message_that_is_sent_again_is_queued_and_one_that_may_be_there_counts_when_dropped() {
    let (store, _, refused, lost) = letters().await;
    let retried = store.retry(Place::Message(refused), at(200)).await.unwrap();
    assert!(matches!(retried, Some(Retried::Message(of)) if of == key()));
    let queued = store.queued(&key(), 0, 10).await.unwrap();
    assert_eq!(
        (queued.len(), queued[0].id, queued[0].attempts),
        (1, refused, 0)
    );
    store
        .discard(Place::Message(lost), "dropped".into(), at(200))
        .await
        .unwrap();
    let counted = store.record(&key(), at(0)).await.unwrap().sent;
    assert_eq!(counted.len(), 1, "the one that may be there");
}

fn sweep(now: i64, before: i64, letters_before: i64) -> Sweep {
    Sweep {
        now: at(now),
        before: at(before),
        letters_before: at(letters_before),
        responses_before: None,
        limit: 100,
    }
}

#[tokio::test]
async fn letters_outlive_everything_else_but_are_dropped_at_last_and_then_forgotten() {
    let (store, dead, refused, lost) = letters().await;
    let swept = store.sweep(sweep(1_000, 500, 50)).await.unwrap();
    assert_eq!(
        swept,
        Swept {
            deleted: 1,
            ..Swept::default()
        },
        "the handled event"
    );
    let swept = store.sweep(sweep(2_000, 500, 500)).await.unwrap();
    assert_eq!((swept.events_dropped, swept.messages_dropped), (1, 2));
    assert_eq!(swept.deleted, 0, "on record for as long as anything else");
    let event = event_record(&store, dead).await;
    assert_eq!(
        event.reason.as_deref(),
        Some("nobody looked into it in time")
    );
    for id in [refused, lost] {
        assert!(store.body(Place::Message(id)).await.unwrap().is_none());
    }
    let swept = store.sweep(sweep(9_000, 3_000, 500)).await.unwrap();
    assert_eq!(swept.deleted, 3);
    assert!(
        store
            .sweep(sweep(9_000, 3_000, 500))
            .await
            .unwrap()
            .is_empty()
    );
}

/// More old events that have to stay than a sweep may delete used to stop all sweeps.
#[tokio::test]
async fn what_has_to_stay_does_not_keep_a_sweep_from_what_may_go() {
    let store = SqliteStore::in_memory().unwrap();
    for number in 0..20 {
        stored(&store, number).await;
    }
    for number in 20..40 {
        let seq = stored(&store, number).await;
        store.commit(commit(seq, &[])).await.unwrap();
    }
    for number in 40..60 {
        let seq = match store.append(event(number, 800)).await.unwrap() {
            Appended::Stored(seq) => seq,
            Appended::Duplicate => panic!("not stored"),
        };
        store
            .commit(Commit::new(seq, key(), at(800), decided("handled")))
            .await
            .unwrap();
    }
    let small = Sweep {
        limit: 3,
        ..sweep(1_000, 500, 500)
    };
    let mut deleted = 0;
    loop {
        let swept = store.sweep(small).await.unwrap();
        if swept.is_empty() {
            break;
        }
        assert!(swept.deleted <= 3);
        deleted += swept.deleted;
    }
    assert_eq!(deleted, 20);
    let left = store
        .events(&Subject::All, Page::latest(100))
        .await
        .unwrap();
    assert_eq!(left.len(), 40);
}

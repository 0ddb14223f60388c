//! Timers and jobs are kept, and give way to their events, exactly once.

use super::*;
use crate::store::{NewTimer, TimerChange, TimerEnds};

const UNTIL_ANSWERED: TimerEnds = TimerEnds {
    answered: true,
    taken_over: true,
    closed: true,
};

fn timer(name: &str, second: i64, ends: TimerEnds) -> TimerChange {
    TimerChange::Set(NewTimer {
        name: name.to_owned(),
        due: at(second),
        ends,
    })
}

/// A turn that does this to the timers.
async fn turn(store: &SqliteStore, key_byte: u8, timers: Vec<TimerChange>, ends: TimerEnds) -> u64 {
    let seq = stored(store, key_byte).await;
    let turn = Commit {
        timers,
        end_timers: ends,
        answered_at: Some(at(90)),
        ..Commit::new(seq, key(), at(100), decided("handled"))
    };
    store.commit(turn).await.unwrap().timers_ended
}

async fn names(store: &SqliteStore) -> Vec<String> {
    let timers = store.timers("c1").await.unwrap().into_iter();
    timers.map(|it| it.timer.name).collect()
}

#[tokio::test]
async fn a_turn_sets_replaces_and_ends_timers() {
    let store = SqliteStore::in_memory().unwrap();
    let none = TimerEnds::default();
    let closed = TimerEnds {
        closed: true,
        ..none
    };
    let three = vec![
        timer("nudge", 300, UNTIL_ANSWERED),
        timer("tidy", 200, closed),
        timer("survey", 400, none),
    ];
    assert_eq!(turn(&store, 1, three, none).await, 0);
    assert_eq!(names(&store).await, ["tidy", "nudge", "survey"]);
    assert_eq!(store.next_timer().await.unwrap(), Some(at(200)));
    assert_eq!(
        turn(&store, 2, vec![timer("tidy", 500, closed)], none).await,
        1
    );
    assert_eq!(names(&store).await, ["nudge", "survey", "tidy"]);
    let answered = TimerEnds {
        answered: true,
        ..none
    };
    // What an answer ends is ended before the answer's turn sets it anew.
    assert_eq!(
        turn(
            &store,
            3,
            vec![timer("nudge", 350, UNTIL_ANSWERED)],
            answered
        )
        .await,
        1
    );
    let survey = TimerChange::Cancel("survey".to_owned());
    assert_eq!(turn(&store, 4, vec![survey.clone(), survey], none).await, 1);
    assert_eq!(turn(&store, 5, vec![], closed).await, 2);
    assert_eq!(
        (
            names(&store).await.len(),
            store.counts().await.unwrap().timers
        ),
        (0, 0)
    );

    turn(
        &store,
        6,
        vec![
            timer("nudge", 300, UNTIL_ANSWERED),
            timer("survey", 300, none),
        ],
        none,
    )
    .await;
    let takeover = Takeover {
        by_person: true,
        by_assignment: false,
        since: at(95),
    };
    let reason = "a person".to_owned();
    store
        .take_over(key(), takeover, reason, at(100))
        .await
        .unwrap();
    assert_eq!(names(&store).await, ["survey"]);
}

#[tokio::test]
async fn a_turn_that_is_not_committed_sets_no_timer() {
    let store = SqliteStore::in_memory().unwrap();
    let seq = stored(&store, 1).await;
    let turn = Commit {
        timers: vec![timer("nudge", 300, UNTIL_ANSWERED)],
        ..Commit::new(seq, key(), at(100), decided("handled"))
    };
    store.commit(turn.clone()).await.unwrap();
    let record = store.due_timers(at(300), 9).await.unwrap().remove(0);
    store.ring(record, event(9, 300)).await.unwrap();
    store.commit(turn).await.unwrap_err();
    assert_eq!(names(&store).await, [""; 0]);
}

#[tokio::test]
async fn a_timer_gives_way_to_its_event_once() {
    let store = SqliteStore::in_memory().unwrap();
    let none = TimerEnds::default();
    turn(&store, 1, vec![timer("nudge", 300, UNTIL_ANSWERED)], none).await;
    assert!(store.due_timers(at(299), 9).await.unwrap().is_empty());
    let due = store.due_timers(at(300), 9).await.unwrap().remove(0);
    assert_eq!((due.set_by, due.answered_at), (1, Some(at(90))));
    assert_eq!((&due.mailbox, due.timer.ends), (&key(), UNTIL_ANSWERED));

    // Set anew for the same time meanwhile: it is another one.
    turn(&store, 2, vec![timer("nudge", 300, UNTIL_ANSWERED)], none).await;
    let rung = store.ring(due, event(9, 300)).await.unwrap();
    assert_eq!(rung, None);
    let due = store.due_timers(at(300), 9).await.unwrap().remove(0);
    let rung = store.ring(due.clone(), event(9, 300)).await.unwrap();
    assert_eq!(rung, Some(Appended::Stored(3)));
    assert_eq!(names(&store).await, [""; 0]);
    assert_eq!(store.ring(due, event(9, 300)).await.unwrap(), None);
    assert_eq!(store.pending(0, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn how_far_a_job_has_come_is_noted_with_its_events() {
    let store = SqliteStore::in_memory().unwrap();
    let mailbox = Key {
        mailbox: "job:weekly".into(),
        ..key()
    };
    assert_eq!(store.job(&mailbox).await.unwrap(), None);
    let mut record = JobRecord {
        mailbox: mailbox.clone(),
        schedule: "0 9 * * MON (UTC)".to_owned(),
        until: at(100),
    };
    store.run_job(record.clone(), Vec::new()).await.unwrap();
    record.until = at(200);
    let events = vec![event(1, 150), event(2, 160)];
    let appended = store.run_job(record.clone(), events.clone()).await.unwrap();
    assert_eq!(appended, [Appended::Stored(1), Appended::Stored(2)]);
    assert_eq!(store.job(&mailbox).await.unwrap(), Some(record.clone()));
    let again = store.run_job(record, events).await.unwrap();
    assert_eq!(again, [Appended::Duplicate; 2]);
}

#[tokio::test]
async fn who_is_forgotten_has_no_timer_any_more() {
    let store = SqliteStore::in_memory().unwrap();
    turn(
        &store,
        1,
        vec![timer("nudge", 300, UNTIL_ANSWERED)],
        TimerEnds::default(),
    )
    .await;
    let whose = Whose::Conversation("c1".to_owned());
    assert_eq!(store.mailboxes(&whose).await.unwrap(), [key()]);
    let forgotten = store.forget(&key(), at(0), at(200)).await.unwrap();
    assert_eq!((forgotten.timers, forgotten.events), (1, 1));
    assert_eq!(store.next_timer().await.unwrap(), None);
}

/// A store of the version before timers, campaigns and responses.
#[tokio::test]
async fn an_older_store_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shipmate.db");
    let store = SqliteStore::open(&path).unwrap();
    stored(&store, 1).await;
    drop(store);
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "DROP TABLE timer; DROP TABLE job; DROP TABLE campaign_run; DROP TABLE campaign_member;
             DROP TABLE campaign_contact; DROP TABLE response; DROP TABLE quota_count;
             PRAGMA user_version = 3;",
        )
        .unwrap();
    drop(connection);
    let store = SqliteStore::open(&path).unwrap();
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.pending, counts.timers), (1, 0));
    assert!(store.runs().await.unwrap().is_empty());
}

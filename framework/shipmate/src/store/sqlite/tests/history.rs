use super::*;

/// An event about the message `id`, as receiving makes it.
fn about(message: &str, conversation: &str) -> NewEvent {
    let mut key = [7; 32];
    let beginning = crate::event::beginning_of_keys(message);
    key[..beginning.len()].copy_from_slice(&beginning);
    NewEvent {
        key,
        mailbox: Key {
            bot: "desk".into(),
            mailbox: conversation.into(),
        },
        ..event(0, 90)
    }
}

fn hexadecimal(key: &[u8]) -> String {
    let digits: Vec<_> = key.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

async fn places(store: &SqliteStore, of: Subject) -> (Vec<Seq>, Vec<RowId>) {
    let page = Page::latest(100);
    let events = store.events(&of, page).await.unwrap();
    let rows = store.rows(&of, page).await.unwrap();
    (
        events.iter().map(|event| event.place).collect(),
        rows.iter().map(|row| row.place).collect(),
    )
}

#[tokio::test]
async fn what_happened_is_found_by_every_id_somebody_may_have() {
    let store = SqliteStore::in_memory().unwrap();
    store.append(about("64ab01", "c1")).await.unwrap();
    store.append(about("64ab02", "c2")).await.unwrap();
    store.append(about("64ab02", "c2")).await.unwrap();
    let ids = store.commit(commit(1, &["one", "two"])).await.unwrap().rows;
    store.claim(claim(&ids[..1]), at(101)).await.unwrap();
    store
        .mark(vec![(ids[0], sent(102))], at(103))
        .await
        .unwrap();

    let id = |id: &str| Subject::Id(id.to_owned());
    let key = hexadecimal(&about("64ab01", "c1").key);
    for (subject, events, rows) in [
        (id("c1"), vec![1], vec![1, 2]),
        (id("64ab01"), vec![1], vec![]),
        (id(&key), vec![1], vec![]),
        (id("m"), vec![], vec![1]),
        (id("two"), vec![], vec![2]),
        (id("64ab"), vec![], vec![]),
        (Subject::Place(Place::Event(1)), vec![1], vec![1, 2]),
        (Subject::Place(Place::Message(2)), vec![1], vec![2]),
        (Subject::Letters, vec![], vec![]),
        (Subject::All, vec![1, 2], vec![1, 2]),
    ] {
        let found = places(&store, subject.clone()).await;
        assert_eq!(found, (events, rows), "{subject:?}");
    }

    let record = store.events(&id("c2"), Page::latest(1)).await.unwrap();
    assert_eq!(
        (record[0].duplicates, record[0].outcome.as_deref()),
        (1, None)
    );
    let rows = store.rows(&id("c1"), Page::latest(9)).await.unwrap();
    let statuses: Vec<_> = rows.iter().map(|row| row.status).collect();
    assert_eq!(statuses, [RowStatus::Sent, RowStatus::Queued]);
    assert_eq!((rows[0].event, rows[0].message.as_deref()), (1, Some("m")));
}

#[tokio::test]
async fn a_long_history_is_read_page_by_page_from_either_end() {
    let store = SqliteStore::in_memory().unwrap();
    for number in 0..10 {
        stored(&store, number).await;
    }
    let page = async |page| {
        let events = store.events(&Subject::All, page).await.unwrap();
        events.iter().map(|event| event.place).collect::<Vec<_>>()
    };
    assert_eq!(page(Page::After(0, 4)).await, [1, 2, 3, 4]);
    assert_eq!(page(Page::After(4, 100)).await, [5, 6, 7, 8, 9, 10]);
    assert_eq!(page(Page::latest(3)).await, [8, 9, 10]);
    assert_eq!(page(Page::Before(8, 2)).await, [6, 7]);
}

#[tokio::test]
async fn a_store_is_looked_into_beside_its_service_and_not_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shipmate.db");
    let error = SqliteStore::inspect(&path).unwrap_err();
    assert!(matches!(error, StoreError::Missing { .. }), "{error}");
    assert!(!path.exists(), "asking creates nothing");

    let store = SqliteStore::open(&path).unwrap();
    stored(&store, 1).await;
    let beside = SqliteStore::inspect(&path).unwrap();
    assert_eq!(places(&beside, Subject::All).await.0, [1]);
    stored(&store, 2).await;
    assert_eq!(places(&beside, Subject::All).await.0, [1, 2]);
    beside.append(event(3, 90)).await.unwrap_err();
    beside.scrub().await.unwrap_err();

    drop(store);
    drop(beside);
    let stopped = SqliteStore::inspect(&path).unwrap();
    assert_eq!(places(&stopped, Subject::All).await.0, [1, 2]);
}

#[tokio::test]
async fn a_store_of_an_older_version_is_not_read_wrongly() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shipmate.db");
    Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 1)
        .unwrap();
    let error = SqliteStore::inspect(&path).unwrap_err();
    assert!(
        matches!(error, StoreError::TooOld { found: 1, .. }),
        "{error}"
    );
}

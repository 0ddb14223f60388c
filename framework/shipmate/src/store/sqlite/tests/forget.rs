use std::path::Path;

use super::*;
use crate::{
    form::Locale,
    results::Response,
    store::{RowEnd, Whose},
};

const WORDS: &str = "my secret is marzipan";
const CONVERSATION: &str = "64ac0000000000000000f00d";

fn whom() -> Key {
    Key {
        bot: "desk".into(),
        mailbox: CONVERSATION.into(),
    }
}

fn said(key_byte: u8, length: usize) -> NewEvent {
    let words = format!("{{\"text\": \"{}\"}}", WORDS.repeat(length));
    let mut key = [key_byte; 32];
    // As of `conversation.update`.
    key[..24].copy_from_slice(CONVERSATION.as_bytes());
    NewEvent {
        key,
        mailbox: whom(),
        name: "conversation.update".into(),
        payload: words.into(),
        ..event(key_byte, 90)
    }
}

async fn append(store: &SqliteStore, event: NewEvent) -> Seq {
    match store.append(event).await.unwrap() {
        Appended::Stored(seq) => seq,
        Appended::Duplicate => panic!("not stored"),
    }
}

fn turn(seq: Seq, rows: usize) -> Commit {
    let row = |number| NewRow {
        content: Content {
            body: format!("{{\"text\": \"{WORDS} {number}\"}}").into(),
            text: TextHash::of(WORDS),
            marker: Marker::from_text(format!("{CONVERSATION}-{number}")),
            variants: vec![format!("again: {WORDS}")],
            sets: Some(format!("[[\"name\", \"{WORDS}\"]]").into()),
            organization: Some(CONVERSATION.into()),
            ..Content::for_test()
        },
        ended: None,
    };
    let mut response = Response {
        conversation: CONVERSATION.into(),
        contact: Some("64af000000000000000000cc".into()),
        ..Response::begin("visit", 1, Locale::En, at(100))
    };
    response.answers.insert("why".into(), WORDS.into());
    Commit {
        responses: vec![response],
        conversation: ConversationChange {
            state: Some(format!("\"{WORDS}\"").into()),
            contact: Some("64af000000000000000000cc".into()),
            ..ConversationChange::default()
        },
        rows: (0..rows).map(row).collect(),
        ..Commit::new(seq, whom(), at(100), decided("handled"))
    }
}

/// A conversation with something of every kind: handled, pending and given up; sent, queued and
/// refused; and bodies so long that they have left whole pages free.
async fn lived(store: &SqliteStore) {
    for number in 10..14 {
        let seq = append(store, said(number, 2_000)).await;
        store.commit(turn(seq, 0)).await.unwrap();
    }
    let handled = append(store, said(1, 1)).await;
    append(store, said(2, 1)).await;
    let dead = append(store, said(3, 1)).await;
    let reason = Some(format!("cannot read {WORDS}"));
    let decision = Decision {
        outcome: "dead-letter",
        reason,
    };
    store
        .commit(Commit::new(dead, whom(), at(100), decision))
        .await
        .unwrap();
    let ids = store.commit(turn(handled, 3)).await.unwrap().rows;
    store.claim(claim(&ids[..2]), at(101)).await.unwrap();
    let refused = Mark::Ended {
        end: RowEnd::Dead,
        reason: format!("the platform does not like {WORDS}"),
    };
    store
        .mark(vec![(ids[0], sent(102)), (ids[1], refused)], at(103))
        .await
        .unwrap();
}

async fn forget(store: &SqliteStore) -> Forgotten {
    let mut forgotten = Forgotten::default();
    let whose = Whose::Conversation(CONVERSATION.to_owned());
    for mailbox in store.mailboxes(&whose).await.unwrap() {
        forgotten = forgotten.and(store.forget(&mailbox, at(0), at(200)).await.unwrap());
    }
    forgotten
}

/// In which of the store's files `words` stand.
fn found_in(folder: &Path, words: &str) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let holds = |path: &Path| {
        let bytes = std::fs::read(path).unwrap();
        bytes
            .windows(words.len())
            .any(|window| window == words.as_bytes())
    };
    files
        .filter(|file| holds(&file.path()))
        .map(|file| file.file_name().into_string().unwrap())
        .collect()
}

#[tokio::test]
async fn nothing_of_somebody_who_is_forgotten_stands_in_any_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("shipmate.db")).unwrap();
    lived(&store).await;
    // Others live in the same pages.
    for number in 50..90 {
        let seq = stored(&store, number).await;
        store.commit(commit(seq, &["hello"])).await.unwrap();
    }
    for words in [WORDS, CONVERSATION, "64af000000000000000000cc"] {
        assert!(!found_in(folder.path(), words).is_empty(), "{words}");
    }
    let forgotten = forget(&store).await;
    assert_eq!((forgotten.events, forgotten.unhandled), (7, 1));
    assert_eq!((forgotten.messages, forgotten.conversations), (3, 1));
    assert_eq!(forgotten.responses, 1);
    store.scrub().await.unwrap();
    for words in [WORDS, CONVERSATION, "64af000000000000000000cc"] {
        assert_eq!(found_in(folder.path(), words), [""; 0], "{words}");
    }
    let others = store.queued(&key(), 0, 100).await.unwrap();
    assert_eq!(others.len(), 40);
    drop(store);
    assert_eq!(found_in(folder.path(), WORDS), [""; 0]);
}

#[tokio::test]
async fn what_is_forgotten_is_neither_handled_nor_sent_and_a_redelivery_does_not_bring_it_back() {
    let store = SqliteStore::in_memory().unwrap();
    lived(&store).await;
    forget(&store).await;
    assert!(store.pending(0, 10).await.unwrap().is_empty());
    assert!(store.queued(&whom(), 0, 10).await.unwrap().is_empty());
    assert!(store.open_lanes().await.unwrap().is_empty());
    let counts = store.counts().await.unwrap();
    assert_eq!((counts.dead_letters, counts.dead), (0, 0));
    for key_byte in [1, 2, 3, 10] {
        let again = store.append(said(key_byte, 1)).await.unwrap();
        assert_eq!(again, Appended::Duplicate);
    }
    let whose = Whose::Conversation(CONVERSATION.to_owned());
    assert!(store.mailboxes(&whose).await.unwrap().is_empty());
    assert!(
        forget(&store).await.is_empty(),
        "a second time there is nothing"
    );

    let events = store.events(&Subject::All, Page::latest(10)).await.unwrap();
    let outcomes: Vec<_> = events
        .iter()
        .filter_map(|it| it.outcome.as_deref())
        .collect();
    let expected = [
        "handled",
        "handled",
        "handled",
        "handled",
        "handled",
        "forgotten",
        "forgotten",
    ];
    assert_eq!(outcomes, expected);
    assert_eq!(events[4].duplicates, 1);
    let rows = store.rows(&Subject::All, Page::latest(10)).await.unwrap();
    let statuses: Vec<_> = rows.iter().map(|row| row.status.as_str()).collect();
    assert_eq!(statuses, ["sent", "forgotten", "forgotten"]);

    // A new event is a new beginning.
    let seq = append(&store, said(99, 1)).await;
    store.commit(turn(seq, 1)).await.unwrap();
    assert_eq!(store.queued(&whom(), 0, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_was_sent_to_somebody_who_is_forgotten_still_counts_without_its_text() {
    let store = SqliteStore::in_memory().unwrap();
    lived(&store).await;
    forget(&store).await;
    let record = store.record(&whom(), at(0)).await.unwrap();
    assert!(record.state.is_none());
    let counted: Vec<_> = record.sent.iter().map(|it| (it.at, it.text)).collect();
    assert_eq!(counted, [(at(102), None)]);
    let late = Sweep {
        now: at(100_000),
        before: at(0),
        letters_before: at(0),
        responses_before: None,
        limit: 10,
    };
    store.sweep(late).await.unwrap();
    assert!(store.record(&whom(), at(0)).await.unwrap().sent.is_empty());
}

#[tokio::test]
async fn a_contact_is_all_its_conversations_and_the_events_about_itself() {
    let store = SqliteStore::in_memory().unwrap();
    lived(&store).await;
    let contact = "64af000000000000000000cc";
    let about = NewEvent {
        mailbox: Key {
            bot: "desk".into(),
            mailbox: format!("contact:{contact}").into(),
        },
        name: "contact.delete".into(),
        ..event(70, 90)
    };
    let seq = append(&store, about.clone()).await;
    assert!(store.deleted().await.unwrap().is_empty(), "not handled yet");
    store
        .commit(Commit::new(seq, about.mailbox, at(100), decided("ignored")))
        .await
        .unwrap();
    let [whose] = store.deleted().await.unwrap().try_into().unwrap();
    assert_eq!(whose, Whose::Contact(contact.to_owned()));
    let mut mailboxes = store.mailboxes(&whose).await.unwrap();
    mailboxes.sort();
    assert_eq!(mailboxes.len(), 2);
    for mailbox in &mailboxes {
        store.forget(mailbox, at(0), at(200)).await.unwrap();
    }
    assert!(store.deleted().await.unwrap().is_empty());
    assert!(store.mailboxes(&whose).await.unwrap().is_empty());
}

/// A lane that was just about to look for a message used to bring its row back.
#[tokio::test]
async fn what_becomes_of_a_message_that_was_forgotten_meanwhile_changes_nothing() {
    let store = SqliteStore::in_memory().unwrap();
    lived(&store).await;
    forget(&store).await;
    let retry = Mark::Retry {
        at: at(300),
        error: WORDS.into(),
    };
    let marks = vec![(1, sent(300)), (2, retry.clone()), (3, retry)];
    store.mark(marks, at(300)).await.unwrap();
    assert!(store.open_lanes().await.unwrap().is_empty());
    let rows = store.rows(&Subject::All, Page::latest(10)).await.unwrap();
    assert!(
        rows.iter()
            .all(|row| row.message.is_none() && row.reason.is_none()),
        "{rows:?}"
    );
}

//! A contact that is forgotten is gone from the files, and the bot begins anew.

use std::{path::Path, time::Duration};

use serde_json::json;
use shipmate::{
    Retention,
    store::{self, Page, Subject},
};
use shipmate_tests::{
    event::{ContactMessage, conversation_id},
    stub::{Refusal, Stub},
};

use crate::{
    fixture::Fixture,
    operating::{InProcess, run, saying},
};

const WORDS: &str = "marzipan n1";

/// Whether `words` stand in any file of the store.
fn is_found(folder: &Path, words: &str) -> bool {
    let files = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let mut store = files.filter(|file| {
        let name = file.file_name().into_string().unwrap();
        name.starts_with("store.db")
    });
    store.any(|file| {
        let bytes = std::fs::read(file.path()).unwrap();
        bytes
            .windows(words.len())
            .any(|window| window == words.as_bytes())
    })
}

/// A reply with the consumer's words that the platform makes wait for ten minutes.
async fn with_a_waiting_reply() -> Fixture {
    let fixture = Fixture::start().await;
    fixture.stub.refuse(Refusal {
        status: 429,
        message: "rate limit error",
        retry_after: Some(Duration::from_mins(10)),
        times: 1,
    });
    assert_eq!(fixture.deliver(&saying(1, 1, WORDS)).await, 200);
    fixture
        .within("the refusal", fixture.stub.attempts_made(1))
        .await;
    fixture.settle(2, 2).await;
    for words in [WORDS, &conversation_id(1)] {
        assert!(is_found(fixture.settings.folder(), words), "{words}");
    }
    fixture
}

fn assert_is_gone(fixture: &Fixture) {
    for words in [WORDS, "marzipan", &conversation_id(1)] {
        assert!(!is_found(fixture.settings.folder(), words), "{words}");
    }
}

#[tokio::test]
async fn a_running_service_forgets_a_conversation_and_goes_on() {
    let fixture = with_a_waiting_reply().await;
    let settings = fixture.beside().await;
    let conversation = conversation_id(1);
    let done = run(&settings, &["forget", &conversation]).await;
    assert!(done.success, "{done:?}");
    assert!(
        done.out
            .contains("Forgotten, and gone from the file: 1 event(s), 1 message(s)"),
        "{done:?}"
    );
    assert_is_gone(&fixture);
    // A redelivery is recognised; what waited is not sent; what is new is answered.
    assert_eq!(fixture.deliver(&saying(1, 1, WORDS)).await, 200);
    assert_is_gone(&fixture);
    fixture.settle(1, 3).await;
    assert_eq!(fixture.answers(1), [3]);
    fixture.assert_log_is_clean();
}

#[tokio::test]
async fn a_stopped_service_has_forgotten_when_it_starts() {
    let mut fixture = with_a_waiting_reply().await;
    fixture.terminate().await;
    let done = run(&fixture.settings, &["forget", &conversation_id(1)]).await;
    assert!(done.success, "{done:?}");
    assert_is_gone(&fixture);
    fixture.start_again().await;
    assert_eq!(fixture.deliver(&saying(1, 1, WORDS)).await, 200);
    fixture.settle(1, 3).await;
    assert_eq!(fixture.answers(1), [3]);
    let nothing = run(&fixture.beside().await, &["forget", "--contact", "nobody"]).await;
    assert!(nothing.success, "{nothing:?}");
    assert_eq!(nothing.out, "nobody: There was nothing to forget.\n");
}

#[tokio::test]
async fn what_waits_in_memory_is_forgotten_with_the_rest() {
    let stub = Stub::start().unwrap();
    let service = InProcess::start(&stub, "memory:").await;
    service.deliver(&saying(1, 1, "first n1")).await;
    service.running.settled().await;
    stub.refuse(Refusal {
        status: 429,
        message: "rate limit error",
        retry_after: Some(Duration::from_mins(10)),
        times: 1,
    });
    service.deliver(&saying(1, 2, "second n2")).await;
    service.running.settled().await;
    assert!(service.running.next_due().is_some());
    let form = format!("conversation={}", conversation_id(1));
    let own = [("origin", "http://localhost")];
    let answer = service.press("/forget", &own, &form).await;
    assert!(
        answer.text().contains("2 event(s), 2 message(s)"),
        "{}",
        answer.text()
    );
    service.deliver(&saying(1, 3, "third n3")).await;
    service.running.settled().await;
    assert_eq!(
        stub.chats_of(&conversation_id(1)),
        ["Echo: first n1", "Echo: third n3"]
    );
    let events = service
        .store
        .events(&Subject::All, Page::latest(9))
        .await
        .unwrap();
    let left: Vec<_> = events.iter().map(|event| &*event.mailbox.mailbox).collect();
    assert_eq!(left, ["", "", &conversation_id(1)]);
    service.stop().await;
}

/// Whoever the platform deletes is forgotten in one of the next rounds; the first is at the start.
#[tokio::test]
async fn what_the_platform_deletes_is_forgotten_if_that_is_asked_for() {
    let stub = Stub::start().unwrap();
    let store = store::open("memory:").unwrap();
    let service = InProcess::start_on(&stub, store.clone(), false, Retention::default()).await;
    let message = ContactMessage::new(1, 1);
    service.deliver(&message).await;
    let payload = message.payload();
    let contact = &payload["data"]["conversation"]["contact"];
    let deleted = json!({
        "event": "contact.delete",
        "timestamp": format!("{:.3}", message.created_at),
        "data": {"contact": {"id": contact}}
    });
    service.deliver_body(deleted.to_string().as_bytes()).await;
    service.running.settled().await;
    service.stop().await;
    let names = async || {
        let events = store.events(&Subject::All, Page::latest(9)).await.unwrap();
        events
            .into_iter()
            .map(|event| event.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names().await,
        ["message.create.contact.chat", "contact.delete"]
    );

    let retention = Retention {
        forget_deleted: true,
        ..Retention::default()
    };
    let service = InProcess::start_on(&stub, store.clone(), false, retention).await;
    let forgotten = async {
        while names().await != ["", ""] {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), forgotten)
        .await
        .unwrap();
    service.stop().await;
}

//! What needs a person is listed, tried again and dropped, while the service runs and while it is
//! stopped.

use std::sync::atomic::Ordering;

use shipmate_tests::{
    event::{ContactMessage, conversation_id},
    stub::{Refusal, Stub},
};

use crate::{
    fixture::{self, Fixture},
    operating::{InProcess, run, saying},
};

/// A service whose reply number 1 the platform has refused for good.
async fn with_a_refused_reply() -> Fixture {
    let fixture = Fixture::start().await;
    refuse(&fixture, 1).await;
    fixture
}

async fn refuse(fixture: &Fixture, number: u64) {
    fixture.stub.refuse(Refusal {
        status: 422,
        message: "text is too long",
        retry_after: None,
        times: 1,
    });
    assert_eq!(fixture.deliver(&ContactMessage::new(1, number)).await, 200);
    // The next reply goes out after the refusal is on record.
    fixture.settle(1, number + 1).await;
}

#[tokio::test]
async fn a_refused_message_is_listed_shown_and_sent_again_by_a_running_service() {
    let fixture = with_a_refused_reply().await;
    let settings = fixture.beside().await;
    let listed = run(&settings, &["letters"]).await;
    assert!(listed.success, "{listed:?}");
    for words in [
        "No event is a dead letter.",
        "message:1  ",
        "dead in 64ac",
        "text is too long",
    ] {
        assert!(listed.out.contains(words), "no {words:?} in {}", listed.out);
    }
    assert!(!listed.out.contains("Echo: n1"), "{}", listed.out);
    let shown = run(&settings, &["letters", "show", "message:1"]).await;
    assert!(shown.out.contains("\"text\": \"Echo: n1\""), "{shown:?}");
    assert!(shown.complaint.contains("what people wrote"), "{shown:?}");

    let done = run(&settings, &["letters", "retry", "message:1"]).await;
    assert!(
        done.success && done.out.contains("One letter is tried again."),
        "{done:?}"
    );
    fixture.answered(2).await;
    assert_eq!(fixture.answers(1), [2, 1]);
    let again = run(&settings, &["letters", "retry", "message:1"]).await;
    assert!(
        !again.success && again.out.contains("no such letter"),
        "{again:?}"
    );
    fixture.settle(1, 3).await;
    fixture.assert_log_is_clean();
}

#[tokio::test]
async fn letters_of_a_stopped_service_are_taken_up_when_it_starts() {
    let mut fixture = with_a_refused_reply().await;
    refuse(&fixture, 3).await;
    fixture.terminate().await;
    let done = run(&fixture.settings, &["letters", "drop", "message:1"]).await;
    assert!(
        done.success && done.out.contains("One letter is dropped."),
        "{done:?}"
    );
    let done = run(&fixture.settings, &["letters", "retry", "--all"]).await;
    assert!(
        done.success && done.out.contains("One letter is tried again."),
        "{done:?}"
    );
    fixture.start_again().await;
    fixture.answered(3).await;
    assert_eq!(fixture.answers(1), [2, 4, 3]);
    let why = run(&fixture.settings, &["why", "message:1"]).await;
    for words in [
        "dropped: a person or time decided",
        "dropped at the command line; before: ",
    ] {
        assert!(why.out.contains(words), "{}", why.out);
    }
}

#[tokio::test]
async fn a_service_that_is_asked_wrongly_says_what_to_set() {
    let fixture =
        Fixture::start_with(|settings| settings.with("SHIPMATE_CONSOLE_TOKEN", "open-sesame"))
            .await;
    let settings = fixture.beside().await;
    let drop_all = ["letters", "drop", "--all"];
    let right = run(&settings, &drop_all).await;
    assert!(right.success, "{right:?}");
    let nowhere = settings
        .clone()
        .with("SHIPMATE_CONSOLE_LISTEN", "127.0.0.1:1");
    for (settings, words) in [
        (
            settings.with("SHIPMATE_CONSOLE_TOKEN", "guess"),
            "SHIPMATE_CONSOLE_TOKEN",
        ),
        (nowhere, "SHIPMATE_CONSOLE_LISTEN"),
    ] {
        let said = run(&settings, &drop_all).await;
        assert!(!said.success && said.complaint.contains(words), "{said:?}");
        assert!(!said.complaint.contains("open-sesame"), "{said:?}");
    }
}

#[tokio::test]
async fn a_dead_letter_is_handled_once_after_the_bot_is_mended() {
    let stub = Stub::start().unwrap();
    let service = InProcess::start(&stub, "memory:").await;
    service.deliver(&saying(1, 1, "fail <b>n1")).await;
    service.running.settled().await;
    let page = service.look("/").await.text();
    assert!(
        page.contains("event:1") && page.contains("the hook does not like this"),
        "{page}"
    );
    let shown = service.look("/letters/event:1").await.text();
    assert!(
        shown.contains("fail &lt;b&gt;n1") && !shown.contains("<b>"),
        "{shown}"
    );

    service.mended.store(true, Ordering::Relaxed);
    let own = [
        ("origin", "http://localhost"),
        ("sec-fetch-site", "same-origin"),
    ];
    for foreign in [
        vec![],
        vec![("origin", "http://evil.example")],
        vec![
            ("origin", "http://localhost"),
            ("sec-fetch-site", "cross-site"),
        ],
    ] {
        let answer = service.press("/letters/event:1/retry", &foreign, "").await;
        assert_eq!(answer.status, 403, "{foreign:?}");
    }
    assert_eq!(
        service.look("/letters/event:1").await.status,
        200,
        "still there"
    );
    for expected in ["One letter is tried again.", "There is no such letter"] {
        let answer = service.press("/letters/event:1/retry", &own, "").await;
        assert!(answer.text().contains(expected), "{}", answer.text());
        service.running.settled().await;
    }
    assert_eq!(stub.chats_of(&conversation_id(1)), ["Echo: fail <b>n1"]);
    let why = service.look("/why?id=event%3A1").await.text();
    assert!(
        why.contains("handled: a hook of the bot did its work"),
        "{why}"
    );
    service.stop().await;
}

#[tokio::test]
async fn a_dead_letter_is_taken_up_by_the_next_service() {
    let stub = Stub::start().unwrap();
    let (settings, folder) = fixture::settings(&stub);
    let url = format!("sqlite:{}", folder.path().join("store.db").display());
    let service = InProcess::start(&stub, &url).await;
    service.deliver(&saying(1, 1, "fail n1")).await;
    service.running.settled().await;
    service.stop().await;
    let done = run(&settings, &["letters", "retry", "1"]).await;
    assert!(done.success, "{done:?}");
    let service = InProcess::start_mended(&stub, &url).await;
    // Nothing is sent in the first second, so that the pace holds over a restart.
    stub.chats_taken(1).await;
    assert_eq!(stub.chats_of(&conversation_id(1)), ["Echo: fail n1"]);
    service.stop().await;
}

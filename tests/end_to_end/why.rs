//! Why something happened is told at the command line, while the service runs.

use std::time::Duration;

use serde_json::Value;
use shipmate_tests::{
    event::{ContactMessage, conversation_id},
    stub::Refusal,
};

use crate::{
    fixture::Fixture,
    operating::{run, saying},
};

#[tokio::test]
async fn an_event_is_told_from_its_beginning_to_what_became_of_its_messages() {
    let fixture = Fixture::start().await;
    let message = ContactMessage::new(1, 1);
    assert_eq!(fixture.deliver(&message).await, 200);
    assert_eq!(fixture.deliver(&message).await, 200);
    fixture.answered(1).await;
    fixture.settle(2, 2).await;
    let place = "1";
    for id in [
        &*conversation_id(1),
        &message.id,
        place,
        "event:1",
        "message:1",
    ] {
        let said = run(&fixture.settings, &["why", id]).await;
        assert!(said.success, "{said:?}");
        for words in [
            "Event 1: message.create.contact.chat in 64ac",
            "after it happened",
            "it was delivered once more, which was recognised",
            "handled: a hook of the bot did its work;",
            "It caused one message:",
            "to the consumer, reply, marker ",
            "sent: the platform has it as ",
        ] {
            assert!(
                said.out.contains(words),
                "{id}: no {words:?} in\n{}",
                said.out
            );
        }
        assert!(
            !said.out.contains("n1"),
            "what was said is not told: {}",
            said.out
        );
        assert!(!said.out.contains("Event 2"), "{id}: {}", said.out);
    }
    let sent = fixture.stub.messages_of(&conversation_id(1))[0].clone();
    for id in [&sent["id"], &sent["meta"]["_shipmate"]] {
        let said = run(&fixture.settings, &["why", "--json", id.as_str().unwrap()]).await;
        let told: Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!(told["events"][0]["outcome"], "handled");
        assert_eq!(told["events"][0]["duplicates"], 1);
        assert_eq!(told["events"][0]["messages"][0]["status"], "sent");
        assert_eq!(told["events"][0]["messages"][0]["message"], sent["id"]);
    }
}

#[tokio::test]
async fn a_message_that_waits_says_for_what_and_until_when() {
    let fixture = Fixture::start().await;
    for number in 1..=9 {
        assert_eq!(fixture.deliver(&saying(1, number, "same n0")).await, 200);
    }
    fixture.answered(8).await;
    let told = async {
        loop {
            let said = run(&fixture.settings, &["why", &conversation_id(1)]).await;
            // Committed and held within moments; this is another process.
            if said.out.contains("Message 9") {
                return said.out;
            }
        }
    };
    let told = fixture.within("the ninth message", told).await;
    assert!(
        told.contains("until then the limit on identical messages holds it back"),
        "{told}"
    );

    fixture.stub.refuse(Refusal {
        status: 429,
        message: "rate limit error",
        retry_after: Some(Duration::from_mins(10)),
        times: 1,
    });
    assert_eq!(fixture.deliver(&ContactMessage::new(2, 20)).await, 200);
    let told = async {
        loop {
            let said = run(&fixture.settings, &["why", &conversation_id(2)]).await;
            if said.out.contains("the platform refused it for now") {
                return said.out;
            }
        }
    };
    let told = fixture.within("the refusal", told).await;
    assert!(told.contains("it is tried again, in "), "{told}");
    assert!(told.contains("reason: "), "{told}");
}

#[tokio::test]
async fn an_id_that_nobody_knows_is_told_so_with_what_would_do() {
    let fixture = Fixture::start().await;
    let said = run(&fixture.settings, &["why", "-no\u{1b}body"]).await;
    assert!(!said.success);
    for words in [
        "Nothing is on record of `-no\\u{1b}body`",
        "8 days",
        "message:12",
    ] {
        assert!(said.complaint.contains(words), "{said:?}");
    }
    for (store, words) in [
        ("memory:", "only the running service knows it"),
        ("sqlite:elsewhere.db", "there is no store elsewhere.db"),
    ] {
        let settings = fixture.settings.clone().with("SHIPMATE_STORE", store);
        let said = run(&settings, &["why", "x"]).await;
        assert!(!said.success && said.complaint.contains(words), "{said:?}");
    }
    assert!(!fixture.settings.folder().join("elsewhere.db").exists());
}

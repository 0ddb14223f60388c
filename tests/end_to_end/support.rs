//! The tools themselves: what the other tests rely on.

use std::time::Duration;

use shipmate_tests::{
    bare::BareEndpoint,
    event::{ContactMessage, answered_number, conversation_id},
    http::{self, Connection, Response},
    load::{self, Spread},
    sign,
    stub::{Mode, Refusal, Stub, Window},
};
use tokio::time::Instant;

const ID: &str = "64ac00000000000000000007";

async fn say(stub: &Stub, body: &str) -> Response {
    let request = http::post(
        &format!("/v2/conversations/{ID}/messages"),
        &[
            ("authorization", "Bearer t"),
            ("content-type", "application/json"),
        ],
        body.as_bytes(),
    );
    connect(stub).await.send(&request).await.unwrap()
}

async fn connect(stub: &Stub) -> Connection {
    let address = stub.url().strip_prefix("http://").unwrap().parse().unwrap();
    Connection::open(address).await.unwrap()
}

#[test]
fn signatures_are_those_of_known_vectors() {
    // RFC 2202 and RFC 4231, test case 2.
    let (key, text) = ("Jefe", b"what do ya want for nothing?");
    let sha1 = "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79";
    assert_eq!(sign::hub_signature(key, text), sha1);
    assert_eq!(
        sign::hub_signature_256(key, text),
        "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
    assert!(sign::is_hub_signature(sha1, key, text));
    assert!(!sign::is_hub_signature(
        sha1,
        key,
        b"what do ya want for something?"
    ));
    assert!(!sign::is_hub_signature("sha1=eff", key, text));
}

#[test]
fn a_window_counts_any_second_and_not_a_bit_more() {
    let start = Instant::now();
    let mut window = Window::default();
    for milliseconds in [0, 500, 999, 1000, 1600, 3000] {
        window.count(start + Duration::from_millis(milliseconds));
    }
    assert_eq!((window.busiest(), window.total()), (3, 6));
}

#[test]
fn an_event_is_numbered_and_of_usual_size() {
    let message = ContactMessage::new(3, 17);
    assert_eq!(message.conversation, conversation_id(3));
    assert_eq!(
        answered_number(&format!("Echo: {}", message.text)),
        Some(17)
    );
    assert_eq!(answered_number("no number"), None);
    let size = message.body().len();
    assert!((1_000..3_000).contains(&size), "{size} bytes");
}

#[tokio::test]
async fn the_stub_answers_an_object_with_an_object_and_an_array_with_an_array() {
    let stub = Stub::start().unwrap();
    let one = say(&stub, r#"{"type": "chat", "text": "a"}"#).await;
    let many = say(
        &stub,
        r#"[{"type": "chat", "text": "b"}, {"type": "command", "text": "/leave"}]"#,
    )
    .await;
    let neither = say(&stub, r#"{"text": 1}"#).await;
    assert_eq!((one.status, many.status, neither.status), (201, 201, 422));
    let one: serde_json::Value = serde_json::from_slice(&one.body).unwrap();
    let many: serde_json::Value = serde_json::from_slice(&many.body).unwrap();
    assert_ne!(one["id"], many[0]["id"]);
    assert_eq!(many[1]["conversation"], ID);
    assert_eq!(stub.chats_of(ID), ["a", "b"]);
    assert_eq!(stub.chats(), 2);
    assert_eq!(stub.messages_of(ID).len(), 3);
    assert_eq!(stub.attempts_of(ID).len(), 3);
    assert_eq!(stub.requests(), 3);
}

#[tokio::test]
async fn the_stub_reads_messages_back() {
    let stub = Stub::start().unwrap();
    say(
        &stub,
        r#"[{"text": "a", "meta": {"mark": "1"}}, {"text": "b"}]"#,
    )
    .await;
    let list = async |path: String| {
        let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer t\r\n\r\n");
        let answer = connect(&stub).await.send(request.as_bytes()).await.unwrap();
        serde_json::from_slice::<serde_json::Value>(&answer.body).unwrap()
    };
    let latest = list(format!(
        "/v2/messages?conversation={ID}&sort=-createdAt&limit=1"
    ))
    .await;
    assert_eq!(latest[0]["text"], "b");
    assert!(latest[1].is_null());
    let all = list(format!("/v2/conversations/{ID}/messages")).await;
    assert_eq!(all[0]["meta"]["mark"], "1");
    let whole = list(format!("/v2/conversations/{ID}?populate=messages")).await;
    assert_eq!(whole["messages"][1]["text"], "b");
}

#[tokio::test]
async fn the_stub_refuses_as_often_as_asked() {
    let stub = Stub::start().unwrap();
    stub.refuse(Refusal {
        status: 429,
        message: "rate limit error",
        retry_after: Some(Duration::from_secs(2)),
        times: 1,
    });
    let refused = say(&stub, r#"{"text": "a"}"#).await;
    assert_eq!(
        (refused.status, refused.header("retry-after")),
        (429, Some("2"))
    );
    assert_eq!(refused.text(), r#"{"message":"rate limit error"}"#);
    assert_eq!(say(&stub, r#"{"text": "a"}"#).await.status, 201);
    assert_eq!(stub.chats(), 1);
}

#[tokio::test]
async fn the_stub_holds_answers_after_and_requests_before_it_takes_them() {
    let stub = Stub::start().unwrap();
    stub.set_mode(Mode::HoldAnswers);
    let check = async {
        stub.in_flight(1).await;
        stub.chats_taken(1).await;
        stub.set_mode(Mode::Prompt);
    };
    let (answer, ()) = tokio::join!(say(&stub, r#"{"text": "a"}"#), check);
    assert_eq!(answer.status, 201);

    stub.set_mode(Mode::HoldRequests);
    let mut gives_up = connect(&stub).await;
    let path = format!("/v2/conversations/{ID}/messages");
    let request = http::post(&path, &[("authorization", "Bearer t")], br#"{"text": "b"}"#);
    gives_up.write(&request).await.unwrap();
    stub.in_flight(1).await;
    assert_eq!(stub.chats(), 1);
    drop(gives_up);
    stub.idle().await;
    stub.set_mode(Mode::Prompt);
    say(&stub, r#"{"text": "c"}"#).await;
    assert_eq!(stub.chats_of(ID), ["a", "c"]);
}

#[tokio::test]
async fn the_stub_comes_back_on_the_same_port_with_its_memory() {
    let mut stub = Stub::start().unwrap();
    let mut connection = connect(&stub).await;
    say(&stub, r#"{"text": "a"}"#).await;
    stub.stop().unwrap();
    connection.closed().await;
    stub.resume().unwrap();
    say(&stub, r#"{"text": "b"}"#).await;
    assert_eq!(stub.chats_of(ID), ["a", "b"]);
}

#[tokio::test]
async fn the_load_generator_counts_what_the_bare_endpoint_answers() {
    let endpoint = BareEndpoint::start("right").unwrap();
    let spread = Spread {
        first: 0,
        events: 103,
        conversations: 10,
        connections: 4,
    };
    let good = load::run(endpoint.address(), load::contact_messages("right", &spread))
        .await
        .unwrap();
    assert_eq!((good.acknowledged, good.refused), (103, 0));
    assert!(good.percentile(50) <= good.percentile(99));
    let bad = load::run(endpoint.address(), load::contact_messages("wrong", &spread))
        .await
        .unwrap();
    assert_eq!((bad.acknowledged, bad.refused), (0, 103));
}

//! Whoever has the secret can still send nonsense. It is refused, costs nothing that stays, and the
//! service goes on.

use serde_json::json;
use shipmate_tests::{event::ContactMessage, http, service::SECRET, sign::hub_signature};

use crate::fixture::Fixture;

const MEBIBYTE: usize = 1 << 20;

/// Rightly signed `body` gets `status`, and a good event afterwards is answered.
async fn check(body: &[u8], status: u16) {
    let fixture = Fixture::start().await;
    assert_eq!(fixture.deliver_body(body).await, status);
    fixture.settle(1, 1).await;
    assert_eq!(fixture.stub.chats(), 1);
    fixture.assert_log_is_clean();
}

/// A good event as JSON, padded with blanks to `length` bytes.
fn padded(number: u64, length: usize) -> Vec<u8> {
    let mut body = ContactMessage::new(1, number).body();
    body.resize(length, b' ');
    body
}

#[tokio::test]
async fn an_empty_body_is_refused() {
    check(b"", 400).await;
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused() {
    check(b"event=message.create.contact.chat", 400).await;
}

#[tokio::test]
async fn a_body_cut_short_is_refused() {
    let body = ContactMessage::new(1, 7).body();
    check(&body[..body.len() - 1], 400).await;
}

#[tokio::test]
async fn a_body_with_more_behind_it_is_refused() {
    check(
        &[ContactMessage::new(1, 7).body(), b"{}".to_vec()].concat(),
        400,
    )
    .await;
}

#[tokio::test]
async fn json_that_is_not_an_object_is_refused() {
    for body in ["null", "7", "\"event\"", "[]"] {
        check(body.as_bytes(), 400).await;
    }
}

/// Timers and jobs are events that the service makes itself.
#[tokio::test]
async fn nobody_can_make_a_timer_ring() {
    let timer = json!({"timer": {"name": "n", "due": "2026-01-01T00:00:00Z", "ends": {}}});
    for body in [
        json!({"event": "shipmate.timer.n", "data": {"conversation": {"id": "c"}}}),
        json!({"event": "shipmate.job.n"}),
        json!({"shipmate": timer}),
    ] {
        check(body.to_string().as_bytes(), 400).await;
    }
}

#[tokio::test]
async fn a_payload_without_an_event_name_is_refused() {
    let mut payload = ContactMessage::new(1, 7).payload();
    payload.as_object_mut().unwrap().remove("event");
    check(payload.to_string().as_bytes(), 400).await;
}

#[tokio::test]
async fn a_payload_with_an_event_name_that_is_no_text_is_refused() {
    let mut payload = ContactMessage::new(1, 7).payload();
    payload["event"] = json!({"name": "message.create.contact.chat"});
    check(payload.to_string().as_bytes(), 400).await;
}

#[tokio::test]
async fn a_message_event_without_its_conversation_is_refused() {
    let mut payload = ContactMessage::new(1, 7).payload();
    let data = payload["data"].as_object_mut().unwrap();
    data.remove("conversation");
    check(payload.to_string().as_bytes(), 400).await;
}

#[tokio::test]
async fn a_message_event_without_its_message_is_refused() {
    let mut payload = ContactMessage::new(1, 7).payload();
    payload["data"].as_object_mut().unwrap().remove("message");
    check(payload.to_string().as_bytes(), 400).await;
}

#[tokio::test]
async fn text_that_is_not_utf8_is_refused() {
    let mut body = ContactMessage::new(1, 7).body();
    let at = body.windows(2).position(|two| two == b"n7").unwrap();
    body[at] = 0xff;
    check(&body, 400).await;
}

#[tokio::test]
async fn a_million_open_brackets_are_refused() {
    check("[".repeat(1_000_000).as_bytes(), 400).await;
}

/// Readable from outside, absurd inside: whether it is refused or set aside, it does no harm.
#[tokio::test]
async fn deep_nesting_inside_an_event_does_no_harm() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let fixture = Fixture::start().await;
    let unknown =
        format!(r#"{{"id": "1", "event": "unicorn.create", "data": {{"unicorn": {deep}}}}}"#);
    let message = ContactMessage::new(2, 7).payload().to_string().replacen(
        r#""meta":{}"#,
        &format!(r#""meta":{deep}"#),
        1,
    );
    for body in [unknown, message] {
        let status = fixture.deliver_body(body.as_bytes()).await;
        assert!(matches!(status, 200 | 400), "{status}");
    }
    fixture.settle(1, 1).await;
    fixture.assert_log_is_clean();
}

/// JSON does not say which of two equal keys counts; what matters is that the answer is one of the
/// contract's and the service goes on.
#[tokio::test]
async fn duplicate_keys_do_no_harm() {
    let fixture = Fixture::start().await;
    let body = ContactMessage::new(2, 7).payload().to_string();
    for (key, twice) in [
        (r#""event":"#, r#""event":"unicorn.create","event":"#),
        (r#""data":"#, r#""data":{},"data":"#),
        (r#""text":"#, r#""text":"a","text":"#),
    ] {
        let status = fixture
            .deliver_body(body.replacen(key, twice, 1).as_bytes())
            .await;
        assert!(matches!(status, 200 | 400), "{key} {status}");
    }
    fixture.settle(1, 1).await;
    fixture.assert_log_is_clean();
}

#[tokio::test]
async fn the_content_type_does_not_matter() {
    let fixture = Fixture::start().await;
    for (number, kind) in [
        (1, "text/plain"),
        (2, "application/x-www-form-urlencoded"),
        (3, ""),
    ] {
        let body = ContactMessage::new(1, number).body();
        let signature = hub_signature(SECRET, &body);
        let headers = [("content-type", kind), ("x-hub-signature", &signature)];
        assert_eq!(fixture.post(&headers, &body).await, 200, "{kind}");
    }
    fixture.answered(3).await;
    assert_eq!(fixture.answers(1), [1, 2, 3]);
}

#[tokio::test]
async fn a_body_of_one_mebibyte_is_taken_and_one_byte_more_is_not() {
    let fixture = Fixture::start().await;
    assert_eq!(fixture.deliver_body(&padded(1, MEBIBYTE)).await, 200);
    assert_eq!(fixture.deliver_body(&padded(2, MEBIBYTE + 1)).await, 413);
    fixture.settle(1, 3).await;
    assert_eq!(fixture.answers(1), [1, 3]);
}

#[tokio::test]
async fn a_body_of_two_mebibytes_is_refused() {
    check(&padded(7, 2 * MEBIBYTE), 413).await;
}

#[tokio::test]
async fn a_body_of_two_mebibytes_that_does_not_tell_its_length_is_refused() {
    let fixture = Fixture::start().await;
    let body = padded(7, 2 * MEBIBYTE);
    let head = format!(
        "POST /webhook HTTP/1.1\r\nhost: localhost\r\nx-hub-signature: {}\r\ntransfer-encoding: chunked\r\n\r\n",
        hub_signature(SECRET, &body)
    );
    let chunks = body
        .chunks(64 << 10)
        .flat_map(|chunk| [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat());
    let request: Vec<u8> = head.bytes().chain(chunks).chain(*b"0\r\n\r\n").collect();
    assert_eq!(fixture.send(&request).await.status, 413);
    fixture.settle(1, 1).await;
    fixture.assert_log_is_clean();
}

#[tokio::test]
async fn a_request_that_is_not_http_is_not_answered_with_success() {
    let fixture = Fixture::start().await;
    for nonsense in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"[..],
        b"HELLO\r\n\r\n",
    ] {
        let mut connection = fixture.service.connect().await.unwrap();
        connection.write(nonsense).await.unwrap();
        let answer = fixture
            .within("the end of the connection", connection.closed())
            .await;
        assert!(
            !answer.starts_with(b"HTTP/1.1 2"),
            "{}",
            String::from_utf8_lossy(&answer)
        );
    }
    fixture.settle(1, 1).await;
    fixture.assert_log_is_clean();
}

#[tokio::test]
async fn two_hundred_malformed_bodies_leave_no_memory_behind() {
    const ROOM: u64 = 24 << 20;
    let fixture = Fixture::start().await;
    let bodies = [
        Vec::new(),
        vec![b'['; 1_000_000],
        padded(7, 2 * MEBIBYTE),
        vec![0xff; 10_000],
        br#"{"event": "message.create.contact.chat", "data": {}}"#.to_vec(),
    ];
    let requests: Vec<_> = bodies
        .iter()
        .map(|body| http::delivery(SECRET, body))
        .collect();
    let deliver = async |times| {
        for _ in 0..times {
            for request in &requests {
                assert!(matches!(fixture.send(request).await.status, 400 | 413));
            }
        }
        fixture.service.process().resident_bytes().unwrap()
    };
    let before = deliver(5).await;
    let after = deliver(40).await;
    assert!(
        after < before + ROOM,
        "{before} bytes before, {after} after"
    );
    fixture.settle(1, 1).await;
    fixture.assert_log_is_clean();
}

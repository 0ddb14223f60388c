//! What becomes of a request when the platform or the network does not play along.

use std::{error::Error as _, time::Duration};

use axum::body::Bytes;
use jiff::SignedDuration;
use tokio::net::TcpListener;
use web1on1::{Client, Error, Query, Receipt};

use crate::platform::{
    Platform, TOKEN, answer, client, hanging_up_after, impatient_client, paced_client,
};

async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

async fn post_raw(client: &Client, body: &'static str) -> Result<Vec<Receipt>, Error> {
    let permit = client.pacer().acquire().await;
    client
        .messages()
        .post_raw(permit, &"c".into(), Bytes::from_static(body.as_bytes()))
        .await
}

#[tokio::test]
async fn refusals_tell_status_message_place_and_wait() {
    for (status, body, message) in [
        (400, r#"{"message": "missing name"}"#, Some("missing name")),
        (
            401,
            r#"{"error": {"message": "jwt expired"}}"#,
            Some("jwt expired"),
        ),
        (404, "", None),
        (422, "{\"message\": 7}", None),
        (502, "<html>Bad Gateway</html>", None),
        (503, "upstream\nunavailable", Some("upstream unavailable")),
    ] {
        let platform = Platform::saying(status, body).await;
        let error = client(&platform.url)
            .bots()
            .get(&"b".into())
            .await
            .unwrap_err();
        let Error::Status {
            request,
            message: told,
            ..
        } = &error
        else {
            panic!("{status}: {error:?}");
        };
        assert_eq!(error.status(), Some(status));
        assert_eq!(told.as_deref(), message, "{body}");
        assert_eq!(request, "GET /v2/bots/b");
        assert_eq!(error.is_refused_for_now(), status >= 500);
        assert_eq!(error.is_token_problem(), status == 401);
        assert!(!error.is_in_doubt());
    }
}

#[tokio::test]
async fn retry_after_is_read_from_seconds_and_from_a_date() {
    for value in ["90", "Thu, 01 Jan 1970 00:01:30 GMT"] {
        let platform = Platform::start(move |_| {
            let mut answer = answer(429, "");
            answer
                .headers_mut()
                .insert("retry-after", value.parse().unwrap());
            answer
        })
        .await;
        let (client, _clock) = paced_client(&platform.url, 20);
        let error = client.users().me().await.unwrap_err();
        assert_eq!(
            error.retry_after(),
            Some(Duration::from_secs(90)),
            "{value}"
        );
        assert!(error.is_refused_for_now());
    }
}

#[tokio::test]
async fn a_yes_with_an_error_inside_is_a_no() {
    let platform =
        Platform::saying(200, r#"{"error": {"message": "Conversation not found"}}"#).await;
    let client = client(&platform.url);
    let error = client.messages().post(&"c".into(), "Hi").await.unwrap_err();
    assert!(
        error.to_string().contains("Conversation not found"),
        "{error}"
    );
    assert!(!error.is_in_doubt() && !error.is_retryable());
    assert!(client.bots().delete(&"b".into()).await.is_err());
    assert!(post_raw(&client, "[]").await.is_err());
}

#[tokio::test]
async fn a_yes_that_cannot_be_read_is_in_doubt_for_typed_calls_and_a_success_for_raw_ones() {
    for body in [
        "",
        "OK",
        r#"{"text": "no id"}"#,
        r#"{"id": "s3cr3t-text", "text": {}}"#,
    ] {
        let platform = Platform::saying(201, body).await;
        let client = client(&platform.url);
        let error = client.messages().post(&"c".into(), "Hi").await.unwrap_err();
        assert!(error.is_in_doubt(), "{error:?}");
        assert_eq!(error.status(), Some(201));
        assert!(
            !format!("{error:?} {error}").contains("s3cr3t"),
            "{error:?}"
        );
        assert!(post_raw(&client, "{}").await.is_ok(), "{body}");
    }
}

#[tokio::test]
async fn deleting_takes_204_and_also_the_record() {
    for (status, body) in [(204, ""), (200, r#"{"id": "o"}"#)] {
        let platform = Platform::saying(status, body).await;
        client(&platform.url)
            .organizations()
            .delete(&"o".into())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = Platform::saying(200, r#"{"id": "u"}"#).await;
    let target = elsewhere.url.clone();
    let platform = Platform::start(move |_| {
        let mut answer = answer(307, "");
        answer
            .headers_mut()
            .insert("location", target.parse().unwrap());
        answer
    })
    .await;
    let error = client(&platform.url).users().me().await.unwrap_err();
    assert_eq!(error.status(), Some(307));
    assert!(!error.is_in_doubt() && !error.is_retryable());
    assert_eq!(platform.seen().len(), 1);
    assert!(
        elsewhere.seen().is_empty(),
        "the token must not reach another host"
    );
}

#[tokio::test]
async fn no_answer_in_time_is_in_doubt() {
    // The system completes the connection; nobody ever reads from it.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let client = impatient_client(&url);
    let error = post_raw(&client, "[]").await.unwrap_err();
    assert!(matches!(error, Error::TimedOut { .. }), "{error:?}");
    assert!(error.is_in_doubt() && error.is_retryable() && !error.is_refused_for_now());
}

#[tokio::test]
async fn no_connection_is_refused_for_now() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = post_raw(&client(&url), "[]").await.unwrap_err();
    assert!(matches!(error, Error::Connect { .. }), "{error:?}");
    assert!(error.is_refused_for_now() && !error.is_in_doubt());
}

#[tokio::test]
async fn a_failed_handshake_is_refused_for_now_since_no_request_was_sent() {
    let platform = Platform::saying(200, "{}").await;
    let url = platform.url.replace("http://", "https://");
    let error = post_raw(&client(&url), "[]").await.unwrap_err();
    assert!(matches!(error, Error::Connect { .. }), "{error:?}");
    assert!(error.is_refused_for_now() && platform.seen().is_empty());
}

#[tokio::test]
async fn a_connection_that_breaks_before_the_answer_is_in_doubt() {
    for bytes in [b"".as_slice(), b"HTTP/1.1 2", b"nonsense\r\n\r\n"] {
        let url = hanging_up_after(bytes).await;
        let error = post_raw(&client(&url), "[]").await.unwrap_err();
        assert!(matches!(error, Error::Lost { .. }), "{error:?}");
        assert!(error.is_in_doubt() && !error.is_refused_for_now());
    }
}

#[tokio::test]
async fn a_yes_whose_body_is_lost_is_in_doubt_for_typed_calls_and_a_success_for_raw_ones() {
    const CUT: &[u8] = b"HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{\"id\":";
    let url = hanging_up_after(CUT).await;
    let error = client(&url)
        .messages()
        .post(&"c".into(), "Hi")
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::Unreadable { status: 201, .. }),
        "{error:?}"
    );
    assert!(error.is_in_doubt());
    let url = hanging_up_after(CUT).await;
    assert_eq!(post_raw(&client(&url), "[]").await.unwrap(), []);
}

#[tokio::test]
async fn a_refusal_whose_body_is_lost_is_still_that_refusal() {
    let url = hanging_up_after(b"HTTP/1.1 503 Busy\r\ncontent-length: 100\r\n\r\nbusy").await;
    let error = client(&url).users().me().await.unwrap_err();
    assert_eq!(error.status(), Some(503));
    assert!(error.is_refused_for_now());
}

#[tokio::test]
async fn a_body_beyond_the_bound_is_not_read() {
    let platform = Platform::saying(200, vec![b' '; 100_001]).await;
    let client = Client::builder(&platform.url)
        .max_body_bytes(100_000)
        .build()
        .unwrap();
    let error = client.bots().list(&Query::new()).await.unwrap_err();
    assert!(
        error.to_string().contains("longer than 100000 bytes"),
        "{error}"
    );

    let platform = Platform::saying(400, vec![b'a'; 10_000_000]).await;
    let error = Client::builder(&platform.url)
        .build()
        .unwrap()
        .users()
        .me()
        .await
        .unwrap_err();
    assert!(error.to_string().len() < 1000, "messages are cut");
}

#[tokio::test]
async fn neither_token_nor_query_show_in_errors() {
    let quoting = Platform::saying(403, format!(r#"{{"message": "invalid token {TOKEN}"}}"#)).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("http://{}", listener.local_addr().unwrap());
    let gone = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let lost = hanging_up_after(b"").await;
    for url in [&quoting.url, &silent, &gone, &lost] {
        let query = Query::new().filter("profile.telephone", "0612345678");
        let error = impatient_client(url)
            .forms()
            .list(&query)
            .await
            .unwrap_err();
        let mut text = format!("{error:?} {error}");
        let mut cause = error.source();
        while let Some(error) = cause {
            text = format!("{text} {error:?} {error}");
            cause = error.source();
        }
        assert!(
            !text.contains(TOKEN) && !text.contains("0612345678"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_slot_is_free_one_second_after_the_answer() {
    let platform = Platform::saying(200, r#"{"id": "u"}"#).await;
    let (client, clock) = paced_client(&platform.url, 1);
    client.users().me().await.unwrap();
    let second = tokio::spawn({
        let client = client.clone();
        async move { client.users().me().await }
    });
    clock.advance(SignedDuration::from_millis(999));
    settle().await;
    assert_eq!(platform.seen().len(), 1);
    clock.advance(SignedDuration::from_millis(1));
    second.await.unwrap().unwrap();
    assert_eq!(platform.seen().len(), 2);
}

#[tokio::test]
async fn a_request_holds_its_slot_until_it_is_answered_or_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (client, clock) = paced_client(&url, 1);
    let permit = client.pacer().acquire().await;
    let slow = tokio::spawn({
        let client = client.clone();
        async move {
            let body = Bytes::from_static(b"[]");
            client.messages().post_raw(permit, &"c".into(), body).await
        }
    });
    let next = tokio::spawn({
        let client = client.clone();
        async move { drop(client.pacer().acquire().await) }
    });
    settle().await;
    clock.advance(SignedDuration::from_secs(5));
    settle().await;
    assert!(!next.is_finished(), "no answer yet");
    slow.abort();
    assert!(slow.await.unwrap_err().is_cancelled());
    settle().await;
    assert!(!next.is_finished(), "given up less than a second ago");
    clock.advance(SignedDuration::from_secs(1));
    next.await.unwrap();
}

#[tokio::test]
async fn a_request_that_cannot_be_made_costs_nothing() {
    let (client, _clock) = paced_client("http://127.0.0.1:1", 1);
    for _ in 0..3 {
        let permit = client.pacer().acquire().await;
        let sent = client
            .messages()
            .post_raw(permit, &"".into(), Bytes::new())
            .await;
        assert!(matches!(sent, Err(Error::Unsendable { .. })), "{sent:?}");
    }
}

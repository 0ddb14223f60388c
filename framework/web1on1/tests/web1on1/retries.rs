//! Which requests are made again, and when.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use tokio::net::TcpListener;
use web1on1::{Client, Clock as _, Error, Patch, Request, Retries};

use crate::platform::{Platform, answer, hasty};

/// Refuses the first `refusals` requests with `status`, and then says yes.
async fn refusing(refusals: usize, status: u16, retry_after: Option<&'static str>) -> Platform {
    let count = Arc::new(AtomicUsize::new(0));
    Platform::start(move |_| {
        if count.fetch_add(1, Ordering::Relaxed) >= refusals {
            return answer(200, r#"{"id": "b"}"#);
        }
        let mut answer = answer(status, "");
        if let Some(value) = retry_after {
            let headers = answer.headers_mut();
            headers.insert("retry-after", value.parse().unwrap());
        }
        answer
    })
    .await
}

async fn get(client: &Client) -> Result<(), Error> {
    client.bots().get(&"b".into()).await.map(drop)
}

#[tokio::test]
async fn reads_and_deletions_are_made_again_and_writes_are_not() {
    for status in [429, 502, 503] {
        let platform = refusing(3, status, None).await;
        get(&hasty(&platform.url).0.build().unwrap()).await.unwrap();
        assert_eq!(platform.seen().len(), 4, "{status}");

        let platform = refusing(9, status, None).await;
        let client = hasty(&platform.url).0.build().unwrap();
        let error = client.bots().delete(&"b".into()).await.unwrap_err();
        assert_eq!(error.status(), Some(status));
        assert_eq!(platform.seen().len(), 4, "{status}");
        let changed = client
            .bots()
            .update(&"b".into(), &Patch::new().set("name", "B"))
            .await;
        let posted = client.messages().post(&"c".into(), "Hi").await;
        assert!(changed.is_err() && posted.is_err());
        assert_eq!(platform.seen().len(), 6, "{status}: one request each");
    }
}

#[tokio::test]
async fn a_write_is_made_again_if_its_caller_says_that_this_is_harmless() {
    let platform = refusing(2, 503, None).await;
    let client = hasty(&platform.url).0.build().unwrap();
    let request = Request::post(["bots"]).body("{}").repeatable();
    assert_eq!(client.send(request).await.unwrap().status(), 200);
    let seen = platform.seen();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|seen| seen.body == "{}"));
}

#[tokio::test]
async fn a_permit_is_for_one_request() {
    let platform = refusing(1, 503, None).await;
    let client = hasty(&platform.url).0.build().unwrap();
    let permit = client.pacer().acquire().await;
    let sent = client.send_with(permit, Request::get(["bots"])).await;
    assert_eq!(sent.unwrap_err().status(), Some(503));
    assert_eq!(platform.seen().len(), 1);
}

#[tokio::test]
async fn retry_after_is_waited_for_and_a_429_without_it_costs_a_second() {
    for (value, seconds) in [(Some("7"), 7), (None, 1)] {
        let platform = refusing(1, 429, value).await;
        let (client, clock) = hasty(&platform.url);
        get(&client.build().unwrap()).await.unwrap();
        assert_eq!(clock.now(), Timestamp::from_second(seconds).unwrap());
    }
}

#[tokio::test]
async fn a_retry_after_beyond_the_longest_wait_fails_at_once() {
    let platform = refusing(1, 503, Some("31")).await;
    let (client, clock) = hasty(&platform.url);
    let error = get(&client.build().unwrap()).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(31)));
    assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
}

#[tokio::test]
async fn retries_are_a_setting_and_the_same_for_the_same_seed() {
    let mut ends = Vec::new();
    for _ in 0..2 {
        let platform = refusing(99, 503, None).await;
        let (client, clock) = hasty(&platform.url);
        let retries = Retries {
            attempts: 7,
            base: Duration::from_secs(1),
            longest: Duration::from_hours(1),
        };
        let client = client.retries(retries).random_seed(5).build().unwrap();
        assert!(get(&client).await.is_err());
        assert_eq!(platform.seen().len(), 7);
        ends.push(clock.now());
    }
    assert_eq!(ends[0], ends[1]);
    assert_ne!(ends[0], Timestamp::UNIX_EPOCH);

    let platform = refusing(1, 503, None).await;
    let once = hasty(&platform.url).0.without_retries().build().unwrap();
    assert!(get(&once).await.is_err());
    assert_eq!(platform.seen().len(), 1);
}

#[tokio::test]
async fn no_connection_is_tried_again_until_the_attempts_are_used_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let (client, clock) = hasty(&url);
    let error = get(&client.random_seed(1).build().unwrap())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Connect { .. }), "{error:?}");
    assert_ne!(clock.now(), Timestamp::UNIX_EPOCH);
}

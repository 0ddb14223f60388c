//! Lists, page by page and as streams.

use axum::{body::Body, http::Response};
use futures_util::{StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};
use web1on1::{Bot, Error, Query};

use crate::platform::{Platform, Seen, answer, client};

fn bots(ids: std::ops::Range<u64>) -> String {
    let bots: Vec<Value> = ids.map(|id| json!({"id": id.to_string()})).collect();
    Value::from(bots).to_string()
}

fn parameter(seen: &Seen, name: &str) -> Option<u64> {
    let (_, query) = seen.line.split_once('?')?;
    url::form_urlencoded::parse(query.as_bytes())
        .find(|(key, _)| key == name)?
        .1
        .parse()
        .ok()
}

/// A list of `count` bots that is read by `offset`, at most `most` at a time.
fn by_offset(count: u64, most: u64) -> impl Fn(&Seen) -> Response<Body> + Clone + Send + Sync {
    move |seen| {
        let from = parameter(seen, "offset").unwrap_or(0).min(count);
        let limit = parameter(seen, "limit").unwrap_or(30).min(most);
        answer(200, bots(from..(from + limit).min(count)))
    }
}

fn with(mut answer: Response<Body>, name: &'static str, value: &str) -> Response<Body> {
    answer.headers_mut().append(name, value.parse().unwrap());
    answer
}

async fn ids(platform: &Platform, query: &Query) -> Result<Vec<String>, Error> {
    let stream = client(&platform.url).bots().stream(query);
    stream
        .map_ok(|bot: Bot| bot.id.to_string())
        .try_collect()
        .await
}

#[tokio::test]
async fn a_list_is_read_by_offset_until_a_page_is_short() {
    for (count, requests) in [(0, 1), (99, 1), (100, 2), (250, 3)] {
        let platform = Platform::start(by_offset(count, 100)).await;
        let expected: Vec<_> = (0..count).map(|id| id.to_string()).collect();
        assert_eq!(ids(&platform, &Query::new()).await.unwrap(), expected);
        assert_eq!(platform.seen().len(), requests, "{count}");
    }
    let platform = Platform::start(by_offset(7, 100)).await;
    let query = Query::new().equals("status", "active").limit(3).offset(2);
    assert_eq!(
        ids(&platform, &query).await.unwrap(),
        ["2", "3", "4", "5", "6"]
    );
    let lines: Vec<_> = platform.seen().into_iter().map(|seen| seen.line).collect();
    assert_eq!(
        lines,
        [
            "GET /v2/bots?status=active&limit=3&offset=2",
            "GET /v2/bots?status=active&limit=3&offset=5",
        ]
    );
}

#[tokio::test]
async fn a_page_size_that_the_platform_does_not_grant_loses_nothing() {
    let platform = Platform::start(by_offset(250, 100)).await;
    let all = ids(&platform, &Query::new().limit(1000)).await.unwrap();
    assert_eq!(all.len(), 250);
}

#[tokio::test]
async fn a_list_is_read_by_its_links_where_there_are_any() {
    let platform = Platform::start(|seen| {
        match parameter(seen, "page") {
            None => with(
                answer(200, bots(0..2)),
                "link",
                r#"</v2/bots?page=2>; rel="next""#,
            ),
            // An empty page is not the end as long as there is a next one.
            Some(2) => with(
                with(answer(200, "[]"), "link", "<bots?page=1>; rel=prev"),
                "link",
                "<bots?page=3>; rel=\"last next\"",
            ),
            // As long as a full page, and still the last one: the links say so.
            Some(_) => answer(200, bots(2..102)),
        }
    })
    .await;
    let all = ids(&platform, &Query::new().limit(100)).await.unwrap();
    assert_eq!(all.len(), 102);
    let lines: Vec<_> = platform.seen().into_iter().map(|seen| seen.line).collect();
    assert_eq!(
        lines,
        [
            "GET /v2/bots?limit=100",
            "GET /v2/bots?page=2",
            "GET /v2/bots?page=3"
        ]
    );
}

#[tokio::test]
async fn a_link_to_another_server_is_not_followed() {
    let elsewhere = Platform::saying(200, "[]").await;
    let link = format!("<{}/v2/bots>; rel=next", elsewhere.url);
    let platform = Platform::start(move |_| with(answer(200, bots(0..3)), "link", &link)).await;
    let error = client(&platform.url)
        .bots()
        .page(&Query::new())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::NextPage { .. }), "{error:?}");
    assert!(error.to_string().contains("another server"), "{error}");
    assert!(!error.is_in_doubt() && !error.is_retryable());
    assert!(elsewhere.seen().is_empty(), "the token must not reach it");
}

#[tokio::test]
async fn a_list_that_never_ends_is_left() {
    let platform =
        Platform::start(|_| with(answer(200, bots(0..2)), "link", "</v2/bots?p>; rel=next")).await;
    assert!(matches!(
        ids(&platform, &Query::new()).await,
        Err(Error::NextPage { .. })
    ));
    assert!(platform.seen().len() < 5);

    // It does not know `offset`.
    let platform = Platform::start(|_| answer(200, bots(0..100))).await;
    assert!(matches!(
        ids(&platform, &Query::new()).await,
        Err(Error::NextPage { .. })
    ));
    assert_eq!(platform.seen().len(), 2);
}

#[tokio::test]
async fn a_page_is_asked_for_when_everything_before_it_was_taken() {
    let platform = Platform::start(by_offset(30, 10)).await;
    let mut stream = client(&platform.url).bots().stream(&Query::new().limit(10));
    assert!(platform.seen().is_empty());
    for taken in 1..=30 {
        stream.next().await.unwrap().unwrap();
        assert_eq!(platform.seen().len(), (taken - 1) / 10 + 1);
    }
    assert!(stream.next().await.is_none());
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn an_error_ends_a_stream_after_what_came_before_it() {
    let platform = Platform::start(|seen| match parameter(seen, "offset") {
        None => answer(200, bots(0..2)),
        Some(_) => answer(500, ""),
    })
    .await;
    let stream = client(&platform.url).bots().stream(&Query::new().limit(2));
    let results: Vec<_> = stream.collect().await;
    assert_eq!(results.len(), 3);
    assert_eq!(results[2].as_ref().unwrap_err().status(), Some(500));
}

#[tokio::test]
async fn pages_tell_what_the_platform_says_about_the_list() {
    let list = by_offset(5, 100);
    let platform = Platform::start(move |seen| {
        let page = with(list(seen), "x-total-count", "5");
        with(with(page, "x-request-id", "r1"), "server", "s")
    })
    .await;
    let client = client(&platform.url);
    let bots = client.bots();
    let page = bots.page(&Query::new().limit(3)).await.unwrap();
    assert_eq!((page.items.len(), page.total()), (3, Some(5)));
    assert_eq!(page.header("X-Request-Id"), Some("r1"));
    assert_eq!(page.header("server"), None);
    let mut headers: Vec<_> = page.headers().collect();
    headers.sort_unstable();
    assert_eq!(headers, [("x-request-id", "r1"), ("x-total-count", "5")]);
    let rest = bots.page_at(page.next.unwrap()).await.unwrap();
    assert_eq!((rest.items.len(), rest.next.is_none()), (2, true));
}

#[tokio::test]
async fn a_list_that_needs_a_filter_is_not_asked_for_without_one() {
    let platform = Platform::saying(200, "[]").await;
    let client = client(&platform.url);
    let by_text = Query::new().contains("text", "hello");
    let error = client.messages().list(&by_text).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "GET /v2/messages needs a filter; add at least one of id, organization, conversation, type, role, createdAt"
    );
    assert!(!error.is_in_doubt() && !error.is_retryable());
    let by_meta = Query::new().equals("meta.intent", "buy");
    for query in [&by_text, &Query::new()] {
        let first = client.messages().stream(query).next().await.unwrap();
        assert!(matches!(first, Err(Error::FilterMissing { .. })));
        let page = client.messages().page(query).await;
        assert!(matches!(page, Err(Error::FilterMissing { .. })));
    }
    let error = client.conversations().list(&by_meta).await.unwrap_err();
    assert!(error.to_string().contains("participants.user"), "{error}");
    assert!(platform.seen().is_empty());

    let by_both = by_meta.equals("status", "active");
    client.conversations().list(&by_both).await.unwrap();
    client.conversations().list(&Query::new()).await.unwrap();
    let by_role = by_text.equals("role", "contact");
    client.messages().list(&by_role).await.unwrap();
    assert_eq!(platform.seen().len(), 3);
}

#[tokio::test]
async fn a_filter_that_would_be_read_as_another_is_not_sent() {
    let platform = Platform::saying(200, "[]").await;
    let query = Query::new().equals("profile.name", "~Ann");
    let error = client(&platform.url).bots().list(&query).await.unwrap_err();
    assert!(matches!(error, Error::Unsendable { .. }), "{error:?}");
    assert!(error.to_string().contains("`profile.name`"), "{error}");
    assert!(!error.to_string().contains("Ann"), "{error}");
    assert!(platform.seen().is_empty());
}

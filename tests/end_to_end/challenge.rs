//! `GET /webhook`: the platform checks that the address is ours.

use shipmate_tests::http;

use crate::fixture::Fixture;

#[tokio::test]
async fn a_subscription_challenge_is_echoed_as_plain_text() {
    let fixture = Fixture::start().await;
    for (sent, expected) in [
        ("7f3b2c", "7f3b2c"),
        ("a%20b%2Bc%26d", "a b+c&d"),
        (
            "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
            "<script>alert(1)</script>",
        ),
    ] {
        let answer = fixture
            .send(&http::get(&format!(
                "/webhook?type=subscribe&challenge={sent}"
            )))
            .await;
        assert_eq!((answer.status, answer.text().as_str()), (200, expected));
        let kind = answer.header("content-type").unwrap_or_default();
        assert!(kind.starts_with("text/plain"), "{kind}");
    }
}

#[tokio::test]
async fn anything_else_than_a_subscription_is_forbidden() {
    let fixture = Fixture::start().await;
    for query in [
        "",
        "?type=subscribe",
        "?challenge=7f3b2c",
        "?type=unsubscribe&challenge=7f3b2c",
        "?type=Subscribe&challenge=7f3b2c",
        "?type=&challenge=7f3b2c",
    ] {
        let answer = fixture.send(&http::get(&format!("/webhook{query}"))).await;
        assert_eq!(answer.status, 403, "{query}");
        assert!(!answer.text().contains("7f3b2c"), "{query}");
    }
}

#[tokio::test]
async fn other_methods_are_not_allowed() {
    let fixture = Fixture::start().await;
    for method in ["PUT", "DELETE", "PATCH"] {
        let request =
            format!("{method} /webhook HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\r\n");
        assert_eq!(
            fixture.send(request.as_bytes()).await.status,
            405,
            "{method}"
        );
    }
}

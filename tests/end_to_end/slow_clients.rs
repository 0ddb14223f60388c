//! Clients that never finish hold up nobody, and are let go.

use shipmate_tests::{
    event::ContactMessage,
    http::{self, Connection},
    service::SECRET,
};

use crate::fixture::Fixture;

const HALF_A_HEADER: &[u8] = b"POST /webhook HTTP/1.1\r\nhost: localhost\r\nx-hub-sig";

async fn half_open(fixture: &Fixture, count: usize) -> Vec<Connection> {
    let mut connections = Vec::new();
    for _ in 0..count {
        let mut connection = fixture.service.connect().await.unwrap();
        connection.write(HALF_A_HEADER).await.unwrap();
        connections.push(connection);
    }
    connections
}

/// How many clients send half a header: a thousand, or as many as `TRUST_HALF_OPEN` says.
fn slow_clients() -> usize {
    std::env::var("TRUST_HALF_OPEN").map_or(1000, |count| count.parse().unwrap())
}

#[tokio::test]
async fn a_good_request_is_answered_beside_a_thousand_half_sent_headers() {
    let count = slow_clients();
    // Each end of each connection is one of our own open files or one of the service's.
    rlimit::increase_nofile_limit(8192.max(2 * count as u64)).unwrap();
    let fixture = Fixture::start().await;
    let slow = half_open(&fixture, count).await;
    fixture.settle(1, 1).await;
    let still_open = slow
        .iter()
        .filter(|connection| connection.is_quiet())
        .count();
    assert!(
        still_open > 0,
        "every slow client was gone before the good one was answered"
    );
    assert_eq!(fixture.answers(1), [1]);
}

#[tokio::test]
async fn a_header_that_never_ends_is_given_up() {
    let fixture = Fixture::start().await;
    for mut connection in half_open(&fixture, 10).await {
        let answer = fixture
            .within("the end of the connection", connection.closed())
            .await;
        let is_fair = answer.is_empty() || answer.starts_with(b"HTTP/1.1 408");
        assert!(is_fair, "{}", String::from_utf8_lossy(&answer));
    }
    fixture.settle(1, 1).await;
}

#[tokio::test]
async fn a_body_that_never_ends_is_refused_as_too_slow() {
    let fixture = Fixture::start().await;
    let request = http::delivery(SECRET, &ContactMessage::new(1, 7).body());
    let mut connection = fixture.service.connect().await.unwrap();
    connection
        .write(&request[..request.len() - 1])
        .await
        .unwrap();
    let answer = fixture
        .within("an answer", connection.read())
        .await
        .unwrap();
    assert_eq!(answer.status, 408);
    fixture.settle(1, 8).await;
    assert_eq!(fixture.answers(1), [8]);
}

#[tokio::test]
async fn a_client_that_goes_away_half_way_leaves_nothing_behind() {
    let fixture = Fixture::start().await;
    let request = http::delivery(SECRET, &ContactMessage::new(1, 7).body());
    for end in [1, request.len() / 2, request.len() - 1] {
        let mut connection = fixture.service.connect().await.unwrap();
        connection.write(&request[..end]).await.unwrap();
    }
    fixture.settle(1, 8).await;
    assert_eq!(fixture.answers(1), [8]);
    fixture.assert_log_is_clean();
}

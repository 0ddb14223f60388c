//! Starting, being watched, ending.

use std::time::Duration;

use shipmate_tests::{
    event::ContactMessage,
    http::{self, Connection},
    service::{SECRET, TOKEN},
    stub::Mode,
};

use crate::fixture::Fixture;

/// A deploy waits this long for the old process, at most.
const DRAIN: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_running_service_is_alive_and_ready() {
    let fixture = Fixture::start().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(fixture.send(&http::get(path)).await.status, 200, "{path}");
    }
    assert_eq!(fixture.send(&http::get("/nothing-here")).await.status, 404);
}

#[tokio::test]
async fn metrics_are_for_prometheus_and_hold_no_secrets() {
    let fixture = Fixture::start().await;
    fixture.settle(1, 1).await;
    let answer = fixture.send(&http::get("/metrics")).await;
    assert_eq!(answer.status, 200);
    let kind = answer.header("content-type").unwrap_or_default();
    assert!(kind.starts_with("text/plain"), "{kind}");
    let text = answer.text();
    assert!(text.contains("# TYPE "), "{text}");
    for line in text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        let value = line.rsplit_once(' ').unwrap().1;
        assert!(value.parse::<f64>().is_ok(), "{line}");
    }
    assert!(!text.contains(SECRET) && !text.contains(TOKEN), "{text}");
}

#[tokio::test]
async fn a_service_with_nothing_to_do_ends_well_when_asked() {
    let fixture = Fixture::start().await;
    fixture.settle(1, 1).await;
    let process = fixture.service.process();
    process.terminate().unwrap();
    let status = fixture.within("the end", process.ended()).await;
    assert!(status.success(), "{status}: {}", fixture.log());
    fixture.assert_log_is_clean();
}

/// The platform holds its answers, so nothing can be finished; the service ends all the same, and
/// the next one finishes.
#[tokio::test]
async fn a_service_with_work_left_ends_in_time_and_the_next_one_finishes_it() {
    let mut fixture = Fixture::start().await;
    fixture.stub.set_mode(Mode::HoldAnswers);
    for number in 0..20 {
        assert_eq!(
            fixture.deliver(&ContactMessage::new(number, number)).await,
            200
        );
        assert_eq!(
            fixture
                .deliver(&ContactMessage::new(number, 100 + number))
                .await,
            200
        );
    }
    fixture
        .within("a first request", fixture.stub.in_flight(1))
        .await;
    let process = fixture.service.process();
    process.terminate().unwrap();
    let status = tokio::time::timeout(DRAIN, process.ended())
        .await
        .unwrap_or_else(|_| panic!("did not end within {DRAIN:?}: {}", fixture.log()));
    assert!(status.success(), "{status}: {}", fixture.log());

    fixture.stub.set_mode(Mode::Prompt);
    fixture.kill_and_restart().await;
    for number in 0..20 {
        fixture.settle(number, 200 + number).await;
        assert_eq!(
            fixture.answers(number),
            [number, 100 + number, 200 + number]
        );
    }
    fixture.assert_log_is_clean();
}

/// While it drains, a service says so, and whatever it still acknowledges is answered by the next.
#[tokio::test]
async fn a_draining_service_takes_no_more_events() {
    let mut fixture = Fixture::start().await;
    fixture.stub.set_mode(Mode::HoldAnswers);
    assert_eq!(fixture.deliver(&ContactMessage::new(0, 0)).await, 200);
    fixture
        .within("a held answer", fixture.stub.in_flight(1))
        .await;
    let mut open = fixture.service.connect().await.unwrap();
    assert_eq!(open.send(&http::get("/readyz")).await.unwrap().status, 200);
    fixture.service.process().terminate().unwrap();

    let mut acknowledged = Vec::new();
    let refused = async {
        for number in 1.. {
            match deliver_over(&fixture, &mut open, &ContactMessage::new(number, number)).await {
                200 => acknowledged.push(number),
                status => return status,
            }
        }
        unreachable!("there is always a next number")
    };
    assert_eq!(fixture.within("a refusal", refused).await, 503);
    let mut fresh = fixture.service.connect().await.unwrap();
    assert_eq!(fresh.send(&http::get("/readyz")).await.unwrap().status, 503);
    fixture.stub.set_mode(Mode::Prompt);

    fixture.terminate_and_restart().await;
    fixture.answered(1 + acknowledged.len()).await;
    for number in acknowledged {
        assert_eq!(fixture.answers(number), [number]);
    }
}

/// Delivers over `open`, or over a new connection when that one has been closed meanwhile.
async fn deliver_over(fixture: &Fixture, open: &mut Connection, message: &ContactMessage) -> u16 {
    let request = http::delivery(SECRET, &message.body());
    if let Ok(answer) = open.send(&request).await {
        return answer.status;
    }
    *open = fixture.service.connect().await.unwrap_or_else(|error| {
        panic!("a draining service answers 503: {error}\n{}", fixture.log())
    });
    open.send(&request).await.unwrap().status
}

//! Every event and every message ends in exactly one recorded outcome, and what is counted is what
//! is on record.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use shipmate::store::{EventRecord, Page, RowRecord, Store, Subject};
use shipmate_tests::{
    event::{ContactMessage, conversation_id},
    stub::{Refusal, Stub},
};

use crate::operating::{InProcess, saying};

type Counted = BTreeMap<String, u64>;

async fn all_events(store: &dyn Store) -> Vec<EventRecord> {
    let mut all = Vec::new();
    loop {
        let after = all.last().map_or(0, |event: &EventRecord| event.place);
        let page = store
            .events(&Subject::All, Page::After(after, 7))
            .await
            .unwrap();
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

async fn all_rows(store: &dyn Store) -> Vec<RowRecord> {
    let mut all = Vec::new();
    loop {
        let after = all.last().map_or(0, |row: &RowRecord| row.place);
        let page = store
            .rows(&Subject::All, Page::After(after, 7))
            .await
            .unwrap();
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

/// The values of a metric by its last label.
fn counted(metrics: &str, name: &str) -> Counted {
    let values = metrics.lines().filter_map(|line| {
        let (labels, value) = line.strip_prefix(name)?.rsplit_once(' ')?;
        let (_, label) = labels
            .strip_suffix("\"}")
            .unwrap_or(labels)
            .rsplit_once('"')
            .unwrap_or_default();
        Some((label.to_owned(), value.parse().unwrap()))
    });
    values.collect()
}

fn count(words: impl Iterator<Item = String>) -> Counted {
    let mut counted = Counted::new();
    for word in words {
        *counted.entry(word).or_default() += 1;
    }
    counted
}

#[tokio::test]
async fn events_in_are_the_sum_of_their_outcomes() {
    let stub = Stub::start().unwrap();
    let service = InProcess::start(&stub, "memory:").await;
    let old = ContactMessage::new(9, 900);
    let old = ContactMessage {
        created_at: old.created_at - SignedDuration::from_hours(24 * 8),
        ..old
    };
    service.deliver(&old).await;
    for number in 0..40 {
        let text = match number % 4 {
            0 => "nothing".to_owned(),
            1 => format!("fail {number}"),
            _ => format!("word {number}"),
        };
        let message = saying(number % 5, number, &text);
        service.deliver(&message).await;
        service.deliver(&message).await;
    }
    service.running.settled().await;
    stub.refuse(Refusal {
        status: 422,
        message: "no",
        retry_after: None,
        times: 1,
    });
    service.deliver(&saying(6, 600, "refused")).await;
    service.running.settled().await;
    let own = [("origin", "http://localhost")];
    let form = format!("conversation={}", conversation_id(3));
    assert_eq!(service.press("/forget", &own, &form).await.status, 200);
    service.running.settled().await;

    let metrics = service.get("/metrics").await;
    let events = all_events(&*service.store).await;
    assert_eq!(events.len(), 42);
    assert!(
        events.iter().all(|event| event.decided_at.is_some()),
        "{events:?}"
    );
    let mut outcomes = count(events.iter().filter_map(|event| event.outcome.clone()));
    assert_eq!(outcomes.values().sum::<u64>(), 42);
    // Dead letters that were forgotten had been counted as dead letters.
    let forgotten = outcomes.remove("forgotten").unwrap_or(0);
    *outcomes.entry("dead-letter".to_owned()).or_default() += forgotten;
    assert_eq!(outcomes, counted(&metrics, "shipmate_events_total{"));
    let duplicates: u64 = events.iter().map(|event| event.duplicates).sum();
    assert_eq!(duplicates, 40);

    let rows = all_rows(&*service.store).await;
    assert!(rows.iter().all(|row| row.status.is_final()), "{rows:?}");
    let ends = count(rows.iter().map(|row| row.status.as_str().to_owned()));
    // Twenty replies, and for each of ten incidents a note, a `/notify` and a `/leave`.
    assert_eq!(
        ends,
        Counted::from([("sent".into(), 50), ("dead".into(), 1)])
    );
    assert_eq!(ends, counted(&metrics, "shipmate_outbox_rows_total{"));
    for row in &rows {
        assert!(
            events.iter().any(|event| event.place == row.event),
            "{row:?}"
        );
    }
    service.stop().await;
}

//! A list is read in flat memory, however long it is.
//!
//! Alone in its process, whose memory it counts.

#![cfg(test)]

use std::{collections::HashMap, fmt::Write as _, num::NonZeroU32, sync::Arc};

use axum::{Router, extract::Query as Parameters, routing::get};
use jiff::Timestamp;
use peak_alloc::PeakAlloc;
use tokio::net::TcpListener;
use web1on1::{Client, ManualClock, Pacer, Query};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Makes each page anew, so it needs no more memory for a long list than for a short one.
async fn page(Parameters(parameters): Parameters<HashMap<String, u64>>) -> String {
    let number = |name: &str| parameters.get(name).copied().unwrap_or(0);
    let from = number("offset");
    let to = number("createdAt").min(from + number("limit"));
    let mut page = String::from("[");
    for id in from..to {
        let comma = if id == from { "" } else { "," };
        write!(page, r#"{comma}{{"id": "{id}", "text": "message {id}"}}"#).unwrap();
    }
    page + "]"
}

/// The most memory in use while `count` messages are read, beyond what was in use before, in bytes.
async fn peak_of(client: &Client, count: usize) -> usize {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    // The stub takes this filter for the length of the list.
    let query = Query::new().filter("createdAt", count.to_string());
    let mut messages = client.messages().stream(&query);
    let mut read = 0;
    while let Some(message) = messages.next().await {
        assert_eq!(message.unwrap().id.as_str(), read.to_string());
        read += 1;
    }
    assert_eq!(read, count);
    MEMORY.peak_usage() - before
}

#[tokio::test]
async fn ten_thousand_messages_need_no_more_memory_than_a_thousand() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let platform = Router::new().route("/v2/messages", get(page));
    tokio::spawn(async move { axum::serve(listener, platform).await });
    let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
    let rate = NonZeroU32::new(1_000).unwrap();
    let client = Client::builder(url)
        .pacer(Arc::new(Pacer::new(rate, Arc::new(clock))))
        .build()
        .unwrap();
    // Connections and buffers are made at first use.
    peak_of(&client, 1_000).await;
    let short = peak_of(&client, 1_000).await;
    let long = peak_of(&client, 10_000).await;
    assert!(long < 2 * short, "{long} bytes, not {short}");
}

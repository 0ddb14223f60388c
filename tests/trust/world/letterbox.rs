//! Takes the platform's webhooks in the place of the service, so that the test can deliver them.

use std::{collections::HashMap, sync::Arc};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use serde_json::Value;
use shipmate::web1on1::MessageId;
use shipmate_tests::http;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

/// A webhook as the platform signed it.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    signature: Arc<str>,
    body: Bytes,
}

impl Letter {
    /// The request that delivers it.
    pub(crate) fn request(&self) -> Vec<u8> {
        let headers = [
            ("content-type", "application/json"),
            ("x-hub-signature", &*self.signature),
        ];
        http::post("/webhook", &headers, &self.body)
    }
}

type Letters = watch::Sender<HashMap<MessageId, Letter>>;

/// What has come in and was not taken out yet.
#[derive(Debug)]
pub(super) struct Letterbox {
    letters: Letters,
    url: String,
    task: JoinHandle<()>,
}

impl Letterbox {
    pub(super) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhook", listener.local_addr().unwrap());
        let letters = Letters::default();
        let router = Router::new()
            .route("/webhook", post(put_in))
            .with_state(letters.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { letters, url, task }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The webhook about `message`, as soon as it has come.
    pub(super) async fn take(&self, message: &MessageId) -> Letter {
        let mut coming = self.letters.subscribe();
        let here = coming.wait_for(|letters| letters.contains_key(message));
        drop(here.await.unwrap());
        let mut taken = None;
        self.letters.send_if_modified(|letters| {
            taken = letters.remove(message);
            false
        });
        taken.unwrap()
    }
}

impl Drop for Letterbox {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn put_in(State(letters): State<Letters>, headers: HeaderMap, body: Bytes) {
    let payload: Value = serde_json::from_slice(&body).unwrap();
    let message = payload["data"]["message"]["id"].as_str().unwrap();
    let signature = headers["x-hub-signature"].to_str().unwrap().into();
    let letter = Letter { signature, body };
    letters.send_modify(|letters| {
        letters.insert(message.into(), letter);
    });
}

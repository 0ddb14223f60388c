//! A stand-in for the platform that answers as it is told and remembers what it was asked.

use std::{
    num::NonZeroU32,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, Response},
};
use jiff::Timestamp;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};
use web1on1::{Client, ManualClock, Pacer, Token};

pub(crate) const TOKEN: &str = "s3cr3t.t0k3n";

/// A request as the platform saw it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

pub(crate) struct Platform {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Platform {
    /// Answers every request with what `answer` makes of it.
    pub(crate) async fn start<F>(answer: F) -> Self
    where
        F: Fn(&Seen) -> Response<Body> + Clone + Send + Sync + 'static,
    {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let handler = move |request: Request| {
            let (answer, log) = (answer.clone(), Arc::clone(&log));
            async move {
                let (head, body) = request.into_parts();
                let body = to_bytes(body, usize::MAX).await.unwrap();
                let request = Seen {
                    line: format!("{} {}", head.method, head.uri),
                    headers: head.headers,
                    body: String::from_utf8(body.to_vec()).unwrap(),
                };
                log.lock().unwrap().push(request.clone());
                answer(&request)
            }
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router: Router = Router::new().fallback(handler);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, seen }
    }

    /// Answers every request with `status` and `body`.
    pub(crate) async fn saying(status: u16, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        Self::start(move |_| answer(status, body.clone())).await
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

pub(crate) fn answer(status: u16, body: impl Into<Body>) -> Response<Body> {
    Response::builder()
        .status(status)
        .body(body.into())
        .unwrap()
}

/// Reads the beginning of one request, writes `bytes` and hangs up.
pub(crate) async fn hanging_up_after(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 64 * 1024];
        assert!(stream.read(&mut request).await.unwrap() > 0);
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        // Closing with unread input would reset the connection instead of ending it.
        while stream.read(&mut request).await.is_ok_and(|read| read > 0) {}
    });
    url
}

pub(crate) fn client(url: &str) -> Client {
    Client::builder(url)
        .token(Token::new(TOKEN).unwrap())
        .without_retries()
        .build()
        .unwrap()
}

pub(crate) fn impatient_client(url: &str) -> Client {
    Client::builder(url)
        .token(Token::new(TOKEN).unwrap())
        .without_retries()
        .timeout(Duration::from_millis(50))
        .build()
        .unwrap()
}

/// A client with `rate` requests per second by a clock that stands still.
pub(crate) fn paced_client(url: &str, rate: u32) -> (Client, ManualClock) {
    let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
    let rate = NonZeroU32::new(rate).unwrap();
    let client = Client::builder(url)
        .token(Token::new(TOKEN).unwrap())
        .without_retries()
        .pacer(Arc::new(Pacer::new(rate, Arc::new(clock.clone()))))
        .build()
        .unwrap();
    (client, clock)
}

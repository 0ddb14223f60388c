//! Request bodies within bounds: each of them, and all of them together.

use std::{sync::Arc, time::Duration};

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Body as _;
use tokio::sync::Semaphore;

/// Bytes of a body that is too large which are still read, so that the sender gets to see the answer
/// instead of a broken connection.
const DISCARDED: usize = 8 << 20;

/// Bodies that are being received.
#[derive(Debug, Clone)]
pub(super) struct Bodies {
    max_bytes: usize,
    timeout: Duration,
    /// Room for all of them together, in KiB.
    room: Arc<Semaphore>,
}

/// Why a body was not received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotReceived {
    #[error("the body is too large")]
    TooLarge,
    #[error("the body took too long")]
    TooSlow,
    #[error("too many bodies are being received at once")]
    NoRoom,
    #[error("the connection broke")]
    Broken,
}

impl Bodies {
    pub(super) fn new(max_bytes: usize, all_bytes: usize, timeout: Duration) -> Self {
        let room = (all_bytes >> 10).clamp(1, Semaphore::MAX_PERMITS);
        Self {
            max_bytes,
            timeout,
            room: Arc::new(Semaphore::new(room)),
        }
    }

    /// Receives a body.
    pub(super) async fn receive(&self, body: Body) -> Result<Bytes, NotReceived> {
        let expected = body
            .size_hint()
            .upper()
            .and_then(|bytes| usize::try_from(bytes).ok());
        let reserved = expected.unwrap_or(self.max_bytes).min(self.max_bytes) / 1024 + 1;
        let kib = u32::try_from(reserved).unwrap_or(u32::MAX);
        let Ok(_room) = self.room.try_acquire_many(kib) else {
            return Err(NotReceived::NoRoom);
        };
        let receive = self.collect(body, expected);
        tokio::time::timeout(self.timeout, receive)
            .await
            .unwrap_or(Err(NotReceived::TooSlow))
    }

    /// Reads a body that nobody wants, as far as that is decent.
    pub(super) async fn discard(&self, body: Body) {
        // Whether it ends, breaks or takes too long is all the same.
        let _ = tokio::time::timeout(self.timeout, drain(body)).await;
    }

    async fn collect(&self, mut body: Body, expected: Option<usize>) -> Result<Bytes, NotReceived> {
        if expected.is_some_and(|bytes| bytes > self.max_bytes) {
            drain(body).await;
            return Err(NotReceived::TooLarge);
        }
        let mut received = BytesMut::with_capacity(expected.unwrap_or(0));
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(|_| NotReceived::Broken)?.into_data() else {
                continue;
            };
            if received.len() + data.len() > self.max_bytes {
                drain(body).await;
                return Err(NotReceived::TooLarge);
            }
            received.extend_from_slice(&data);
        }
        Ok(received.freeze())
    }
}

async fn drain(mut body: Body) {
    let mut drained = 0;
    while let Some(Ok(frame)) = body.frame().await {
        drained += frame.data_ref().map_or(0, Bytes::len);
        if drained > DISCARDED {
            return;
        }
    }
}

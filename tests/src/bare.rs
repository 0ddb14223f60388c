//! The least a webhook endpoint can do: an axum route that verifies the signature and answers 200.
//! It stores nothing, so it bounds from above what a durable service can reach.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use tokio::{
    net::TcpSocket,
    runtime::{self, Runtime},
};

use crate::sign;

/// The endpoint, running on threads of its own as a service would. It stops when it is dropped.
#[derive(Debug)]
pub struct BareEndpoint {
    address: SocketAddr,
    runtime: Option<Runtime>,
}

impl BareEndpoint {
    /// Starts on a free port and verifies with `secret`.
    ///
    /// # Errors
    ///
    /// When no port or no thread is free.
    pub fn start(secret: &str) -> io::Result<Self> {
        let runtime = runtime::Builder::new_multi_thread()
            .thread_name("bare")
            .enable_all()
            .build()?;
        let listener = {
            let _inside = runtime.enter();
            let socket = TcpSocket::new_v4()?;
            socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
            socket.listen(1024)?
        };
        let address = listener.local_addr()?;
        let secret: Arc<str> = secret.into();
        let router = Router::new()
            .route("/webhook", post(receive))
            .with_state(secret);
        runtime.spawn(async move {
            // Only ends with the runtime; `axum::serve` retries what fails on accept.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            address,
            runtime: Some(runtime),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for BareEndpoint {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn receive(State(secret): State<Arc<str>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let is_signed = headers
        .get("x-hub-signature")
        .and_then(|header| header.to_str().ok())
        .is_some_and(|header| sign::is_hub_signature(header, &secret, &body));
    if is_signed {
        StatusCode::OK
    } else {
        StatusCode::UNAUTHORIZED
    }
}

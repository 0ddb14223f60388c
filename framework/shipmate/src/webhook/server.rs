//! The accept loop: a cap on connections, and a time-out on headers.
//!
//! `axum::serve` 0.8 keeps a half-sent header open for ever, so the loop is our own.

use std::{convert::Infallible, io, sync::Arc, time::Duration};

use axum::Router;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tower::{ServiceExt, service_fn};

use crate::metrics::Metrics;

/// How requests are received.
#[derive(Debug, Clone, Copy)]
pub struct ServerOptions {
    /// Largest accepted body; larger ones are answered with 413.
    pub max_body_bytes: usize,
    /// Largest size of all bodies that are being received at the same time; beyond it, 503.
    pub all_bodies_bytes: usize,
    /// How long a body may take before it is answered with 408.
    pub body_timeout: Duration,
    /// How long a request's header may take, and how long a connection may idle between requests.
    pub header_timeout: Duration,
    /// Connections at the same time; more wait to be accepted.
    pub connections: usize,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            max_body_bytes: 1 << 20,
            all_bodies_bytes: 128 << 20,
            body_timeout: Duration::from_secs(10),
            header_timeout: Duration::from_secs(5),
            connections: 8_192,
        }
    }
}

/// Pause after the machine could not give us a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How long connections may take to finish their last request.
const LAST_REQUEST: Duration = Duration::from_secs(1);

/// Serves `router` on `listener` until `stop` is done, then lets requests under way finish.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    options: ServerOptions,
    metrics: Arc<Metrics>,
    stop: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(options.header_timeout)
        .max_buf_size(64 << 10);
    let places = Arc::new(Semaphore::new(
        options.connections.clamp(1, Semaphore::MAX_PERMITS),
    ));
    let graceful = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        let place = tokio::select! {
            biased;
            () = &mut stop => break,
            place = Arc::clone(&places).acquire_owned() => place,
        };
        // The semaphore is never closed.
        let Ok(place) = place else { break };
        let accepted = tokio::select! {
            biased;
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                pause_after(&error).await;
                continue;
            }
        };
        let connection = graceful.watch(connection(&http, stream, router.clone()));
        let metrics = Arc::clone(&metrics);
        metrics.connections.increment(1);
        tokio::spawn(async move {
            // Broken and slow connections are the peer's affair.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection ended");
            }
            metrics.connections.decrement(1);
            drop(place);
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(LAST_REQUEST, graceful.shutdown()).await;
}

fn connection(
    http: &http1::Builder,
    stream: TcpStream,
    router: Router,
) -> http1::Connection<
    TokioIo<TcpStream>,
    impl hyper::service::Service<
        http::Request<Incoming>,
        Response = axum::response::Response,
        Error = Infallible,
        Future: Send,
    > + use<>,
> {
    // Without it, the last bytes of an answer may wait for the peer's acknowledgement.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: http::Request<Incoming>| {
        router.clone().oneshot(request.map(axum::body::Body::new))
    });
    http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
}

async fn pause_after(error: &io::Error) {
    let peer_gone = matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    );
    if !peer_gone {
        tracing::error!(%error, "cannot accept a connection; is the limit of open files (ulimit -n) too low?");
        tokio::time::sleep(ACCEPT_PAUSE).await;
    }
}

//! One life of the service: on a thread and a runtime of its own, so that all of it can be killed.

use std::{io, net::TcpListener, sync::Arc, thread, time::Duration};

use tokio::sync::{mpsc, oneshot};

use super::WorldError;
use crate::service::{Running, Service};

/// Turns of the scheduler after which whatever was ready to run has run, and what that made ready.
/// Tokio looks for what came over sockets in each of them.
const TURNS: usize = 24;

/// How long a killed service may hold on to its thread, on the machine's clock.
const PATIENCE: Duration = Duration::from_secs(10);

/// A service under way.
#[derive(Debug)]
pub(super) struct Life {
    orders: mpsc::Sender<Order>,
    ended: oneshot::Receiver<()>,
    running: Option<Arc<Running>>,
    started: oneshot::Receiver<Result<Arc<Running>, WorldError>>,
}

enum Order {
    /// Answer after everything that is ready has run.
    Run(oneshot::Sender<()>),
    /// Let time-outs that run on tokio's clock come nearer.
    Shift(Duration, oneshot::Sender<()>),
}

impl Life {
    /// Begins a life. `build` runs in it, as everything else does.
    ///
    /// # Errors
    ///
    /// If the machine has no thread for it.
    pub(super) fn begin(
        build: impl FnOnce() -> Result<Service, WorldError> + Send + 'static,
        listener: TcpListener,
    ) -> Result<Self, WorldError> {
        let (orders, received) = mpsc::channel(1);
        let (start, started) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        thread::Builder::new()
            .name("shipmate-world".into())
            .spawn(move || {
                live(build, listener, start, received);
                // Nobody may be waiting for it.
                let _ = end.send(());
            })
            .map_err(WorldError::Machine)?;
        Ok(Self {
            orders,
            ended,
            running: None,
            started,
        })
    }

    /// Returns when the service has taken up its work; cancel safe.
    ///
    /// # Errors
    ///
    /// If it cannot be built or started.
    pub(super) async fn started(&mut self) -> Result<(), WorldError> {
        if self.running.is_none() {
            let started = (&mut self.started).await;
            self.running = Some(started.map_err(|_| WorldError::Ended)??);
        }
        Ok(())
    }

    /// The service, once it has started.
    pub(super) fn running(&self) -> Option<&Running> {
        self.running.as_deref()
    }

    /// Returns when everything that was ready to run has run.
    pub(super) async fn run(&self) {
        self.order(Order::Run).await;
    }

    /// Lets `step` pass on tokio's clock, which the time-outs of requests run on.
    pub(super) async fn shift(&self, step: Duration) {
        self.order(|done| Order::Shift(step, done)).await;
    }

    /// Ends every task where it stands, as when the power fails.
    pub(super) async fn kill(self) {
        drop(self.orders);
        drop(self.running);
        // A hook that blocks its thread keeps it; its store is dead by now, so it changes nothing.
        let _ = tokio::time::timeout(PATIENCE, self.ended).await;
    }

    async fn order(&self, order: impl FnOnce(oneshot::Sender<()>) -> Order) {
        let (done, carried_out) = oneshot::channel();
        // Whoever does not answer has ended.
        let _ = self.orders.send(order(done)).await;
        let _ = carried_out.await;
    }
}

fn live(
    build: impl FnOnce() -> Result<Service, WorldError>,
    listener: TcpListener,
    start: oneshot::Sender<Result<Arc<Running>, WorldError>>,
    mut orders: mpsc::Receiver<Order>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = start.send(Err(WorldError::Machine(error)));
            return;
        }
    };
    runtime.block_on(async {
        let begun = tokio::select! {
            biased;
            begun = begin(build, listener) => begun,
            // Killed while it started: there are no other orders yet.
            _ = orders.recv() => return,
        };
        let _ = start.send(begun);
        while let Some(order) = orders.recv().await {
            carry_out(order).await;
        }
    });
    runtime.shutdown_background();
}

async fn begin(
    build: impl FnOnce() -> Result<Service, WorldError>,
    listener: TcpListener,
) -> Result<Arc<Running>, WorldError> {
    let running = Arc::new(build()?.start().await.map_err(WorldError::Store)?);
    let listener = tokio::net::TcpListener::from_std(listener).map_err(WorldError::Machine)?;
    let router = running.router();
    tokio::spawn(async move {
        let served: io::Result<()> = axum::serve(listener, router).await;
        served
    });
    Ok(running)
}

async fn carry_out(order: Order) {
    match order {
        Order::Run(done) => {
            take_turns().await;
            let _ = done.send(());
        }
        Order::Shift(step, done) => {
            tokio::time::pause();
            tokio::time::advance(step).await;
            tokio::time::resume();
            let _ = done.send(());
        }
    }
}

/// Lets the other tasks of this runtime run.
pub(super) async fn take_turns() {
    for _ in 0..TURNS {
        tokio::task::yield_now().await;
    }
}

//! Who waits for the pace.

use std::{fmt, future::poll_fn, pin::pin, task::Poll};

/// Told of every request that waits for its turn; see [`Pacer::observed_by`](super::Pacer::observed_by).
/// For whoever has to tell work from waiting.
pub trait Waiting: fmt::Debug + Send + Sync {
    /// A request could not start at once.
    fn begins(&self);

    /// It may start now, or was given up.
    fn ends(&self);
}

/// Tells `observer` while `turn` is waited for. What is ready at once was not waited for.
pub(super) async fn observe<T>(observer: &dyn Waiting, turn: impl Future<Output = T>) -> T {
    let mut turn = pin!(turn);
    let at_once = poll_fn(|context| Poll::Ready(turn.as_mut().poll(context))).await;
    if let Poll::Ready(turn) = at_once {
        return turn;
    }
    let _observed = Observed::begin(observer);
    turn.await
}

struct Observed<'a> {
    observer: &'a dyn Waiting,
}

impl<'a> Observed<'a> {
    fn begin(observer: &'a dyn Waiting) -> Self {
        observer.begins();
        Self { observer }
    }
}

impl Drop for Observed<'_> {
    fn drop(&mut self) {
        self.observer.ends();
    }
}

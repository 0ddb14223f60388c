//! Works on keys from a queue, several at a time.

use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};

use crate::store::Key;

/// Calls `work` for each key of `queue`, at most `parallel` at the same time, until `stop` is done
/// or the queue is closed; then waits for those that have begun.
pub(crate) async fn work_off<W>(
    mut queue: mpsc::Receiver<Key>,
    parallel: usize,
    stop: impl Future<Output = ()>,
    work: impl Fn(Key) -> W,
) where
    W: Future<Output = ()> + Send + 'static,
{
    let all = u32::try_from(parallel.max(1)).unwrap_or(u32::MAX);
    let places = Arc::new(Semaphore::new(all as usize));
    tokio::pin!(stop);
    loop {
        let next = async {
            let key = queue.recv().await?;
            // The semaphore is never closed.
            let place = Arc::clone(&places).acquire_owned().await.ok()?;
            Some((key, place))
        };
        let next = tokio::select! {
            biased;
            () = &mut stop => None,
            next = next => next,
        };
        let Some((key, place)) = next else { break };
        let worker = work(key);
        tokio::spawn(async move {
            worker.await;
            drop(place);
        });
    }
    let _ = places.acquire_many(all).await;
}

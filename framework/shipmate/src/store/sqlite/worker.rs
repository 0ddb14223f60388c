//! A thread with a connection, and group commit.

use std::{collections::VecDeque, thread};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::store::StoreError;

/// Jobs that wait for the thread; senders wait when it is full.
const QUEUE: usize = 4_096;

/// Jobs in one transaction; more would make the first of them wait too long.
const BATCH: usize = 512;

/// The sending side of a thread that owns a connection. The thread ends when this is dropped and
/// the queue is empty.
#[derive(Debug)]
pub(super) struct Worker {
    jobs: Option<mpsc::Sender<Box<dyn Job>>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Worker {
    pub(super) fn start(name: &str, connection: Connection) -> Result<Self, StoreError> {
        let (jobs, mut queue) = mpsc::channel(QUEUE);
        let thread = thread::Builder::new()
            .name(name.into())
            .spawn(move || {
                let mut waiting = Waiting::default();
                while waiting.fill(&mut queue) {
                    run_batch(&connection, &mut waiting.next_batch());
                    if let Some(job) = waiting.alone.pop_front() {
                        run_alone(&connection, job);
                    }
                }
            })
            .map_err(|_| StoreError::Closed)?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    /// Runs `work` inside a transaction, together with whatever else waits, and returns after the
    /// transaction is durable. `work` may run twice: once more if the first transaction failed.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.queue(work, Manner::Ordinary).await
    }

    /// The same, ahead of what is not urgent.
    pub(super) async fn run_urgent<T: Send + 'static>(
        &self,
        work: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.queue(work, Manner::Urgent).await
    }

    /// Runs `work` in no transaction, when nothing else is run.
    pub(super) async fn run_alone<T: Send + 'static>(
        &self,
        work: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.queue(work, Manner::Alone).await
    }

    async fn queue<T: Send + 'static>(
        &self,
        work: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
        manner: Manner,
    ) -> Result<T, StoreError> {
        let (reply, result) = oneshot::channel();
        let job = Work {
            body: work,
            manner,
            done: None,
            reply: Some(reply),
        };
        let jobs = self.jobs.as_ref().ok_or(StoreError::Closed)?;
        jobs.send(Box::new(job))
            .await
            .map_err(|_| StoreError::Closed)?;
        result.await.map_err(|_| StoreError::Closed)?
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.jobs.take();
        if let Some(thread) = self.thread.take() {
            // What is queued is written before the last owner lets go.
            let _ = thread.join();
        }
    }
}

/// How soon a job is run, and with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Ahead of what is not urgent.
    Urgent,
    Ordinary,
    /// In no transaction.
    Alone,
}

/// Jobs taken from the queue. There are never more than there are callers, since each waits for its
/// job.
#[derive(Default)]
struct Waiting {
    urgent: VecDeque<Box<dyn Job>>,
    ordinary: VecDeque<Box<dyn Job>>,
    alone: VecDeque<Box<dyn Job>>,
}

impl Waiting {
    /// Takes what the queue holds, and waits if there is nothing at all. False if there will never
    /// be anything again.
    ///
    /// Lets others run as long as they bring more for the same transaction: a job that just misses
    /// it would wait for two.
    fn fill(&mut self, queue: &mut mpsc::Receiver<Box<dyn Job>>) -> bool {
        const ROUNDS: usize = 16;
        if self.len() == 0 {
            match queue.blocking_recv() {
                Some(job) => self.add(job),
                None => return false,
            }
        }
        for _ in 0..ROUNDS {
            thread::yield_now();
            let before = self.len();
            while self.len() < BATCH
                && let Ok(job) = queue.try_recv()
            {
                self.add(job);
            }
            if self.len() == before {
                break;
            }
        }
        true
    }

    /// What goes into the next transaction: while there is urgent work, only a little of the rest,
    /// so that a burst is acknowledged quickly and worked off afterwards.
    fn next_batch(&mut self) -> Vec<Box<dyn Job>> {
        const BESIDE_URGENT: usize = 32;
        let ordinary = if self.urgent.is_empty() {
            BATCH
        } else {
            BESIDE_URGENT
        };
        let ordinary = ordinary.min(self.ordinary.len());
        self.urgent
            .drain(..)
            .chain(self.ordinary.drain(..ordinary))
            .collect()
    }

    fn add(&mut self, job: Box<dyn Job>) {
        let jobs = match job.manner() {
            Manner::Urgent => &mut self.urgent,
            Manner::Ordinary => &mut self.ordinary,
            Manner::Alone => &mut self.alone,
        };
        jobs.push_back(job);
    }

    fn len(&self) -> usize {
        self.urgent.len() + self.ordinary.len() + self.alone.len()
    }
}

trait Job: Send {
    fn manner(&self) -> Manner;
    fn run(&mut self, connection: &Connection) -> rusqlite::Result<()>;
    /// Answers the caller with what `run` returned last, or with why that did not last.
    fn finish(&mut self, committed: Result<(), StoreError>);
}

struct Work<F, T> {
    body: F,
    manner: Manner,
    done: Option<T>,
    reply: Option<oneshot::Sender<Result<T, StoreError>>>,
}

impl<F, T> Job for Work<F, T>
where
    F: FnMut(&Connection) -> rusqlite::Result<T> + Send,
    T: Send,
{
    fn manner(&self) -> Manner {
        self.manner
    }

    fn run(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.done = Some((self.body)(connection)?);
        Ok(())
    }

    fn finish(&mut self, committed: Result<(), StoreError>) {
        let answer = committed.and_then(|()| self.done.take().ok_or(StoreError::Closed));
        if let Some(reply) = self.reply.take() {
            // A caller that stopped waiting does not want to know.
            let _ = reply.send(answer);
        }
    }
}

fn run_batch(connection: &Connection, batch: &mut Vec<Box<dyn Job>>) {
    if batch.is_empty() {
        return;
    }
    if transaction(connection, batch).is_ok() {
        for mut job in batch.drain(..) {
            job.finish(Ok(()));
        }
        return;
    }
    // One of them spoils the transaction for all: find out which by giving each its own.
    for mut job in batch.drain(..) {
        let result = transaction(connection, std::slice::from_mut(&mut job));
        if let Err(error) = &result {
            tracing::error!(%error, "the store failed");
        }
        job.finish(result.map_err(StoreError::from));
    }
}

fn run_alone(connection: &Connection, mut job: Box<dyn Job>) {
    let result = job.run(connection);
    if let Err(error) = &result {
        tracing::error!(%error, "the store failed");
    }
    job.finish(result.map_err(StoreError::from));
}

fn transaction(connection: &Connection, jobs: &mut [Box<dyn Job>]) -> rusqlite::Result<()> {
    // Deferred: a batch that only reads takes no write lock.
    connection.prepare_cached("BEGIN")?.execute([])?;
    let run = jobs
        .iter_mut()
        .try_for_each(|job| job.run(connection))
        .and_then(|()| connection.prepare_cached("COMMIT")?.execute([]).map(drop));
    if run.is_err() && !connection.is_autocommit() {
        // The first error is the one to tell; SQLite may have rolled back by itself.
        let _ = connection.execute_batch("ROLLBACK");
    }
    run
}

//! A stub of the platform's API: it takes messages, remembers them and can misbehave on demand.
//!
//! It runs on a thread of its own, so that stopping it also breaks the connections to it.

mod record;
mod routes;
mod window;

use std::{
    fmt, io, mem,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use tokio::{
    net::TcpSocket,
    runtime::{self, Runtime},
    sync::watch,
    time::Instant,
};

use record::Record;
pub use window::Window;

/// How the stub treats message requests that it does not refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Takes the messages and answers at once.
    Prompt,
    /// Takes the messages but holds its answers.
    HoldAnswers,
    /// Reads the requests but does not take their messages yet: whoever gives up has sent nothing.
    HoldRequests,
}

/// A refusal of message requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The status code.
    pub status: u16,
    /// The message in the body.
    pub message: &'static str,
    /// The `Retry-After` header, in whole seconds.
    pub retry_after: Option<Duration>,
    /// How many requests are refused.
    pub times: usize,
}

/// When a request for a conversation's messages came and how it was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// When it came.
    pub at: Instant,
    /// The status code of the answer.
    pub status: u16,
}

/// The API's stand-in, listening on a loopback port. It stops when it is dropped.
pub struct Stub {
    address: SocketAddr,
    shared: Arc<Shared>,
    state: State,
}

enum State {
    Running(Runtime),
    /// The socket has the port but does not listen, so nobody else can take it meanwhile.
    Stopped(TcpSocket),
    Gone,
}

impl Stub {
    /// Starts on a free port.
    ///
    /// # Errors
    ///
    /// When the socket or the thread cannot be had.
    pub fn start() -> io::Result<Self> {
        let mut stub = Self::stopped()?;
        stub.resume()?;
        Ok(stub)
    }

    /// Takes a free port but refuses connections until [`resume`](Self::resume).
    ///
    /// # Errors
    ///
    /// When no port is free.
    pub fn stopped() -> io::Result<Self> {
        let socket = bound(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        Ok(Self {
            address: socket.local_addr()?,
            shared: Arc::default(),
            state: State::Stopped(socket),
        })
    }

    /// Listens again, on the same port and with the same memory, unless it does already.
    ///
    /// # Errors
    ///
    /// When the thread cannot be had.
    pub fn resume(&mut self) -> io::Result<()> {
        self.state = match mem::replace(&mut self.state, State::Gone) {
            State::Stopped(socket) => State::Running(run(socket, Arc::clone(&self.shared))?),
            other => other,
        };
        Ok(())
    }

    /// Breaks every connection and refuses new ones, but keeps the port and the messages taken so
    /// far.
    ///
    /// # Errors
    ///
    /// When the port is lost to someone else.
    pub fn stop(&mut self) -> io::Result<()> {
        self.state = match mem::replace(&mut self.state, State::Gone) {
            State::Running(runtime) => {
                end(runtime);
                State::Stopped(bound(self.address)?)
            }
            other => other,
        };
        Ok(())
    }

    /// The base address, as `SHIPMATE_API_URL` wants it.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Changes how requests are treated from now on; going back to [`Mode::Prompt`] lets the held
    /// ones go.
    pub fn set_mode(&self, mode: Mode) {
        self.shared.mode.send_replace(mode);
    }

    /// Refuses the next message requests as `refusal` says.
    pub fn refuse(&self, refusal: Refusal) {
        self.shared.record(|record| record.refusal = Some(refusal));
    }

    /// Returns once at least `count` chat messages have been taken.
    pub async fn chats_taken(&self, count: usize) {
        self.shared.until(|record| record.chats() >= count).await;
    }

    /// Returns once at least `count` message requests have come, taken or not.
    pub async fn attempts_made(&self, count: usize) {
        self.shared.until(|record| record.attempts() >= count).await;
    }

    /// Returns once at least `count` message requests are waiting for their answers at once.
    pub async fn in_flight(&self, count: usize) {
        self.shared
            .until(|record| record.in_flight() >= count)
            .await;
    }

    /// Returns once no message request is waiting for its answer.
    pub async fn idle(&self) {
        self.shared.until(|record| record.in_flight() == 0).await;
    }

    /// The number of chat messages taken.
    pub fn chats(&self) -> usize {
        self.shared.record(|record| record.chats())
    }

    /// The texts of the chat messages of `conversation`, in the order they came.
    pub fn chats_of(&self, conversation: &str) -> Vec<String> {
        self.shared.record(|record| record.chats_of(conversation))
    }

    /// The whole messages of `conversation` as the platform would show them, oldest first.
    pub fn messages_of(&self, conversation: &str) -> Vec<serde_json::Value> {
        self.shared
            .record(|record| record.messages_of(conversation))
    }

    /// Every message request for `conversation`, in the order they came.
    pub fn attempts_of(&self, conversation: &str) -> Vec<Attempt> {
        self.shared
            .record(|record| record.attempts_of(conversation))
    }

    /// The number of requests of all kinds.
    pub fn requests(&self) -> usize {
        self.shared.record(|record| record.requests.total())
    }

    /// The most requests of all kinds that began in any one second.
    pub fn busiest_second(&self) -> usize {
        self.shared.record(|record| record.requests.busiest())
    }

    /// The most message requests that were in flight at once for any one conversation.
    pub fn most_at_once(&self) -> usize {
        self.shared.record(|record| record.most_at_once())
    }

    /// Requests the stub knows no answer for, as `METHOD path`.
    pub fn unknown_requests(&self) -> Vec<String> {
        self.shared.record(|record| record.unknown.clone())
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        if let State::Running(runtime) = mem::replace(&mut self.state, State::Gone) {
            runtime.shutdown_background();
        }
    }
}

impl fmt::Debug for Stub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.record(|record| {
            f.debug_struct("Stub")
                .field("address", &self.address)
                .field("requests", &record.requests.total())
                .field("attempts", &record.attempts())
                .field("chats", &record.chats())
                .field("in_flight", &record.in_flight())
                .field("unknown", &record.unknown)
                .finish_non_exhaustive()
        })
    }
}

/// What the handlers and the owner of the stub share.
struct Shared {
    record: Mutex<Record>,
    changes: watch::Sender<()>,
    mode: watch::Sender<Mode>,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            record: Mutex::default(),
            changes: watch::Sender::new(()),
            mode: watch::Sender::new(Mode::Prompt),
        }
    }
}

impl Shared {
    fn record<T>(&self, look: impl FnOnce(&mut Record) -> T) -> T {
        // A panic elsewhere must not hide behind a second one here.
        look(&mut self.record.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn change<T>(&self, change: impl FnOnce(&mut Record) -> T) -> T {
        let result = self.record(change);
        self.changes.send_replace(());
        result
    }

    async fn until(&self, reached: impl Fn(&Record) -> bool) {
        let mut changes = self.changes.subscribe();
        while !self.record(|record| reached(record)) {
            // The sender lives in `self`, so waiting only ends by a change.
            let _ = changes.changed().await;
        }
    }

    async fn past(&self, hold: Mode) {
        // As above.
        let _ = self.mode.subscribe().wait_for(|mode| *mode != hold).await;
    }
}

fn bound(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // Without it, connections that are still winding down would hold the port.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

fn run(socket: TcpSocket, shared: Arc<Shared>) -> io::Result<Runtime> {
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .thread_name("stub")
        .enable_all()
        .build()?;
    let listener = {
        let _inside = runtime.enter();
        socket.listen(1024)?
    };
    runtime.spawn(async move {
        // Only ends with the runtime; `axum::serve` retries what fails on accept.
        let _ = axum::serve(listener, routes::router(shared)).await;
    });
    Ok(runtime)
}

/// Returns once nothing of `runtime` is left, its sockets included.
fn end(runtime: Runtime) {
    const PATIENCE: Duration = Duration::from_secs(10);
    // On a thread of its own, for the caller may be part of another runtime.
    let ending = thread::spawn(move || runtime.shutdown_timeout(PATIENCE));
    // It has nothing to tell.
    let _ = ending.join();
}

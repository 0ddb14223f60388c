//! A load generator: keep-alive connections that each post prepared requests one after another.
//!
//! It does as little as it can per request, for it shares the machine with its target.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::Instant,
};

use crate::{event::ContactMessage, http};

/// The requests of each connection, in the order they are sent.
pub type Lanes = Vec<Vec<Vec<u8>>>;

/// Signed deliveries of `events` messages, numbered from `first` on, spread evenly over
/// `conversations`. All events of a conversation go through the same one of `connections`, so they
/// arrive in order.
pub fn contact_messages(secret: &str, spread: &Spread) -> Lanes {
    let mut lanes: Lanes = vec![Vec::new(); spread.connections.max(1)];
    for number in spread.first..spread.first + spread.events {
        let conversation = number % spread.conversations.max(1);
        let lane = usize::try_from(conversation).unwrap_or_default() % lanes.len();
        if let Some(lane) = lanes.get_mut(lane) {
            let body = ContactMessage::new(conversation, number).body();
            lane.push(http::delivery(secret, &body));
        }
    }
    lanes
}

/// How many events there are and how they are spread.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    /// The number of the first event.
    pub first: u64,
    /// How many events there are.
    pub events: u64,
    /// Over how many conversations they are spread, round-robin.
    pub conversations: u64,
    /// Over how many connections they are sent.
    pub connections: usize,
}

/// What came of a run.
#[derive(Debug, Clone)]
pub struct Report {
    /// Answers with status 200.
    pub acknowledged: usize,
    /// Answers with any other status.
    pub refused: usize,
    /// From the first request to the last answer.
    pub elapsed: Duration,
    /// From each request to its answer, ascending.
    latencies: Vec<Duration>,
}

impl Report {
    /// Acknowledged requests per second.
    pub fn rate(&self) -> f64 {
        per_second(self.acknowledged, self.elapsed)
    }

    /// The time within which `percent` of a hundred requests were answered.
    pub fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.latencies.len() * percent).div_ceil(100);
        self.latencies
            .get(rank.saturating_sub(1))
            .copied()
            .unwrap_or_default()
    }
}

/// `count` in `elapsed`, per second.
#[expect(clippy::cast_precision_loss, reason = "a rate shown with three digits")]
pub fn per_second(count: usize, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64()
}

/// Sends `lanes` to `address`, each over its own connection, all at once.
///
/// # Errors
///
/// When a connection cannot be made, breaks, or answers something else than HTTP/1.1 with a
/// length.
pub async fn run(address: SocketAddr, lanes: Lanes) -> io::Result<Report> {
    let mut connections = Vec::with_capacity(lanes.len());
    for lane in lanes {
        connections.push((Sender::connect(address).await?, lane));
    }
    let start = Instant::now();
    let mut running = JoinSet::new();
    for (sender, lane) in connections {
        running.spawn(sender.run(lane));
    }
    let mut report = Report {
        acknowledged: 0,
        refused: 0,
        elapsed: Duration::ZERO,
        latencies: Vec::new(),
    };
    while let Some(done) = running.join_next().await {
        for (latency, status) in done?? {
            report.latencies.push(latency);
            if status == 200 {
                report.acknowledged += 1;
            } else {
                report.refused += 1;
            }
        }
    }
    report.elapsed = start.elapsed();
    report.latencies.sort_unstable();
    Ok(report)
}

/// One connection and what it has read beyond the last answer.
struct Sender {
    stream: TcpStream,
    unread: Vec<u8>,
}

impl Sender {
    async fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            unread: Vec::with_capacity(1024),
        })
    }

    async fn run(mut self, requests: Vec<Vec<u8>>) -> io::Result<Vec<(Duration, u16)>> {
        let mut answers = Vec::with_capacity(requests.len());
        for request in requests {
            let sent = Instant::now();
            self.stream.write_all(&request).await?;
            let status = self.answer().await?;
            answers.push((sent.elapsed(), status));
        }
        Ok(answers)
    }

    async fn answer(&mut self) -> io::Result<u16> {
        loop {
            if let Some((status, length)) = read_answer(&self.unread)? {
                self.unread.drain(..length);
                return Ok(status);
            }
            if self.stream.read_buf(&mut self.unread).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

/// The status and the whole length of the answer at the start of `bytes`, once it is complete.
fn read_answer(bytes: &[u8]) -> io::Result<Option<(u16, usize)>> {
    let Some(head_end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let unreadable = || {
        io::Error::new(
            io::ErrorKind::InvalidData,
            "not an HTTP/1.1 answer with a length",
        )
    };
    let head = bytes
        .get(..head_end)
        .and_then(|head| std::str::from_utf8(head).ok())
        .ok_or_else(unreadable)?;
    let status = head
        .get(9..12)
        .and_then(|code| code.parse().ok())
        .ok_or_else(unreadable)?;
    let body_length: usize = head
        .split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .ok_or_else(unreadable)?;
    let length = head_end + 4 + body_length;
    Ok((bytes.len() >= length).then_some((status, length)))
}

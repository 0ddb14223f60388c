//! What the REST client costs beside a bare `reqwest` and `serde_json`, against the sandbox in the
//! same process: `cargo bench -p shipmate-tests --bench client`.
//!
//! Allocations are those of a request without the sandbox's share, which is measured by requests
//! that allocate nothing themselves.

use std::{
    alloc::System,
    error::Error,
    io::{self, Read as _, Write},
    net::{SocketAddr, TcpStream},
    num::NonZeroU32,
    sync::Arc,
};

use serde::de::DeserializeOwned;
use shipmate_sandbox::{Limits, Sandbox, Seed};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio::{task::JoinSet, time::Instant};
use web1on1::{Client, Message, Pacer, Query, SystemClock, Token, User, UserId};

#[global_allocator]
static MEMORY: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Requests of one kind in a row, over all connections.
const REQUESTS: usize = 4_000;
const CONNECTIONS: usize = 8;
const ROUNDS: usize = 3;
/// Messages in the conversation that is listed, and in the one that is streamed.
const SHORT: usize = 100;
const LONG: usize = 10_000;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let bench = Bench::start().await?;
    let mut out = io::stdout();
    let user = format!("/users/{}", bench.user);
    let (client, id) = (bench.client.clone(), bench.user.clone());
    let one = move || {
        let (client, id) = (client.clone(), id.clone());
        async move { client.users().get(&id).await.map(drop).map_err(Into::into) }
    };
    let compared = bench.compare::<User, _>(&user, REQUESTS, one).await?;
    writeln!(out, "GET one user          {compared}")?;

    let query = bench.short.clone();
    let path = format!("/messages?{query}");
    let client = bench.client.clone();
    let list = move || {
        let (client, query) = (client.clone(), query.clone());
        async move {
            let page = client.messages().list(&query).await;
            page.map(drop).map_err(Into::into)
        }
    };
    let compared = bench
        .compare::<Vec<Message>, _>(&path, REQUESTS / 4, list)
        .await?;
    writeln!(out, "GET {SHORT} messages      {compared}")?;
    writeln!(out, "{}", bench.stream().await?)?;
    bench.sandbox.stop().await;
    Ok(())
}

struct Bench {
    sandbox: Sandbox,
    client: Client,
    bare: reqwest::Client,
    token: String,
    user: UserId,
    /// What asks for the messages of either conversation.
    short: Query,
    long: Query,
}

/// Requests a second, and allocations for each.
#[derive(Clone, Copy, Default)]
struct Cost {
    per_second: f64,
    allocations: f64,
}

struct Compared {
    bare: Cost,
    client: Cost,
}

impl Bench {
    async fn start() -> Outcome<Self> {
        let (seed, demo) = Seed::demo();
        let sandbox = Sandbox::builder()
            .limits(Limits::none())
            .seed(seed)
            .start()
            .await?;
        let conversation_of = |messages: usize| -> Outcome<Query> {
            let conversation = sandbox.open_conversation_with(&demo.dealer, "Carl Consumer")?;
            for number in 0..messages {
                sandbox.contact_says(&conversation, &format!("message {number}"))?;
            }
            let query = Query::new().equals("conversation", &conversation);
            Ok(query.ascending("createdAt").limit(100))
        };
        let (short, long) = (conversation_of(SHORT)?, conversation_of(LONG)?);
        let token = sandbox.bot_token(&demo.bot);
        let pacer = Pacer::new(NonZeroU32::MAX, Arc::new(SystemClock));
        let client = Client::builder(sandbox.url())
            .token(Token::new(token.as_str())?)
            .pacer(Arc::new(pacer))
            .build()?;
        let bare = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self {
            sandbox,
            client,
            bare,
            token,
            user: demo.bot.into(),
            short,
            long,
        })
    }

    /// The best of some rounds of each, by turns.
    async fn compare<T, F>(
        &self,
        path: &str,
        requests: usize,
        client: impl Fn() -> F + Send + Clone + 'static,
    ) -> Outcome<Compared>
    where
        T: DeserializeOwned,
        F: Future<Output = Outcome<()>> + Send + 'static,
    {
        let url = format!("{}/v2{path}", self.sandbox.url());
        let (http, token) = (self.bare.clone(), self.token.clone());
        let bare = move || {
            let request = http.get(&url).bearer_auth(&token);
            async move {
                let body = request.send().await?.error_for_status()?.bytes().await?;
                serde_json::from_slice::<T>(&body)?;
                Ok(())
            }
        };
        let server = self.server_allocations(path, requests / 10)?;
        let (mut by_bare, mut by_client) = (Cost::default(), Cost::default());
        for _ in 0..ROUNDS {
            by_bare = by_bare.or(run(requests, bare.clone()).await?);
            by_client = by_client.or(run(requests, client.clone()).await?);
        }
        Ok(Compared {
            bare: by_bare.without(server),
            client: by_client.without(server),
        })
    }

    /// How often the sandbox allocates for one request.
    fn server_allocations(&self, path: &str, requests: usize) -> io::Result<f64> {
        let head = format!(
            "GET /v2{path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\r\n",
            self.token
        );
        let mut connection = Connection::to(self.sandbox.address())?;
        connection.exchange(head.as_bytes())?;
        let region = Region::new(MEMORY);
        for _ in 0..requests {
            connection.exchange(head.as_bytes())?;
        }
        Ok(allocations(&region) / as_f64(requests))
    }

    async fn stream(&self) -> Outcome<String> {
        let start = Instant::now();
        let before = live();
        let mut most = 0;
        let mut count = 0;
        let mut messages = self.client.messages().stream(&self.long);
        while let Some(message) = messages.next().await {
            message?;
            count += 1;
            most = most.max(live().saturating_sub(before));
        }
        let seconds = start.elapsed().as_secs_f64();
        Ok(format!(
            "{count} messages streamed in {seconds:.2} s, at most {} KiB in use at a time",
            most / 1024
        ))
    }
}

/// A connection that allocates nothing while it is used.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    fn to(address: SocketAddr) -> io::Result<Self> {
        Ok(Self {
            stream: TcpStream::connect(address)?,
            buffer: vec![0; 1024 * 1024],
        })
    }

    /// Writes a request and reads until the answer's body is complete.
    fn exchange(&mut self, request: &[u8]) -> io::Result<()> {
        self.stream.write_all(request)?;
        let mut filled = 0;
        loop {
            let room = self.buffer.get_mut(filled..).unwrap_or_default();
            match self.stream.read(room)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                read => filled += read,
            }
            if is_complete(self.buffer.get(..filled).unwrap_or_default()) {
                return Ok(());
            }
        }
    }
}

fn is_complete(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return false;
    };
    let head = answer.get(..end).unwrap_or_default();
    let length = head.split(|byte| *byte == b'\n').find_map(|line| {
        let (name, value) = std::str::from_utf8(line).ok()?.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<usize>().ok())?
    });
    length.is_some_and(|length| answer.len() >= end + 4 + length)
}

/// Makes `requests` requests over several connections at once.
async fn run<F>(requests: usize, request: impl Fn() -> F + Send + Clone + 'static) -> Outcome<Cost>
where
    F: Future<Output = Outcome<()>> + Send + 'static,
{
    let region = Region::new(MEMORY);
    let start = Instant::now();
    let mut lanes = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let request = request.clone();
        lanes.spawn(async move {
            for _ in 0..requests / CONNECTIONS {
                request().await?;
            }
            Outcome::Ok(())
        });
    }
    while let Some(lane) = lanes.join_next().await {
        lane??;
    }
    let made = as_f64(requests / CONNECTIONS * CONNECTIONS);
    Ok(Cost {
        per_second: made / start.elapsed().as_secs_f64(),
        allocations: allocations(&region) / made,
    })
}

impl Cost {
    fn or(self, other: Self) -> Self {
        if other.per_second > self.per_second {
            other
        } else {
            self
        }
    }

    fn without(self, server: f64) -> Self {
        Self {
            allocations: self.allocations - server,
            ..self
        }
    }
}

impl std::fmt::Display for Compared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { bare, client } = self;
        write!(
            f,
            "{:>7.0}/s by the client, {:>7.0}/s bare, ratio {:.2}; {:.0} allocations, {:.0} bare",
            client.per_second,
            bare.per_second,
            client.per_second / bare.per_second,
            client.allocations,
            bare.allocations,
        )
    }
}

fn allocations(region: &Region<'_, System>) -> f64 {
    let change = region.change();
    as_f64(change.allocations + change.reallocations)
}

/// Bytes in use.
fn live() -> usize {
    let stats = MEMORY.stats();
    stats
        .bytes_allocated
        .saturating_sub(stats.bytes_deallocated)
}

#[expect(clippy::cast_precision_loss, reason = "counts here are small")]
fn as_f64(count: usize) -> f64 {
    count as f64
}

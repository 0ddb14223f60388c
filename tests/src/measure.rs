//! Measurements of the `echo` example, each with a result that prints as a small table.

use std::{fmt, io, path::Path, time::Duration};

use tempfile::TempDir;
use tokio::time::Instant;

use crate::{
    bare::BareEndpoint,
    binary,
    event::ContactMessage,
    http,
    load::{self, Report, Spread, per_second},
    service::{SECRET, Service, Settings},
    sign,
    stub::Stub,
};

/// How much load a measurement makes.
#[derive(Debug, Clone, Copy)]
pub struct Amount {
    /// Events in all.
    pub events: u64,
    /// Conversations they are spread over. With more than about 18 events to a conversation, the
    /// platform's limit of 20 consecutive messages makes the service wait, as it should.
    pub conversations: u64,
    /// Connections they come in on.
    pub connections: usize,
}

impl Amount {
    fn spread(self, first: u64) -> Spread {
        Spread {
            first,
            events: self.events,
            conversations: self.conversations,
            connections: self.connections,
        }
    }
}

/// How fast deliveries are acknowledged.
#[derive(Debug)]
pub struct Acceptance {
    bare: Report,
    durable: Report,
}

/// Posts the same load to the bare endpoint and then to a fresh service. The service also handles
/// the events meanwhile; its replies go out at the default rate of 20 requests a second.
///
/// # Errors
///
/// When the service cannot be built or started, or a connection breaks.
pub async fn acceptance(amount: Amount) -> io::Result<Acceptance> {
    let bare_endpoint = BareEndpoint::start(SECRET)?;
    warm_up(bare_endpoint.address(), amount).await?;
    let lanes = load::contact_messages(SECRET, &amount.spread(0));
    let bare = load::run(bare_endpoint.address(), lanes).await?;

    let target = Target::start(|settings| settings.with("SHIPMATE_API_RATE", "20")).await?;
    warm_up(target.service.address(), amount).await?;
    let lanes = load::contact_messages(SECRET, &amount.spread(0));
    let durable = load::run(target.service.address(), lanes).await?;
    target.stop().await;
    Ok(Acceptance { bare, durable })
}

impl fmt::Display for Acceptance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<26} {:>10} {:>10} {:>10} {:>8}",
            "acknowledged", "events/s", "p50 ms", "p99 ms", "refused"
        )?;
        for (name, report) in [
            ("bare axum + HMAC", &self.bare),
            ("durable (echo)", &self.durable),
        ] {
            let milliseconds = |percent| report.percentile(percent).as_secs_f64() * 1000.0;
            let (rate, refused) = (report.rate(), report.refused);
            writeln!(
                f,
                "{name:<26} {rate:>10.0} {:>10.2} {:>10.2} {refused:>8}",
                milliseconds(50),
                milliseconds(99)
            )?;
        }
        let ratio = self.durable.rate() / self.bare.rate();
        writeln!(f, "{:<26} {ratio:>10.2}", "durable / bare")
    }
}

/// How fast events are answered.
#[derive(Debug)]
pub struct EndToEnd {
    events: usize,
    acknowledged: Report,
    rate: f64,
    requests: usize,
}

/// Posts events to a fresh service whose API rate does not matter, and waits for every reply.
///
/// # Errors
///
/// When the service cannot be built or started, a connection breaks, or an event is not
/// acknowledged.
pub async fn end_to_end(amount: Amount) -> io::Result<EndToEnd> {
    let target = Target::start(|settings| settings).await?;
    let lanes = load::contact_messages(SECRET, &amount.spread(0));
    let events = lanes.iter().map(Vec::len).sum();
    let start = Instant::now();
    let acknowledged = load::run(target.service.address(), lanes).await?;
    require_all(&acknowledged)?;
    target.answered(events).await?;
    let rate = per_second(events, start.elapsed());
    let requests = target.stub.requests();
    target.stop().await;
    Ok(EndToEnd {
        events,
        acknowledged,
        rate,
        requests,
    })
}

impl fmt::Display for EndToEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            events,
            acknowledged,
            rate,
            requests,
        } = self;
        writeln!(f, "{:<26} {rate:>10.0} events/s", "answered (echo)")?;
        writeln!(
            f,
            "{:<26} {:>10.0} events/s",
            "  acknowledged meanwhile",
            acknowledged.rate()
        )?;
        writeln!(
            f,
            "{:<26} {requests:>10} for {events} events",
            "  requests to the API"
        )
    }
}

/// A service's resident memory after a number of events.
#[derive(Debug, Clone, Copy)]
pub struct Resident {
    /// Events acknowledged and answered so far, one per conversation.
    pub events: u64,
    /// Resident memory in bytes.
    pub bytes: u64,
}

/// How the memory of a service grows, in bytes per conversation: the slope of the straight line
/// that is nearest to the later half of `steps`. The earlier half fills what is kept in memory of
/// the conversations in use.
#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 bytes")]
pub fn slope(steps: &[Resident]) -> f64 {
    let later = steps.get(steps.len() / 2..).unwrap_or_default();
    let count = later.len() as f64;
    let mean = |of: fn(&Resident) -> u64| {
        let sum: u64 = later.iter().map(of).sum();
        sum as f64 / count
    };
    let (events, bytes) = (mean(|step| step.events), mean(|step| step.bytes));
    let off = |step: &Resident| (step.events as f64 - events, step.bytes as f64 - bytes);
    let together: f64 = later.iter().map(off).map(|(x, y)| x * y).sum();
    let spread: f64 = later.iter().map(off).map(|(x, _)| x * x).sum();
    together / spread
}

impl fmt::Display for Resident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let megabytes = self.bytes / (1 << 20);
        write!(f, "{:>10} conversations {megabytes:>6} MiB", self.events)
    }
}

/// Posts one event to each of `amount.conversations`, a tenth at a time, and tells the service's
/// memory before the first and after each tenth has been answered.
///
/// # Errors
///
/// When the service cannot be built or started, a connection breaks, or an event is not
/// acknowledged.
pub async fn memory(amount: Amount, mut tell: impl FnMut(Resident)) -> io::Result<()> {
    const STEPS: u64 = 10;
    let target = Target::start(|settings| settings).await?;
    let process = target.service.process();
    tell(Resident {
        events: 0,
        bytes: process.resident_bytes()?,
    });
    for step in 0..STEPS {
        let first = amount.conversations * step / STEPS;
        let until = amount.conversations * (step + 1) / STEPS;
        let events = until - first;
        let spread = Spread {
            events,
            ..amount.spread(first)
        };
        let report = load::run(
            target.service.address(),
            load::contact_messages(SECRET, &spread),
        )
        .await?;
        require_all(&report)?;
        target
            .answered(usize::try_from(until).unwrap_or(usize::MAX))
            .await?;
        tell(Resident {
            events: until,
            bytes: process.resident_bytes()?,
        });
    }
    target.stop().await;
    Ok(())
}

/// How long refusing a forged delivery takes, by where its signature is wrong first.
#[derive(Debug)]
pub struct SignatureTiming {
    first: Sample,
    last: Sample,
}

/// Times of one kind of request, in microseconds.
#[derive(Debug, Clone, Copy, Default)]
struct Sample {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Sample {
    fn add(&mut self, time: Duration) {
        let time = time.as_secs_f64() * 1e6;
        self.count += 1.0;
        self.sum += time;
        self.squares += time * time;
    }

    fn mean(self) -> f64 {
        self.sum / self.count
    }

    /// The variance of the mean.
    fn doubt(self) -> f64 {
        let mean = self.mean();
        (self.squares / self.count - mean * mean) / self.count
    }
}

/// Posts `requests` forged deliveries over one connection, whose signatures are right but for the
/// first or the last byte in turn.
///
/// # Errors
///
/// When the service cannot be built or started, or the connection breaks.
pub async fn signature_timing(requests: u64) -> io::Result<SignatureTiming> {
    let target = Target::start(|settings| settings.with("SHIPMATE_LOG", "off")).await?;
    let body = ContactMessage::new(1, 1).body();
    let right = sign::hub_signature(SECRET, &body);
    let request = |place: usize| {
        let mut wrong = right.clone().into_bytes();
        if let Some(digit) = wrong.get_mut(place) {
            *digit = if *digit == b'0' { b'1' } else { b'0' };
        }
        let wrong = String::from_utf8_lossy(&wrong).into_owned();
        http::post("/webhook", &[("x-hub-signature", &wrong)], &body)
    };
    let (first, last) = (request("sha1=".len()), request(right.len() - 1));
    let mut timing = SignatureTiming {
        first: Sample::default(),
        last: Sample::default(),
    };
    for number in 0..requests {
        let (request, sample) = if number % 2 == 0 {
            (&first, &mut timing.first)
        } else {
            (&last, &mut timing.last)
        };
        // A refusal ends the connection.
        let mut connection = target.service.connect().await?;
        let start = Instant::now();
        connection.send(request).await?;
        sample.add(start.elapsed());
    }
    target.stop().await;
    Ok(timing)
}

impl fmt::Display for SignatureTiming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last } = self;
        for (name, sample) in [("first", first), ("last", last)] {
            let (mean, doubt) = (sample.mean(), sample.doubt().sqrt());
            writeln!(f, "{name:>5} byte wrong {mean:>10.2} µs ± {doubt:.2}")?;
        }
        let t = (first.mean() - last.mean()) / (first.doubt() + last.doubt()).sqrt();
        writeln!(
            f,
            "Welch's t {t:.2}; beyond 4.5 there would be a difference"
        )
    }
}

/// A fresh service with its stub and store.
struct Target {
    service: Service,
    stub: Stub,
    _folder: TempDir,
}

impl Target {
    async fn start(adjust: impl FnOnce(Settings) -> Settings) -> io::Result<Self> {
        let binary = binary::echo()?;
        let stub = Stub::start()?;
        let folder = store_folder()?;
        let settings = adjust(Settings::new(&binary, folder.path(), &stub.url()));
        let service = Service::ready(&settings).await?;
        Ok(Self {
            service,
            stub,
            _folder: folder,
        })
    }

    async fn answered(&self, events: usize) -> io::Result<()> {
        let process = self.service.process();
        tokio::select! {
            () = self.stub.chats_taken(events) => Ok(()),
            status = process.ended() => {
                let log = process.log().text();
                Err(io::Error::other(format!("the service ended with {status}; its log:\n{log}")))
            }
        }
    }

    async fn stop(&self) {
        self.service.process().kill().await;
    }
}

/// A folder on a real disk, next to the binaries: `/tmp` may live in memory, where a durable
/// append costs nothing.
pub(crate) fn store_folder() -> io::Result<TempDir> {
    let program = std::env::current_exe()?;
    let folder = program.parent().unwrap_or(Path::new("."));
    tempfile::Builder::new().prefix("load-").tempdir_in(folder)
}

async fn warm_up(address: std::net::SocketAddr, amount: Amount) -> io::Result<()> {
    // Numbers far from those that are measured, or they would be duplicates.
    let spread = Spread {
        first: 1 << 40,
        events: 1000.min(amount.events),
        ..amount.spread(0)
    };
    require_all(&load::run(address, load::contact_messages(SECRET, &spread)).await?)
}

fn require_all(report: &Report) -> io::Result<()> {
    if report.refused == 0 {
        return Ok(());
    }
    let refused = report.refused;
    Err(io::Error::other(format!(
        "{refused} events were not acknowledged; lower the load"
    )))
}

//! How much each side takes in and answers, against the stub of the API.

use std::{io, time::Duration};

use tokio::time::{Instant, timeout};

use super::{
    Script, Side, Worker,
    side::{Place, free_address},
};
use crate::{
    load::{self, Report, Spread, per_second},
    measure::{Amount, store_folder},
    service::SECRET,
    stub::Stub,
};

/// What a side achieves in one run.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// Webhooks acknowledged per second, by the bot that also answers them.
    pub accepted: f64,
    /// The same by the SDK without any handler; for Shipmate the same again.
    pub accepted_idle: f64,
    /// Webhooks answered per second, from the first delivery to the last reply at the API.
    pub echoed: f64,
    /// Replies that did not come.
    pub unanswered: usize,
    /// Webhooks that were not acknowledged.
    pub refused: usize,
    /// Requests to the API.
    pub requests: usize,
    /// Resident memory in bytes after the load.
    pub resident_bytes: u64,
}

impl Rates {
    /// The middle of each rate over several rounds; what failed, and the memory, at their worst.
    pub fn middle(rounds: &[Self]) -> Self {
        let middle = |rate: fn(&Self) -> f64| {
            let mut all: Vec<f64> = rounds.iter().map(rate).collect();
            all.sort_by(f64::total_cmp);
            all.get(all.len() / 2).copied().unwrap_or_default()
        };
        let most = |count: fn(&Self) -> usize| rounds.iter().map(count).max().unwrap_or_default();
        let resident = rounds.iter().map(|it| it.resident_bytes);
        Self {
            accepted: middle(|it| it.accepted),
            accepted_idle: middle(|it| it.accepted_idle),
            echoed: middle(|it| it.echoed),
            unanswered: most(|it| it.unanswered),
            refused: most(|it| it.refused),
            requests: most(|it| it.requests),
            resident_bytes: resident.max().unwrap_or_default(),
        }
    }
}

/// A token of the stub's bot user. The SDK sends none that is no JSON Web Token; the stub takes any.
const TOKEN: &str = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.\
    eyJfaWQiOiI2NGFlMDAwMDAwMDAwMDAwMDAwMDAwMDEiLCJzY29wZSI6ImJvdCIsImdyYW50X3R5cGUiOiJhY2Nlc3NfdG9rZW4ifQ.x";

/// Events before those that are measured: both sides get faster in the first moments.
const WARM_UP: u64 = 1000;

/// When no more replies are expected.
const HANG: Duration = Duration::from_mins(2);

/// Puts `amount` on the bot of `side`.
///
/// # Errors
///
/// When it cannot be started or a connection to it breaks.
pub async fn rates(side: Side, amount: Amount) -> io::Result<Rates> {
    let rates = echo(side, amount).await?;
    let accepted_idle = match side {
        Side::Shipmate => rates.accepted,
        Side::Sdk => idle(side, amount).await?,
    };
    Ok(Rates {
        accepted_idle,
        ..rates
    })
}

async fn echo(side: Side, amount: Amount) -> io::Result<Rates> {
    let stub = Stub::start()?;
    let folder = store_folder()?;
    let worker = start(side, Script::Echo, &stub, folder.path()).await?;
    let before = warm_up(&worker, amount).await?.acknowledged;
    // What is not answered within that time is measured as unanswered below.
    let _ = timeout(HANG, stub.chats_taken(before)).await;

    let (requests_before, chats_before) = (stub.requests(), stub.chats());
    let lanes = load::contact_messages(SECRET, &spread(amount, 0, amount.events));
    let events: usize = lanes.iter().map(Vec::len).sum();
    let start = Instant::now();
    let report = load::run(worker.address(), lanes).await?;
    let _ = timeout(HANG, stub.chats_taken(chats_before + events)).await;
    let answered = stub.chats() - chats_before;
    Ok(Rates {
        accepted: report.rate(),
        accepted_idle: 0.0,
        echoed: per_second(answered, start.elapsed()),
        unanswered: events.saturating_sub(answered),
        refused: report.refused,
        requests: stub.requests() - requests_before,
        resident_bytes: worker.process().resident_bytes()?,
    })
}

async fn idle(side: Side, amount: Amount) -> io::Result<f64> {
    let stub = Stub::start()?;
    let folder = store_folder()?;
    let worker = start(side, Script::Idle, &stub, folder.path()).await?;
    warm_up(&worker, amount).await?;
    let lanes = load::contact_messages(SECRET, &spread(amount, 0, amount.events));
    Ok(load::run(worker.address(), lanes).await?.rate())
}

async fn start(
    side: Side,
    script: Script,
    stub: &Stub,
    folder: &std::path::Path,
) -> io::Result<Worker> {
    /// So high that it does not matter.
    const API_RATE: u32 = 100_000;

    let address = free_address().await?;
    let place = Place {
        api_url: stub.url(),
        token: TOKEN.to_owned(),
        folder,
        address,
        api_rate: API_RATE,
    };
    Worker::start(side, side.settings(script, &place)?, address).await
}

async fn warm_up(worker: &Worker, amount: Amount) -> io::Result<Report> {
    // Numbers far from those that are measured, or they would be duplicates.
    let events = WARM_UP.min(amount.events);
    let lanes = load::contact_messages(SECRET, &spread(amount, 1 << 40, events));
    load::run(worker.address(), lanes).await
}

fn spread(amount: Amount, first: u64, events: u64) -> Spread {
    Spread {
        first,
        events,
        conversations: amount.conversations,
        connections: amount.connections,
    }
}

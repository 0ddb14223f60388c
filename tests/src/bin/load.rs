//! Puts load on the `echo` example and prints what it takes.
//!
//! ```text
//! cargo run --release -p shipmate-tests --bin load -- accept --events 20000 --connections 64
//! cargo run --release -p shipmate-tests --bin load -- echo --events 20000 --conversations 2000
//! cargo run --release -p shipmate-tests --bin load -- memory --conversations 100000
//! cargo run --release -p shipmate-tests --bin load -- signature --requests 200000
//! ```

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::{Args, Parser, Subcommand};
use shipmate_tests::measure::{self, Amount};

/// Load on the echo example, on this machine, against a stub of the platform's API.
#[derive(Debug, Parser)]
struct Load {
    #[command(subcommand)]
    measurement: Measurement,
}

#[derive(Debug, Subcommand)]
enum Measurement {
    /// How fast deliveries are acknowledged once they are on disk, next to a bare endpoint that
    /// stores nothing.
    Accept(Options),
    /// How fast events are answered, from the first delivery to the last reply at the API.
    Echo(Options),
    /// How much memory the service needs for many conversations with one message each.
    Memory {
        /// How many conversations.
        #[arg(long, default_value_t = 100_000)]
        conversations: u64,
        /// Over how many connections the events come in.
        #[arg(long, default_value_t = 64)]
        connections: usize,
    },
    /// Whether the time of a refusal tells where a forged signature is wrong.
    Signature {
        /// How many forged deliveries.
        #[arg(long, default_value_t = 200_000)]
        requests: u64,
    },
}

#[derive(Debug, Args)]
struct Options {
    /// How many events.
    #[arg(long, default_value_t = 20_000)]
    events: u64,
    /// Over how many conversations they are spread.
    #[arg(long, default_value_t = 2_000)]
    conversations: u64,
    /// Over how many connections they come in.
    #[arg(long, default_value_t = 64)]
    connections: usize,
}

impl From<Options> for Amount {
    fn from(options: Options) -> Self {
        Self {
            events: options.events,
            conversations: options.conversations,
            connections: options.connections,
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Load::parse().measurement).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // There is nowhere left to tell if this fails too.
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(measurement: Measurement) -> io::Result<()> {
    let mut out = io::stdout();
    match measurement {
        Measurement::Accept(options) => {
            write!(out, "{}", measure::acceptance(options.into()).await?)
        }
        Measurement::Echo(options) => write!(out, "{}", measure::end_to_end(options.into()).await?),
        Measurement::Signature { requests } => {
            write!(out, "{}", measure::signature_timing(requests).await?)
        }
        Measurement::Memory {
            conversations,
            connections,
        } => {
            let amount = Amount {
                events: conversations,
                conversations,
                connections,
            };
            let mut steps = Vec::new();
            measure::memory(amount, |resident| {
                // A closed output must not end the measurement half-way.
                let _ = writeln!(out, "{resident}");
                steps.push(resident);
            })
            .await?;
            let slope = measure::slope(&steps);
            writeln!(out, "later half: {slope:.0} bytes per conversation")
        }
    }
}

//! Sets a bot on Shipmate against the same bot on the official Node SDK and prints the tables of
//! the book's page *Side by side with the official SDK*.
//!
//! ```text
//! (cd tests/sdk && npm ci --ignore-scripts)
//! cargo run --release -p shipmate-tests --features sdk --bin compare
//! ```

use std::{
    io::{self, Write},
    process::ExitCode,
    time::Duration,
};

use clap::Parser;
use shipmate_tests::{
    compare::{Comparison, Outcome, Played, Rates, Scenario, Side, play, rates},
    measure::Amount,
};

/// Shipmate and the official SDK, in one run on this machine.
#[derive(Debug, Parser)]
struct Compare {
    /// How many events each side gets in a round of the load.
    #[arg(long, default_value_t = 10_000)]
    events: u64,
    /// Over how many conversations they are spread.
    #[arg(long, default_value_t = 1_000)]
    conversations: u64,
    /// Over how many connections they come in.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// How many rounds of the load; of each rate the middle one is shown.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Only the scenarios whose name contains this.
    #[arg(long, default_value = "")]
    only: String,
    /// Also prints what the bots asked for and what they wrote, per scenario.
    #[arg(long)]
    logs: bool,
}

/// How long is watched for replies that come late.
const WATCH: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() -> ExitCode {
    let compare = Compare::parse();
    let compared = compare.run().await;
    let told = compared.and_then(|comparison| writeln!(io::stdout(), "{comparison}"));
    match told {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // There is nowhere left to tell if this fails too.
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

impl Compare {
    async fn run(&self) -> io::Result<Comparison> {
        let calm = self.both(&Scenario::calm(), [None, None]).await?;
        let right = [Some(&calm[0]), Some(&calm[1])];
        let mut played = Vec::new();
        for scenario in Scenario::all() {
            if scenario.name.contains(&self.only) {
                let [shipmate, sdk] = self.both(&scenario, right).await?;
                played.push(Played {
                    name: scenario.name,
                    shipmate: shipmate.tally,
                    sdk: sdk.tally,
                });
            }
        }
        let at_once = play(Side::Shipmate, &Scenario::calm_at_once(), None, WATCH).await?;
        let [shipmate, sdk] = self.rates().await?;
        Ok(Comparison {
            played,
            at_once: at_once.tally,
            shipmate,
            sdk,
        })
    }

    async fn both(
        &self,
        scenario: &Scenario,
        right: [Option<&Outcome>; 2],
    ) -> io::Result<[Outcome; 2]> {
        let [ours, theirs] = right.map(|outcome| outcome.map(|outcome| &outcome.answers));
        let (ours, theirs) = tokio::try_join!(
            play(Side::Shipmate, scenario, ours, WATCH),
            play(Side::Sdk, scenario, theirs, WATCH),
        )?;
        if self.logs {
            for (side, outcome) in Side::ALL.into_iter().zip([&ours, &theirs]) {
                let Outcome { calls, log, .. } = outcome;
                let name = scenario.name;
                writeln!(io::stderr(), "== {name}: {side}\n{calls:?}\n{log}")?;
            }
        }
        Ok([ours, theirs])
    }

    /// The sides take turns, so that both have the same machine.
    async fn rates(&self) -> io::Result<[Rates; 2]> {
        let amount = Amount {
            events: self.events,
            conversations: self.conversations,
            connections: self.connections,
        };
        let (mut shipmate, mut sdk) = (Vec::new(), Vec::new());
        for _ in 0..self.rounds.max(1) {
            shipmate.push(rates(Side::Shipmate, amount).await?);
            sdk.push(rates(Side::Sdk, amount).await?);
        }
        Ok([Rates::middle(&shipmate), Rates::middle(&sdk)])
    }
}

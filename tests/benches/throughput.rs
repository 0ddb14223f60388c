//! Throughput of the echo example: `cargo bench -p shipmate-tests`.
//!
//! One run each of the measurements of the `load` command, sized for less than a minute.

use std::io::{self, Write};

use shipmate_tests::measure::{self, Amount};

#[tokio::main]
async fn main() -> io::Result<()> {
    let amount = Amount {
        events: 20_000,
        conversations: 2_000,
        connections: 64,
    };
    let mut out = io::stdout();
    writeln!(out, "{}", measure::acceptance(amount).await?)?;
    writeln!(out, "{}", measure::end_to_end(amount).await?)
}

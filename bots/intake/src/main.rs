//! The intake bot: asks the consumer a platform form's fields, one by one.
//!
//! `cargo run -- sandbox` plays it on this machine; `cargo run -- serve` runs it on the platform.

mod config;
mod forms;
mod intake;
mod sandbox;
mod texts;

#[cfg(test)]
mod tests;

use std::{error::Error, process::ExitCode};

use shipmate::App;

use crate::intake::Intake;

fn main() -> ExitCode {
    match app() {
        Ok(app) => app.run(),
        Err(error) => {
            eprintln!("what is built in cannot be used: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The program, and what its tests are about.
fn app() -> Result<App, Box<dyn Error>> {
    Ok(App::new("intake", Intake::default())
        .sandbox_seed(sandbox::seed()?)
        .sandbox_campaigns(sandbox::campaigns()?))
}

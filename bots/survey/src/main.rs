//! The survey bot: asks when a conversation has closed, or when a campaign has written, and counts
//! the answers.
//!
//! `cargo run -p survey -- sandbox` plays it on this machine; `cargo run -p survey -- results` shows
//! what was answered.

mod config;
mod sandbox;
mod survey;
mod texts;

#[cfg(test)]
mod tests;

use std::{error::Error, process::ExitCode};

use shipmate::{App, interview::Edition};

use crate::survey::Survey;

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
    let edition = Edition::from_toml(include_str!("service.toml"))?;
    let definition = edition.definition().clone();
    Ok(App::new("survey", Survey::new(edition))
        .survey(definition)
        .sandbox_seed(sandbox::seed()?)
        .sandbox_campaigns(sandbox::campaigns()?))
}

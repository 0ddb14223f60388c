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

use std::process::ExitCode;

use shipmate::{App, form::DefinitionErrors, interview::Edition};

use crate::survey::Survey;

fn main() -> ExitCode {
    match app() {
        Ok(app) => app.run(),
        Err(errors) => {
            eprintln!("the survey that is built in cannot be used: {errors}");
            ExitCode::FAILURE
        }
    }
}

/// The program, and what its tests are about.
fn app() -> Result<App, DefinitionErrors> {
    let edition = Edition::from_toml(include_str!("service.toml"))?;
    let definition = edition.definition().clone();
    Ok(App::new("survey", Survey::new(edition))
        .survey(definition)
        .sandbox_seed(sandbox::seed()))
}

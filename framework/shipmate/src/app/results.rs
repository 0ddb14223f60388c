//! `results`: what surveys found out, read beside a service that runs.

use std::{
    fs::OpenOptions,
    io::{self, BufWriter, IsTerminal, Write},
    path::Path,
    process::ExitCode,
    sync::Arc,
};

use super::{Failure, arguments::ResultsOptions, operate::print};
use crate::{
    form::Questionnaire,
    results::{self, Ink, Summary, csv_header, csv_row},
    settings::Settings,
    store::{self, Store},
    surveys::{Survey, Surveys, Wanted, beginning, ending},
    why::plain,
};

/// A file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {path}; check that the folder exists and is writable")]
struct Unwritable {
    path: String,
    #[source]
    source: io::Error,
}

pub(super) async fn results(
    settings: &Settings,
    surveys: &Surveys,
    options: &ResultsOptions,
) -> Result<ExitCode, Failure> {
    let wanted = wanted(options)?;
    let chosen = choose(surveys, options)?;
    let store = store::inspect(&settings.store)?;
    let mut summaries = Vec::new();
    for survey in chosen {
        let summary = survey.summary(&*store, &wanted).await?;
        if summary.started == 0 {
            eprintln!("{}", none_yet(survey, options));
        }
        if let Some(file) = &options.csv {
            write_csv(file, survey, &store, &wanted).await?;
        }
        if let Some(file) = &options.html {
            write(file, |out| {
                out.write_all(results::html(&summary).as_bytes())
            })?;
        }
        summaries.push(summary);
    }
    show(&summaries, options)?;
    Ok(ExitCode::SUCCESS)
}

fn wanted(options: &ResultsOptions) -> Result<Wanted, Failure> {
    let from = options.from.as_deref().map(beginning).transpose()?;
    let until = options.to.as_deref().map(ending).transpose()?;
    Ok(Wanted {
        from,
        until,
        filter: results::Filter {
            organization: options.organization.clone(),
            locale: options.language.map(Into::into),
            version: options.of_version,
        },
    })
}

/// The survey that is named, or all of them; a file holds one.
fn choose<'a>(surveys: &'a Surveys, options: &ResultsOptions) -> Result<Vec<&'a Survey>, Failure> {
    let id = options.survey.as_deref();
    let is_for_a_file = options.csv.is_some() || options.html.is_some();
    if id.is_none() && !is_for_a_file && !surveys.all().is_empty() {
        return Ok(surveys.all().iter().collect());
    }
    Ok(vec![surveys.find(id)?])
}

fn none_yet(survey: &Survey, options: &ResultsOptions) -> String {
    let is_narrowed = options.from.is_some()
        || options.to.is_some()
        || options.organization.is_some()
        || options.language.is_some()
        || options.of_version.is_some();
    let id = plain(&survey.id);
    if is_narrowed {
        format!("No responses to `{id}` are of this time, organization, language and version.")
    } else {
        format!("There are no responses to `{id}` yet.")
    }
}

fn show(summaries: &[Summary], options: &ResultsOptions) -> Result<(), Failure> {
    if options.json {
        let shown: Vec<_> = summaries.iter().map(results::json).collect();
        return print(&[serde_json::Value::from(shown).to_string()]);
    }
    if options.csv.is_some() || options.html.is_some() {
        return Ok(());
    }
    let is_colored = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let ink = if is_colored { Ink::Colored } else { Ink::Plain };
    let asked = summaries.iter().filter(|summary| summary.started > 0);
    let texts: Vec<_> = asked.map(|summary| results::text(summary, ink)).collect();
    print(&texts)
}

async fn write_csv(
    file: &Path,
    survey: &Survey,
    store: &Arc<dyn Store>,
    wanted: &Wanted,
) -> Result<(), Failure> {
    let questionnaire: &Questionnaire = &survey.questionnaire;
    let mut lines = vec![csv_header(questionnaire)];
    survey
        .read(&**store, wanted, |response| {
            lines.push(csv_row(questionnaire, response));
            Ok::<_, Failure>(())
        })
        .await?;
    write(file, |out| {
        lines
            .iter()
            .try_for_each(|line| out.write_all(line.as_bytes()))
    })
}

/// Into a file that only its owner reads, since it holds what people wrote; `-` is standard output.
fn write(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let written = if path == Path::new("-") {
        fill(&mut io::stdout().lock())
    } else {
        fill_file(path, fill)
    };
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(|source| {
            let path = path.display().to_string();
            Unwritable { path, source }.into()
        }),
    }
}

fn fill_file(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = BufWriter::new(options.open(path)?);
    fill(&mut out)?;
    out.flush()
}

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

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs};

    use super::*;
    use crate::{
        results::{
            Response,
            summary::tests::{questionnaire, responses},
        },
        store::{SqliteStore, for_test::keep},
    };

    fn options(survey: Option<&str>) -> ResultsOptions {
        ResultsOptions {
            survey: survey.map(str::to_owned),
            from: None,
            to: None,
            organization: None,
            language: None,
            of_version: None,
            csv: None,
            html: None,
            json: false,
        }
    }

    fn surveys(ids: &[&str]) -> Surveys {
        let mut surveys = Surveys::default();
        for id in ids {
            surveys.register(&"desk".into(), (*id).into(), questionnaire());
        }
        surveys
    }

    /// A store in `folder` with these responses, closed again.
    async fn store(folder: &Path, responses: Vec<Response>) -> Settings {
        let path = folder.join("shipmate.db");
        let store = SqliteStore::open(&path).unwrap();
        keep(&store, responses).await;
        let url = format!("sqlite:{}", path.display());
        let environment = BTreeMap::from([("SHIPMATE_STORE".to_owned(), url)]);
        Settings::read(environment, None).unwrap()
    }

    #[tokio::test]
    async fn files_hold_the_responses_and_the_report_and_are_their_owners() {
        let folder = tempfile::tempdir().unwrap();
        let settings = store(folder.path(), responses()).await;
        let (csv, html) = (folder.path().join("a.csv"), folder.path().join("a.html"));
        let asked = ResultsOptions {
            csv: Some(csv.clone()),
            html: Some(html.clone()),
            ..options(Some("visit"))
        };
        results(&settings, &surveys(&["visit", "staff"]), &asked)
            .await
            .unwrap();
        let table = fs::read_to_string(&csv).unwrap();
        assert_eq!(table.lines().count(), 7);
        assert!(table.contains("ann@example.com"), "{table}");
        let report = fs::read_to_string(&html).unwrap();
        assert!(report.contains("<strong>6</strong> <span>began</span>"));
        assert!(!report.contains("example.com"));
        #[cfg(unix)]
        for path in [csv, html] {
            let mode =
                std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[tokio::test]
    async fn what_cannot_be_done_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let settings = store(folder.path(), Vec::new()).await;
        let both = surveys(&["visit", "staff"]);
        let nowhere = Some(folder.path().join("none/a.csv"));
        for (surveys, options, words) in [
            (&both, options(Some("vist")), "there is `visit`, `staff`"),
            (&surveys(&[]), options(None), "no surveys"),
            (
                &both,
                ResultsOptions {
                    csv: nowhere.clone(),
                    ..options(None)
                },
                "name one of `visit`, `staff`",
            ),
            (
                &both,
                ResultsOptions {
                    csv: nowhere.clone(),
                    ..options(Some("visit"))
                },
                "check that the folder exists",
            ),
            (
                &both,
                ResultsOptions {
                    from: Some("March".into()),
                    ..options(None)
                },
                "such as `2026-03-04`",
            ),
        ] {
            let error = results(&settings, surveys, &options).await.unwrap_err();
            assert!(error.to_string().contains(words), "{error}");
        }
    }

    #[test]
    fn that_there_is_nothing_is_told_by_what_was_asked() {
        let both = surveys(&["visit"]);
        let survey = both.find(None).unwrap();
        assert!(none_yet(survey, &options(None)).ends_with("yet."));
        let narrowed = ResultsOptions {
            to: Some("2026-03-04".into()),
            ..options(None)
        };
        assert!(none_yet(survey, &narrowed).contains("of this time"));
    }
}

//! `why`, `letters`, `campaign` and `forget`: what an operator asks at the command line.
//!
//! Looking is done beside a service that runs. What changes something is done by whoever has the
//! store: this process, or the service.

use std::{
    io::{self, Write},
    process::ExitCode,
    sync::Arc,
};

use serde_json::{Value, json};
use web1on1::SystemClock;

use super::{
    Failure,
    arguments::{
        CampaignCommand, ForgetOptions, LettersCommand, LettersOptions, WhichLetters, WhyOptions,
    },
    ask::{Told, ask},
};
use crate::{
    campaign::{Campaign, Campaigns, Order, OrderError},
    operator::{Letters, Operator, Verdict, Which, forgotten_words, settled_words},
    settings::Settings,
    store::{self, Place, StoreError, Whose},
    why::{self, event_json, message_json, plain, time},
};

/// Letters that are listed of each kind.
const LISTED: usize = 1_000;

pub(super) async fn why(settings: &Settings, options: &WhyOptions) -> Result<ExitCode, Failure> {
    let story = looking(settings)?.why(&options.id, options.latest).await?;
    if options.json {
        print(&[why::json(&story).to_string()])?;
    } else {
        print(&why::lines(&story))?;
    }
    if story.is_empty() {
        eprintln!("{}", nothing(settings, &options.id));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn nothing(settings: &Settings, id: &str) -> String {
    let days = settings.retention.ended.as_hours() / 24;
    format!(
        "Nothing is on record of `{}`. It may be the id of a conversation, of a message or other resource, \
         a marker, an event's key, or a place: `12` or `event:12` for an event, `message:12` for a message. \
         What ended more than {days} days ago is deleted (SHIPMATE_RETENTION), and what was forgotten is gone.",
        plain(id)
    )
}

pub(super) async fn letters(
    settings: &Settings,
    options: LettersOptions,
) -> Result<ExitCode, Failure> {
    match options.command {
        None => list(settings, options.json).await,
        Some(LettersCommand::Show { place }) => show(settings, place).await,
        Some(LettersCommand::Retry(which)) => settle(settings, which, Verdict::Retry).await,
        Some(LettersCommand::Drop(which)) => settle(settings, which, Verdict::Drop).await,
    }
}

async fn list(settings: &Settings, json: bool) -> Result<ExitCode, Failure> {
    let letters = looking(settings)?.letters(LISTED).await?;
    if json {
        print(&[list_json(&letters).to_string()])?;
    } else {
        print(&list_lines(&letters))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn list_json(letters: &Letters) -> Value {
    let events: Vec<_> = letters.events.iter().map(event_json).collect();
    let messages: Vec<_> = letters
        .messages
        .iter()
        .map(|row| message_json(row, None))
        .collect();
    json!({"events": events, "messages": messages})
}

fn list_lines(letters: &Letters) -> Vec<String> {
    let mut lines = Vec::new();
    lines.push(match letters.events.len() {
        0 => "No event is a dead letter.".to_owned(),
        _ => "Events that were given up:".to_owned(),
    });
    for event in &letters.events {
        lines.push(format!(
            "  event:{}  {}  {} in {}, tried {} times",
            event.place,
            time(event.at),
            plain(&event.name),
            plain(&event.mailbox.mailbox),
            event.attempts
        ));
        lines.extend(reason(event.reason.as_deref()));
    }
    lines.push(match letters.messages.len() {
        0 => "No message needs a person.".to_owned(),
        _ => "Messages that the platform refuses, or that may be there or not:".to_owned(),
    });
    for row in &letters.messages {
        lines.push(format!(
            "  message:{}  {}  {} in {}, caused by event:{}",
            row.place,
            time(row.created_at),
            row.status.as_str(),
            plain(&row.mailbox.mailbox),
            row.event
        ));
        lines.extend(reason(row.reason.as_deref()));
    }
    if letters.events.len().max(letters.messages.len()) >= LISTED {
        lines.push("There are more; these are the oldest.".to_owned());
    }
    lines
}

fn reason(reason: Option<&str>) -> Option<String> {
    reason.map(|reason| format!("    {}", plain(reason)))
}

async fn show(settings: &Settings, place: Place) -> Result<ExitCode, Failure> {
    let operator = looking(settings)?;
    print(&why::lines(&operator.why(&place.to_string(), 1).await?))?;
    let Some(body) = operator.body(place).await? else {
        eprintln!("There is no text of {place}: it never was, it is done, or it is gone.");
        return Ok(ExitCode::FAILURE);
    };
    eprintln!("What follows holds what people wrote.");
    print(&why::body(&body))?;
    Ok(ExitCode::SUCCESS)
}

async fn settle(
    settings: &Settings,
    which: WhichLetters,
    verdict: Verdict,
) -> Result<ExitCode, Failure> {
    let which = match which.place {
        Some(place) => Which::One(place),
        None => Which::All,
    };
    let told = match changing(settings)? {
        Some(operator) => {
            let count = operator
                .settle(which, verdict, "at the command line")
                .await?;
            Told {
                count,
                words: settled_words(verdict, count),
            }
        }
        None => {
            ask(
                settings,
                &format!("/letters/{which}/{}", verdict.as_str()),
                &[],
            )
            .await?
        }
    };
    let missing = told.count == 0 && matches!(which, Which::One(_));
    print(&[told.words])?;
    Ok(if missing {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

pub(super) async fn campaign(
    settings: &Settings,
    campaigns: &Campaigns,
    command: CampaignCommand,
) -> Result<ExitCode, Failure> {
    let (order, name) = match command {
        CampaignCommand::List => return list_campaigns(settings, campaigns, None).await,
        CampaignCommand::Status(which) => {
            return list_campaigns(settings, campaigns, Some(&which.name)).await;
        }
        CampaignCommand::DryRun(which) => (Order::DryRun, which.name),
        CampaignCommand::Start(which) => (Order::Start, which.name),
        CampaignCommand::Pause(which) => (Order::Pause, which.name),
        CampaignCommand::Resume(which) => (Order::Resume, which.name),
    };
    if known(campaigns, &name).is_none() {
        return Err(OrderError::Unknown(name).into());
    }
    if changing(settings)?.is_some() {
        return Err(
            "no service runs on this store; start one with `serve`, then give the order again"
                .into(),
        );
    }
    let told = ask(
        settings,
        &format!("/campaigns/{name}/{}", order.as_str()),
        &[],
    )
    .await?;
    print(&[told.words])?;
    Ok(if told.count == 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

async fn list_campaigns(
    settings: &Settings,
    campaigns: &Campaigns,
    name: Option<&str>,
) -> Result<ExitCode, Failure> {
    if let Some(name) = name
        && known(campaigns, name).is_none()
    {
        return Err(OrderError::Unknown(name.to_owned()).into());
    }
    let store = match store::inspect(&settings.store) {
        Ok(store) => Some(store),
        // Nothing was ever started.
        Err(StoreError::Missing { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let wanted = |it: &&Campaign| name.is_none_or(|name| it.name() == name);
    let mut lines = Vec::new();
    for campaign in campaigns.campaigns.iter().filter(wanted) {
        let mut summary = campaign.summary();
        if let Some(store) = &store {
            summary = summary.with_run(&**store).await?;
        }
        lines.extend(summary.lines().iter().map(|line| plain(line)));
    }
    if lines.is_empty() {
        lines.push("There is no campaign; SHIPMATE_CAMPAIGNS names a file of them.".to_owned());
    }
    print(&lines)?;
    Ok(ExitCode::SUCCESS)
}

fn known<'a>(campaigns: &'a Campaigns, name: &str) -> Option<&'a Campaign> {
    campaigns.campaigns.iter().find(|it| it.name() == name)
}

/// That nothing was there is a success: nothing is there now.
pub(super) async fn forget(
    settings: &Settings,
    options: ForgetOptions,
) -> Result<ExitCode, Failure> {
    let conversations = options.conversations.into_iter().map(Whose::Conversation);
    let contacts = options.contact.into_iter().map(Whose::Contact);
    let operator = changing(settings)?;
    for whose in conversations.chain(contacts) {
        let (field, id) = match &whose {
            Whose::Conversation(id) => ("conversation", id),
            Whose::Contact(id) => ("contact", id),
        };
        let words = match &operator {
            Some(operator) => forgotten_words(&operator.forget(&whose).await?),
            None => ask(settings, "/forget", &[(field, id)]).await?.words,
        };
        print(&[format!("{}: {words}", plain(id))])?;
    }
    Ok(ExitCode::SUCCESS)
}

/// For looking, also while the service runs.
fn looking(settings: &Settings) -> Result<Operator, Failure> {
    let store = store::inspect(&settings.store)?;
    Ok(Operator::of_store(store, Arc::new(SystemClock)))
}

/// For changing something; none if a service has the store, which then has to be asked.
fn changing(settings: &Settings) -> Result<Option<Operator>, Failure> {
    // Looking first: nothing is to be created by asking for what is not there. A store of an older
    // version is brought up to date.
    match store::inspect(&settings.store) {
        Ok(_) | Err(StoreError::TooOld { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    match store::open(&settings.store) {
        Ok(store) => Ok(Some(Operator::of_store(store, Arc::new(SystemClock)))),
        Err(StoreError::InUse { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// A reader that closes its end early, as `head` does, has read enough.
pub(super) fn print(lines: &[String]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    for line in lines {
        match writeln!(out, "{line}") {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            written => written?,
        }
    }
    Ok(())
}

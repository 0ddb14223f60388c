//! `doctor`: checks what a service needs, and says what to fix.

mod live;

use std::process::ExitCode;

use web1on1::{BotId, Client, Error, Query, ServiceType, SystemClock};

use super::{Failure, arguments::DoctorOptions, tokens};
use crate::{
    campaign::{Campaign, Campaigns},
    causes::with_causes,
    service::BotSetup,
    settings::Settings,
    store::{self, StoreError},
};

/// The result of one check.
enum Finding {
    Good(String),
    /// Works, but look at it.
    Notice(String),
    Bad(String),
}
use Finding::{Bad, Good, Notice};

/// Runs all checks that can be run, and prints each one's finding.
pub(super) async fn examine(
    setup: &BotSetup,
    campaigns: Campaigns,
    settings: Result<Settings, Failure>,
    options: &DoctorOptions,
) -> ExitCode {
    let mut report = Report { healthy: true };
    match settings {
        Ok(settings) => {
            report.add("settings", Good("all known, all readable".to_owned()));
            if let Some(finding) = written_to(campaigns, &settings) {
                report.add("campaigns", finding);
            }
            examine_settings(setup, &settings, options, &mut report).await;
        }
        Err(error) => report.add("settings", Bad(error.to_string())),
    }
    if report.healthy {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn examine_settings(
    setup: &BotSetup,
    settings: &Settings,
    options: &DoctorOptions,
    report: &mut Report,
) {
    report.add("webhook secret", secret(settings));
    report.add("listen address", listen(settings).await);
    report.add("store", storage(settings).await);
    if settings.token.is_none() && settings.refresh_token.is_none() {
        return report.add(
            "token",
            Bad("SHIPMATE_TOKEN is not set; copy it from the bot's page in the console, or set SHIPMATE_TOKEN_FILE; SHIPMATE_REFRESH_TOKEN will do as well".to_owned()),
        );
    }
    platform(setup, settings, options, report).await;
}

/// What there is to say of campaigns, if there are any.
fn written_to(campaigns: Campaigns, settings: &Settings) -> Option<Finding> {
    match campaigns.and_of_file(settings.campaigns.as_deref()) {
        Ok(campaigns) if campaigns.campaigns.is_empty() => None,
        Ok(campaigns) => {
            let names = campaigns.campaigns.iter().map(Campaign::name);
            let names: Vec<_> = names.collect();
            Some(Good(format!("can be used: {}", names.join(", "))))
        }
        Err(error) => Some(Bad(with_causes(&error))),
    }
}

fn secret(settings: &Settings) -> Finding {
    if settings.webhook_secrets.is_empty() {
        return Bad(
            "SHIPMATE_WEBHOOK_SECRET is not set; copy it from the bot's Webhook tab in the console"
                .to_owned(),
        );
    }
    Good("set".to_owned())
}

async fn listen(settings: &Settings) -> Finding {
    match super::serve::bind(settings.listen).await {
        Ok(_) => Good(format!("{} is free", settings.listen)),
        Err(error) => Notice(format!("{error} (fine if that is this bot, running)")),
    }
}

async fn storage(settings: &Settings) -> Finding {
    let checked = match store::open(&settings.store) {
        Ok(store) => store.check().await,
        Err(error) => Err(error),
    };
    match checked {
        Ok(()) if settings.store == "memory:" => Notice(
            "in memory: everything is forgotten at a restart; use `sqlite:<path>`".to_owned(),
        ),
        Ok(()) => Good("can be written".to_owned()),
        Err(StoreError::InUse { .. }) => {
            Notice("in use by another process (fine if that is this bot, running)".to_owned())
        }
        Err(error) => Bad(with_causes(&error)),
    }
}

/// A client with the tokens that the service has.
fn client(settings: &Settings) -> Result<Client, Error> {
    let mut client = Client::builder(&settings.api_url).without_retries();
    if let Some(token) = settings.token.clone() {
        client = client.token(token);
    }
    if let Some(refresh) = settings.refresh_token.clone() {
        client = client
            .refresh(refresh, settings.email.clone())
            .token_store(tokens::beside(&settings.store));
    }
    client.build()
}

async fn platform(
    setup: &BotSetup,
    settings: &Settings,
    options: &DoctorOptions,
    report: &mut Report,
) {
    let client = match client(settings) {
        Ok(client) => client,
        Err(error) => return report.add("API address or token", Bad(with_causes(&error))),
    };
    let me = match client.users().me().await {
        Ok(me) => me,
        Err(error) => {
            let what = if error.is_token_problem() {
                "token"
            } else {
                "API"
            };
            return report.add(what, Bad(with_causes(&error)));
        }
    };
    report.add("API", Good(format!("{} answers", settings.api_url)));
    let name = me
        .display_name
        .as_deref()
        .unwrap_or("a user without a name");
    report.add("token", Good(format!("belongs to {name} ({})", me.id)));
    let bot = me.id.into();
    report.add("webhook", webhook(&client, &bot).await);
    organizations(setup, &client, &bot, report).await;
    if options.live {
        live::try_commands(&client, &SystemClock, report).await;
    }
}

/// Whether the bot can use what the organizations have set. One that it cannot is not served; the
/// others are.
async fn organizations(setup: &BotSetup, client: &Client, bot: &BotId, report: &mut Report) {
    let audit = match setup.audit(client, bot).await {
        Ok(audit) => audit,
        Err(error) => {
            let words = format!("they cannot be read: {}", with_causes(&error));
            return report.add("organizations' settings", Notice(words));
        }
    };
    for quarantine in &audit.quarantined {
        report.add("organizations' settings", Notice(quarantine.to_string()));
    }
    let sound = audit.sound;
    let words = format!("usable for {sound} organization(s) that have the bot enabled");
    report.add("organizations' settings", Good(words));
}

/// Whether the platform knows where to send events. Only an administrator's token may list
/// services, and the bot's own webhook is not in the documented API, so this can only be told in
/// part.
async fn webhook(client: &Client, bot: &web1on1::BotId) -> Finding {
    match client.bots().get(bot).await {
        Err(error) => {
            return Notice(format!(
                "the token's user is not readable as a bot: {}",
                with_causes(&error)
            ));
        }
        Ok(bot) if bot.status != web1on1::BotStatus::Active => {
            return Bad(format!(
                "the bot is {}; activate it in the console",
                bot.status
            ));
        }
        Ok(_) => {}
    }
    match client.services().list(&Query::new().filter("type", "webhook")).await {
        Ok(services) => {
            let hooks = services.iter().filter(|service| service.kind() == ServiceType::Webhook).count();
            match hooks {
                0 => Notice("the bot is active; no general webhook is registered, so check the bot's own Webhook tab in the console".to_owned()),
                hooks => Good(format!("the bot is active; {hooks} general webhook(s) are registered")),
            }
        }
        Err(_) => Notice(
            "the bot is active; its token may not list webhooks, so check the bot's Webhook tab in the console".to_owned(),
        ),
    }
}

struct Report {
    healthy: bool,
}

impl Report {
    #[expect(clippy::print_stdout, reason = "the report is what the command is for")]
    fn add(&mut self, what: &str, finding: Finding) {
        let (sign, text) = match finding {
            Good(text) => ("ok    ", text),
            Notice(text) => ("notice", text),
            Bad(text) => {
                self.healthy = false;
                ("FIX   ", text)
            }
        };
        println!("{sign}  {what}: {text}");
    }
}

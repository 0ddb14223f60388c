//! The platform on your machine, as a program.

use std::{
    error::Error,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::Parser;
use shipmate_sandbox::{Sandbox, Seed, Snapshot, Webhook};
use web1on1::BotId;

/// The Web1on1 platform on your machine: REST API, webhooks, limits and a chat page.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen. Whoever reaches this address can read and write everything.
    #[arg(long, default_value = "127.0.0.1:7070")]
    listen: String,

    /// The webhook of the bot; it can also be set on the page.
    #[arg(long)]
    webhook_url: Option<String>,

    /// The secret that signs deliveries to the webhook.
    #[arg(long, default_value = "sandbox")]
    webhook_secret: String,

    /// The seed of ids, secrets and tokens; the same number gives the same ones in every run. That
    /// of the seed file, or 1, by default.
    #[arg(long)]
    random_seed: Option<u64>,

    /// What exists from the start: a TOML or JSON file. A small demo world by default.
    #[arg(long)]
    seed: Option<PathBuf>,

    /// Goes on with the snapshot in this file, if there is one, and writes one there at the end.
    #[arg(long)]
    snapshot: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = &*error, "the sandbox failed");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let seed = match &arguments.seed {
        Some(path) => Seed::from_file(path)?,
        None => Seed::demo().0,
    };
    let mut builder = Sandbox::builder().listen(&arguments.listen).seed(seed);
    if let Some(random_seed) = arguments.random_seed {
        builder = builder.random_seed(random_seed);
    }
    if let Some(path) = arguments.snapshot.as_ref().filter(|path| path.exists()) {
        builder = builder.restore(Snapshot::read(path)?);
    }
    let sandbox = builder.start().await?;
    let bot = sandbox.bots().into_iter().next();
    if let (Some(url), Some(bot)) = (&arguments.webhook_url, &bot) {
        let webhook = Webhook::new(url).secret(&arguments.webhook_secret);
        sandbox.set_webhook(bot, webhook);
    }
    // Nobody may be reading, and that is no reason to stop.
    let _ = io::stdout().write_all(welcome(arguments, &sandbox, bot.as_ref()).as_bytes());
    if let Some(url) = &arguments.webhook_url
        && let Err(refusal) = sandbox.verify_webhook(url).await
    {
        tracing::warn!(%refusal, "events are sent to the webhook all the same");
    }
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::error!(%error, "cannot wait for Ctrl-C, stopping");
    }
    let last = arguments
        .snapshot
        .as_ref()
        .map(|path| sandbox.snapshot().write(path));
    sandbox.stop().await;
    Ok(last.transpose().map(|_| ())?)
}

fn welcome(arguments: &Arguments, sandbox: &Sandbox, bot: Option<&BotId>) -> String {
    let url = sandbox.url();
    let places = format!("Chat page    {url}\nAPI          {url}/v2\n");
    let Some(bot) = bot else {
        return places;
    };
    let token = sandbox.bot_token(bot);
    let secret = &arguments.webhook_secret;
    let next = match &arguments.webhook_url {
        Some(webhook) => format!("Events go to {webhook}, signed with the secret."),
        None => format!("Start your bot, then enter its webhook and the secret at {url}"),
    };
    format!(
        "{places}\
         Bot          {bot}\n\
         \n\
         Connect a bot with:\n\
         \n\
         SHIPMATE_API_URL={url}\n\
         SHIPMATE_TOKEN={token}\n\
         SHIPMATE_WEBHOOK_SECRET={secret}\n\
         \n\
         {next}\n",
    )
}

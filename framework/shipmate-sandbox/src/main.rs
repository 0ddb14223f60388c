//! The platform on your machine, as a program.

use std::{
    error::Error,
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use shipmate_sandbox::{Sandbox, Seed, Webhook, WorldOptions};
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

    #[command(flatten)]
    world: WorldOptions,
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
    let world = &arguments.world;
    let seed = world.seed()?.unwrap_or_else(|| Seed::demo().0);
    let builder = Sandbox::builder().listen(&arguments.listen).seed(seed);
    let mut builder = world.configure(builder);
    if let Some(snapshot) = world.snapshot()? {
        builder = builder.restore(snapshot);
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
    let kept = world.keep(&sandbox);
    sandbox.stop().await;
    Ok(kept?)
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

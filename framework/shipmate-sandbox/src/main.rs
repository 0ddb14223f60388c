//! The platform on your machine, as a program.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use shipmate_sandbox::{Demo, Sandbox, Seed, StartError, Webhook};

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

    /// The seed of ids, secrets and tokens; the same number gives the same ones in every run.
    #[arg(long, default_value_t = 1)]
    random_seed: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the sandbox did not start"
            );
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), StartError> {
    let (mut seed, demo) = Seed::demo();
    if let Some(url) = &arguments.webhook_url {
        let webhook = Webhook::new(url).secret(&arguments.webhook_secret);
        seed.webhook(&demo.bot, webhook);
    }
    let sandbox = Sandbox::builder()
        .listen(&arguments.listen)
        .random_seed(arguments.random_seed)
        .seed(seed)
        .start()
        .await?;
    // Nobody may be reading, and that is no reason to stop.
    let _ = io::stdout().write_all(welcome(arguments, &sandbox, &demo).as_bytes());
    if let Some(url) = &arguments.webhook_url
        && let Err(refusal) = sandbox.verify_webhook(url).await
    {
        tracing::warn!(%refusal, "events are sent to the webhook all the same");
    }
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::error!(%error, "cannot wait for Ctrl-C, stopping");
    }
    sandbox.stop().await;
    Ok(())
}

fn welcome(arguments: &Arguments, sandbox: &Sandbox, demo: &Demo) -> String {
    let url = sandbox.url();
    let token = sandbox.bot_token(&demo.bot);
    let secret = &arguments.webhook_secret;
    let next = match &arguments.webhook_url {
        Some(webhook) => format!("Events go to {webhook}, signed with the secret."),
        None => format!("Start your bot, then enter its webhook and the secret at {url}"),
    };
    format!(
        "Chat page    {url}\n\
         API          {url}/v2\n\
         Bot          {bot}\n\
         \n\
         Connect a bot with:\n\
         \n\
         SHIPMATE_API_URL={url}\n\
         SHIPMATE_TOKEN={token}\n\
         SHIPMATE_WEBHOOK_SECRET={secret}\n\
         \n\
         {next}\n",
        bot = demo.bot,
    )
}

//! `sandbox`: the platform and the bot in one process, on one clock.

use std::{num::NonZeroU32, sync::Arc};

use shipmate_sandbox::{OffsetClock, Sandbox, Seed, Webhook};
use tokio::net::TcpListener;
use web1on1::Token;

use super::{
    Failure,
    arguments::SandboxOptions,
    serve::{bind, stop_signal},
};
use crate::{
    plan::PlanOptions,
    service::{BotSetup, Service},
    settings::Settings,
    webhook::WebhookSecrets,
};

/// The bot's webhook in the sandbox is signed like a real one.
const SECRET: &str = "sandbox-webhook-secret";

pub(super) async fn play(
    setup: BotSetup,
    mut seed: Seed,
    settings: Settings,
    options: &SandboxOptions,
) -> Result<(), Failure> {
    let bot = if let Some(bot) = seed.first_bot() {
        bot
    } else {
        let (demo, names) = Seed::demo();
        seed = demo;
        names.bot
    };
    // Any free port: only the sandbox has to find it.
    let listener = bind(([127, 0, 0, 1], 0).into()).await?;
    let webhook = format!("http://{}/webhook", listener.local_addr()?);
    seed.webhook(&bot, Webhook::new(webhook).secret(SECRET));
    let clock = OffsetClock::new();
    let sandbox = Sandbox::builder()
        .movable_clock(Arc::new(clock.clone()))
        .seed(seed)
        .listen(options.listen.to_string())
        .start()
        .await?;
    let rate = NonZeroU32::new(20).unwrap_or(NonZeroU32::MIN);
    let plan = PlanOptions {
        encoding: settings.commands,
        ..PlanOptions::default()
    };
    let service = Service::builder(sandbox.url())
        .api_rate(rate)
        .store_url("memory:")
        .clock(Arc::new(clock))
        .plan(plan)
        .bot(
            setup
                .token(Token::new(sandbox.bot_token(&bot))?)
                .secrets(WebhookSecrets::new([SECRET.to_owned()])),
        )
        .build()?;
    tell(&sandbox);
    serve(service, listener).await?;
    sandbox.stop().await;
    Ok(())
}

async fn serve(service: Service, listener: TcpListener) -> Result<(), Failure> {
    service.serve(listener, stop_signal()?).await?;
    Ok(())
}

#[expect(
    clippy::print_stdout,
    reason = "the address is what the command is for"
)]
fn tell(sandbox: &Sandbox) {
    println!();
    println!("  The platform runs on this machine, and the bot is in it.");
    println!();
    println!("  Chat with it:  {}", sandbox.url());
    println!("  The API:       {}/v2", sandbox.url());
    println!();
    println!("  Press Ctrl+C to stop. Nothing is kept.");
    println!();
}

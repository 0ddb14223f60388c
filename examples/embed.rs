//! A bot inside a server of your own. Run it: `cargo run -p examples --bin embed`
//!
//! It takes `SHIPMATE_API_URL`, `SHIPMATE_TOKEN` and `SHIPMATE_WEBHOOK_SECRET` like any bot. The
//! server is yours, so a time-out for request headers, a cap on connections, TLS and a limit on how
//! long a stop may take are yours too: put a reverse proxy in front that has them, as for every
//! plain `axum::serve`.

use std::error::Error;

use axum::{Router, routing::get};
use shipmate::{Bot, BotSetup, Message, NoConfig, Outcome, Result, Service, Settings, Turn};
use tokio::{net::TcpListener, signal};

struct Greeter;

impl Bot for Greeter {
    type State = u32;
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, _message: &Message) -> Result<Outcome> {
        turn.state += 1;
        turn.say(format!("Hello for the {}. time!", turn.state));
        turn.done()
    }
}

#[tokio::main]
async fn main() -> std::result::Result<(), Box<dyn Error>> {
    let settings = Settings::from_environment(None)?;
    let token = settings
        .token
        .clone()
        .ok_or("set SHIPMATE_TOKEN to the token of the bot's user")?;
    let bot = BotSetup::new("greeter", Greeter)
        .token(token)
        .secrets(settings.webhook_secrets.clone());
    let service = Service::builder(&settings.api_url)
        .store_url(&settings.store)
        .api_rate(settings.api_rate)
        .bot(bot)
        .build()?
        .start()
        .await?;

    let app = Router::new()
        .route("/", get(|| async { "The rest of your server." }))
        .nest("/bots", service.router());
    let listener = TcpListener::bind(settings.listen).await?;
    eprintln!("webhook at http://{}/bots/webhook", listener.local_addr()?);
    axum::serve(listener, app)
        .with_graceful_shutdown(async {
            // Without a signal handler the server runs until it is killed, which the store survives.
            let _ = signal::ctrl_c().await;
        })
        .await?;
    // First no more requests, then no more work.
    service.stop().await;
    Ok(())
}

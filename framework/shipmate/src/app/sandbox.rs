//! `sandbox`: the platform and the bot in one process, on one clock.

mod watching;

use std::{net::SocketAddr, num::NonZeroU32, sync::Arc};

use shipmate_sandbox::{MovableClock, OffsetClock, Sandbox, Seed, Webhook};
use tokio::net::TcpListener;
use web1on1::{BotId, Clock, Token};

use self::watching::{in_world, next_of};
use super::{
    Failure,
    arguments::SandboxOptions,
    serve::{bind, stop_signal},
};
use crate::{
    campaign::Campaigns,
    plan::PlanOptions,
    service::{BotSetup, Service},
    settings::Settings,
    webhook::WebhookSecrets,
};

/// The bot's webhook in the sandbox is signed like a real one.
const SECRET: &str = "sandbox-webhook-secret";

pub(super) async fn play(
    setup: BotSetup,
    campaigns: Campaigns,
    seed: Seed,
    settings: Settings,
    options: &SandboxOptions,
) -> Result<(), Failure> {
    // Any free port: only the sandbox has to find it.
    let listener = bind(([127, 0, 0, 1], 0).into()).await?;
    let (sandbox, service) = put_together(
        setup,
        campaigns.clone(),
        seed,
        &settings,
        options,
        &listener,
    )
    .await?;
    let console = console(settings.console_listen).await?;
    tell(&sandbox, &campaigns, &console, options)?;
    let running = service.start().await?;
    let page = running.console(settings.console_token);
    let page = tokio::spawn(axum::serve(console, page).into_future());
    running.serve(listener, stop_signal()?).await;
    page.abort();
    let kept = options.world.keep(&sandbox);
    sandbox.stop().await;
    Ok(kept?)
}

async fn put_together(
    setup: BotSetup,
    campaigns: Campaigns,
    own_seed: Seed,
    settings: &Settings,
    options: &SandboxOptions,
    listener: &TcpListener,
) -> Result<(Sandbox, Service), Failure> {
    let clock = OffsetClock::new();
    let sandbox = sandbox(own_seed, &clock, options).await?;
    let bot = bot(&sandbox, options.bot.as_deref())?;
    let webhook = format!("http://{}/webhook", listener.local_addr()?);
    sandbox.set_webhook(&bot, Webhook::new(webhook).secret(SECRET));
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
        .campaigns(in_world(campaigns, &sandbox))
        .bot(
            setup
                .token(Token::new(sandbox.bot_token(&bot))?)
                .secrets(WebhookSecrets::new([SECRET.to_owned()])),
        )
        .build()?;
    Ok((sandbox, service))
}

async fn sandbox(
    own_seed: Seed,
    clock: &OffsetClock,
    options: &SandboxOptions,
) -> Result<Sandbox, Failure> {
    let world = &options.world;
    let seed = match world.seed()? {
        Some(seed) => seed,
        None if own_seed.first_bot().is_some() => own_seed,
        None => Seed::demo().0,
    };
    let builder = Sandbox::builder()
        .movable_clock(Arc::new(clock.clone()))
        .seed(seed)
        .listen(options.listen.to_string());
    let mut builder = world.configure(builder);
    if let Some(snapshot) = world.snapshot()? {
        // Nobody has read this clock yet, so that it may also be set back.
        clock.advance(snapshot.time().duration_since(clock.now()));
        builder = builder.restore(snapshot);
    }
    Ok(builder.start().await?)
}

/// The bot of the sandbox that this one is.
fn bot(sandbox: &Sandbox, wanted: Option<&str>) -> Result<BotId, Failure> {
    let Some(wanted) = wanted else {
        let first = sandbox.bots().into_iter().next();
        return first.ok_or_else(|| {
            "there is no bot in the seed file or the snapshot; add one under [[bots]], and install \
             it under [[botinstances]]"
                .into()
        });
    };
    sandbox.bot_called(wanted).ok_or_else(|| {
        let known: Vec<_> = sandbox.bots().iter().map(ToString::to_string).collect();
        let known = known.join(", ");
        format!("no bot has the id or the name {wanted:?}; the ids are: {known}").into()
    })
}

/// Where the operator's page is served: the address of the settings, or any free one if a service
/// has it.
async fn console(wanted: SocketAddr) -> Result<TcpListener, Failure> {
    match TcpListener::bind(wanted).await {
        Ok(listener) => Ok(listener),
        Err(_) => bind(([127, 0, 0, 1], 0).into()).await,
    }
}

#[expect(
    clippy::print_stdout,
    reason = "the address is what the command is for"
)]
fn tell(
    sandbox: &Sandbox,
    campaigns: &Campaigns,
    console: &TcpListener,
    options: &SandboxOptions,
) -> Result<(), Failure> {
    let kept = options.world.kept_in().map_or_else(
        || "Nothing is kept.".to_owned(),
        |path| format!("The platform is kept in {}.", path.display()),
    );
    println!();
    println!("  The platform runs on this machine, and the bot is in it.");
    println!();
    println!("  Chat with it:  {}", sandbox.url());
    println!("  The API:       {}/v2", sandbox.url());
    println!("  Operate it:    http://{}", console.local_addr()?);
    println!();
    for (name, next) in next_of(&in_world(campaigns.clone(), sandbox), sandbox.now()) {
        let next = next.strftime("%a %d %b %H:%M");
        println!("  The campaign {name} writes to its contacts on {next} UTC.");
        println!("  Move the clock of the page past that, and watch the conversations it begins.");
        println!();
    }
    println!("  Press Ctrl+C to stop. {kept}");
    println!();
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use clap::Parser;
    use web1on1::Message;

    use super::*;
    use crate::{
        Bot, NoConfig, Outcome, Result, Turn,
        app::arguments::{Arguments, Command},
    };

    const WORLD: &str = r#"
        clock = 2024-05-01T10:00:00Z
        [[organizations]]
        name = "Harbour Motors"
        [[bots]]
        name = "Other bot"
        organization = "Harbour Motors"
        [[bots]]
        id = "desk-bot"
        name = "Desk bot"
        organization = "Harbour Motors"
        webhook = { url = "http://127.0.0.1:9/webhook", secret = "s3cr3t" }
        [[botinstances]]
        name = "Desk bot"
        bot = "Desk bot"
        organization = "Harbour Motors"
        [[conversations]]
        id = "talk"
        organization = "Harbour Motors"
        contact = { profile = { name = "Carl Consumer" } }
    "#;

    struct Echo;

    impl Bot for Echo {
        type State = ();
        type Config = NoConfig;

        async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
            turn.say(message.text.as_str());
            turn.done()
        }
    }

    fn options(arguments: &[&str]) -> SandboxOptions {
        let usual = ["bot", "sandbox", "--listen", "127.0.0.1:0"];
        let arguments = usual.iter().chain(arguments);
        match Arguments::try_parse_from(arguments).unwrap().command() {
            Command::Sandbox(options) => options,
            other => panic!("{other:?}"),
        }
    }

    async fn start(
        arguments: &[&str],
    ) -> std::result::Result<(Sandbox, Service, TcpListener), Failure> {
        let setup = BotSetup::new("echo", Echo);
        let settings = Settings::read([], None)?;
        let listener = bind(([127, 0, 0, 1], 0).into()).await?;
        let options = options(arguments);
        let (sandbox, service) = put_together(
            setup,
            Campaigns::default(),
            Seed::new(),
            &settings,
            &options,
            &listener,
        )
        .await?;
        Ok((sandbox, service, listener))
    }

    async fn refused(arguments: &[&str]) -> String {
        start(arguments).await.err().unwrap().to_string()
    }

    fn file(folder: &Path, name: &str, text: &str) -> String {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn the_bot_plays_in_the_world_of_a_seed_file_and_of_a_snapshot() {
        let folder = tempfile::tempdir().unwrap();
        let seed = file(folder.path(), "world.toml", WORLD);
        let kept = folder.path().join("kept.json");
        let kept = kept.to_str().unwrap();
        let arguments = ["--seed", &seed, "--bot", "Desk bot", "--snapshot", kept];
        for text in ["Hello?", "Still there?"] {
            let (sandbox, service, listener) = start(&arguments).await.unwrap();
            assert!(sandbox.now().to_string().starts_with("2024-05-01T10:"));
            let running = service.start().await.unwrap();
            let serving = tokio::spawn(running.serve(listener, std::future::pending()));
            let talk = "talk".into();
            sandbox.contact_says(&talk, text).unwrap();
            let echoed = sandbox.wait_until(|view| {
                view.conversation(&talk)
                    .is_some_and(|talk| talk.told_contact().last() == Some(&text))
            });
            echoed.await.unwrap();
            options(&arguments).world.keep(&sandbox).unwrap();
            serving.abort();
            sandbox.stop().await;
        }
        let (sandbox, ..) = start(&arguments).await.unwrap();
        let talk = sandbox.conversation(&"talk".into()).unwrap();
        assert_eq!(talk.told_contact(), ["Hello?", "Still there?"]);
    }

    #[tokio::test]
    async fn the_bot_is_the_first_or_the_one_that_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let seed = file(folder.path(), "world.toml", WORLD);
        let (sandbox, ..) = start(&["--seed", &seed]).await.unwrap();
        let first = bot(&sandbox, None).unwrap();
        assert_eq!(bot(&sandbox, Some("Other bot")).unwrap(), first);
        assert_eq!(bot(&sandbox, Some("desk-bot")).unwrap(), "desk-bot".into());
        let error = refused(&["--seed", &seed, "--bot", "Desk"]).await;
        assert!(
            error.starts_with("no bot has the id or the name \"Desk\"; the ids are: "),
            "{error}"
        );
    }

    #[tokio::test]
    async fn the_random_seed_decides_about_secrets() {
        let mut keys = Vec::new();
        for number in ["7", "7", "8"] {
            let (sandbox, ..) = start(&["--random-seed", number]).await.unwrap();
            let kept = sandbox.snapshot().to_json().unwrap();
            let kept: serde_json::Value = serde_json::from_str(&kept).unwrap();
            keys.push(kept["state"]["signing_key"].clone());
        }
        assert_eq!(keys[0], keys[1]);
        assert_ne!(keys[0], keys[2]);
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_used_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let nobody = file(folder.path(), "nobody.toml", "organizations = []");
        let error = refused(&["--seed", &nobody]).await;
        assert!(error.contains("add one under [[bots]]"), "{error}");
        let bad = file(folder.path(), "bad.toml", "[[bot]]\nname = \"Desk bot\"");
        let error = refused(&["--seed", &bad]).await;
        assert!(
            error.ends_with("bad.toml, line 1, column 3: unknown key `bot`; did you mean `bots`?"),
            "{error}"
        );
        let error = refused(&["--seed", "missing.toml"]).await;
        assert!(error.contains("missing.toml"), "{error}");
        let error = refused(&["--snapshot", &bad]).await;
        assert!(error.contains("not a snapshot"), "{error}");
    }
}

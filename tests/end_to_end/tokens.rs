//! Tokens that end: under load there is one renewal and no failed request, and a service goes on
//! with the renewed token.

use std::{num::NonZeroU32, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use shipmate::{BotSetup, Service, WebhookSecrets};
use shipmate_sandbox::{Entry, Fault, Limits, Sandbox, Seed, Webhook};
use tokio::{net::TcpListener, task::JoinSet};
use web1on1::{
    Client, Error, FileTokenStore, ManualClock, Pacer, RefreshToken, Token, TokenStore as _,
};

use crate::{echo::Echo, play::unheld};

/// What the requests read.
const ME: &str = "/users/me";

struct World {
    sandbox: Sandbox,
    clock: ManualClock,
    client: Client,
}

impl World {
    async fn start() -> Self {
        let clock = ManualClock::at("2024-05-01T10:00:00Z".parse::<Timestamp>().unwrap());
        let (seed, demo) = Seed::demo();
        let sandbox = Sandbox::builder()
            .movable_clock(Arc::new(clock.clone()))
            .limits(Limits::none())
            .seed(seed)
            .start()
            .await
            .unwrap();
        let user = demo.bot.clone().into();
        let refresh = RefreshToken::new(sandbox.refresh_token(&user)).unwrap();
        let rate = NonZeroU32::new(10_000).unwrap();
        let client = Client::builder(sandbox.url())
            .token(Token::new(sandbox.user_token(&user)).unwrap())
            .refresh(refresh, Some(format!("bot+{user}@web1on1.chat")))
            .pacer(Arc::new(Pacer::new(rate, Arc::new(clock.clone()))))
            .without_retries()
            .build()
            .unwrap();
        Self {
            sandbox,
            clock,
            client,
        }
    }

    fn ask(&self, times: usize, requests: &mut JoinSet<Result<(), Error>>) {
        for _ in 0..times {
            let client = self.client.clone();
            requests.spawn(async move { client.users().me().await.map(drop) });
        }
    }

    /// How many requests to `path` the sandbox has seen.
    fn count(&self, path: &str) -> usize {
        let calls = self.sandbox.calls();
        calls.iter().filter(|call| call.path == path).count()
    }

    async fn all_succeed(&self, requests: JoinSet<Result<(), Error>>) {
        for result in requests.join_all().await {
            result.unwrap();
        }
        assert_eq!(self.count("/auth/token"), 1);
    }
}

#[tokio::test]
async fn a_token_that_ends_between_two_hundreds_of_requests_is_renewed_once() {
    let world = World::start().await;
    let mut requests = JoinSet::new();
    world.ask(100, &mut requests);
    world.clock.advance(SignedDuration::from_hours(25));
    world.ask(100, &mut requests);
    world.all_succeed(requests).await;
}

#[tokio::test]
async fn a_token_that_ends_before_any_of_two_hundred_requests_arrives_is_renewed_once() {
    let world = World::start().await;
    // Held until the clock moves, and looked at only then.
    let held = Fault::latency(SignedDuration::from_hours(1)).on("GET", ME);
    world.sandbox.inject(held.times(200));
    let mut requests = JoinSet::new();
    world.ask(200, &mut requests);
    world
        .sandbox
        .wait_until(|view| view.journal().filter_map(Entry::as_call).count() == 200)
        .await
        .unwrap();
    world.clock.advance(SignedDuration::from_hours(25));
    world.all_succeed(requests).await;
    assert_eq!(world.count(ME), 400, "each was made again once");
}

#[tokio::test]
async fn a_service_answers_with_a_renewed_token_and_keeps_it() {
    let clock = ManualClock::at("2024-05-01T10:00:00Z".parse::<Timestamp>().unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let webhook = format!("http://{}/webhook", listener.local_addr().unwrap());
    let (mut seed, demo) = Seed::demo();
    seed.webhook(&demo.bot, Webhook::new(webhook).secret("hush"));
    let sandbox = Sandbox::builder()
        .movable_clock(Arc::new(clock.clone()))
        .seed(seed)
        .start()
        .await
        .unwrap();
    let user = demo.bot.clone().into();
    let folder = tempfile::tempdir().unwrap();
    let kept = || FileTokenStore::new(folder.path().join("shipmate.db.tokens"));
    let refresh = RefreshToken::new(sandbox.refresh_token(&user)).unwrap();
    let bot = BotSetup::new("echo", Echo)
        .token(Token::new(sandbox.user_token(&user)).unwrap())
        .refresh(refresh, Some(format!("bot+{user}@web1on1.chat")))
        .token_store(Arc::new(kept()))
        .secrets(WebhookSecrets::new(["hush".to_owned()]));
    let service = Service::builder(sandbox.url())
        .store_url("memory:")
        .clock(Arc::new(clock.clone()))
        .dispatch(unheld())
        .bot(bot)
        .build()
        .unwrap();
    let running = service.start().await.unwrap();
    tokio::spawn(running.serve(listener, std::future::pending()));

    let conversation = sandbox
        .open_conversation_with(&demo.dealer, "Ann Example")
        .unwrap();
    for (text, answers) in [("hello", 1), ("still there?", 2)] {
        sandbox.contact_says(&conversation, text).unwrap();
        sandbox
            .wait_until(|view| {
                let now = view.conversation(&conversation);
                now.is_some_and(|now| now.told_contact().len() == answers)
            })
            .await
            .unwrap();
        clock.advance(SignedDuration::from_hours(25));
    }
    let tokens = kept().load().await.unwrap().unwrap();
    assert!(tokens.expires_at.unwrap() > "2024-05-03T10:00:00Z".parse().unwrap());
    sandbox.stop().await;
}

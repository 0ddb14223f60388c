//! Tokens that end: under load there is one renewal and no failed request, and a service goes on
//! with the renewed token.

use std::{
    net::SocketAddr,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use jiff::{SignedDuration, Timestamp};
use shipmate::{Bot, BotSetup, Message, NoConfig, Outcome, Service, Turn, WebhookSecrets};
use shipmate_sandbox::{Limits, Sandbox, Seed, Webhook};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::JoinSet,
};
use web1on1::{
    Client, Error, FileTokenStore, ManualClock, Pacer, RefreshToken, Token, TokenStore as _,
};

/// Between client and sandbox: counts the requests that begin with given words, and holds them back
/// as long as its gate is closed.
struct Relay {
    url: String,
    refreshes: Arc<AtomicUsize>,
    reads: Arc<AtomicUsize>,
    gate: watch::Sender<bool>,
}

impl Relay {
    async fn to(sandbox: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (gate, open) = watch::channel(true);
        let relay = Self {
            url,
            refreshes: Arc::default(),
            reads: Arc::default(),
            gate,
        };
        let counters = [
            (" /v2/auth/token", Arc::clone(&relay.refreshes)),
            ("GET /v2/users/me", Arc::clone(&relay.reads)),
        ];
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (from_client, mut to_client) = client.into_split();
                let server = TcpStream::connect(sandbox).await.unwrap();
                let (mut from_server, to_server) = server.into_split();
                let (counters, open) = (counters.clone(), open.clone());
                tokio::spawn(forward(from_client, to_server, counters, open));
                tokio::spawn(async move {
                    // Either side may hang up at any time.
                    let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
                });
            }
        });
        relay
    }
}

async fn forward(
    mut client: OwnedReadHalf,
    mut server: OwnedWriteHalf,
    counters: [(&'static str, Arc<AtomicUsize>); 2],
    mut open: watch::Receiver<bool>,
) {
    let mut bytes = vec![0; 16 * 1024];
    // These requests are small: each comes in one piece.
    while let Ok(read @ 1..) = client.read(&mut bytes).await {
        let head = String::from_utf8_lossy(&bytes[..read]);
        let line = head.lines().next().unwrap_or_default();
        for (words, count) in &counters {
            if line.contains(words) {
                count.fetch_add(1, Ordering::SeqCst);
            }
        }
        if open.wait_for(|open| *open).await.is_err() {
            return;
        }
        if server.write_all(&bytes[..read]).await.is_err() {
            return;
        }
    }
}

struct World {
    sandbox: Sandbox,
    relay: Relay,
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
        let relay = Relay::to(sandbox.address()).await;
        let user = demo.bot.clone().into();
        let refresh = RefreshToken::new(sandbox.refresh_token(&user)).unwrap();
        let rate = NonZeroU32::new(10_000).unwrap();
        let client = Client::builder(&relay.url)
            .token(Token::new(sandbox.user_token(&user)).unwrap())
            .refresh(refresh, Some(format!("bot+{user}@web1on1.chat")))
            .pacer(Arc::new(Pacer::new(rate, Arc::new(clock.clone()))))
            .without_retries()
            .build()
            .unwrap();
        Self {
            sandbox,
            relay,
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

    async fn all_succeed(self, requests: JoinSet<Result<(), Error>>) {
        for result in requests.join_all().await {
            result.unwrap();
        }
        assert_eq!(self.relay.refreshes.load(Ordering::SeqCst), 1);
        self.sandbox.stop().await;
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
    let mut requests = JoinSet::new();
    world.relay.gate.send_replace(false);
    world.ask(200, &mut requests);
    while world.relay.reads.load(Ordering::SeqCst) < 200 {
        tokio::task::yield_now().await;
    }
    world.clock.advance(SignedDuration::from_hours(25));
    world.relay.gate.send_replace(true);
    let reads = Arc::clone(&world.relay.reads);
    world.all_succeed(requests).await;
    assert_eq!(
        reads.load(Ordering::SeqCst),
        400,
        "each was made again once"
    );
}

struct Echo;

impl Bot for Echo {
    type State = ();
    type Config = NoConfig;

    async fn on_message(
        &self,
        turn: &mut Turn<Self>,
        message: &Message,
    ) -> shipmate::Result<Outcome> {
        turn.say(format!("Echo: {}", message.text));
        turn.done()
    }
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

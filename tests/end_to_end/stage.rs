//! A bot in the sandbox, on a clock that the test moves, and the few verbs the tests are written in.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use shipmate::{
    Bot, BotSetup, Clock, ManualClock, OutboxOptions, Running, Service, Token, WebhookSecrets,
    policy::Policies,
    store::{Counts, SqliteStore, Store},
    web1on1::{ConversationId, Message, MessageType, UserId},
};
use shipmate_sandbox::{ConversationSnapshot, Demo, Quirks, Sandbox, Seed, Webhook};
use shipmate_tests::http::{self, Connection};
use tokio::{net::TcpListener, task::JoinHandle};

const SECRET: &str = "hush";

/// More turns of the scheduler than a task needs to begin its work when the clock has moved.
const WAKING: usize = 50;

/// How a stage is set.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Setting {
    pub(crate) quirks: Quirks,
    pub(crate) policies: Policies,
    /// By how much the service's clock is ahead of the platform's.
    pub(crate) ahead: SignedDuration,
}

/// The clock of a machine that is set wrong.
#[derive(Debug)]
struct WrongClock {
    right: ManualClock,
    ahead: SignedDuration,
}

#[async_trait]
impl Clock for WrongClock {
    fn now(&self) -> Timestamp {
        self.right.now() + self.ahead
    }

    async fn sleep_until(&self, at: Timestamp) {
        self.right.sleep_until(at - self.ahead).await;
    }
}

/// A sandbox and a bot's service.
pub(crate) struct Stage {
    pub(crate) clock: ManualClock,
    pub(crate) sandbox: Sandbox,
    pub(crate) demo: Demo,
    store: Arc<dyn Store>,
    address: std::net::SocketAddr,
    setting: Setting,
    running: Option<Running>,
    server: Option<JoinHandle<()>>,
}

impl Stage {
    pub(crate) async fn new<B: Bot>(bot: B, setting: Setting) -> Self {
        let clock = ManualClock::at("2026-03-02T10:00:00Z".parse::<Timestamp>().unwrap());
        let (mut seed, demo) = Seed::demo();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let hook = Webhook::new(format!("http://{address}/webhook")).secret(SECRET);
        seed.webhook(&demo.bot, hook);
        let sandbox = Sandbox::builder()
            .clock(Arc::new(clock.clone()))
            .quirks(setting.quirks)
            .seed(seed)
            .start()
            .await
            .unwrap();
        let mut stage = Self {
            clock,
            sandbox,
            demo,
            store: Arc::new(SqliteStore::in_memory().unwrap()),
            address,
            setting,
            running: None,
            server: None,
        };
        stage.serve(bot, listener).await;
        stage
    }

    /// Ends the service as a deploy does, and starts it again on the same store.
    pub(crate) async fn restart<B: Bot>(&mut self, bot: B) {
        self.running.take().unwrap().stop().await;
        let server = self.server.take().unwrap();
        server.abort();
        let _ = server.await;
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.serve(bot, listener).await;
        // Nothing is sent in the first second, so that the pace holds over a restart.
        self.pass(SignedDuration::from_secs(2)).await;
    }

    async fn serve<B: Bot>(&mut self, bot: B, listener: TcpListener) {
        let token = Token::new(self.sandbox.bot_token(&self.demo.bot)).unwrap();
        let setup = BotSetup::new("bot", bot)
            .token(token)
            .secrets(WebhookSecrets::new([SECRET.to_owned()]));
        let outbox = OutboxOptions {
            policies: self.setting.policies,
            ..OutboxOptions::default()
        };
        let clock = WrongClock {
            right: self.clock.clone(),
            ahead: self.setting.ahead,
        };
        let service = Service::builder(self.sandbox.url())
            .store(Arc::clone(&self.store))
            .clock(Arc::new(clock))
            .outbox(outbox)
            .bot(setup)
            .build()
            .unwrap();
        let running = service.start().await.unwrap();
        let router = running.router();
        self.running = Some(running);
        self.server = Some(tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        }));
    }

    pub(crate) fn open(&self) -> ConversationId {
        self.sandbox
            .open_conversation_with(&self.demo.dealer, "Carl Consumer")
            .unwrap()
    }

    /// The consumer writes, and everything happens that happens within the second.
    pub(crate) async fn says(&self, conversation: &ConversationId, text: &str) {
        self.sandbox.contact_says(conversation, text).unwrap();
        self.settle().await;
        // An event waits a little for those that happened before it.
        self.pass(SignedDuration::from_millis(500)).await;
    }

    /// Lets time pass.
    pub(crate) async fn pass(&self, span: SignedDuration) {
        self.clock.advance(span);
        self.settle().await;
    }

    /// Returns when nothing happens any more before time passes.
    pub(crate) async fn settle(&self) {
        loop {
            // Whoever slept on the clock has to notice first that it was moved.
            for _ in 0..WAKING {
                tokio::task::yield_now().await;
            }
            let before = self.entries();
            let delivered = self.sandbox.wait_until(|view| !view.is_delivering());
            delivered.await.unwrap();
            self.running.as_ref().unwrap().settled().await;
            if self.sandbox.look(|view| !view.is_delivering()) && self.entries() == before {
                return;
            }
        }
    }

    fn entries(&self) -> usize {
        self.sandbox.look(|view| view.journal().count())
    }

    pub(crate) fn now(&self, conversation: &ConversationId) -> ConversationSnapshot {
        self.sandbox.conversation(conversation).unwrap()
    }

    /// What the consumer was told.
    pub(crate) fn told(&self, conversation: &ConversationId) -> Vec<String> {
        let now = self.now(conversation);
        now.told_contact().into_iter().map(str::to_owned).collect()
    }

    /// The texts of the bot's command messages.
    pub(crate) fn commands(&self, conversation: &ConversationId) -> Vec<String> {
        self.written(conversation, |message| message.kind == MessageType::Command)
    }

    /// The texts of the bot's notes that the consumer does not see.
    pub(crate) fn notes(&self, conversation: &ConversationId) -> Vec<String> {
        self.written(conversation, |message| message.is_backchannel)
    }

    fn written(
        &self,
        conversation: &ConversationId,
        is_meant: impl Fn(&Message) -> bool,
    ) -> Vec<String> {
        let now = self.now(conversation);
        let bot: UserId = self.demo.bot.clone().into();
        let sent = now.sent_by(&bot).into_iter();
        sent.filter(|message| is_meant(message))
            .map(|message| message.text.clone())
            .collect()
    }

    /// The value of a counter of the service; 0 if it is not there.
    pub(crate) async fn metric(&self, name: &str) -> u64 {
        let mut connection = Connection::open(self.address).await.unwrap();
        let answer = connection.send(&http::get("/metrics")).await.unwrap();
        let text = answer.text();
        let values = text.lines().find_map(|line| line.strip_prefix(name));
        values.map_or(0, |value| value.trim().parse().unwrap())
    }

    pub(crate) async fn counts(&self) -> Counts {
        self.store.counts().await.unwrap()
    }
}

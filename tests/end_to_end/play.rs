//! A bot in front of the sandbox, on a clock that the test moves.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use shipmate::{
    Bot, BotSetup, DispatchOptions, ManualClock, Running, Service, Token, WebhookSecrets,
    store::{SqliteStore, Store},
    web1on1::{BotId, ConversationId, UserId},
};
use shipmate_sandbox::{ConversationSnapshot, Demo, Sandbox, Seed, Webhook};
use tokio::net::TcpListener;

pub(crate) const SECRET: &str = "hush";

/// More turns of the scheduler than a task needs to begin its work when the clock has moved.
const WAKING: usize = 50;

/// No event is held for earlier ones, so that a clock that stands still holds up nothing.
pub(crate) fn unheld() -> DispatchOptions {
    DispatchOptions {
        reorder_window: Duration::ZERO,
        ..DispatchOptions::default()
    }
}

/// A sandbox and the service of its bot, on a clock that the test moves.
pub(crate) struct House {
    pub(crate) clock: ManualClock,
    pub(crate) sandbox: Sandbox,
    pub(crate) demo: Demo,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) running: Running,
}

impl House {
    /// What else there is in the sandbox, `place` says.
    pub(crate) async fn with<B: Bot, T>(
        bot: B,
        dispatch: DispatchOptions,
        adjust: impl FnOnce(BotSetup) -> BotSetup,
        place: impl FnOnce(&mut Seed, &Demo) -> T,
    ) -> (Self, T) {
        let clock = ManualClock::at("2026-03-02T10:00:00Z".parse::<Timestamp>().unwrap());
        let (mut seed, demo) = Seed::demo();
        let placed = place(&mut seed, &demo);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/webhook", listener.local_addr().unwrap());
        seed.webhook(&demo.bot, Webhook::new(url).secret(SECRET));
        let sandbox = Sandbox::builder()
            .clock(Arc::new(clock.clone()))
            .seed(seed)
            .start()
            .await
            .unwrap();
        let store: Arc<dyn Store> = Arc::new(SqliteStore::in_memory().unwrap());
        let setup = BotSetup::new("bot", bot)
            .token(Token::new(sandbox.bot_token(&demo.bot)).unwrap())
            .secrets(WebhookSecrets::new([SECRET.to_owned()]));
        let service = Service::builder(sandbox.url())
            .store(Arc::clone(&store))
            .clock(Arc::new(clock.clone()))
            .dispatch(dispatch)
            .bot(adjust(setup))
            .build()
            .unwrap();
        let running = service.start().await.unwrap();
        let router = running.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let house = Self {
            clock,
            sandbox,
            demo,
            store,
            running,
        };
        (house, placed)
    }
}

/// The sandbox with one conversation, and the bot that it is with.
pub(crate) struct Play {
    pub(crate) clock: ManualClock,
    pub(crate) sandbox: Sandbox,
    pub(crate) demo: Demo,
    /// A bot that the test plays.
    pub(crate) other: BotId,
    pub(crate) conversation: ConversationId,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) running: Running,
}

impl Play {
    pub(crate) async fn new<B: Bot>(bot: B) -> Self {
        Self::with(bot, unheld(), |setup| setup).await
    }

    pub(crate) async fn with<B: Bot>(
        bot: B,
        dispatch: DispatchOptions,
        adjust: impl FnOnce(BotSetup) -> BotSetup,
    ) -> Self {
        let place = |seed: &mut Seed, demo: &Demo| seed.bot(&demo.group, "Other bot");
        let (house, other) = House::with(bot, dispatch, adjust, place).await;
        let House {
            clock,
            sandbox,
            demo,
            store,
            running,
        } = house;
        let conversation = sandbox
            .open_conversation_with(&demo.dealer, "Carl Consumer")
            .unwrap();
        Self {
            clock,
            sandbox,
            demo,
            other,
            conversation,
            store,
            running,
        }
    }

    /// Returns when nothing happens any more before time passes.
    pub(crate) async fn settle(&self) {
        loop {
            // Whoever slept on the clock has to notice first that it was moved.
            for _ in 0..WAKING {
                tokio::task::yield_now().await;
            }
            let before = self.version();
            self.sandbox
                .wait_until(|view| !view.is_delivering())
                .await
                .unwrap();
            self.running.settled().await;
            let is_quiet = self.sandbox.look(|view| !view.is_delivering());
            if is_quiet && self.version() == before {
                return;
            }
        }
    }

    /// Lets time pass, a few seconds at a time, so that what waits for it goes on in its order.
    pub(crate) async fn pass(&self, time: SignedDuration) {
        let step = SignedDuration::from_secs(4);
        let mut left = time;
        while left.is_positive() {
            self.clock.advance(step.min(left));
            left = left.saturating_sub(step);
            self.settle().await;
        }
    }

    pub(crate) async fn says(&self, text: &str) {
        self.clock.advance(SignedDuration::from_secs(1));
        self.sandbox.contact_says(&self.conversation, text).unwrap();
        self.settle().await;
    }

    pub(crate) fn now(&self) -> ConversationSnapshot {
        self.sandbox.conversation(&self.conversation).unwrap()
    }

    /// What the consumer was told by the bot.
    pub(crate) fn heard(&self) -> Vec<String> {
        let bot = UserId::from(self.demo.bot.clone());
        let now = self.now();
        let sent = now.sent_by(&bot).into_iter();
        let told = now.told_contact();
        sent.map(|message| message.text.clone())
            .filter(|text| told.contains(&text.as_str()))
            .collect()
    }

    /// What the service counted of events that ended with `outcome`.
    pub(crate) async fn outcomes(&self, outcome: &str) -> u64 {
        let name = format!("shipmate_events_total{{outcome=\"{outcome}\"}} ");
        let request = axum::http::Request::get("/metrics").body(axum::body::Body::empty());
        let answer = tower::ServiceExt::oneshot(self.running.router(), request.unwrap())
            .await
            .unwrap();
        let body = axum::body::to_bytes(answer.into_body(), usize::MAX)
            .await
            .unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        let value = text.lines().find_map(|line| line.strip_prefix(&name));
        value.map_or(0, |value| value.parse().unwrap())
    }

    fn version(&self) -> (u64, usize) {
        let entries = self.sandbox.look(|view| view.journal().count());
        (self.now().version, entries)
    }
}

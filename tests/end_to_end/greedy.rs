//! A bot that says far too much, against a platform that enforces its limits.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use shipmate::{
    Bot, BotSetup, ManualClock, Message, NoConfig, Outcome, Result, Running, Service, Token, Turn,
    WebhookSecrets,
    store::{SqliteStore, Store},
    web1on1::{ConversationId, MessageType, UserId},
};
use shipmate_sandbox::{Sandbox, Seed, Webhook};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::play::unheld;

const SECRET: &str = "hush";
const SENTENCE: &str = "I've said this before…";

/// Says the same sentence 50 times and sets 100 variables, in one turn.
struct Greedy;

impl Bot for Greedy {
    type State = ();
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, _message: &Message) -> Result<Outcome> {
        for number in 0..50 {
            turn.set(format!("before{number}"), number);
            turn.say(SENTENCE);
            turn.set(format!("after{number}"), number);
        }
        turn.done()
    }
}

struct World {
    clock: ManualClock,
    sandbox: Sandbox,
    conversation: ConversationId,
    bot: UserId,
    store: Arc<dyn Store>,
    token: String,
    address: std::net::SocketAddr,
}

impl World {
    async fn new() -> Self {
        let clock = ManualClock::at("2026-03-02T10:00:00Z".parse::<Timestamp>().unwrap());
        let (mut seed, demo) = Seed::demo();
        let address = TcpListener::bind("127.0.0.1:0")
            .await
            .unwrap()
            .local_addr()
            .unwrap();
        let hook = Webhook::new(format!("http://{address}/webhook")).secret(SECRET);
        seed.webhook(&demo.bot, hook.events(["message.create.contact.chat"]));
        let sandbox = Sandbox::builder()
            .clock(Arc::new(clock.clone()))
            .seed(seed)
            .start()
            .await
            .unwrap();
        let conversation = sandbox
            .open_conversation_with(&demo.dealer, "Ann Example")
            .unwrap();
        Self {
            token: sandbox.bot_token(&demo.bot),
            bot: demo.bot.into(),
            store: Arc::new(SqliteStore::in_memory().unwrap()),
            clock,
            sandbox,
            conversation,
            address,
        }
    }

    /// Starts the bot on the world's store; the handle stops it.
    async fn start(&self) -> (oneshot::Sender<()>, JoinHandle<()>) {
        let setup = BotSetup::new("greedy", Greedy)
            .token(Token::new(self.token.as_str()).unwrap())
            .secrets(WebhookSecrets::new([SECRET.to_owned()]));
        let service = Service::builder(self.sandbox.url())
            .store(Arc::clone(&self.store))
            .clock(Arc::new(self.clock.clone()))
            .dispatch(unheld())
            .bot(setup)
            .build()
            .unwrap();
        let running: Running = service.start().await.unwrap();
        let listener = TcpListener::bind(self.address).await.unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async move { drop(stopped.await) };
        (stop, tokio::spawn(running.serve(listener, shutdown)))
    }

    fn sentences(&self) -> usize {
        let sent = self.sandbox.conversation(&self.conversation).unwrap();
        sent.told_contact()
            .into_iter()
            .filter(|text| *text == SENTENCE)
            .count()
    }

    /// Waits until the platform has as many of the sentence as its limits allow by then.
    async fn until_said(&self, count: usize) {
        self.sandbox
            .wait_until(|view| {
                let now = view.conversation(&self.conversation);
                now.is_some_and(|now| now.told_contact().len() >= count)
            })
            .await
            .unwrap_or_else(|error| panic!("{} of {count}: {error}", self.sentences()));
    }
}

#[tokio::test]
async fn a_greedy_bot_never_trips_a_limit_and_everything_arrives_in_the_end() {
    let world = World::new().await;
    let (stop, mut service) = world.start().await;
    let mut stop = Some(stop);
    world
        .sandbox
        .contact_says(&world.conversation, "hello")
        .unwrap();
    world.until_said(8).await;

    // Identical: 8 at once, 8 after three minutes and the margin. Consecutive: the variables are
    // one message, so 19 of the sentence in the first hour.
    let (minutes, hour) = (
        SignedDuration::from_secs(183),
        SignedDuration::from_mins(61),
    );
    for (step, total) in [
        (minutes, 16),
        (minutes, 19),
        (hour, 27),
        (minutes, 35),
        (minutes, 39),
        (hour, 47),
        (minutes, 50),
    ] {
        // A restart in the middle: the limits hold over it.
        if total == 35 {
            stop.take().unwrap().send(()).unwrap();
            service.await.unwrap();
            let (again, restarted) = world.start().await;
            stop = Some(again);
            service = restarted;
        }
        world.clock.advance(step);
        world.until_said(total).await;
    }

    world.clock.advance(hour);
    let end = world.sandbox.conversation(&world.conversation).unwrap();
    assert_eq!(world.sentences(), 50);
    let report = world.sandbox.report();
    assert_eq!(report.refused_total(), 0, "{report:?}");
    let sent = end.sent_by(&world.bot);
    let commands: Vec<_> = sent
        .iter()
        .filter(|message| message.kind == MessageType::Command)
        .collect();
    assert_eq!(commands.len(), 1, "the variables are one message");
    assert_eq!(commands[0].text.lines().count(), 100);
    assert_eq!(end.variable("before49"), Some("49"));
    assert_eq!(end.variable("after0"), Some("0"));
    drop(stop);
    service.await.unwrap();
}

//! What the tests of `why`, `letters` and `forget` are written in: the command line of the echo
//! example, and a service in this process whose bot fails when it is told to.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use shipmate::{
    Bot, BotSetup, Message, NoConfig, Outcome, Permanent, Retention, Running, Service, Token, Turn,
    WebhookSecrets,
    store::{self, Store},
};
use shipmate_tests::{
    event::ContactMessage,
    http::{self, Connection, Response},
    service::{SECRET, Settings, TOKEN},
    stub::Stub,
};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{fixture::Fixture, play::unheld};

/// What a command printed, and whether it succeeded.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) success: bool,
    pub(crate) out: String,
    pub(crate) complaint: String,
}

/// Runs the echo example with `arguments`.
pub(crate) async fn run(settings: &Settings, arguments: &[&str]) -> Said {
    let output = tokio::time::timeout(Duration::from_mins(1), settings.command(arguments))
        .await
        .unwrap_or_else(|_| panic!("{arguments:?} does not end"))
        .unwrap();
    Said {
        success: output.status.success(),
        out: String::from_utf8(output.stdout).unwrap(),
        complaint: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Fixture {
    /// Settings by which a command finds this service's console.
    pub(crate) async fn beside(&self) -> Settings {
        let log = self.service.process().log();
        let console = self.within("the console", log.console()).await;
        let settings = self.settings.clone();
        settings.with("SHIPMATE_CONSOLE_LISTEN", &console.to_string())
    }

    /// Ends the service as a deploy does.
    pub(crate) async fn terminate(&self) {
        let process = self.service.process();
        process.terminate().unwrap();
        self.within("the service to end", process.ended()).await;
    }

    /// Starts the service again on the same store.
    pub(crate) async fn start_again(&mut self) {
        self.service = shipmate_tests::service::Service::ready(&self.settings)
            .await
            .unwrap();
    }
}

/// Answers, has nothing to do with `nothing`, and gives up on `fail` until it is mended.
struct Moody {
    mended: Arc<AtomicBool>,
}

impl Bot for Moody {
    type State = String;
    type Config = NoConfig;

    async fn on_message(
        &self,
        turn: &mut Turn<Self>,
        message: &Message,
    ) -> shipmate::Result<Outcome> {
        if message.text.starts_with("fail") && !self.mended.load(Ordering::Relaxed) {
            Err("the hook does not like this").permanent()?;
        }
        if message.text == "nothing" {
            return turn.ignored();
        }
        turn.state.clone_from(&message.text);
        turn.say(format!("Echo: {}", message.text));
        turn.done()
    }
}

/// A service in this process.
pub(crate) struct InProcess {
    pub(crate) running: Running,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) mended: Arc<AtomicBool>,
    webhook: SocketAddr,
    console: SocketAddr,
    servers: [JoinHandle<()>; 2],
}

impl InProcess {
    pub(crate) async fn start(stub: &Stub, store_url: &str) -> Self {
        let store = store::open(store_url).unwrap();
        Self::start_on(stub, store, false, Retention::default()).await
    }

    /// With a bot that does not fail any more.
    pub(crate) async fn start_mended(stub: &Stub, store_url: &str) -> Self {
        let store = store::open(store_url).unwrap();
        Self::start_on(stub, store, true, Retention::default()).await
    }

    pub(crate) async fn start_on(
        stub: &Stub,
        store: Arc<dyn Store>,
        mended: bool,
        retention: Retention,
    ) -> Self {
        let mended = Arc::new(AtomicBool::new(mended));
        let bot = Moody {
            mended: Arc::clone(&mended),
        };
        let running = Service::builder(stub.url())
            .store(Arc::clone(&store))
            .retention(retention)
            .api_rate(100_000.try_into().unwrap())
            .dispatch(unheld())
            .bot(
                BotSetup::new("bot", bot)
                    .token(Token::new(TOKEN).unwrap())
                    .secrets(WebhookSecrets::new([SECRET.to_owned()])),
            )
            .build()
            .unwrap()
            .start()
            .await
            .unwrap();
        let (webhook, first) = serve(running.router()).await;
        let (console, second) = serve(running.console(None)).await;
        Self {
            running,
            store,
            mended,
            webhook,
            console,
            servers: [first, second],
        }
    }

    /// Stops it and lets go of the store.
    pub(crate) async fn stop(self) {
        for server in self.servers {
            server.abort();
            // It was told to end.
            let _ = server.await;
        }
        self.running.stop().await;
    }

    pub(crate) async fn deliver(&self, message: &ContactMessage) {
        self.deliver_body(&message.body()).await;
    }

    pub(crate) async fn deliver_body(&self, body: &[u8]) {
        let answer = send(self.webhook, &http::delivery(SECRET, body)).await;
        assert_eq!(answer.status, 200);
    }

    /// What the webhook's listener answers, for the metrics.
    pub(crate) async fn get(&self, path: &str) -> String {
        send(self.webhook, &http::get(path)).await.text()
    }

    pub(crate) async fn look(&self, path: &str) -> Response {
        send(self.console, &http::get(path)).await
    }

    /// Presses a button of the console.
    pub(crate) async fn press(&self, path: &str, headers: &[(&str, &str)], form: &str) -> Response {
        send(self.console, &http::post(path, headers, form.as_bytes())).await
    }
}

async fn serve(router: axum::Router) -> (SocketAddr, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (address, server)
}

async fn send(address: SocketAddr, request: &[u8]) -> Response {
    let mut connection = Connection::open(address).await.unwrap();
    connection.send(request).await.unwrap()
}

/// Message number `number` of a conversation, saying `text`.
pub(crate) fn saying(conversation: u64, number: u64, text: &str) -> ContactMessage {
    ContactMessage {
        text: text.to_owned(),
        ..ContactMessage::new(conversation, number)
    }
}

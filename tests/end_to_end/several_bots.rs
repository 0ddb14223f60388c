//! Several bots in one service, and an inbox that is full.

use shipmate::{
    Bot, BotSetup, DispatchOptions, Message, NoConfig, Outcome, Result, Service, Token, Turn,
    WebhookSecrets,
};
use shipmate_tests::{
    event::{ContactMessage, conversation_id},
    http::{self, Connection},
    sign,
    stub::Stub,
};
use tokio::net::TcpListener;

/// Answers with its own name.
struct Named(&'static str);

impl Bot for Named {
    type State = ();
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        turn.say(format!("{}: {}", self.0, message.text));
        turn.done()
    }
}

fn setup(name: &'static str) -> BotSetup {
    BotSetup::new(name, Named(name))
        .token(Token::new(format!("token-of-{name}")).unwrap())
        .secrets(WebhookSecrets::new([format!("secret-of-{name}")]))
}

async fn serve(stub: &Stub, bots: &[&'static str], dispatch: DispatchOptions) -> Connection {
    let mut builder = Service::builder(stub.url())
        .store_url("memory:")
        .dispatch(dispatch);
    for bot in bots {
        builder = builder.bot(setup(bot));
    }
    let running = builder.build().unwrap().start().await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(running.serve(listener, std::future::pending()));
    Connection::open(address).await.unwrap()
}

fn delivery(path: &str, secret: &str, message: &ContactMessage) -> Vec<u8> {
    let body = message.body();
    let signature = sign::hub_signature(secret, &body);
    http::post(path, &[("x-hub-signature", &signature)], &body)
}

#[tokio::test]
async fn each_bot_has_its_own_address_secret_and_conversations() {
    let stub = Stub::start().unwrap();
    let mut connection = serve(&stub, &["alpha", "beta"], DispatchOptions::default()).await;
    let message = ContactMessage::new(1, 1);
    for (path, secret, status) in [
        ("/webhook/alpha", "secret-of-alpha", 200),
        ("/webhook/beta", "secret-of-beta", 200),
        ("/webhook", "secret-of-alpha", 404),
        ("/webhook/gamma", "secret-of-alpha", 404),
    ] {
        let answer = connection
            .send(&delivery(path, secret, &message))
            .await
            .unwrap();
        assert_eq!(answer.status, status, "{path}");
    }
    stub.chats_taken(2).await;
    let mut replies = stub.chats_of(&conversation_id(1));
    replies.sort();
    assert_eq!(
        replies,
        ["alpha: n1", "beta: n1"],
        "the same event, once for each bot"
    );

    let forged = delivery(
        "/webhook/alpha",
        "secret-of-beta",
        &ContactMessage::new(1, 2),
    );
    assert_eq!(connection.send(&forged).await.unwrap().status, 401);
}

#[tokio::test]
async fn a_full_inbox_refuses_and_one_with_room_accepts() {
    let stub = Stub::start().unwrap();
    let dispatch = DispatchOptions {
        inbox_rows: 0,
        ..DispatchOptions::default()
    };
    let mut connection = serve(&stub, &["alpha"], dispatch).await;
    let message = ContactMessage::new(1, 1);
    let request = delivery("/webhook", "secret-of-alpha", &message);
    assert_eq!(connection.send(&request).await.unwrap().status, 503);

    let mut roomy = serve(&stub, &["alpha"], DispatchOptions::default()).await;
    assert_eq!(roomy.send(&request).await.unwrap().status, 200);
    stub.chats_taken(1).await;
}

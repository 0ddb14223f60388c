//! The operator's console beside a bot that met hostile texts and failed over them.

use std::collections::BTreeSet;

use shipmate::{Bot, BotError, ManualClock, Message, NoConfig, Outcome, Turn, store::SqliteStore};
use tokio::net::TcpListener;

use super::html::{Pages, crawl};
use crate::{served::Served, world::World};

const HOSTILE: [&str; 3] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(2)>",
    "' onmouseover='alert(3)\u{202e}",
];

/// Repeats what it hears, and gives up on what sounds like trouble, in the same words.
struct Parrot;

impl Bot for Parrot {
    type State = Vec<String>;
    type Config = NoConfig;

    async fn on_message(
        &self,
        turn: &mut Turn<Self>,
        message: &Message,
    ) -> shipmate::Result<Outcome> {
        if message.text.contains("trouble") {
            return Err(BotError::permanent(message.text.clone()));
        }
        turn.state.push(message.text.clone());
        turn.set("heard", &message.text);
        turn.say(message.text.as_str());
        turn.done()
    }
}

#[tokio::test]
async fn hostile_texts_do_not_change_the_console() {
    let harmless = console("harmless").await;
    assert!(!harmless.is_empty());
    for hostile in HOSTILE {
        let console = console(hostile).await;
        for (path, (structure, page)) in &console {
            let right = harmless.get(path).map(|(structure, _)| structure);
            let difference = right.map_or(Some("no such page".to_owned()), |right| {
                structure.difference(right)
            });
            assert_eq!(difference, None, "{hostile:?} on {path}");
            assert_eq!(structure.scripts(), [""; 0], "{hostile:?} on {path}");
            assert!(!page.contains(hostile), "{hostile:?} on {path}");
        }
    }
}

/// Every page of the console after messages with `text`.
async fn console(text: &str) -> Pages {
    let clock = ManualClock::at("2026-03-02T10:00:00Z".parse().unwrap());
    let world = World::on(std::sync::Arc::new(clock.clone())).await;
    let store = SqliteStore::in_memory().unwrap();
    let served = Served::start(&world, Parrot, std::sync::Arc::new(store), &clock).await;
    let conversation = world.open();
    for said in ["hello", "trouble"] {
        let letter = world.says(&conversation, &format!("{text} {said}")).await;
        let mut connection = served.connect().await;
        let answer = connection.send(&letter.request()).await.unwrap();
        assert_eq!(answer.status, 200);
        served.running.settled().await;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = served.running.console(None);
    let socket = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let pages = crawl(address, BTreeSet::from(["/".to_owned()])).await;
    socket.abort();
    served.stop().await;
    pages
}

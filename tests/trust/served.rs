//! A service in the test's own process, whose time the test moves.

use std::{net::SocketAddr, num::NonZeroU32, sync::Arc};

use shipmate::{Bot, BotSetup, ManualClock, Running, Service, Token, WebhookSecrets, store::Store};
use shipmate_tests::{http::Connection, service::SECRET};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::world::World;

/// A running service and the socket it takes webhooks on.
pub(crate) struct Served {
    pub(crate) running: Running,
    pub(crate) address: SocketAddr,
    socket: JoinHandle<()>,
}

impl Served {
    /// Starts `bot` on `store`; the store may never answer, and then this does not return.
    pub(crate) async fn start<B: Bot>(
        world: &World,
        bot: B,
        store: Arc<dyn Store>,
        clock: &ManualClock,
    ) -> Self {
        let setup = BotSetup::new("bot", bot)
            .token(Token::new(world.token()).unwrap())
            .secrets(WebhookSecrets::new([SECRET.to_owned()]));
        let service = Service::builder(world.sandbox.url())
            .store(store)
            .clock(Arc::new(clock.clone()))
            .api_rate(NonZeroU32::MAX)
            .bot(setup)
            .build()
            .unwrap();
        let running = service.start().await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = running.router();
        let socket = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            running,
            address,
            socket,
        }
    }

    pub(crate) async fn connect(&self) -> Connection {
        Connection::open(self.address).await.unwrap()
    }

    /// Ends as a deploy does.
    pub(crate) async fn stop(self) {
        self.socket.abort();
        self.running.stop().await;
    }
}

//! The handle of a running sandbox: everything a test or a developer does to the platform that a
//! bot cannot do itself.

mod builder;
pub use builder::{Builder, StartError};

mod consumer;

mod desk;

mod faults;

mod history;

mod residents;
pub use residents::{Installation, Person};

mod wait;
pub use wait::{View, WaitError};

use std::{net::SocketAddr, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use reqwest::Client;
use serde_json::Value;
use tokio::{sync::watch, task::JoinHandle};
use web1on1::{BotId, ConversationId, UserId};

use crate::{
    ConversationSnapshot, Delivery, LimitReport, Quirks, Refusal, Snapshot,
    directory::{Kind, Object, text},
    platform::Platform,
    state::State,
    token::{ACCESS_LIFETIME, BOT_LIFETIME, Grant, REFRESH_LIFETIME},
    webhook::{Webhook, verify},
};

/// A running sandbox. It owns its tasks; they end with [`stop`](Self::stop) or when it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    platform: Arc<Platform>,
    client: Client,
    address: SocketAddr,
    patience: Duration,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

/// How long open connections are waited for when the sandbox stops.
const STOP_GRACE: Duration = Duration::from_secs(5);

impl Sandbox {
    /// A sandbox to be.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// `http://127.0.0.1:port`: the chat page. The API is below it at `/v2`.
    pub fn url(&self) -> String {
        self.platform.look(|state, _| state.base_url.clone())
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The time on the platform.
    pub fn now(&self) -> Timestamp {
        self.platform.clock().now()
    }

    /// Stops listening and delivering, and waits for the tasks to end.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        for mut task in std::mem::take(&mut self.tasks) {
            if tokio::time::timeout(STOP_GRACE, &mut task).await.is_err() {
                task.abort();
            }
        }
    }

    /// The access token of a bot. It does not expire in practice.
    pub fn bot_token(&self, bot: &BotId) -> String {
        self.token(&bot.clone().into(), Grant::AccessToken, BOT_LIFETIME)
    }

    /// The access token of a person, valid for 24 hours.
    pub fn user_token(&self, user: &UserId) -> String {
        self.token(user, Grant::AccessToken, ACCESS_LIFETIME)
    }

    /// An access token that is valid for `lifetime` from now.
    pub fn token_for(&self, user: &UserId, lifetime: SignedDuration) -> String {
        self.token(user, Grant::AccessToken, lifetime)
    }

    /// A refresh token, valid for a month.
    pub fn refresh_token(&self, user: &UserId) -> String {
        self.token(user, Grant::RefreshToken, REFRESH_LIFETIME)
    }

    /// Sets the bot-specific webhook of a bot, without asking it for the challenge.
    pub fn set_webhook(&self, bot: &BotId, webhook: Webhook) {
        self.platform.change(|state, _| {
            state.bot_webhooks.insert(bot.clone(), webhook);
            state.refresh_hooks(Kind::Bot);
        });
    }

    /// Takes a bot's webhook away. Deliveries that wait for it are dropped.
    pub fn remove_webhook(&self, bot: &BotId) {
        self.platform.change(|state, _| {
            state.bot_webhooks.remove(bot);
            state.refresh_hooks(Kind::Bot);
        });
    }

    /// Asks an address for the challenge, as the console's button "Verify" does.
    ///
    /// # Errors
    /// 422 with what went wrong.
    pub async fn verify_webhook(&self, url: &str) -> Result<(), Refusal> {
        let challenge = self.platform.change(|state, _| state.ids.random().secret());
        verify(&self.client, url, &challenge).await
    }

    /// A conversation as it stands now.
    pub fn conversation(&self, id: &ConversationId) -> Option<ConversationSnapshot> {
        self.look(|view| view.conversation(id))
    }

    /// What the limits saw so far.
    pub fn report(&self) -> LimitReport {
        self.platform.look(State::report)
    }

    /// The deliveries to webhooks, oldest first: all unfinished ones and the last 10 000 finished.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.look(|view| view.deliveries().cloned().collect())
    }

    /// How it behaves where the documents are silent.
    pub fn quirks(&self) -> Quirks {
        self.platform.look(|state, _| state.quirks)
    }

    /// From now on it behaves like this. What was said before stays as it is; commands that wait
    /// for a delay are read anew when they are due.
    pub fn set_quirks(&self, quirks: Quirks) {
        self.platform.change(|state, _| state.quirks = quirks);
    }

    /// Everything as it is now, to be kept or to be forked: [`Builder::restore`].
    pub fn snapshot(&self) -> Snapshot {
        self.platform.snapshot()
    }

    /// Puts a snapshot in the place of everything; the address stays. The clock is moved forward to
    /// the snapshot's time, if it is behind.
    ///
    /// # Errors
    /// If the clock is behind and cannot be moved; nothing is changed then.
    pub fn restore(&self, snapshot: Snapshot) -> Result<(), StartError> {
        self.platform
            .restore(snapshot)
            .map_err(|time| StartError::Clock { time })
    }

    /// All bots, oldest first.
    pub fn bots(&self) -> Vec<BotId> {
        self.platform.look(|state, _| {
            let bots = state.directory.all(Kind::Bot);
            bots.filter_map(|bot| text(bot, "id").map(BotId::from))
                .collect()
        })
    }

    /// The oldest bot with this id or name.
    pub fn bot_called(&self, id_or_name: &str) -> Option<BotId> {
        self.platform.look(|state, _| {
            let is_meant = |bot: &&Object| {
                ["id", "name"]
                    .iter()
                    .any(|field| text(bot, field) == Some(id_or_name))
            };
            let bot = state.directory.all(Kind::Bot).find(is_meant)?;
            text(bot, "id").map(BotId::from)
        })
    }

    /// All conversations, oldest first.
    pub fn conversations(&self) -> Vec<ConversationId> {
        self.look(|view| view.conversations().cloned().collect())
    }

    /// Creates a resource below `/v2/<path>`, such as `forms` or `botinstances`, as the console does.
    ///
    /// # Errors
    /// As the API: 400, 404, 422.
    pub fn create(&self, path: &str, fields: Value) -> Result<Value, Refusal> {
        let kind = Kind::from_path(path).ok_or_else(Refusal::no_such_path)?;
        self.platform
            .change(|state, now| state.create_resource(kind, object(fields)?, None, now))
            .map(Value::Object)
    }

    /// Changes a resource below `/v2/<path>` as PATCH does.
    ///
    /// # Errors
    /// As the API: 404, 422.
    pub fn update(&self, path: &str, id: &str, changes: Value) -> Result<Value, Refusal> {
        let kind = Kind::from_path(path).ok_or_else(Refusal::no_such_path)?;
        self.platform
            .change(|state, now| state.update_resource(kind, id, object(changes)?, None, now))
            .map(Value::Object)
    }

    /// Deletes a resource below `/v2/<path>`.
    ///
    /// # Errors
    /// As the API: 404.
    pub fn delete(&self, path: &str, id: &str) -> Result<(), Refusal> {
        let kind = Kind::from_path(path).ok_or_else(Refusal::no_such_path)?;
        self.platform
            .change(|state, now| state.delete_resource(kind, id, None, now))
    }

    fn token(&self, user: &UserId, grant: Grant, lifetime: SignedDuration) -> String {
        self.platform.look(|state, now| {
            let nobody = Object::new();
            let user = state.directory.get(Kind::User, user.as_str());
            state.token(user.unwrap_or(&nobody), grant, lifetime, now)
        })
    }
}

fn object(value: Value) -> Result<Object, Refusal> {
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(Refusal::bad_request("the fields must be a JSON object")),
    }
}

use std::sync::Arc;

use serde_json::{Value, json};
use shipmate_sandbox::{
    Builder, ConversationSnapshot, Demo, Limits, OffsetClock, Sandbox, Seed, Webhook,
};
use web1on1::{ConversationId, UserId};

use crate::script::{HANG, Script};

/// What deliveries are signed with, and what the scripts verify with.
pub(crate) const SECRET: &str = "s3cr3t";

/// The sandbox with its demo, on a clock that runs and can be moved.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) demo: Demo,
    pub(crate) clock: OffsetClock,
}

impl World {
    pub(crate) async fn new() -> Self {
        let (seed, demo) = Seed::demo();
        Self::of(demo, Self::builder().seed(seed)).await
    }

    /// Without the limits of requests a second, which only a slow machine would keep: the SDK sends
    /// as fast as it can.
    pub(crate) fn builder() -> Builder {
        Sandbox::builder().limits(Limits {
            requests_per_key: None,
            requests_per_address: None,
            ..Limits::default()
        })
    }

    /// The sandbox to be, with the seed of `demo`.
    pub(crate) async fn of(demo: Demo, builder: Builder) -> Self {
        let clock = OffsetClock::new();
        let sandbox = builder
            .movable_clock(Arc::new(clock.clone()))
            .patience(HANG)
            .start();
        Self {
            sandbox: sandbox.await.unwrap(),
            demo,
            clock,
        }
    }

    pub(crate) fn bot_user(&self) -> UserId {
        self.demo.bot.clone().into()
    }

    /// What a script is given: where the sandbox is, who the bot is, and what else it asks for.
    pub(crate) fn given(&self, more: Value) -> Value {
        let mut given = json!({
            "host": self.sandbox.url(),
            "token": self.sandbox.bot_token(&self.demo.bot),
            "adminToken": self.sandbox.user_token(&self.demo.admin),
            "agentToken": self.sandbox.user_token(&self.demo.agent),
            "secret": SECRET,
            "bot": self.demo.bot,
            "agent": self.demo.agent,
            "group": self.demo.group,
            "dealer": self.demo.dealer,
            "channel": self.demo.channel,
            "form": self.demo.test_drive,
        });
        if let (Some(given), Value::Object(more)) = (given.as_object_mut(), more) {
            given.extend(more);
        }
        given
    }

    pub(crate) fn start(&self, name: &'static str) -> Script {
        Script::start(name, &self.given(json!({})))
    }

    /// Starts a script that serves the bot's webhook, and delivers to it from now on.
    pub(crate) async fn serve(&self, name: &'static str) -> Script {
        let mut script = self.start(name);
        let url = address(&script.tells("ready").await);
        let webhook = Webhook::new(url).secret(SECRET);
        self.sandbox.set_webhook(&self.demo.bot, webhook);
        script
    }

    /// Ends a script that serves.
    pub(crate) async fn end(&self, mut script: Script) -> Vec<Value> {
        self.sandbox.remove_webhook(&self.demo.bot);
        script.go_on().await;
        script.ends().await
    }

    /// A consumer's conversation in which nothing was said yet.
    pub(crate) fn visitor(&self) -> ConversationId {
        let opened = self
            .sandbox
            .open_conversation_with(&self.demo.dealer, "Carl Consumer");
        opened.unwrap()
    }

    pub(crate) fn snapshot(&self, id: &ConversationId) -> ConversationSnapshot {
        self.sandbox.conversation(id).unwrap()
    }

    /// Returns once every event has been delivered.
    pub(crate) async fn settle(&self) {
        let settled = self
            .sandbox
            .wait_until(|view| view.unfinished_deliveries() == 0);
        settled.await.unwrap();
    }
}

/// Where a script says that it serves.
pub(crate) fn address(ready: &Value) -> String {
    format!("http://127.0.0.1:{}/", ready["port"])
}

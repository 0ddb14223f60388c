//! The platform, with consumers who write and webhooks that the test delivers itself, as often and
//! in whatever order it likes.

mod letterbox;
pub(crate) use letterbox::Letter;

use std::{path::Path, sync::Arc, time::Duration};

use shipmate::{
    Clock,
    web1on1::{ConversationId, MessageId},
};
use shipmate_sandbox::{BotGauge, Demo, Limits, Rule, Sandbox, Seed, Webhook};
use shipmate_tests::{
    binary,
    service::{SECRET, Settings},
};

use self::letterbox::Letterbox;
use crate::{
    check::{Conversation, Event, Peak, Record},
    record::OnRecord,
};

/// After this long without what a test waits for, it fails.
pub(crate) const HANG: Duration = Duration::from_mins(2);

/// A sandbox that enforces the limits on messages but not those on requests, which would only make
/// the tests slow.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) demo: Demo,
    letterbox: Letterbox,
}

impl World {
    /// A platform on the machine's own clock.
    pub(crate) async fn new() -> Self {
        Self::with(None).await
    }

    /// A platform on `clock`.
    pub(crate) async fn on(clock: Arc<dyn Clock>) -> Self {
        Self::with(Some(clock)).await
    }

    async fn with(clock: Option<Arc<dyn Clock>>) -> Self {
        let letterbox = Letterbox::open().await;
        let (mut seed, demo) = Seed::demo();
        let webhook = Webhook::new(letterbox.url()).secret(SECRET);
        seed.webhook(&demo.bot, webhook.events(["message.create.contact.chat"]));
        let mut builder = Sandbox::builder().seed(seed).patience(HANG).limits(Limits {
            requests_per_key: None,
            requests_per_address: None,
            ..Limits::default()
        });
        if let Some(clock) = clock {
            builder = builder.clock(clock);
        }
        Self {
            sandbox: builder.start().await.unwrap(),
            demo,
            letterbox,
        }
    }

    /// A token of the bot.
    pub(crate) fn token(&self) -> String {
        self.sandbox.bot_token(&self.demo.bot)
    }

    /// The echo example with its store in `folder`.
    pub(crate) fn echo(&self, folder: &Path) -> Settings {
        Settings::new(&binary::echo().unwrap(), folder, &self.sandbox.url())
            .with("SHIPMATE_TOKEN", &self.token())
    }

    /// A consumer opens a conversation.
    pub(crate) fn open(&self) -> ConversationId {
        let opened = self
            .sandbox
            .open_conversation_with(&self.demo.dealer, "Ann");
        opened.unwrap()
    }

    /// The consumer writes `text`; what the platform wants delivered of it.
    pub(crate) async fn says(&self, conversation: &ConversationId, text: &str) -> Letter {
        self.letter(&self.writes(conversation, text)).await
    }

    /// The consumer writes `text`.
    pub(crate) fn writes(&self, conversation: &ConversationId, text: &str) -> MessageId {
        self.sandbox.contact_says(conversation, text).unwrap()
    }

    /// What the platform wants delivered of a message, once.
    pub(crate) async fn letter(&self, message: &MessageId) -> Letter {
        self.letterbox.take(message).await
    }

    /// What the consumer of a conversation was sent.
    pub(crate) fn told(&self, conversation: &ConversationId) -> Vec<String> {
        let now = self.sandbox.conversation(conversation).unwrap();
        let told = now.told_contact().into_iter();
        told.map(str::to_owned).collect()
    }

    /// Returns once the consumer was sent `text`.
    pub(crate) async fn until_told(&self, conversation: &ConversationId, text: &str) -> bool {
        let told = self.sandbox.wait_until(|view| {
            let now = view.conversation(conversation);
            now.is_some_and(|now| now.told_contact().contains(&text))
        });
        told.await.is_ok()
    }

    /// What came of `talks`, whose service has ended and left `on_record`.
    pub(crate) fn record<'a>(
        &self,
        talks: impl IntoIterator<Item = (&'a ConversationId, Vec<Event>)>,
        on_record: &OnRecord,
    ) -> Record {
        let report = self.sandbox.report();
        let conversations = talks.into_iter().map(|(id, events)| Conversation {
            name: id.to_string(),
            events,
            replies: self.told(id),
            in_doubt: on_record.in_doubt(id.as_str()),
            waiting: on_record.waiting(id.as_str()),
            identical: self.peak(id, Rule::Identical),
            consecutive: self.peak(id, Rule::Consecutive),
        });
        Record {
            conversations: conversations.collect(),
            refused_by_limits: report.refused_total(),
            cut_off: None,
        }
    }

    fn peak(&self, conversation: &ConversationId, rule: Rule) -> Peak {
        let now = self.sandbox.conversation(conversation).unwrap();
        let limits = Limits::default();
        let (allowance, of): (_, fn(&BotGauge) -> usize) = match rule {
            Rule::Identical => (limits.identical_messages, |it| it.identical_peak),
            _ => (limits.consecutive_messages, |it| it.consecutive_peak),
        };
        Peak {
            most: now.bots.iter().map(of).max().unwrap_or(0),
            allowed: allowance.unwrap().count,
        }
    }
}

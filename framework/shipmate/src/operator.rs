//! What people ask of a service, on the operator's page or at the command line: why something
//! happened, to try it again, to drop it, to forget somebody.
//!
//! The same acts work on the store of a service that is stopped; of one that runs, what is in
//! memory follows.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use web1on1::Clock;

use crate::{
    conversations::Conversations,
    dispatch::Dispatcher,
    limit::Limits,
    metrics::Metrics,
    outbox::Outbox,
    store::{
        EventRecord, Forgotten, Key, Page, Place, Retried, RowRecord, Store, StoreError, Subject,
        Whose,
    },
    why::{self, Story},
};

/// Letters that are read at once.
const PAGE: usize = 500;

/// Does what people ask.
#[derive(Debug, Clone)]
pub(crate) struct Operator {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    limits: Limits,
    conversations: Arc<Conversations>,
    running: Option<Running>,
}

/// What has to follow in a service that runs.
#[derive(Debug, Clone)]
pub(crate) struct Running {
    pub(crate) dispatcher: Arc<Dispatcher>,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) metrics: Arc<Metrics>,
}

/// What needs a person.
#[derive(Debug, Clone, Default)]
pub(crate) struct Letters {
    pub(crate) events: Vec<EventRecord>,
    pub(crate) messages: Vec<RowRecord>,
}

/// What is to be done with what needs a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Retry,
    Drop,
}

/// Which letters are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    One(Place),
    All,
}

impl Letters {
    fn places(&self) -> impl Iterator<Item = Place> {
        let events = self.events.iter().map(|event| Place::Event(event.place));
        let messages = self.messages.iter().map(|row| Place::Message(row.place));
        events.chain(messages)
    }
}

impl Operator {
    /// For a service that runs.
    pub(crate) fn of_running(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        limits: Limits,
        conversations: Arc<Conversations>,
        running: Running,
    ) -> Self {
        Self {
            store,
            clock,
            limits,
            conversations,
            running: Some(running),
        }
    }

    /// For a store that no service uses, or that is only read.
    pub(crate) fn of_store(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        let limits = Limits::default();
        let conversations = Arc::new(Conversations::new(
            Arc::clone(&store),
            Arc::clone(&clock),
            limits,
            1,
        ));
        Self {
            store,
            clock,
            limits,
            conversations,
            running: None,
        }
    }

    /// What happened to whatever has this id, at most the `latest` events.
    pub(crate) async fn why(&self, id: &str, latest: usize) -> Result<Story, StoreError> {
        let since = self.conversations.counted_since();
        let now = self.clock.now();
        why::tell(&*self.store, self.limits, id, latest, since, now).await
    }

    /// By the bot's name, why it is silent for an organization whose settings it cannot use.
    pub(crate) fn quarantined(&self) -> Vec<(String, String)> {
        let hosts = self.running.iter().flat_map(|it| it.dispatcher.hosts());
        let told = hosts.flat_map(|(name, hosted)| {
            let quarantined = hosted.host.quarantined().into_iter();
            quarantined.map(move |it| (name.to_string(), it.to_string()))
        });
        told.collect()
    }

    /// What needs a person, the oldest first, at most `limit` of each kind.
    pub(crate) async fn letters(&self, limit: usize) -> Result<Letters, StoreError> {
        let page = Page::After(0, limit);
        Ok(Letters {
            events: self.store.events(&Subject::Letters, page).await?,
            messages: self.store.rows(&Subject::Letters, page).await?,
        })
    }

    /// What a letter says: it holds what people wrote.
    pub(crate) async fn body(&self, place: Place) -> Result<Option<Bytes>, StoreError> {
        self.store.body(place).await
    }

    /// Tries again or drops what needs a person. Returns how much; nothing means that there was no
    /// such thing. `who` is put on record.
    pub(crate) async fn settle(
        &self,
        which: Which,
        verdict: Verdict,
        who: &str,
    ) -> Result<u64, StoreError> {
        match which {
            Which::One(place) => Ok(u64::from(self.settle_one(place, verdict, who).await?)),
            Which::All => self.settle_all(verdict, who).await,
        }
    }

    /// Those that are there when it begins: what fails again meanwhile is left alone.
    async fn settle_all(&self, verdict: Verdict, who: &str) -> Result<u64, StoreError> {
        let mut places = Vec::new();
        let (mut event, mut message) = (0, 0);
        loop {
            let page = Letters {
                events: self
                    .store
                    .events(&Subject::Letters, Page::After(event, PAGE))
                    .await?,
                messages: self
                    .store
                    .rows(&Subject::Letters, Page::After(message, PAGE))
                    .await?,
            };
            event = page.events.last().map_or(event, |last| last.place);
            message = page.messages.last().map_or(message, |last| last.place);
            let before = places.len();
            places.extend(page.places());
            if places.len() == before {
                break;
            }
        }
        let mut settled = 0;
        for place in places {
            settled += u64::from(self.settle_one(place, verdict, who).await?);
        }
        Ok(settled)
    }

    async fn settle_one(
        &self,
        place: Place,
        verdict: Verdict,
        who: &str,
    ) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let settled = match verdict {
            Verdict::Retry => match self.store.retry(place, now).await? {
                Some(retried) => {
                    self.follow(retried).await?;
                    true
                }
                None => false,
            },
            Verdict::Drop => {
                let reason = format!("dropped {who}");
                self.store.discard(place, reason, now).await?
            }
        };
        if settled {
            tracing::info!(letter = %place, verdict = verdict.as_str(), %who, "a person decided about a letter");
            if let Some(running) = &self.running {
                running.metrics.letters(kind(place), verdict.as_str(), 1);
            }
        }
        Ok(settled)
    }

    async fn follow(&self, retried: Retried) -> Result<(), StoreError> {
        let Some(running) = &self.running else {
            return Ok(());
        };
        match retried {
            Retried::Event(event) => running.dispatcher.requeue(event),
            Retried::Message(key) => {
                self.conversations.get(&key).await?.kept().queued += 1;
                running.outbox.reopen(&key);
            }
        }
        Ok(())
    }

    /// Forgets everything of somebody, and takes it out of the store's files. What is being handled
    /// or sent right now is finished first.
    pub(crate) async fn forget(&self, whose: &Whose) -> Result<Forgotten, StoreError> {
        let forgotten = self.forget_in_tables(whose).await?;
        if !forgotten.is_empty() {
            self.store.scrub().await?;
        }
        Ok(forgotten)
    }

    /// Forgets what the platform has told to be deleted.
    pub(crate) async fn forget_deleted(&self) -> Result<Forgotten, StoreError> {
        let mut forgotten = Forgotten::default();
        for whose in self.store.deleted().await? {
            forgotten = forgotten.and(self.forget_in_tables(&whose).await?);
        }
        if !forgotten.is_empty() {
            self.store.scrub().await?;
        }
        Ok(forgotten)
    }

    async fn forget_in_tables(&self, whose: &Whose) -> Result<Forgotten, StoreError> {
        let mut forgotten = Forgotten::default();
        for mailbox in self.store.mailboxes(whose).await? {
            forgotten = forgotten.and(self.forget_mailbox(&mailbox).await?);
        }
        if !forgotten.is_empty() {
            // Not whom: the log would remember.
            tracing::info!(
                events = forgotten.events,
                messages = forgotten.messages,
                conversations = forgotten.conversations,
                responses = forgotten.responses,
                "forgotten"
            );
        }
        Ok(forgotten)
    }

    async fn forget_mailbox(&self, mailbox: &Key) -> Result<Forgotten, StoreError> {
        let still = self.conversations.still(mailbox).await;
        let since = self.conversations.counted_since();
        let forgotten = self.store.forget(mailbox, since, self.clock.now()).await?;
        if let Some(running) = &self.running {
            running.dispatcher.forget(mailbox, forgotten.last_event);
            running.outbox.forget(mailbox, forgotten.last_message);
            running.metrics.forgotten(&forgotten);
        }
        self.conversations
            .refresh(mailbox, &still, forgotten.last_event)
            .await?;
        Ok(forgotten)
    }
}

fn kind(place: Place) -> &'static str {
    match place {
        Place::Event(_) => "event",
        Place::Message(_) => "message",
    }
}

impl Verdict {
    /// The verdict's name in logs, metrics and addresses.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Retry => "retry",
            Self::Drop => "drop",
        }
    }

    /// The verdict of this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        [Self::Retry, Self::Drop]
            .into_iter()
            .find(|verdict| verdict.as_str() == name)
    }
}

impl Which {
    /// `all`, or a place.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "all" => Some(Self::All),
            place => place.parse().ok().map(Self::One),
        }
    }
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(place) => place.fmt(f),
            Self::All => f.write_str("all"),
        }
    }
}

/// What was done with letters, for a person.
pub(crate) fn settled_words(verdict: Verdict, count: u64) -> String {
    let done = match verdict {
        Verdict::Retry => "tried again",
        Verdict::Drop => "dropped",
    };
    match count {
        0 => "There is no such letter; `letters` lists those there are.".to_owned(),
        1 => format!("One letter is {done}."),
        several => format!("{several} letters are {done}."),
    }
}

/// What was forgotten, for a person.
pub(crate) fn forgotten_words(forgotten: &Forgotten) -> String {
    if forgotten.is_empty() {
        return "There was nothing to forget.".to_owned();
    }
    let Forgotten {
        events,
        messages,
        conversations,
        timers,
        responses,
        ..
    } = forgotten;
    let answers = match responses {
        0 => String::new(),
        responses => format!(" {responses} response(s) to surveys,"),
    };
    let timers = match timers {
        0 => String::new(),
        timers => format!(", with {timers} timer(s)"),
    };
    format!(
        "Forgotten, and gone from the file: {events} event(s), {messages} message(s),{answers} and the state of {conversations} conversation(s){timers}."
    )
}

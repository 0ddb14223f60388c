//! The world, and time in it.

use std::{
    collections::HashMap,
    panic::Location,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use shipmate_sandbox::{ConversationSnapshot, Person, Sandbox};
use web1on1::{BotId, ConversationId, Meta, OrganizationId};

use super::{
    Agent, Contact, Failure, Length, Step, WorldBuilder,
    stage::{Stage, later},
    transcript::spoken,
};
use crate::{
    bot::Bot,
    store::{RunRecord, Store},
};

/// The longest that [`World::finish`] lets pass: the platform gives up webhooks, and the service
/// messages, after 24 hours.
const LONGEST: SignedDuration = SignedDuration::from_hours(72);

/// A bot, the platform, a store and a clock in one process. See the [module](super).
#[derive(Debug)]
pub struct World {
    pub(super) stage: Stage,
    bots: Vec<BotId>,
    organization: OrganizationId,
    patience: SignedDuration,
    heard: Mutex<HashMap<ConversationId, Heard>>,
    contacts: Mutex<Vec<(String, ConversationId)>>,
}

/// What expectations have used up of a conversation.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Heard {
    /// Messages to the consumer.
    pub(super) told: usize,
    /// Notes of bots.
    pub(super) notes: usize,
}

impl World {
    /// A world with one bot; `.await` starts it.
    ///
    /// What the bot holds in memory survives crashes. Where that matters, use
    /// [`WorldBuilder::bot_made_by`].
    pub fn of<B: Bot>(bot: B) -> WorldBuilder {
        Self::builder().bot("bot", bot)
    }

    /// A world without bots, to which some are given.
    pub fn builder() -> WorldBuilder {
        WorldBuilder::new()
    }

    pub(super) fn new(
        stage: Stage,
        bots: Vec<BotId>,
        organization: OrganizationId,
        patience: SignedDuration,
    ) -> Self {
        Self {
            stage,
            bots,
            organization,
            patience,
            heard: Mutex::default(),
            contacts: Mutex::default(),
        }
    }

    /// The consumer of this name. The first time, a conversation is opened in which nothing was
    /// said yet.
    ///
    /// # Panics
    ///
    /// If the platform does not let the conversation be opened.
    #[track_caller]
    pub fn contact(&self, name: &str) -> Contact<'_> {
        let profile = Meta::from_iter([("name".to_owned(), json!(name))]);
        self.contact_with(name, profile)
    }

    /// The consumer of this name, with a profile: `name`, `email`, `telephone`, `locale` and so on.
    /// The profile matters the first time only.
    ///
    /// # Panics
    ///
    /// If the platform does not let the conversation be opened.
    #[track_caller]
    pub fn contact_with(&self, name: &str, profile: Meta) -> Contact<'_> {
        let at = Location::caller();
        let contact = self.enter(name, profile);
        contact.unwrap_or_else(|failure| self.fail(at, &failure))
    }

    /// The consumer of a conversation that there is already, such as one of the seed.
    pub fn contact_of(&self, conversation: &ConversationId, name: &str) -> Contact<'_> {
        self.stage.chronicle().name(conversation, name);
        Contact::new(self, name, conversation.clone())
    }

    pub(super) fn enter(&self, name: &str, mut profile: Meta) -> Result<Contact<'_>, Failure> {
        let mut contacts = lock(&self.contacts);
        if let Some((_, id)) = contacts.iter().find(|(known, _)| known == name) {
            return Ok(Contact::new(self, name, id.clone()));
        }
        profile.entry("name").or_insert_with(|| json!(name));
        let opened = self
            .sandbox()
            .open_conversation(&self.organization, profile);
        let id = opened.map_err(|refusal| {
            Failure::new(format!("a conversation with {name}"), refusal.to_string())
        })?;
        self.stage.chronicle().name(&id, name);
        contacts.push((name.to_owned(), id.clone()));
        Ok(Contact::new(self, name, id))
    }

    /// The first agent of the organization that consumers write to, or of all.
    ///
    /// # Panics
    ///
    /// If there is nobody but consumers and bots.
    #[track_caller]
    pub fn agent(&self) -> Agent<'_> {
        let at = Location::caller();
        let agent = self.person(None);
        agent.unwrap_or_else(|failure| self.fail(at, &failure))
    }

    /// The person at the desk with this name or id.
    ///
    /// # Panics
    ///
    /// If there is no such person.
    #[track_caller]
    pub fn agent_called(&self, id_or_name: &str) -> Agent<'_> {
        let at = Location::caller();
        let agent = self.person(Some(id_or_name));
        agent.unwrap_or_else(|failure| self.fail(at, &failure))
    }

    pub(super) fn person(&self, wanted: Option<&str>) -> Result<Agent<'_>, Failure> {
        let people = self.sandbox().people();
        let is_meant = |person: &Person| match wanted {
            Some(wanted) => person.id.as_str() == wanted || person.name == wanted,
            None => true,
        };
        let meant = people.iter().filter(|person| is_meant(person));
        let nearest = meant.min_by_key(|person| {
            (
                person.organization != self.organization,
                person.role != "agent",
            )
        });
        let person = nearest.ok_or_else(|| {
            let names: Vec<_> = people.iter().map(|person| person.name.as_str()).collect();
            let wanted = wanted.unwrap_or("an agent");
            Failure::new(
                wanted,
                format!("at the desk there are: {}", names.join(", ")),
            )
        })?;
        Ok(Agent::new(self, person.id.clone(), person.name.clone()))
    }

    /// The time in the world.
    pub fn now(&self) -> Timestamp {
        self.stage.now()
    }

    /// Lets time pass, from one thing that becomes due to the next: timers and jobs, retries, messages
    /// that wait for a limit or a delay, redeliveries, faults.
    ///
    /// ```
    /// # use shipmate::{Bot, Message, NoConfig, Outcome, Result, Turn, testing::World};
    /// # struct Echo;
    /// # impl Bot for Echo {
    /// #     type State = ();
    /// #     type Config = NoConfig;
    /// #     async fn on_message(&self, turn: &mut Turn<Self>, _: &Message) -> Result<Outcome> { turn.done() }
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let world = World::of(Echo).await;
    /// let start = world.now();
    /// world.advance("24h").await;
    /// world.advance(jiff::SignedDuration::from_mins(3)).await;
    /// assert_eq!(world.now().duration_since(start).as_mins(), 24 * 60 + 3);
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// If that is no length of time, or the bot does not come to rest.
    #[track_caller]
    pub fn advance(&self, length: impl Length) -> impl Future<Output = ()> + Send + '_ {
        let at = Location::caller();
        let length = length
            .length()
            .map_err(|error| Failure::new("a length of time", error.to_string()));
        async move {
            let done = async { self.pass(length?).await };
            done.await.unwrap_or_else(|failure| self.fail(at, &failure));
        }
    }

    pub(super) async fn pass(&self, length: SignedDuration) -> Result<(), Failure> {
        self.stage.settle().await?;
        self.stage.note("", format!("({} pass)", spoken(length)));
        self.stage.advance(length).await
    }

    /// Lets as much time pass as it takes until nothing is left to be done: every webhook delivered,
    /// every message sent; at most 72 hours. A timer that is set is nothing left to be done.
    ///
    /// # Panics
    ///
    /// If there is still something to do then.
    #[track_caller]
    pub fn finish(&self) -> impl Future<Output = ()> + Send + '_ {
        let at = Location::caller();
        async move {
            let done = self.run_out().await;
            done.unwrap_or_else(|failure| self.fail(at, &failure));
        }
    }

    async fn run_out(&self) -> Result<(), Failure> {
        self.stage.settle().await?;
        let end = later(self.now(), LONGEST);
        loop {
            let rest = self.rest().await?;
            if rest.is_empty() {
                return Ok(());
            }
            if !self.stage.step(end).await? {
                let expected = "nothing to be left after 72 hours";
                return Err(Failure::new(expected, rest.join(", ")));
            }
        }
    }

    /// What is still to be done.
    async fn rest(&self) -> Result<Vec<String>, Failure> {
        let counts = self.store().counts().await;
        let counts =
            counts.map_err(|error| Failure::new("a store that works", error.to_string()))?;
        let runs = self.store().runs().await;
        let runs = runs.map_err(|error| Failure::new("a store that works", error.to_string()))?;
        let under_way = |run: &&RunRecord| run.ended_at.is_none() && run.paused.is_none();
        let under_way = runs.iter().filter(under_way).count();
        let (deliveries, delayed) = self.sandbox().look(|view| {
            let delayed = view.next_due().is_some();
            (view.unfinished_deliveries(), delayed)
        });
        let mut rest = Vec::new();
        for (count, what) in [
            (counts.pending, "events without an outcome"),
            (counts.queued, "messages to be sent"),
            (counts.unknown, "messages to be looked for"),
            (under_way as u64, "runs of campaigns"),
            (self.stage.held() as u64, "requests to be answered"),
            (deliveries as u64, "webhooks to be delivered"),
            (u64::from(delayed), "a delayed message"),
        ] {
            if count > 0 {
                rest.push(format!("{count} {what}"));
            }
        }
        Ok(rest)
    }

    /// Returns when nothing is left to do before time passes. Everything else in this kit does so
    /// anyway; this is for what a test does to the [`sandbox`](Self::sandbox) itself.
    ///
    /// # Panics
    ///
    /// If the bot does not come to rest.
    #[track_caller]
    pub fn settle(&self) -> impl Future<Output = ()> + Send + '_ {
        let at = Location::caller();
        async move {
            let done = self.stage.settle().await;
            done.unwrap_or_else(|failure| self.fail(at, &failure));
        }
    }

    /// The service loses its power when it reaches `step`, counted from now on, and starts again on
    /// the same store. What it had sent by then arrives; what it would have done next does not
    /// happen. Several may be given.
    pub fn crash_at(&self, step: Step) {
        self.stage.watch.arm(step);
    }

    /// The service loses its power now, and starts again on the same store.
    ///
    /// # Panics
    ///
    /// If it does not start again.
    #[track_caller]
    pub fn crash(&self) -> impl Future<Output = ()> + Send + '_ {
        let at = Location::caller();
        async move {
            let done = async {
                self.stage.crash().await?;
                self.stage.settle().await
            };
            done.await.unwrap_or_else(|failure| self.fail(at, &failure));
        }
    }

    /// Which points were reached so far and how often, over all lives of the service. Run a test
    /// without a crash first, and this tells where it can crash:
    ///
    /// ```
    /// # use shipmate::{Bot, Message, NoConfig, Outcome, Result, Turn, testing::{Step, World}};
    /// # struct Echo;
    /// # impl Bot for Echo {
    /// #     type State = ();
    /// #     type Config = NoConfig;
    /// #     async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
    /// #         turn.say(format!("Echo: {}", message.text));
    /// #         turn.done()
    /// #     }
    /// # }
    /// async fn chat(crash: Option<Step>) -> World {
    ///     let world = World::of(Echo).await;
    ///     if let Some(step) = crash {
    ///         world.crash_at(step);
    ///     }
    ///     world.contact("Ann").says("hi").await;
    ///     world.finish().await;
    ///     world
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// for (step, times) in chat(None).await.steps_reached() {
    ///     for nth in 1..=times {
    ///         let world = chat(Some(step.nth(nth))).await;
    ///         world.assert_no_limit_breach();
    ///     }
    /// }
    /// # }
    /// ```
    pub fn steps_reached(&self) -> Vec<(Step, u32)> {
        self.stage.watch.reached()
    }

    /// The points to crash at that were not reached yet.
    pub fn steps_to_come(&self) -> Vec<Step> {
        self.stage.watch.armed()
    }

    /// Starts a run of a campaign and lets it go as far as it comes before time passes;
    /// [`advance`](Self::advance) lets it go on. If the power fails before the run is on record,
    /// there is none.
    ///
    /// # Panics
    ///
    /// If the service has no such campaign, or does not come to rest.
    #[track_caller]
    pub fn start_campaign<'a>(&'a self, name: &'a str) -> impl Future<Output = ()> + Send + 'a {
        let at = Location::caller();
        async move {
            let done = self.stage.start_campaign(name).await;
            done.unwrap_or_else(|failure| self.fail(at, &failure));
        }
    }

    /// The platform, for everything that this kit has no word for: faults, resources, snapshots.
    /// Call [`settle`](Self::settle) afterwards.
    pub fn sandbox(&self) -> &Sandbox {
        &self.stage.sandbox
    }

    /// The store, past all crashes.
    pub fn store(&self) -> &Arc<dyn Store> {
        self.stage.watch.store()
    }

    /// The bots, in the order in which they were given.
    pub fn bots(&self) -> &[BotId] {
        &self.bots
    }

    /// The organization that consumers write to.
    pub fn organization(&self) -> &OrganizationId {
        &self.organization
    }

    /// Everything that happened so far, as text.
    pub fn transcript(&self) -> String {
        self.stage.chronicle().to_string()
    }

    #[track_caller]
    pub(super) fn fail(&self, at: &Location<'_>, failure: &Failure) -> ! {
        let transcript = self.transcript();
        failure.panic(at, &transcript)
    }

    pub(super) fn heard(&self, conversation: &ConversationId) -> Heard {
        lock(&self.heard)
            .get(conversation)
            .copied()
            .unwrap_or_default()
    }

    pub(super) fn hear(&self, conversation: &ConversationId, change: impl FnOnce(&mut Heard)) {
        change(lock(&self.heard).entry(conversation.clone()).or_default());
    }

    pub(super) fn snapshot(&self, id: &ConversationId) -> Result<ConversationSnapshot, Failure> {
        let snapshot = self.sandbox().conversation(id);
        snapshot.ok_or_else(|| Failure::new(format!("the conversation {id}"), "there is none"))
    }

    /// What `find` finds in a conversation, letting time pass as long as the world's patience.
    pub(super) async fn wait<T>(
        &self,
        id: &ConversationId,
        find: impl Fn(&ConversationSnapshot) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        self.stage.settle().await?;
        let end = later(self.now(), self.patience);
        loop {
            if let Some(found) = find(&self.snapshot(id)?) {
                return Ok(Some(found));
            }
            if !self.stage.step(end).await? {
                return Ok(None);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

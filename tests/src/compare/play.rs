//! Playing a scenario: a sandbox, a bot, and consumers who answer what they are asked.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Display,
    io,
    path::Path,
    sync::Arc,
    time::Duration,
};

use jiff::SignedDuration;
use serde_json::Value;
use shipmate_sandbox::{
    ConversationSnapshot, DeliverySettings, Demo, Entry, Fault, Sandbox, Seed, View, Webhook,
};
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};
use web1on1::{ConversationId, Meta, UserId};

use super::{
    Scenario, Script, Side, Tally, Worker,
    scenario::{EVENT, MESSAGES},
    side::{Place, free_address},
    survey::{ANSWERS, GREETING},
    tally::{Answers, is_over, kept, times_told},
};
use crate::{measure::store_folder, service::SECRET};

/// A consumer who is not asked for so long leaves.
const PATIENCE: Duration = Duration::from_secs(20);

/// People take longer than this to answer; the SDK has to note its question meanwhile.
const MOMENT: Duration = Duration::from_secs(2);

/// The answers after which the bot is killed.
const KILLED_AFTER: [usize; 3] = [2, 5, 8];

/// What came of a scenario.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What is counted.
    pub tally: Tally,
    /// The answers that the variables of the first conversation keep.
    pub answers: Answers,
    /// How often the faults struck.
    pub struck: u64,
    /// The longest that the event of a consumer's message took from when it was written until it
    /// was acknowledged. What is longer than the scenario makes it is the machine's own.
    pub slowest_event: SignedDuration,
    /// The requests, by method and address.
    pub calls: BTreeMap<String, usize>,
    /// What the bot's last process wrote.
    pub log: String,
}

/// Plays `scenario` with the bot of `side`. `answers` are those that are kept when nothing goes
/// wrong; without them, none counts as wrong. At the end it is watched for `watch` whether more
/// comes.
///
/// # Errors
///
/// When the bot or the sandbox cannot be started, or the bot not once more.
pub async fn play(
    side: Side,
    scenario: &Scenario,
    answers: Option<&Answers>,
    watch: Duration,
) -> io::Result<Outcome> {
    let folder = store_folder()?;
    let world = Arc::new(World::start(side, scenario, folder.path()).await?);
    let conversations = world.open()?;
    tokio::select! {
        () = world.everybody(&conversations, watch) => {}
        error = world.worker.supervise() => return Err(error),
    }
    Ok(world.outcome(&conversations, answers))
}

struct World {
    sandbox: Sandbox,
    demo: Demo,
    worker: Worker,
    side: Side,
    scenario: Scenario,
}

impl World {
    async fn start(side: Side, scenario: &Scenario, folder: &Path) -> io::Result<Self> {
        /// What the platform documents.
        const API_RATE: u32 = 20;

        let address = free_address().await?;
        let (mut seed, demo) = Seed::demo();
        seed.instance(&demo.bot, &demo.dealer, settings(&demo, scenario));
        let webhook = Webhook::new(format!("http://{address}/webhook")).secret(SECRET);
        seed.webhook(&demo.bot, webhook);
        let sandbox = Sandbox::builder()
            .seed(seed)
            .limits(scenario.limits)
            .deliveries(DeliverySettings {
                order: scenario.order,
                ..DeliverySettings::default()
            })
            .patience(PATIENCE)
            .start()
            .await
            .map_err(io::Error::other)?;
        let place = Place {
            api_url: sandbox.url(),
            token: sandbox.bot_token(&demo.bot),
            folder,
            address,
            api_rate: API_RATE,
        };
        let settings = side.settings(scenario.script, &place)?;
        let worker = Worker::start(side, settings, address).await?;
        for fault in &scenario.faults {
            sandbox.inject(fault.clone());
        }
        Ok(Self {
            sandbox,
            demo,
            worker,
            side,
            scenario: scenario.clone(),
        })
    }

    fn open(&self) -> io::Result<Vec<ConversationId>> {
        let visitor = |number| {
            let name = format!("Visitor {number}");
            let opened = self
                .sandbox
                .open_conversation_with(&self.demo.dealer, &name);
            opened.map_err(refused)
        };
        (0..self.scenario.consumers).map(visitor).collect()
    }

    /// All consumers at once, until nothing more is to come.
    async fn everybody(self: &Arc<Self>, conversations: &[ConversationId], watch: Duration) {
        let mut consumers = JoinSet::new();
        for (number, id) in conversations.iter().cloned().enumerate() {
            let world = Arc::clone(self);
            consumers.spawn(async move { world.consumer(&id, number == 0).await });
        }
        while consumers.join_next().await.is_some() {}
        self.happens(|view| view.unfinished_deliveries() == 0).await;
        if !watch.is_zero() {
            sleep(watch).await;
        }
    }

    async fn consumer(&self, id: &ConversationId, is_first: bool) {
        match self.scenario.script {
            Script::Survey => self.answer(id, is_first && self.scenario.is_killed).await,
            Script::Echo | Script::Idle => self.chatter(id).await,
        }
    }

    /// Answers what is asked, until nothing is asked any more.
    async fn answer(&self, id: &ConversationId, is_killing: bool) {
        self.say(id, GREETING);
        let mut asked: Vec<&str> = Vec::new();
        for (place, (question, answer)) in ANSWERS.into_iter().enumerate() {
            asked.push(question);
            let times = asked.iter().filter(|other| **other == question).count();
            let is_asked = |it: &ConversationSnapshot| times_told(it, question) >= times;
            if !self.comes_to(id, is_asked).await {
                return;
            }
            self.is_noted(id).await;
            self.say(id, answer);
            if is_killing && KILLED_AFTER.contains(&place) {
                self.kill_at_work().await;
            }
        }
        let bot = self.bot_user();
        self.comes_to(id, |it| is_over(it, &bot)).await;
    }

    /// Writes so many messages at once, waits for as many answers, and goes on.
    async fn chatter(&self, id: &ConversationId) {
        let at_once = self.scenario.at_once;
        for first in (0..MESSAGES).step_by(at_once) {
            self.hold_back_one(id);
            let written = MESSAGES.min(first + at_once);
            for number in first..written {
                self.say(id, &format!("message {}", number + 1));
            }
            if !self
                .comes_to(id, |it| it.told_contact().len() >= written)
                .await
            {
                return;
            }
        }
    }

    /// The next message is overtaken by those after it.
    fn hold_back_one(&self, id: &ConversationId) {
        if let Some(behind) = self.scenario.behind {
            let fault = Fault::webhook_reorder(behind).event(EVENT).conversation(id);
            self.sandbox.inject(fault.times(1));
        }
    }

    /// Waits for the note by which the SDK knows that it asked, which it sends after the question.
    async fn is_noted(&self, id: &ConversationId) {
        if self.side == Side::Shipmate {
            return;
        }
        let is_note = |text: &str| {
            let rest = text.strip_prefix("/set _asked");
            rest.is_some_and(|rest| !rest.ends_with(' '))
        };
        let is_noted = |it: &ConversationSnapshot| {
            let from_bot = it.messages.iter().rev().find(|it| !it.is_from_contact());
            from_bot.is_some_and(|it| is_note(&it.text))
        };
        // Where the note was lost, the consumer knows nothing of it and answers.
        let _ = timeout(MOMENT, self.comes_to(id, is_noted)).await;
    }

    /// Kills the bot as soon as it makes its next request.
    async fn kill_at_work(&self) {
        let last_call = |view: &View<'_>| {
            let mut calls = view.journal().rev().filter_map(Entry::as_call);
            calls.next().map(|call| call.number)
        };
        let before = self.sandbox.look(last_call);
        let _ = timeout(MOMENT, self.happens(|view| last_call(view) > before)).await;
        self.worker.kill().await;
    }

    fn say(&self, id: &ConversationId, text: &str) {
        // The conversation exists and the text is not empty.
        let _ = self.sandbox.contact_says(id, text);
    }

    /// Whether the conversation comes to be so before the consumer's patience ends.
    async fn comes_to(
        &self,
        id: &ConversationId,
        is_so: impl Fn(&ConversationSnapshot) -> bool,
    ) -> bool {
        self.happens(|view| view.conversation(id).is_some_and(|it| is_so(&it)))
            .await
    }

    async fn happens(&self, is_so: impl FnMut(&View<'_>) -> bool) -> bool {
        self.sandbox.wait_until(is_so).await.is_ok()
    }

    fn outcome(&self, conversations: &[ConversationId], right: Option<&Answers>) -> Outcome {
        let mut tally = Tally {
            ended: self.worker.own_ends(),
            ..Tally::of_platform(&self.sandbox)
        };
        let bot = self.bot_user();
        let snapshots: Vec<_> = conversations
            .iter()
            .filter_map(|id| self.sandbox.conversation(id))
            .collect();
        for conversation in &snapshots {
            tally.add(self.scenario.script, conversation, &bot, right);
        }
        Outcome {
            tally,
            answers: snapshots.first().map(kept).unwrap_or_default(),
            struck: self.sandbox.faults().iter().map(|fault| fault.struck).sum(),
            slowest_event: self.slowest_event(&snapshots),
            calls: self.calls(),
            log: self.worker.process().log().text(),
        }
    }

    fn slowest_event(&self, conversations: &[ConversationSnapshot]) -> SignedDuration {
        let messages = conversations.iter().flat_map(|it| &it.messages);
        let written: HashMap<_, _> = messages
            .filter(|message| message.is_from_contact())
            .filter_map(|message| Some((&message.id, message.created_at?)))
            .collect();
        self.sandbox.look(|view| {
            let attempts = view.journal().filter_map(Entry::as_delivery);
            let ways = attempts.filter_map(|attempt| {
                let written = written.get(attempt.message.as_ref()?)?;
                Some(attempt.ended?.duration_since(*written))
            });
            ways.max().unwrap_or_default()
        })
    }

    fn calls(&self) -> BTreeMap<String, usize> {
        let mut calls = BTreeMap::new();
        for call in self.sandbox.calls() {
            let address = call.route.unwrap_or(call.path);
            *calls
                .entry(format!("{} {address}", call.method))
                .or_default() += 1;
        }
        calls
    }

    fn bot_user(&self) -> UserId {
        self.demo.bot.clone().into()
    }
}

fn settings(demo: &Demo, scenario: &Scenario) -> Meta {
    let mut settings: Vec<(&str, String)> = vec![
        ("company", "Harbour Motors".to_owned()),
        ("form", demo.test_drive.to_string()),
        ("agent", demo.agent.to_string()),
        ("channel", demo.channel.to_string()),
    ];
    if scenario.keeps_at_once {
        settings.push(("atOnce", "yes".to_owned()));
    }
    settings
        .into_iter()
        .map(|(key, value)| (key.to_owned(), Value::from(value)))
        .collect()
}

fn refused(refusal: impl Display) -> io::Error {
    io::Error::other(refusal.to_string())
}

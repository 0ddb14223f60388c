//! The conversation: wait until it has closed, ask, and call a person where one is wanted.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shipmate::{
    Bot, HandOver, Message, Outcome, Result, Turn,
    form::{Definition, DefinitionErrors, Locale, OnChange, Phrase, Questionnaire},
    interview::{End, Interview, Interviewer, Reminders, Step, Style},
    schedule::Timer,
    tenant::Problems,
};

use crate::{config::Config, texts::Texts};

/// The name of the timer that begins a survey.
const BEGIN: &str = "begin";

/// The field by which a consumer asks to be called back.
const CALLBACK: &str = "callback";

/// The survey bot.
#[derive(Debug)]
pub(crate) struct Survey {
    built_in: Arc<Held>,
}

/// A survey, and the questions it makes.
#[derive(Debug)]
pub(crate) struct Held {
    definition: Definition,
    questionnaire: Questionnaire,
}

/// Where a conversation stands.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct State {
    /// When the consumer was asked last.
    #[serde(default)]
    asked_at: Option<Timestamp>,
    /// The survey that is under way.
    #[serde(default)]
    open: Option<Open>,
}

/// A survey that is under way.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Open {
    interview: Interview,
    version: u32,
    /// The survey as it began, if it is to end so whatever becomes of the definition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pinned: Option<Box<Definition>>,
}

/// What is needed to hold a survey in one conversation.
struct Desk {
    held: Arc<Held>,
    style: Style,
    reminders: Reminders,
}

impl Held {
    fn new(definition: Definition) -> Result<Self, DefinitionErrors> {
        Ok(Self {
            questionnaire: Questionnaire::from_definition(&definition)?,
            definition,
        })
    }

    /// One that is written as TOML.
    pub(crate) fn read(text: &str) -> Result<Self, DefinitionErrors> {
        Self::new(Definition::from_toml(text)?)
    }
}

impl Survey {
    /// Holds this survey, where an organization has none of its own.
    pub(crate) fn new(definition: Definition) -> Result<Self, DefinitionErrors> {
        let built_in = Arc::new(Held::new(definition)?);
        Ok(Self { built_in })
    }

    async fn desk(&self, turn: &Turn<Self>) -> Result<Desk> {
        let organization = turn.organization_profile().await?;
        let config = turn.config();
        let mut style = Style::of(turn, Some(&organization), config.locale);
        style.time_zone = config.time_zone(&organization);
        Ok(Desk {
            held: Arc::clone(config.own_survey().unwrap_or(&self.built_in)),
            reminders: config.reminders(&style.time_zone),
            style,
        })
    }
}

impl Bot for Survey {
    type State = State;
    type Config = Config;

    fn check_config(config: &Config, problems: &mut Problems) {
        config.check(problems);
    }

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        let Some(open) = turn.state.open.take() else {
            // Not the bot's conversation; what comes up in it may be asked about when it closes.
            turn.cancel_timer(BEGIN);
            return turn.ignored();
        };
        let desk = self.desk(turn).await?.for_open(&open);
        desk.hear(turn, open, message);
        turn.done()
    }

    async fn on_closed(&self, turn: &mut Turn<Self>) -> Result<Outcome> {
        let config = turn.config();
        if !config.on_close || turn.state.open.is_some() || was_asked_lately(turn) {
            return turn.ignored();
        }
        let organization = turn.organization_profile().await?;
        let zone = turn.config().time_zone(&organization);
        let due = turn.config().due(turn.event().at, turn.now(), &zone);
        turn.timer(BEGIN, Timer::at(due).until_taken_over());
        turn.done()
    }

    async fn on_timer(&self, turn: &mut Turn<Self>, timer: &str) -> Result<Outcome> {
        let desk = self.desk(turn).await?;
        match turn.state.open.take() {
            Some(open) => desk.for_open(&open).wake(turn, open, timer),
            None if timer == BEGIN && !was_asked_lately(turn) => {
                let own = turn.config().greeting.clone();
                let greeting = own.unwrap_or_else(|| desk.texts().greeting.to_owned());
                desk.begin(turn, Some(&greeting));
            }
            None => return turn.ignored(),
        }
        turn.done()
    }

    /// The campaign's message was the greeting.
    async fn on_campaign(&self, turn: &mut Turn<Self>, _campaign: &str) -> Result<Outcome> {
        if turn.state.open.is_some() {
            return turn.ignored();
        }
        let desk = self.desk(turn).await?;
        desk.begin(turn, None);
        turn.done()
    }

    fn summary(&self, state: &State, locale: Locale) -> Option<String> {
        let open = state.open.as_ref()?;
        let style = Style {
            locale,
            ..Style::default()
        };
        let pinned = open.pinned.as_deref();
        let pinned = pinned.and_then(|pinned| Questionnaire::from_definition(pinned).ok());
        let questionnaire = pinned.as_ref().unwrap_or(&self.built_in.questionnaire);
        let interviewer = Interviewer::new(&open.interview.questionnaire, questionnaire, style);
        Some(interviewer.summary(&open.interview).to_string())
    }
}

fn was_asked_lately(turn: &Turn<Survey>) -> bool {
    let within = turn.config().not_again_within;
    let now = turn.now();
    let asked_at = turn.state.asked_at;
    asked_at.is_some_and(|asked_at| now.duration_since(asked_at) < within)
}

impl Desk {
    /// With the survey as it was when it began, if it is pinned and has changed since.
    fn for_open(self, open: &Open) -> Self {
        let pinned = open.pinned.as_deref();
        let changed = pinned.filter(|pinned| **pinned != self.held.definition);
        match changed.and_then(|pinned| Held::new(pinned.clone()).ok()) {
            Some(held) => Self {
                held: Arc::new(held),
                ..self
            },
            None => self,
        }
    }

    fn texts(&self) -> &'static Texts {
        Texts::of(self.style.locale)
    }

    fn interviewer(&self) -> Interviewer<'_> {
        let Definition { id, version, .. } = &self.held.definition;
        Interviewer::new(id, &self.held.questionnaire, self.style.clone())
            .reminding(&self.reminders)
            .keeping_responses(*version)
    }

    fn begin(&self, turn: &mut Turn<Survey>, greeting: Option<&str>) {
        turn.accept();
        turn.state.asked_at = Some(turn.now());
        let (interview, step) = self.interviewer().begin(turn, greeting);
        let is_pinned = self.held.definition.on_change == OnChange::Pin;
        let open = Open {
            interview,
            version: self.held.definition.version,
            pinned: is_pinned.then(|| Box::new(self.held.definition.clone())),
        };
        self.follow(turn, open, step);
    }

    fn hear(&self, turn: &mut Turn<Survey>, mut open: Open, message: &Message) {
        self.renew(turn, &mut open);
        let interviewer = self.interviewer();
        let step = interviewer.hear(turn, &mut open.interview, message);
        self.follow(turn, open, step);
    }

    fn wake(&self, turn: &mut Turn<Survey>, mut open: Open, timer: &str) {
        let step = self.interviewer().wake(turn, &mut open.interview, timer);
        self.follow(turn, open, step.unwrap_or(Step::Asked));
    }

    /// The definition has changed since the survey began.
    fn renew(&self, turn: &Turn<Survey>, open: &mut Open) {
        if open.version == self.held.definition.version {
            return;
        }
        open.version = self.held.definition.version;
        let interviewer = self.interviewer();
        match self.held.definition.on_change {
            OnChange::Restart => interviewer.restart(turn.now(), &mut open.interview),
            _ => interviewer.migrate(turn.now(), &mut open.interview),
        }
    }

    fn follow(&self, turn: &mut Turn<Survey>, open: Open, step: Step) {
        let end = match step {
            Step::Asked => {
                turn.state.open = Some(open);
                return;
            }
            Step::Ended(end) => end,
        };
        match end {
            End::Completed if self.wants_a_call(&open.interview) => {
                self.hand_over(turn, &open.interview, self.texts().callback);
            }
            End::Completed => {
                let own = turn.config().thanks.clone();
                let wording = self.held.questionnaire.wording();
                turn.say(own.unwrap_or_else(|| wording.say(Phrase::Thanks, self.style.locale)));
                turn.leave();
            }
            End::WantsPerson | End::Stuck { .. } => {
                let wording = self.held.questionnaire.wording();
                let text = wording.say(Phrase::Person, self.style.locale);
                self.hand_over(turn, &open.interview, &text);
            }
            _ => turn.leave(),
        }
    }

    fn wants_a_call(&self, interview: &Interview) -> bool {
        let values = self.held.questionnaire.values(&interview.progress);
        values.get(CALLBACK) == Some(&true.into())
    }

    fn hand_over(&self, turn: &mut Turn<Survey>, interview: &Interview, saying: &str) {
        let summary = self.interviewer().summary(interview).to_string();
        let config = turn.config();
        let mut hand_over = HandOver::to(config.handover.clone())
            .saying(saying)
            .meanwhile(self.texts().meanwhile)
            .note(summary);
        if let Some(hours) = config.hours.clone() {
            let own = config.closed.clone();
            let closed = own.unwrap_or_else(|| self.texts().closed.to_owned());
            hand_over = hand_over
                .saying_when_closed(&closed)
                .meanwhile_when_closed(closed)
                .open_during(hours, &self.style.time_zone);
        }
        turn.hand_over(hand_over);
    }
}

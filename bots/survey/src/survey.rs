//! The conversation: wait until it has closed, ask, and call a person where one is wanted.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use shipmate::{
    Bot, HandOver, Message, Outcome, Result, Turn,
    form::{Locale, Phrase},
    interview::{Edition, End, Interview, Interviewer, Reminders, Step, Style},
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
    built_in: Arc<Edition>,
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
    open: Option<Interview>,
}

/// What is needed to hold a survey in one conversation.
struct Desk {
    edition: Arc<Edition>,
    style: Style,
    reminders: Reminders,
    updates_contact: bool,
}

impl Survey {
    /// Holds this survey, where an organization has none of its own.
    pub(crate) fn new(built_in: Edition) -> Self {
        Self {
            built_in: Arc::new(built_in),
        }
    }

    async fn desk(&self, turn: &Turn<Self>) -> Result<Desk> {
        let organization = turn.organization_profile().await?;
        let config = turn.config();
        let mut style = Style::of(turn, Some(&organization), config.locale);
        style.time_zone = config.time_zone(&organization);
        let edition = config.own_survey().unwrap_or(&self.built_in);
        style.locale = edition.locale_for(style.locale);
        Ok(Desk {
            edition: Arc::clone(edition),
            updates_contact: config.update_contact,
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
        let Some(mut interview) = turn.state.open.take() else {
            // Not the bot's conversation; what comes up in it may be asked about when it closes.
            turn.cancel_timer(BEGIN);
            return turn.ignored();
        };
        let desk = self.desk(turn).await?;
        let step = desk.interviewer().hear(turn, &mut interview, message);
        desk.follow(turn, interview, step);
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
            Some(mut interview) => {
                let step = desk.interviewer().wake(turn, &mut interview, timer);
                desk.follow(turn, interview, step.unwrap_or(Step::Asked));
            }
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
        let interview = state.open.as_ref()?;
        let style = Style {
            agents: locale,
            ..Style::default()
        };
        let interviewer = Interviewer::of(&self.built_in, style);
        Some(interviewer.summary(interview).to_string())
    }
}

fn was_asked_lately(turn: &Turn<Survey>) -> bool {
    let within = turn.config().not_again_within;
    let now = turn.now();
    let asked_at = turn.state.asked_at;
    asked_at.is_some_and(|asked_at| now.duration_since(asked_at) < within)
}

impl Desk {
    fn texts(&self) -> &'static Texts {
        Texts::of(self.style.locale)
    }

    fn interviewer(&self) -> Interviewer<'_> {
        let interviewer = Interviewer::of(&self.edition, self.style.clone());
        let interviewer = interviewer.reminding(&self.reminders);
        if self.updates_contact {
            return interviewer.updating_contact();
        }
        interviewer
    }

    fn begin(&self, turn: &mut Turn<Survey>, greeting: Option<&str>) {
        turn.accept();
        turn.state.asked_at = Some(turn.now());
        let (interview, step) = self.interviewer().begin(turn, greeting);
        self.follow(turn, interview, step);
    }

    fn follow(&self, turn: &mut Turn<Survey>, interview: Interview, step: Step) {
        let end = match step {
            Step::Asked => {
                turn.state.open = Some(interview);
                return;
            }
            Step::Ended(end) => end,
        };
        let say = |phrase| self.interviewer().phrase(&interview, phrase);
        match end {
            End::Completed if self.wants_a_call(&interview) => {
                self.hand_over(turn, &interview, self.texts().callback);
            }
            End::Completed => {
                let own = turn.config().thanks.clone();
                turn.say(own.unwrap_or_else(|| say(Phrase::Thanks)));
                turn.leave();
            }
            End::WantsPerson | End::Stuck { .. } => {
                self.hand_over(turn, &interview, &say(Phrase::Person));
            }
            _ => turn.leave(),
        }
    }

    fn wants_a_call(&self, interview: &Interview) -> bool {
        let values = self.interviewer().values(interview);
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

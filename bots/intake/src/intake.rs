//! The conversation: choose a form, answer its questions, or get a person.

mod choosing;
mod ending;
mod inviting;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use shipmate::{
    Bot, Event, EventName, Message, Outcome, Result, Turn,
    form::Locale,
    interview::{Interview, Interviewer, Reminders, Step, Style},
    tenant::{OrganizationProfile, Problems},
    web1on1::FormId,
};

use crate::{
    config::Config,
    forms::{Forms, Intakeable, Wanted, Which},
    texts::Texts,
};

/// The intake bot.
#[derive(Debug, Default)]
pub(crate) struct Intake {
    forms: Forms,
}

/// How long nothing is asked after an intake has ended, unless the bot is assigned.
const QUIET: SignedDuration = SignedDuration::from_hours(1);

/// How long what a consumer says is taken as the answer to a campaign's invitation.
const INVITED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Where a conversation stands.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Stage {
    /// Nothing has been asked.
    #[default]
    New,
    /// A campaign has invited the consumer, who has not answered yet.
    Invited {
        /// When. What is said much later is no answer to it.
        since: Timestamp,
    },
    /// The consumer is choosing a form.
    Choosing(Interview),
    /// The consumer is answering a form's questions.
    Asking {
        /// The form.
        form: FormId,
        /// How far it has come.
        interview: Interview,
    },
    /// A person has the conversation. The bot goes on here when it has it back.
    Paused(Box<Stage>),
    /// Everything is answered, or a person was called.
    Ended {
        /// Since when. A word of thanks is no new request, so for a while nothing is asked.
        since: Timestamp,
    },
}

/// What is needed to hold an intake in one conversation.
struct Desk {
    forms: Arc<[Arc<Intakeable>]>,
    style: Style,
    reminders: Reminders,
    updates_contact: bool,
}

impl Bot for Intake {
    type State = Stage;
    type Config = Config;

    fn check_config(config: &Config, problems: &mut Problems) {
        config.check(problems);
    }

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        let desk = self.desk(turn).await?;
        match go_on(turn) {
            Stage::Choosing(interview) => desk.choose(turn, interview, message),
            Stage::Asking { form, interview } => match desk.form(&form) {
                Some(form) => desk.hear(turn, form, interview, message),
                // The form was archived meanwhile.
                None => desk.hand_over(turn, None),
            },
            Stage::Ended { since } if turn.now().duration_since(since) < QUIET => {
                turn.state = Stage::Ended { since };
                return turn.ignored();
            }
            Stage::Invited { since } if turn.now().duration_since(since) < INVITED => {
                desk.answer_invitation(turn, message);
            }
            _ => desk.start(turn),
        }
        turn.done()
    }

    /// The consumer's answer begins the intake, however lately another one has ended.
    async fn on_campaign(&self, turn: &mut Turn<Self>, _campaign: &str) -> Result<Outcome> {
        if matches!(
            turn.state,
            Stage::Choosing(_) | Stage::Asking { .. } | Stage::Paused(_)
        ) {
            return turn.ignored();
        }
        turn.state = Stage::Invited { since: turn.now() };
        turn.done()
    }

    async fn on_assigned(&self, turn: &mut Turn<Self>, _message: &Message) -> Result<Outcome> {
        let desk = self.desk(turn).await?;
        match turn.state {
            // Assigned while it is asking: the question stands.
            Stage::Choosing(_) | Stage::Asking { .. } => turn.accept(),
            Stage::Paused(_) => desk.resume(turn),
            Stage::New | Stage::Invited { .. } | Stage::Ended { .. } => desk.start(turn),
        }
        turn.done()
    }

    async fn on_timer(&self, turn: &mut Turn<Self>, timer: &str) -> Result<Outcome> {
        let desk = self.desk(turn).await?;
        match std::mem::take(&mut turn.state) {
            Stage::Asking { form, interview } => match desk.form(&form) {
                Some(form) => desk.wake(turn, form, interview, timer),
                None => desk.hand_over(turn, None),
            },
            Stage::Choosing(interview) => desk.wake_chooser(turn, interview, timer),
            stage => {
                turn.state = stage;
                return turn.ignored();
            }
        }
        turn.done()
    }

    async fn on_takeover(&self, turn: &mut Turn<Self>, _message: &Message) -> Result<Outcome> {
        give_way(turn)
    }

    async fn on_agent_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        if message.is_backchannel {
            return turn.ignored();
        }
        give_way(turn)
    }

    async fn on_event(&self, turn: &mut Turn<Self>, event: &Event) -> Result<Outcome> {
        if let EventName::Resource { resource, .. } = &event.name
            && resource == "form"
        {
            self.forms.forget();
        }
        turn.ignored()
    }

    fn summary(&self, stage: &Stage, locale: Locale) -> Option<String> {
        match stage {
            Stage::Paused(stage) => self.summary(stage, locale),
            Stage::Asking { form, interview } => {
                let known = self.forms.known(form)?;
                let style = Style {
                    agents: locale,
                    ..Style::default()
                };
                let interviewer = Interviewer::new(&known.form.name, &known.questionnaire, style);
                Some(interviewer.summary(interview).to_string())
            }
            _ => None,
        }
    }
}

impl Intake {
    async fn desk(&self, turn: &Turn<Self>) -> Result<Desk> {
        let organization = turn.organization_profile().await?;
        let config = turn.config();
        let wanted = Wanted {
            which: which_forms(turn, &organization),
            attempts: config.attempts,
            review: config.review,
            profile: config.ask_profile,
        };
        let forms = self
            .forms
            .offered(turn.client(), wanted, turn.now())
            .await?;
        let mut style = Style::of(turn, Some(&organization), config.locale);
        style.time_zone = config.time_zone(&organization);
        style.country = config.country.clone().or(style.country);
        Ok(Desk {
            forms,
            updates_contact: config.update_contact,
            reminders: config.reminders(&style.time_zone),
            style,
        })
    }
}

/// The forms that are set, or else those with the labels that are set, or else those of the
/// conversation's category, or else all of the organization and those above.
fn which_forms(turn: &Turn<Intake>, organization: &OrganizationProfile) -> Which {
    let config = turn.config();
    if !config.forms.is_empty() {
        return Which::These(config.forms.clone());
    }
    let conversation = turn.conversation();
    let of_category = conversation.map(|conversation| organization.forms_of(conversation));
    match of_category {
        Some(forms) if !forms.is_empty() && config.labels.is_empty() => {
            Which::These(forms.iter().map(ToString::to_string).collect())
        }
        _ => Which::Of {
            organizations: organizations(turn, organization),
            labels: config.labels.clone(),
        },
    }
}

/// The organization and those above it.
fn organizations(turn: &Turn<Intake>, organization: &OrganizationProfile) -> Vec<String> {
    let path = turn.conversation().and_then(|it| it.org_path.as_deref());
    let ids = path.unwrap_or_default().split('#');
    let ids: Vec<_> = ids.filter(|id| !id.is_empty()).map(str::to_owned).collect();
    if ids.is_empty() {
        return vec![organization.id.to_string()];
    }
    ids
}

impl Desk {
    fn form(&self, id: &FormId) -> Option<&Intakeable> {
        let mut forms = self.forms.iter();
        forms
            .find(|offered| offered.form.id == *id)
            .map(|form| &**form)
    }

    fn texts(&self) -> &'static Texts {
        Texts::of(self.style.locale)
    }

    fn interviewer<'a>(&'a self, form: &'a Intakeable) -> Interviewer<'a> {
        let interviewer =
            Interviewer::new(&form.form.name, &form.questionnaire, self.style.clone())
                .filling_in(&form.form)
                .reminding(&self.reminders);
        if self.updates_contact {
            return interviewer.updating_contact();
        }
        interviewer
    }

    /// Greets, and asks the first question: which form, or the only form's first.
    fn start(&self, turn: &mut Turn<Intake>) {
        turn.accept();
        let greeting = self.greeting(turn);
        match &*self.forms {
            [] => self.hand_over(turn, None),
            [form] => self.begin(turn, form, Some(&greeting)),
            _ => self.offer(turn, &greeting),
        }
    }

    fn greeting(&self, turn: &Turn<Intake>) -> String {
        let own = turn.config().greeting.clone();
        own.unwrap_or_else(|| self.texts().greeting.to_owned())
    }

    fn begin(&self, turn: &mut Turn<Intake>, form: &Intakeable, greeting: Option<&str>) {
        let (interview, step) = self.interviewer(form).begin(turn, greeting);
        self.follow(turn, form, interview, step);
    }

    fn hear(
        &self,
        turn: &mut Turn<Intake>,
        form: &Intakeable,
        mut interview: Interview,
        message: &Message,
    ) {
        let step = self.interviewer(form).hear(turn, &mut interview, message);
        self.follow(turn, form, interview, step);
    }

    fn wake(
        &self,
        turn: &mut Turn<Intake>,
        form: &Intakeable,
        mut interview: Interview,
        timer: &str,
    ) {
        let step = self.interviewer(form).wake(turn, &mut interview, timer);
        self.follow(turn, form, interview, step.unwrap_or(Step::Asked));
    }

    /// Asks again what was open when a person came.
    fn resume(&self, turn: &mut Turn<Intake>) {
        match go_on(turn) {
            Stage::Asking {
                form,
                mut interview,
            } => match self.form(&form) {
                Some(form) => {
                    let step = self.interviewer(form).resume(turn, &mut interview);
                    self.follow(turn, form, interview, step);
                }
                None => self.hand_over(turn, None),
            },
            _ => self.start(turn),
        }
    }

    fn follow(&self, turn: &mut Turn<Intake>, form: &Intakeable, interview: Interview, step: Step) {
        match step {
            Step::Asked => turn.state = asking(form, interview),
            Step::Ended(end) => self.end(turn, form, interview, &end),
        }
    }
}

fn asking(form: &Intakeable, interview: Interview) -> Stage {
    Stage::Asking {
        form: form.form.id.clone(),
        interview,
    }
}

/// A person talks to the consumer now. What was asked stays open.
fn give_way(turn: &mut Turn<Intake>) -> Result<Outcome> {
    if !matches!(turn.state, Stage::Choosing(_) | Stage::Asking { .. }) {
        return turn.ignored();
    }
    let stage = std::mem::take(&mut turn.state);
    turn.state = Stage::Paused(Box::new(stage));
    turn.set("intake", "taken over");
    turn.leave();
    turn.done()
}

/// Takes the stage out of the state; one that was paused goes on.
fn go_on(turn: &mut Turn<Intake>) -> Stage {
    match std::mem::take(&mut turn.state) {
        Stage::Paused(stage) => {
            turn.accept();
            turn.set("intake", "resumed");
            *stage
        }
        stage => stage,
    }
}

//! The conversation: choose a form, answer its questions, or get a person.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shipmate::{
    Action, Bot, Event, EventName, Message, NewMessage, Notify, Outcome, Result, Turn,
    form::{Buttons, Context, Input, Locale, Next, Progress, Prompt, Reply},
    web1on1::{FormId, MessageType, Touchpoint},
};

use crate::{
    config::Config,
    forms::{Forms, Intakeable},
    texts::Texts,
};

/// The intake bot.
#[derive(Debug, Default)]
pub(crate) struct Intake {
    forms: Forms,
}

/// How long nothing is asked after an intake has ended, unless the bot is assigned.
const QUIET: SignedDuration = SignedDuration::from_hours(1);

/// Where a conversation stands.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Stage {
    /// Nothing has been asked.
    #[default]
    New,
    /// The consumer is choosing a form.
    Choosing {
        /// Answers that named none.
        #[serde(default)]
        attempts: u32,
    },
    /// The consumer is answering a form's questions.
    Asking {
        /// The form.
        form: FormId,
        /// The answers so far.
        progress: Progress,
    },
    /// A person has the conversation. The bot goes on here when it has it back.
    Paused(Box<Stage>),
    /// Everything is answered, or a person was called.
    Ended {
        /// Since when. A word of thanks is no new request, so for a while nothing is asked.
        since: Timestamp,
    },
}

impl Bot for Intake {
    type State = Stage;
    type Config = Config;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        let forms = self.offered(turn).await?;
        match go_on(turn) {
            Stage::Choosing { attempts } => choose(turn, &forms, message, attempts),
            Stage::Asking { form, progress } => {
                match forms.iter().find(|offered| offered.id == form) {
                    Some(form) => answer(turn, form, progress, message),
                    // The form was archived meanwhile.
                    None => hand_over(turn, None),
                }
            }
            Stage::Ended { since } if turn.now().duration_since(since) < QUIET => {
                turn.state = Stage::Ended { since };
                return turn.ignored();
            }
            Stage::New | Stage::Paused(_) | Stage::Ended { .. } => start(turn, &forms),
        }
        turn.done()
    }

    async fn on_assigned(&self, turn: &mut Turn<Self>, _message: &Message) -> Result<Outcome> {
        let forms = self.offered(turn).await?;
        match turn.state {
            // Assigned while it is asking: the question stands.
            Stage::Choosing { .. } | Stage::Asking { .. } => turn.accept(),
            Stage::Paused(_) => match go_on(turn) {
                Stage::Asking { form, progress } => {
                    match forms.iter().find(|offered| offered.id == form) {
                        Some(form) => ask_next(turn, form, progress, None),
                        None => hand_over(turn, None),
                    }
                }
                _ => start(turn, &forms),
            },
            Stage::New | Stage::Ended { .. } => start(turn, &forms),
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
            Stage::Asking { form, progress } => {
                Some(note(&*self.forms.known(form)?, progress, locale))
            }
            _ => None,
        }
    }
}

impl Intake {
    async fn offered(&self, turn: &Turn<Self>) -> Result<Arc<[Arc<Intakeable>]>> {
        let forms = self
            .forms
            .offered(turn.client(), &turn.config().forms, turn.now())
            .await?;
        Ok(forms)
    }
}

/// Greets, and asks the first question: which form, or the only form's first.
fn start(turn: &mut Turn<Intake>, forms: &[Arc<Intakeable>]) {
    turn.accept();
    let greeting = texts(turn).greeting;
    match forms {
        [] => hand_over(turn, None),
        [form] => begin(turn, form, Some(greeting)),
        forms => {
            let question = which_form(turn, 0);
            offer(turn, &format!("{greeting}\n\n{question}"), forms, 0);
        }
    }
}

fn offer(turn: &mut Turn<Intake>, text: &str, forms: &[Arc<Intakeable>], attempts: u32) {
    turn.state = Stage::Choosing { attempts };
    let numbered = || {
        forms
            .iter()
            .zip(1..)
            .map(|(form, number)| format!("\n{number}. {}", form.name))
    };
    let (text, actions) = match buttons(turn) {
        Buttons::Shown => {
            let button = |form: &Arc<Intakeable>| Action::reply(&form.name, form.id.as_str());
            (text.to_owned(), forms.iter().map(button).collect())
        }
        Buttons::NotShown => (
            numbered().fold(text.to_owned(), |text, line| text + &line),
            Vec::new(),
        ),
    };
    turn.say(NewMessage::from(text).with_actions(actions));
}

fn choose(turn: &mut Turn<Intake>, forms: &[Arc<Intakeable>], message: &Message, attempts: u32) {
    let said = message.text.trim().to_lowercase();
    let is_meant = |(form, number): &(&Arc<Intakeable>, usize)| {
        let name = form.name.to_lowercase();
        said == form.id.as_str()
            || said == name
            || said == number.to_string()
            || (said.chars().count() >= 3 && name.contains(&said))
    };
    let mut meant = forms.iter().zip(1..).filter(is_meant);
    if let (Some((form, _)), None) = (meant.next(), meant.next()) {
        return begin(turn, form, None);
    }
    let attempts = attempts + 1;
    if attempts >= turn.config().attempts {
        return hand_over(turn, None);
    }
    let question = which_form(turn, attempts);
    offer(turn, question, forms, attempts);
}

/// The question for the form, in other words each time: the platform blocks identical messages.
fn which_form(turn: &Turn<Intake>, attempts: u32) -> &'static str {
    let wordings = texts(turn).which_form.iter().cycle();
    wordings.copied().nth(attempts as usize).unwrap_or_default()
}

fn begin(turn: &mut Turn<Intake>, form: &Intakeable, greeting: Option<&str>) {
    turn.form(form.id.clone(), &form.name);
    ask_next(turn, form, Progress::default(), greeting);
}

fn answer(turn: &mut Turn<Intake>, form: &Intakeable, mut progress: Progress, message: &Message) {
    let input = match message.kind {
        MessageType::Postback => Input::payload(&message.text),
        _ => Input::text(&message.text),
    };
    let context = Context::new(turn.now(), turn.config().time_zone(), locale(turn));
    match form.questionnaire.answer(&mut progress, &input, &context) {
        Reply::Accepted { field, value } => {
            turn.field(form.id.clone(), field, on_one_line(&value));
            ask_next(turn, form, progress, None);
        }
        Reply::Rejected { attempts, .. } if attempts >= turn.config().attempts => {
            hand_over(turn, Some((form, &progress)));
        }
        Reply::Rejected {
            field,
            reason,
            attempts,
            warning,
        } => {
            if let Some(warning) = warning {
                tracing::warn!(form = %form.id, "{warning}");
            }
            if let Some(question) = form.questionnaire.question(&field) {
                let prompt = question.reask(reason, attempts, locale(turn), buttons(turn));
                say(turn, prompt, None);
            }
            turn.state = Stage::Asking {
                form: form.id.clone(),
                progress,
            };
        }
        Reply::OutOfAttempts { .. } => hand_over(turn, Some((form, &progress))),
        _ => ask_next(turn, form, progress, None),
    }
}

fn ask_next(turn: &mut Turn<Intake>, form: &Intakeable, progress: Progress, before: Option<&str>) {
    match form.questionnaire.next(&progress) {
        Next::Question(question) => {
            let prompt = question.prompt(locale(turn), buttons(turn));
            say(turn, prompt, before);
            turn.state = Stage::Asking {
                form: form.id.clone(),
                progress,
            };
        }
        _ => complete(turn, form, &progress),
    }
}

/// Shows the consumer and the agents what was answered, and leaves.
fn complete(turn: &mut Turn<Intake>, form: &Intakeable, progress: &Progress) {
    let summary = form.questionnaire.summary(progress, locale(turn));
    let thanks = texts(turn).thanks;
    turn.say(format!("{thanks}\n\n{summary}"));
    turn.report(&form.name, form.questionnaire.values(progress));
    turn.set("intake", "complete");
    turn.leave();
    end(turn);
}

/// Calls a person, with what was answered so far, and leaves.
fn hand_over(turn: &mut Turn<Intake>, so_far: Option<(&Intakeable, &Progress)>) {
    let texts = texts(turn);
    turn.say(texts.person);
    let text = match so_far {
        None => texts.note_nothing.to_owned(),
        Some((form, progress)) => note(form, progress, locale(turn)),
    };
    turn.say(NewMessage::from(text).backchannel());
    turn.set("intake", "handed over");
    let (users, channels) = (turn.config().users.clone(), turn.config().channels.clone());
    if !users.is_empty() {
        turn.assign(users.into_iter().map(Into::into));
    }
    if !channels.is_empty() {
        turn.notify(Notify::Channels(
            channels.into_iter().map(Into::into).collect(),
        ));
    } else if turn.config().users.is_empty() {
        turn.notify(Notify::Routed);
    }
    turn.leave();
    end(turn);
}

/// The answers so far and the question that is open, for people.
fn note(form: &Intakeable, progress: &Progress, locale: Locale) -> String {
    let texts = Texts::of(locale);
    let summary = form.questionnaire.summary(progress, locale);
    let stuck = match form.questionnaire.next(progress) {
        Next::Question(question) | Next::Confirm(question, _) => question.label(locale),
        _ => "",
    };
    format!(
        "{}: {}\n{}: {stuck}\n{summary}",
        texts.note_form, form.name, texts.note_stuck
    )
}

/// A value as a field takes it; several choices stand with commas between them.
fn on_one_line(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values
            .iter()
            .map(on_one_line)
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    }
}

fn end(turn: &mut Turn<Intake>) {
    turn.state = Stage::Ended { since: turn.now() };
}

/// A person talks to the consumer now. What was asked stays open.
fn give_way(turn: &mut Turn<Intake>) -> Result<Outcome> {
    if !matches!(turn.state, Stage::Choosing { .. } | Stage::Asking { .. }) {
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

fn say(turn: &mut Turn<Intake>, prompt: Prompt, before: Option<&str>) {
    let text = match before {
        Some(before) => format!("{before}\n\n{}", prompt.text),
        None => prompt.text,
    };
    let replies = prompt
        .quick_replies
        .into_iter()
        .map(|(label, payload)| Action::reply(label, payload));
    let message = NewMessage::from(text).with_actions(replies);
    let others = prompt.variants.into_iter().map(NewMessage::from);
    turn.say_one_of(std::iter::once(message).chain(others));
}

fn locale(turn: &Turn<Intake>) -> Locale {
    let own = turn.conversation().and_then(|conversation| {
        let profile = conversation.contact.as_ref()?.get("profile")?;
        profile.get("locale")?.as_str()
    });
    turn.config().locale(own)
}

fn texts(turn: &Turn<Intake>) -> &'static Texts {
    Texts::of(locale(turn))
}

/// Text messages and e-mails have no buttons.
fn buttons(turn: &Turn<Intake>) -> Buttons {
    let touchpoint = turn
        .conversation()
        .and_then(|conversation| conversation.touchpoint.as_ref());
    match touchpoint {
        Some(Touchpoint::Sms | Touchpoint::Email) => Buttons::NotShown,
        _ => Buttons::Shown,
    }
}

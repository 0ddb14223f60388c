//! Asks the fields of a form one by one, and hands the answers to a person: as variables and as a
//! report. Run it in the sandbox: `cargo run -p examples --bin test_drive -- sandbox`

use std::process::ExitCode;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shipmate::{
    Action, Bot, Message, NewMessage, Notify, Outcome, Result, Turn,
    form::{Buttons, Context, Input, Locale, Next, Progress, Prompt, Questionnaire, Reply},
    web1on1::{ChannelId, Form, FormId, UserId},
};

struct TestDrive;

/// What an organization configures.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    company: String,
    form: FormId,
    /// Who gets the answers.
    #[serde(default)]
    agent: Option<UserId>,
    /// Where it is told that there are answers.
    #[serde(default)]
    channel: Option<ChannelId>,
    /// Whether each answer becomes a variable at once, and not all of them at the end.
    #[serde(default)]
    at_once: bool,
}

#[derive(Default, Serialize, Deserialize)]
enum Stage {
    #[default]
    New,
    /// The form stays as it was when it was begun.
    Asking {
        form: Box<Form>,
        progress: Progress,
    },
    Ended,
}

impl Bot for TestDrive {
    type State = Stage;
    type Config = Config;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        match std::mem::take(&mut turn.state) {
            Stage::New => {
                let form = turn.client().forms().get(&turn.config().form).await?;
                turn.say(format!("Welcome to {}.", turn.config().company));
                go_on(turn, Box::new(form), Progress::default());
            }
            Stage::Asking { form, progress } => answer(turn, form, progress, &message.text),
            Stage::Ended => {
                turn.state = Stage::Ended;
                return turn.ignored();
            }
        }
        turn.done()
    }
}

fn answer(turn: &mut Turn<TestDrive>, form: Box<Form>, mut progress: Progress, text: &str) {
    let questions = Questionnaire::from_form(&form).max_attempts(u32::MAX);
    let context = Context::new(turn.now(), TimeZone::UTC, Locale::En);
    match questions.answer(&mut progress, &Input::text(text), &context) {
        Reply::Accepted { field, value } | Reply::Corrected { field, value }
            if turn.config().at_once =>
        {
            keep(turn, &field, &value);
        }
        Reply::Rejected {
            field,
            reason,
            attempts,
            ..
        } => {
            if let Some(question) = questions.question(&field) {
                say(
                    turn,
                    question.reask(reason, attempts, Locale::En, Buttons::Shown),
                );
            }
            turn.state = Stage::Asking { form, progress };
            return;
        }
        _ => {}
    }
    go_on(turn, form, progress);
}

/// Asks what is next, or ends.
fn go_on(turn: &mut Turn<TestDrive>, form: Box<Form>, progress: Progress) {
    let questions = Questionnaire::from_form(&form);
    if let Next::Question(question) = questions.next(&progress) {
        say(turn, question.prompt(Locale::En, Buttons::Shown));
        turn.state = Stage::Asking { form, progress };
        return;
    }
    turn.report(&form.name, questions.values(&progress));
    turn.say("Thank you. We will get in touch with you.");
    if !turn.config().at_once {
        for (field, value) in questions.values(&progress) {
            keep(turn, &field, &value);
        }
    }
    hand_over(turn);
    turn.state = Stage::Ended;
}

fn keep(turn: &mut Turn<TestDrive>, field: &str, value: &Value) {
    let value = value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned);
    turn.set(format!("intake.{field}"), value);
}

fn hand_over(turn: &mut Turn<TestDrive>) {
    turn.set("intake", "complete");
    if let Some(agent) = turn.config().agent.clone() {
        turn.assign([agent]);
    }
    if let Some(channel) = turn.config().channel.clone() {
        turn.notify(Notify::Channels(vec![channel]));
    }
    turn.leave();
}

fn say(turn: &mut Turn<TestDrive>, prompt: Prompt) {
    let replies = prompt
        .quick_replies
        .into_iter()
        .map(|(label, payload)| Action::reply(label, payload));
    turn.say(NewMessage::from(prompt.text).with_actions(replies));
}

fn main() -> ExitCode {
    shipmate::run(TestDrive)
}

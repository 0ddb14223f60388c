//! A survey as a struct, whose answers come back in its types. Run it in the sandbox:
//! `cargo run -p examples --bin survey_struct -- sandbox`

use std::process::ExitCode;

use serde::{Deserialize, Serialize};
use shipmate::{
    App, Bot, Choices, HandOver, Message, NoConfig, Outcome, Result, Survey, Turn,
    form::{DefinitionErrors, Locale, Phrase},
    interview::{Edition, End, Interview, Interviewer, Reminders, Step, Style},
    jiff::SignedDuration,
};

#[derive(Survey, Debug)]
#[expect(
    dead_code,
    reason = "the bot looks at one field; people read all, in the note"
)]
#[survey(
    id = "visit",
    version = 1,
    on_change = "migrate",
    locales = "en nl",
    review
)]
struct Visit {
    /// How likely are you to recommend us?
    #[ask(nl = "Hoe waarschijnlijk is het dat u ons aanbeveelt?")]
    #[survey(nps, label(en = "Score", nl = "Cijfer"))]
    score: u8,
    #[ask(en = "What was your visit about?", nl = "Waar ging uw bezoek over?")]
    #[survey(label(en = "Topic", nl = "Onderwerp"))]
    topic: Topic,
    #[ask(en = "What went wrong?", nl = "Wat ging er mis?")]
    #[survey(lines, when = "score <= 6", optional)]
    reason: Option<String>,
    #[ask(en = "May we call you?", nl = "Mogen we u bellen?")]
    #[survey(when = "score <= 6")]
    callback: Option<bool>,
    #[ask(en = "On which number?", nl = "Op welk nummer?")]
    #[survey(tel, label(en = "Telephone", nl = "Telefoon"))]
    #[survey(when = "callback is yes", prefill = "profile.telephone")]
    phone: Option<String>,
}

#[derive(Choices, Debug)]
enum Topic {
    #[choice(en = "Service", nl = "Onderhoud")]
    Service,
    #[choice(en = "Tyres", nl = "Banden")]
    Tyres,
}

/// Where a conversation stands.
#[derive(Default, Serialize, Deserialize)]
struct State {
    /// What is under way.
    interview: Option<Interview>,
    /// Whoever says "thanks" then is not asked anew.
    is_over: bool,
}

struct Desk {
    visit: Edition,
    reminders: Reminders,
}

impl Bot for Desk {
    type State = State;
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        if turn.state.is_over {
            return turn.ignored();
        }
        let interviewer = self.interviewer(turn).await?;
        let (interview, step) = if let Some(mut interview) = turn.state.interview.clone() {
            let step = interviewer.hear(turn, &mut interview, message);
            (interview, step)
        } else {
            turn.accept();
            interviewer.begin(turn, Some(greeting(interviewer.style().locale)))
        };
        follow(turn, &interviewer, interview, step)
    }

    async fn on_timer(&self, turn: &mut Turn<Self>, timer: &str) -> Result<Outcome> {
        let interviewer = self.interviewer(turn).await?;
        let Some(mut interview) = turn.state.interview.clone() else {
            return turn.ignored();
        };
        match interviewer.wake(turn, &mut interview, timer) {
            Some(step) => follow(turn, &interviewer, interview, step),
            None => turn.ignored(),
        }
    }
}

impl Desk {
    async fn interviewer(&self, turn: &Turn<Self>) -> Result<Interviewer<'_>> {
        let organization = turn.organization_profile().await?;
        let style = Style::of(turn, Some(&organization), None);
        Ok(Interviewer::of(&self.visit, style).reminding(&self.reminders))
    }
}

/// What comes of a step: the next question is on its way, or it is over.
fn follow(
    turn: &mut Turn<Desk>,
    interviewer: &Interviewer<'_>,
    interview: Interview,
    step: Step,
) -> Result<Outcome> {
    let say = |phrase| interviewer.phrase(&interview, phrase);
    let hand_over = || HandOver::routed().note(interviewer.summary(&interview).to_string());
    let end = match step {
        Step::Asked => {
            turn.state.interview = Some(interview);
            return turn.done();
        }
        Step::Ended(end) => end,
    };
    match end {
        End::Completed => {
            let visit: Visit = interviewer.answers(&interview)?;
            if visit.phone.is_some() {
                turn.hand_over(hand_over().saying(say(Phrase::Thanks)));
            } else {
                turn.say(say(Phrase::Thanks));
                turn.leave();
            }
        }
        End::WantsPerson | End::Stuck { .. } => {
            turn.hand_over(hand_over().saying(say(Phrase::Person)));
        }
        // What there is to say has been said; who fell silent is told nothing.
        _ => turn.leave(),
    }
    turn.state = State {
        interview: None,
        is_over: true,
    };
    turn.done()
}

fn greeting(locale: Locale) -> &'static str {
    match locale {
        Locale::Nl => "Hallo! Een paar korte vragen:",
        _ => "Hello! A few short questions:",
    }
}

fn app() -> Result<App, DefinitionErrors> {
    let desk = Desk {
        visit: Edition::of::<Visit>()?,
        reminders: Reminders::after([SignedDuration::from_hours(4)])
            .giving_up_after(SignedDuration::from_hours(24)),
    };
    Ok(App::new("desk", desk).survey(Visit::definition()))
}

fn main() -> Result<ExitCode, DefinitionErrors> {
    Ok(app()?.run())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shipmate::testing::containing;

    use super::app;

    #[tokio::test]
    async fn a_low_score_is_called_back() {
        let world = app().unwrap().world().await;
        let ann = world.contact("Ann");
        for (says, hears) in [
            ("hi", "recommend"),
            ("4", "about"),
            ("tires", "went wrong"),
            ("The wait", "call you"),
            ("yes", "which number"),
            ("+31 20 123 4567", "1. Score: 4"),
            ("1: 5", "1. Score: 5"),
            ("yes", "Thank you"),
        ] {
            ann.says(says).await;
            ann.expects(containing(hears)).await;
        }
        ann.expects_note(containing("Telephone: +31201234567"))
            .await;
        ann.expects_report("topic", "tyres").await;
        world.finish().await;
        world.assert_exactly_once();
        world.assert_no_limit_breach();
    }

    #[tokio::test]
    async fn a_high_score_is_thanked_for_once() {
        let world = app().unwrap().world().await;
        let profile = json!({"locale": "nl"}).as_object().cloned();
        let bram = world.contact_with("Bram", profile.unwrap());
        for (says, hears) in [
            ("hallo", "Hallo! Een paar korte vragen:"),
            ("9", "Waar ging"),
            ("onderhoud", "2. Onderwerp: Onderhoud"),
            ("ja", "Hartelijk dank"),
        ] {
            bram.says(says).await;
            bram.expects(containing(hears)).await;
        }
        bram.expects_closed().await;
        bram.expects_report("score", "9").await;
        bram.says("Bedankt!").await;
        bram.expects_silence().await;
        world.assert_no_limit_breach();
    }

    #[tokio::test]
    async fn who_falls_silent_is_reminded_once() {
        let world = app().unwrap().world().await;
        let ann = world.contact("Ann");
        ann.says("hi").await;
        ann.expects(containing("recommend")).await;
        world.advance("4h").await;
        ann.expects(containing("still there")).await;
        world.advance("24h").await;
        ann.expects_silence().await;
        ann.expects_closed().await;
        world.assert_no_limit_breach();
    }
}

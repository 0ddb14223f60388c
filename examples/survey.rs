//! A survey as a struct, whose answers come back in its types. Run it in the sandbox:
//! `cargo run -p examples --bin survey_struct -- sandbox`

use std::process::ExitCode;

use shipmate::{
    App, Bot, Choices, HandOver, Message, NoConfig, Outcome, Result, Survey, Turn,
    form::DefinitionErrors,
    interview::{Edition, End, Interview, Interviewer, Step, Style},
};

#[derive(Survey, Debug)]
#[expect(dead_code, reason = "the note shows the fields by `Debug`")]
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
    #[survey(nps)]
    score: u8,
    #[ask(en = "What was your visit about?", nl = "Waar ging uw bezoek over?")]
    topic: Topic,
    #[ask(en = "What went wrong?", nl = "Wat ging er mis?")]
    #[survey(lines, when = "score <= 6", optional)]
    reason: Option<String>,
    #[ask(en = "May we call you?", nl = "Mogen we u bellen?")]
    #[survey(when = "score <= 6")]
    callback: Option<bool>,
    #[ask(en = "On which number?", nl = "Op welk nummer?")]
    #[survey(tel, when = "callback is yes", prefill = "profile.telephone")]
    phone: Option<String>,
}

#[derive(Choices, Debug)]
enum Topic {
    #[choice(en = "Service", nl = "Onderhoud")]
    Service,
    #[choice(en = "Tyres", nl = "Banden")]
    Tyres,
}

struct Desk {
    visit: Edition,
}

impl Bot for Desk {
    /// The survey that is under way.
    type State = Option<Interview>;
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        let organization = turn.organization_profile().await?;
        let style = Style::of(turn, Some(&organization), None);
        let interviewer = Interviewer::of(&self.visit, style);
        let (interview, step) = if let Some(mut interview) = turn.state.take() {
            let step = interviewer.hear(turn, &mut interview, message);
            (interview, step)
        } else {
            turn.accept();
            interviewer.begin(turn, Some("Hello! A few short questions:"))
        };
        match step {
            Step::Asked => turn.state = Some(interview),
            Step::Ended(End::Completed) => {
                let visit: Visit = interviewer.answers(&interview)?;
                if let Some(phone) = &visit.phone {
                    let saying = "Thank you. A colleague will call you.";
                    let note = format!("Call {phone}: {visit:?}");
                    turn.hand_over(HandOver::routed().saying(saying).note(note));
                } else {
                    turn.say("Thank you!");
                    turn.leave();
                }
            }
            Step::Ended(End::WantsPerson | End::Stuck { .. }) => {
                turn.hand_over(HandOver::routed().saying("Let me get a colleague."));
            }
            Step::Ended(_) => turn.leave(),
        }
        turn.done()
    }
}

fn app() -> Result<App, DefinitionErrors> {
    let visit = Edition::of::<Visit>()?;
    Ok(App::new("desk", Desk { visit }).survey(Visit::definition()))
}

fn main() -> Result<ExitCode, DefinitionErrors> {
    Ok(app()?.run())
}

#[cfg(test)]
mod tests {
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
            (
                "+31 20 123 4567",
                "1. How likely are you to recommend us? 4",
            ),
            ("1: 5", "1. How likely are you to recommend us? 5"),
            ("yes", "colleague will call"),
        ] {
            ann.says(says).await;
            ann.expects(containing(hears)).await;
        }
        ann.expects_note(containing(
            "Call +31201234567: Visit { score: 5, topic: Tyres",
        ))
        .await;
        ann.expects_report("topic", "tyres").await;
        world.finish().await;
        world.assert_exactly_once();
        world.assert_no_limit_breach();
    }

    #[tokio::test]
    async fn a_high_score_is_thanked_for() {
        let world = app().unwrap().world().await;
        let ann = world.contact("Ann");
        for says in ["hi", "9", "service", "yes"] {
            ann.says(says).await;
        }
        ann.expects_closed().await;
        ann.expects_report("score", "9").await;
        world.assert_no_limit_breach();
    }
}

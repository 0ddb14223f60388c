//! Whole interviews in a world.

mod changing;
mod ending;
mod remembering;
mod speaking;

use std::sync::{Arc, Mutex};

use jiff::SignedDuration;

use super::{Edition, End, Interview, Interviewer, Reminders, Step, Style};
use crate::{
    Bot, HandOver, Message, NoConfig, Outcome, Result, Turn,
    results::{self, Response},
    store::WhichResponses,
    testing::World,
};

/// Holds a survey, and says in a variable how it ended.
struct Surveyor {
    edition: Edition,
    reminders: Reminders,
}

impl Surveyor {
    fn interviewer(&self, style: Style) -> Interviewer<'_> {
        let interviewer = Interviewer::of(&self.edition, style);
        interviewer.reminding(&self.reminders).updating_contact()
    }

    fn follow(&self, turn: &mut Turn<Self>, interview: Interview, step: Step) {
        match step {
            Step::Asked => turn.state = Some(interview),
            Step::Ended(end) => {
                let interviewer = self.interviewer(Style::default());
                turn.set("values", interviewer.values(&interview).len().to_string());
                turn.set("end", results::End::from(&end).to_string());
                if end == End::WantsPerson {
                    let note = interviewer.summary(&interview).to_string();
                    turn.hand_over(HandOver::routed().note(note));
                }
            }
        }
    }
}

impl Bot for Surveyor {
    type State = Option<Interview>;
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        let interviewer = self.interviewer(Style::of(turn, None, None));
        let (interview, step) = match turn.state.take() {
            Some(mut interview) => {
                let step = interviewer.hear(turn, &mut interview, message);
                (interview, step)
            }
            None => interviewer.begin(turn, Some("Hello!")),
        };
        self.follow(turn, interview, step);
        turn.done()
    }

    async fn on_timer(&self, turn: &mut Turn<Self>, timer: &str) -> Result<Outcome> {
        let interviewer = self.interviewer(Style::of(turn, None, None));
        if let Some(mut interview) = turn.state.take() {
            let step = interviewer.wake(turn, &mut interview, timer);
            self.follow(turn, interview, step.unwrap_or(Step::Asked));
        }
        turn.done()
    }
}

/// A bot with a survey that can be changed.
struct Play {
    world: World,
    survey: Arc<Mutex<String>>,
}

impl Play {
    async fn of(survey: &str) -> Self {
        let survey = Arc::new(Mutex::new(survey.to_owned()));
        let read = Arc::clone(&survey);
        let make = move || Surveyor {
            edition: Edition::from_toml(&read.lock().unwrap()).unwrap(),
            reminders: Reminders::after([SignedDuration::from_hours(1)])
                .giving_up_after(SignedDuration::from_hours(2)),
        };
        let world = World::builder().bot_made_by("bot", make).await;
        Self { world, survey }
    }

    /// The bot starts again with another survey.
    async fn change(&self, survey: &str) {
        survey.clone_into(&mut self.survey.lock().unwrap());
        self.world.crash().await;
    }

    /// Somebody says things, and hears something in answer to each, or nothing.
    async fn talk(&self, name: &str, talk: &[(&str, &str)]) {
        let contact = self.world.contact(name);
        for (says, hears) in talk {
            contact.says(*says).await;
            match *hears {
                "" => contact.expects_silence().await,
                hears => contact.expects(hears).await,
            }
        }
    }

    /// What is kept, in the order in which it began.
    async fn responses(&self) -> Vec<Response> {
        let which = WhichResponses::default();
        let records = self.world.store().responses(&which, 0, 100).await.unwrap();
        records.into_iter().map(|record| record.response).collect()
    }

    async fn only_response(&self) -> Response {
        let mut responses = self.responses().await;
        assert_eq!(responses.len(), 1, "{responses:?}");
        responses.remove(0)
    }

    async fn finish(self) {
        self.world.finish().await;
        self.world.assert_exactly_once();
        self.world.assert_no_limit_breach();
    }
}

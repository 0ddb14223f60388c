//! How an intake ends.

use shipmate::{
    AfterHandOver, HandOver, Turn,
    interview::{End, Interview},
};

use super::{Desk, Intake, Stage};
use crate::{config::AfterPerson, forms::Intakeable};

impl Desk {
    pub(super) fn end(
        &self,
        turn: &mut Turn<Intake>,
        form: &Intakeable,
        interview: Interview,
        end: &End,
    ) {
        match end {
            End::Completed => self.complete(turn, form, &interview),
            End::WantsPerson | End::Stuck { .. } => self.hand_over(turn, Some((form, interview))),
            End::Cancelled => leave(turn, "cancelled"),
            End::Silent => leave(turn, "abandoned"),
            _ => leave(turn, "ended"),
        }
    }

    /// Shows the consumer what was answered, and leaves.
    fn complete(&self, turn: &mut Turn<Intake>, form: &Intakeable, interview: &Interview) {
        let summary = form
            .questionnaire
            .summary(&interview.progress, self.style.locale);
        let own = turn.config().thanks.clone();
        let thanks = own.unwrap_or_else(|| self.texts().thanks.to_owned());
        turn.say(format!("{thanks}\n\n{summary}"));
        leave(turn, "complete");
    }

    /// Calls a person, with what was answered so far, and leaves.
    pub(super) fn hand_over(
        &self,
        turn: &mut Turn<Intake>,
        so_far: Option<(&Intakeable, Interview)>,
    ) {
        let texts = self.texts();
        let config = turn.config();
        let person = config.person.clone();
        let person = person.unwrap_or_else(|| texts.person.to_owned());
        let after_person = config.after_person;
        let mut hand_over = HandOver::to(config.handover.clone())
            .saying(&person)
            .meanwhile(texts.meanwhile)
            .afterwards(match after_person {
                AfterPerson::StayOut => AfterHandOver::StayOut,
                AfterPerson::StartOver | AfterPerson::Resume => AfterHandOver::Resume,
            });
        if let Some(hours) = config.hours.clone() {
            let own = config.closed.clone();
            let closed = own.unwrap_or_else(|| texts.closed.to_owned());
            hand_over = hand_over
                .saying_when_closed(&closed)
                .meanwhile_when_closed(closed)
                .open_during(hours, &self.style.time_zone);
        }
        let note = match &so_far {
            None => texts.note_nothing.to_owned(),
            Some((form, interview)) => {
                let summary = self.interviewer(form).summary(interview);
                match turn.event().as_message() {
                    Some(event) => summary.last_words(&event.message.text).to_string(),
                    None => summary.to_string(),
                }
            }
        };
        turn.set("intake", "handed over");
        turn.hand_over(hand_over.note(note));
        turn.state = match so_far {
            Some((form, interview)) if after_person == AfterPerson::Resume => {
                Stage::Paused(Box::new(super::asking(form, interview)))
            }
            _ => Stage::Ended { since: turn.now() },
        };
    }
}

pub(super) fn leave(turn: &mut Turn<Intake>, became: &str) {
    turn.set("intake", became);
    turn.leave();
    turn.state = Stage::Ended { since: turn.now() };
}

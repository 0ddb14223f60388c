//! Taking a message, and what follows from it.

use web1on1::{Message, MessageType};

use super::{End, Interview, Interviewer, Step, renewal::Renewal};
use crate::{
    bot::Bot,
    form::{GiveUp, Input, Phrase, Question, Reply, Wish},
    turn::Turn,
};

impl Interviewer<'_> {
    /// Takes the consumer's message, and asks what is next.
    ///
    /// If the questions have changed since it was asked, the message is only taken for an answer
    /// if the question is still there and asks for the same. Otherwise the consumer is told, and
    /// asked what is open now.
    pub fn hear<B: Bot>(
        &self,
        turn: &mut Turn<B>,
        interview: &mut Interview,
        message: &Message,
    ) -> Step {
        let before = interview.progress.clone();
        let renewal = self.renew(turn.now(), interview);
        interview.reminders = 0;
        let begins_again = renewal == Renewal::Restarted && !before.is_empty();
        let news = begins_again.then_some(Phrase::Renewed);
        let earlier = self.began_with(interview);
        let it = self.holding(earlier.as_deref());
        let step = it.take(turn, interview, message, news);
        it.tell_changes(turn, &before, interview);
        it.end(turn, interview, step)
    }

    fn take<B: Bot>(
        &self,
        turn: &mut Turn<B>,
        interview: &mut Interview,
        message: &Message,
        news: Option<Phrase>,
    ) -> Step {
        let reply = self.read(turn, interview, message);
        if let Some(quota) = self.full_quota(turn, interview) {
            return self.dismiss(turn, quota);
        }
        match reply {
            Some(reply) => self.respond(turn, interview, &reply, news),
            None => self.ask_anew(turn, interview),
        }
    }

    /// What a message says; none if it answers a question that is not there any more.
    fn read<B: Bot>(
        &self,
        turn: &Turn<B>,
        interview: &mut Interview,
        message: &Message,
    ) -> Option<Reply> {
        let input = match message.kind {
            MessageType::Postback => Input::payload(&message.text),
            _ => Input::text(&message.text),
        };
        let context = self.style.context(turn.now());
        let (questionnaire, progress) = (self.questionnaire, &mut interview.progress);
        let standing = interview.standing.as_ref();
        if standing.is_some_and(|standing| !questionnaire.hold_on_to(progress, standing)) {
            return questionnaire.answer_to_none(progress, &input, &context);
        }
        let reply = questionnaire.answer(progress, &input, &context);
        self.warn(&reply);
        Some(reply)
    }

    fn respond<B: Bot>(
        &self,
        turn: &mut Turn<B>,
        interview: &mut Interview,
        reply: &Reply,
        news: Option<Phrase>,
    ) -> Step {
        match reply {
            Reply::Wants(Wish::Cancel) => {
                turn.say(self.say(Phrase::Cancelled));
                Step::Ended(End::Cancelled)
            }
            Reply::Wants(Wish::Human) => Step::Ended(End::WantsPerson),
            Reply::OutOfAttempts { field, .. } => self.give_up(turn, interview, field),
            reply => {
                let (locale, buttons) = (self.style.locale, self.style.buttons);
                let progress = &interview.progress;
                let prompt = self.questionnaire.respond(progress, reply, locale, buttons);
                let prompt = prompt.map(|prompt| match news {
                    Some(news) => prompt.after(&self.say(news)),
                    None => prompt,
                });
                self.put(turn, interview, prompt)
            }
        }
    }

    fn give_up<B: Bot>(&self, turn: &mut Turn<B>, interview: &mut Interview, field: &str) -> Step {
        let question = self.questionnaire.question(field);
        let field = field.to_owned();
        match question.map_or(GiveUp::HandOver, Question::give_up) {
            GiveUp::HandOver => Step::Ended(End::Stuck { field }),
            GiveUp::End => {
                turn.say(self.say(Phrase::GaveUp));
                Step::Ended(End::GaveUp { field })
            }
            GiveUp::Skip => {
                self.questionnaire
                    .leave_out(&mut interview.progress, &field);
                let text = self.say(Phrase::LeftOut);
                self.go_on(turn, interview, Some(&text))
            }
        }
    }

    fn warn(&self, reply: &Reply) {
        if let Reply::Rejected {
            warning: Some(warning),
            ..
        }
        | Reply::OutOfAttempts {
            warning: Some(warning),
            ..
        } = reply
        {
            tracing::warn!(questionnaire = self.name, "{warning}");
        }
    }
}

//! Asking what is next, or ending.

use super::{End, Interview, Interviewer, Step, speaking};
use crate::{
    bot::Bot,
    form::{Localized, Next, Phrase, Prompt, Quota},
    turn::Turn,
};

impl Interviewer<'_> {
    /// Asks what is next, or ends.
    pub(super) fn go_on<B: Bot>(
        &self,
        turn: &mut Turn<B>,
        interview: &mut Interview,
        before: Option<&str>,
    ) -> Step {
        let prompt = match (self.prompt(interview), before) {
            (Some(prompt), Some(before)) => Some(prompt.after(before)),
            (None, Some(before)) => {
                turn.say(before);
                None
            }
            (prompt, None) => prompt,
        };
        self.put(turn, interview, prompt)
    }

    /// Reminds of what is open. Nothing may be, if the questions have changed.
    pub(super) fn remind<B: Bot>(&self, turn: &mut Turn<B>, interview: &mut Interview) -> Step {
        let wording = self.questionnaire.wording();
        let said = interview.reminders;
        let texts = wording.in_turn(Phrase::StillThere, self.style.locale, said);
        let text = texts.into_iter().next().unwrap_or_default();
        interview.reminders += 1;
        let prompt = self.prompt(interview).map(|prompt| prompt.after(&text));
        self.put(turn, interview, prompt)
    }

    /// Asks what is open now, because what was open is not there any more.
    pub(super) fn ask_anew<B: Bot>(&self, turn: &mut Turn<B>, interview: &mut Interview) -> Step {
        let text = self.say(Phrase::Renewed);
        let prompt = self.prompt(interview).map(|prompt| prompt.after(&text));
        self.put(turn, interview, prompt)
    }

    /// Says what is asked, if anything is.
    pub(super) fn put<B: Bot>(
        &self,
        turn: &mut Turn<B>,
        interview: &mut Interview,
        prompt: Option<Prompt>,
    ) -> Step {
        let Some(prompt) = prompt else {
            return self.close(turn, interview);
        };
        self.note_asked(interview);
        speaking::say(turn, prompt);
        Step::Asked
    }

    pub(super) fn dismiss<B: Bot>(&self, turn: &mut Turn<B>, quota: &Quota) -> Step {
        self.turn_away(turn, &quota.text);
        Step::Ended(End::OverQuota(quota.name.clone()))
    }

    /// Something that is said in the conversation's language.
    pub(super) fn say(&self, phrase: Phrase) -> String {
        self.questionnaire.wording().say(phrase, self.style.locale)
    }

    fn prompt(&self, interview: &Interview) -> Option<Prompt> {
        let (locale, buttons) = (self.style.locale, self.style.buttons);
        self.questionnaire.ask(&interview.progress, locale, buttons)
    }

    /// Nothing is left to ask.
    fn close<B: Bot>(&self, turn: &mut Turn<B>, interview: &Interview) -> Step {
        match self.questionnaire.next(&interview.progress) {
            Next::ScreenedOut(rule) => {
                self.turn_away(turn, &rule.text);
                Step::Ended(End::ScreenedOut(rule.name.clone()))
            }
            _ => Step::Ended(End::Completed),
        }
    }

    fn turn_away<B: Bot>(&self, turn: &mut Turn<B>, text: &Localized) {
        match text.of(self.style.locale).trim() {
            "" => turn.say(self.say(Phrase::ScreenedOut)),
            text => turn.say(text),
        }
    }

    fn note_asked(&self, interview: &mut Interview) {
        let progress = &interview.progress;
        interview.standing = self.questionnaire.standing(progress);
        if let Next::Question(question) | Next::Confirm(question, _) =
            self.questionnaire.next(progress)
            && !interview.asked.iter().any(|asked| asked == question.name())
        {
            interview.asked.push(question.name().to_owned());
        }
    }
}

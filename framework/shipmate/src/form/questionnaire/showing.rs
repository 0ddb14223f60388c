//! What is said next.

use super::{
    super::{Answer, Buttons, Locale, Phrase, Progress, Prompt, Question, texts::Texts},
    Next, Questionnaire, Reply, Wish,
    answering::ALL_RIGHT,
};

impl Questionnaire {
    /// The message that asks for what is [next](Self::next): a question, whether what is known is
    /// right, or whether all answers are. None if there is nothing to ask.
    pub fn ask(&self, progress: &Progress, locale: Locale, buttons: Buttons) -> Option<Prompt> {
        match self.next(progress) {
            Next::Question(question) => Some(question.prompt(locale, buttons)),
            Next::Confirm(question, answer) => Some(question.confirm(&answer, locale, buttons)),
            Next::Review => Some(self.show_all(progress, locale, buttons)),
            Next::Complete | Next::ScreenedOut(_) => None,
        }
    }

    /// The message that follows a reply of [`answer`](Self::answer): what it came to, where the
    /// consumer should know, and what is asked next. None if there is nothing to ask: everything is
    /// answered, or the bot has to decide.
    pub fn respond(
        &self,
        progress: &Progress,
        reply: &Reply,
        locale: Locale,
        buttons: Buttons,
    ) -> Option<Prompt> {
        let ask = || self.ask(progress, locale, buttons);
        match reply {
            Reply::Rejected {
                field,
                reason,
                attempts,
                ..
            } => match (self.next(progress), self.question(field)) {
                (Next::Review, _) => Some(self.review_again(*attempts, locale, buttons)),
                (Next::Confirm(..), Some(question)) => {
                    let again = ask()?;
                    Some(question.complain(again, *reason, *attempts, locale))
                }
                (_, Some(question)) => Some(question.reask(*reason, *attempts, locale, buttons)),
                (_, None) => ask(),
            },
            Reply::Corrected { field, .. } => {
                Some(ask()?.after(&self.changed(progress, field, locale)))
            }
            Reply::Several { fields } => Some(ask()?.after(&self.noted(fields, locale))),
            Reply::Wants(Wish::Help) => Some(ask()?.after(&self.help(progress, locale))),
            Reply::Wants(Wish::BackTooFar) => {
                Some(ask()?.after(&self.wording.say(Phrase::BackNothing, locale)))
            }
            Reply::Wants(_) | Reply::OutOfAttempts { .. } | Reply::NothingAsked => None,
            Reply::Accepted { .. }
            | Reply::Skipped { .. }
            | Reply::Reopened { .. }
            | Reply::Confirmed => ask(),
        }
    }

    fn changed(&self, progress: &Progress, field: &str, locale: Locale) -> String {
        let line = self
            .question(field)
            .zip(progress.answer(field))
            .map(|(question, answer)| question.line(answer, locale));
        let text = self.wording.say(Phrase::Changed, locale);
        text.replace("{answer}", &line.unwrap_or_default())
    }

    fn noted(&self, fields: &[String], locale: Locale) -> String {
        let labels = fields.iter().filter_map(|field| self.question(field));
        let labels: Vec<&str> = labels.map(|question| question.label(locale)).collect();
        let text = self.wording.say(Phrase::Noted, locale);
        text.replace("{fields}", &labels.join(", "))
    }

    fn help(&self, progress: &Progress, locale: Locale) -> String {
        match self.next(progress) {
            Next::Question(question) if !question.required => {
                self.wording.say(Phrase::HelpSkip, locale)
            }
            _ => self.wording.say(Phrase::Help, locale),
        }
    }

    fn show_all(&self, progress: &Progress, locale: Locale, buttons: Buttons) -> Prompt {
        let lines = self.answered(progress).into_iter().zip(1..);
        let lines = lines.map(|((question, answer), number)| {
            format!("{number}. {}", question.line(answer, locale))
        });
        let head = self.wording.say(Phrase::Review, locale);
        let ask = self.wording.say(Phrase::ReviewAsk, locale);
        let lines: Vec<String> = lines.collect();
        Prompt {
            text: format!("{head}\n{}\n\n{ask}", lines.join("\n")),
            variants: Vec::new(),
            quick_replies: self.right_button(locale, buttons),
        }
    }

    fn review_again(&self, attempt: u32, locale: Locale, buttons: Buttons) -> Prompt {
        // The list itself is not shown again: it is long, and stands right above.
        let mut texts = self
            .wording
            .in_turn(Phrase::ReviewAgain, locale, attempt.saturating_sub(1))
            .into_iter();
        Prompt {
            text: texts.next().unwrap_or_default(),
            variants: texts.collect(),
            quick_replies: self.right_button(locale, buttons),
        }
    }

    fn right_button(&self, locale: Locale, buttons: Buttons) -> Vec<(String, String)> {
        match buttons {
            Buttons::Shown => {
                let label = self.wording.say(Phrase::Right, locale);
                vec![(label, ALL_RIGHT.to_owned())]
            }
            Buttons::NotShown => Vec::new(),
        }
    }
}

impl Question {
    /// The message that asks whether what is known is right.
    pub fn confirm(&self, known: &Answer, locale: Locale, buttons: Buttons) -> Prompt {
        let value = self.display(known, locale);
        let ask = self.wording.say(Phrase::Confirm, locale);
        let ask = ask.replace("{value}", &value);
        let yes_no = Texts::of(locale);
        let quick_replies = match buttons {
            Buttons::NotShown => Vec::new(),
            Buttons::Shown => [true, false]
                .map(|yes| (yes_no.yes_no(yes).to_owned(), self.confirm_payload(yes)))
                .to_vec(),
        };
        Prompt {
            text: format!("{}\n{ask}", self.text(locale)),
            variants: Vec::new(),
            quick_replies,
        }
    }

    fn confirm_payload(&self, yes: bool) -> String {
        let word = if yes { "yes" } else { "no" };
        format!("confirm:{}:{word}", self.name)
    }

    /// Whether a button says that what is known is right.
    pub(super) fn confirmed(&self, payload: &str) -> Option<bool> {
        [true, false]
            .into_iter()
            .find(|yes| self.confirm_payload(*yes) == payload)
    }
}

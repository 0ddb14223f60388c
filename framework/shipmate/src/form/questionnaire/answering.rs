//! Taking a message of the consumer.

use super::{
    super::{
        Answer, Context, Input, Kind, Locale, Phrase, Progress, Question, Reason, check, choice,
        fold::fold_answer,
        reason::Refusal,
        texts::{Texts, Words},
        wish, yes_no,
    },
    Next, Questionnaire, Reply, Wish,
};

/// The field under which wrong answers to *is all of this right?* are counted.
pub(super) const REVIEW: &str = "";

/// The payload of the button that finds all answers right.
pub(super) const ALL_RIGHT: &str = "review:right";

impl Questionnaire {
    /// Takes a message of the consumer: as an answer to the question that is next; as a correction
    /// of an earlier answer; as answers to several questions, where it is clear which is which; as a
    /// word such as *back* or *help*; or, if it is a pressed button, as an answer to the question
    /// under which the button stood.
    ///
    /// What was answered to questions that are not relevant any more is dropped.
    pub fn answer(&self, progress: &mut Progress, input: &Input<'_>, context: &Context) -> Reply {
        let reply = self.take(progress, input, context);
        self.prune(progress);
        reply
    }

    fn take(&self, progress: &mut Progress, input: &Input<'_>, context: &Context) -> Reply {
        if let Some(reply) = self.pressed(progress, input, context) {
            return reply;
        }
        let text = written(input);
        match self.next(progress) {
            Next::Complete | Next::ScreenedOut(_) => Reply::NothingAsked,
            Next::Review => self.review(progress, text, context),
            Next::Confirm(question, known) => {
                self.confirm(progress, question, &known, text, context)
            }
            Next::Question(question) => self.reply_to(progress, question, text, context),
        }
    }

    fn reply_to(
        &self,
        progress: &mut Progress,
        question: &Question,
        text: &str,
        context: &Context,
    ) -> Reply {
        if choice::named(&question.choices, text).is_some() {
            return self.take_as_answer(progress, question, text, context);
        }
        let wants_to_skip = self.is_skip(question, text);
        if wants_to_skip && !question.required {
            return skip(progress, question);
        }
        if wants_to_skip {
            return self.refuse(progress, question, Reason::ValueMissing.into());
        }
        if let Some(reply) = self.wish(progress, Some(question), text) {
            return reply;
        }
        if let Some(reply) = self.correction(progress, Some(question), text, context) {
            return reply;
        }
        let whole = check::check(question, text, context);
        let is_free = matches!(question.kind, Kind::Text | Kind::Lines);
        if (is_free || whole.is_err())
            && let Some(reply) = self.several(progress, question, text, context)
        {
            return reply;
        }
        match whole {
            Ok(answer) => self.accept(progress, question, answer),
            Err(refusal) => self.refuse(progress, question, refusal),
        }
    }

    /// Whether what is known is right, or what is.
    fn confirm(
        &self,
        progress: &mut Progress,
        question: &Question,
        known: &Answer,
        text: &str,
        context: &Context,
    ) -> Reply {
        if self.is_skip(question, text) && !question.required {
            return skip(progress, question);
        }
        if let Some(reply) = self.wish(progress, Some(question), text) {
            return reply;
        }
        // A choice called *right* is an answer, one called *yes* may be either.
        let said = match choice::named(&question.choices, text) {
            Some(_) => yes_no::plain(text),
            None => yes_no::read(text),
        };
        match said {
            Some(true) => return self.accept(progress, question, known.clone()),
            Some(false) => return reopen(progress, question),
            None => {}
        }
        if let Some(reply) = self.correction(progress, Some(question), text, context) {
            return reply;
        }
        self.take_as_answer(progress, question, text, context)
    }

    fn take_as_answer(
        &self,
        progress: &mut Progress,
        question: &Question,
        text: &str,
        context: &Context,
    ) -> Reply {
        match check::check(question, text, context) {
            Ok(answer) => self.accept(progress, question, answer),
            Err(refusal) => self.refuse(progress, question, refusal),
        }
    }

    /// Whether a message asks to leave the question out, be it with the words on the button.
    fn is_skip(&self, question: &Question, text: &str) -> bool {
        let is_none =
            || question.kind == Kind::SeveralOf && choice::is_none(&question.choices, text);
        check::is_skip(question, text)
            || !question.required && (self.is_button(Phrase::SkipButton, text) || is_none())
    }

    /// Whether a message is what a button says. Its text is all that some channels send.
    fn is_button(&self, phrase: Phrase, text: &str) -> bool {
        let text = fold_answer(text);
        let mut labels = Locale::ALL.into_iter();
        !text.is_empty()
            && labels.any(|locale| fold_answer(&self.wording.say(phrase, locale)) == text)
    }

    /// Whether all answers are right, or which one is not.
    fn review(&self, progress: &mut Progress, text: &str, context: &Context) -> Reply {
        if let Some(reply) = self.wish(progress, None, text) {
            return reply;
        }
        if yes_no::read(text) == Some(true) || self.is_button(Phrase::Right, text) {
            progress.review();
            return Reply::Confirmed;
        }
        if let Some(reply) = self.numbered(progress, text, context) {
            return reply;
        }
        if let Some(reply) = self.correction(progress, None, text, context) {
            return reply;
        }
        let attempts = progress.count_attempt(REVIEW);
        rejected(REVIEW, attempts, self.max_attempts, Reason::BadInput.into())
    }

    pub(super) fn wish(
        &self,
        progress: &mut Progress,
        question: Option<&Question>,
        text: &str,
    ) -> Option<Reply> {
        if question.is_some_and(|question| choice::named(&question.choices, text).is_some()) {
            return None;
        }
        if is_one_of(text, |words| words.back) {
            let latest = progress.latest().and_then(|field| self.question(field));
            let Some(question) = latest else {
                return Some(Reply::Wants(Wish::BackTooFar));
            };
            return Some(reopen(progress, question));
        }
        let wish = if is_one_of(text, |words| words.help) {
            Wish::Help
        } else if is_one_of(text, |words| words.human) {
            Wish::Human
        } else if is_one_of(text, |words| words.cancel) {
            Wish::Cancel
        } else {
            let may_be_text =
                question.is_some_and(|asked| matches!(asked.kind, Kind::Text | Kind::Lines));
            wish::of(text, may_be_text)?
        };
        Some(Reply::Wants(wish))
    }

    pub(super) fn pressed(
        &self,
        progress: &mut Progress,
        input: &Input<'_>,
        context: &Context,
    ) -> Option<Reply> {
        let payload = input.payload.unwrap_or(input.text).trim();
        if payload == ALL_RIGHT && matches!(self.next(progress), Next::Review) {
            progress.review();
            return Some(Reply::Confirmed);
        }
        let relevant = self.relevant(progress);
        relevant.into_iter().find_map(|question| {
            if !question.required && question.skip_payload() == payload {
                return Some(skip(progress, question));
            }
            let known = progress.proposal(&question.name);
            if let (Some(known), Some(is_right)) = (known, question.confirmed(payload)) {
                let known = known.clone();
                return Some(if is_right {
                    self.accept(progress, question, known)
                } else {
                    reopen(progress, question)
                });
            }
            let answer = question.pressed(payload, context.locale)?;
            // A button that is pressed twice changes nothing.
            let before = progress.answer(&question.name).map(|before| &before.value);
            let is_other = before.is_some_and(|before| *before != answer.value);
            Some(if is_other || progress.is_skipped(&question.name) {
                correct(progress, question, answer)
            } else {
                self.accept(progress, question, answer)
            })
        })
    }

    /// Takes an answer. It is a change if the consumer wanted to give another one, and has answered
    /// later questions since.
    pub(super) fn accept(
        &self,
        progress: &mut Progress,
        question: &Question,
        answer: Answer,
    ) -> Reply {
        let is_other = progress.reopened() == Some(question.name());
        if is_other && self.has_gone_past(progress, question) {
            return correct(progress, question, answer);
        }
        let (field, value) = (question.name.clone(), answer.value.clone());
        progress.record(&field, answer);
        Reply::Accepted { field, value }
    }

    /// Whether a later question is answered.
    fn has_gone_past(&self, progress: &Progress, question: &Question) -> bool {
        let later = self.questions.iter();
        let mut later = later
            .skip_while(|other| other.name != question.name)
            .skip(1);
        later
            .any(|later| progress.answer(&later.name).is_some() || progress.is_skipped(&later.name))
    }

    pub(super) fn refuse(
        &self,
        progress: &mut Progress,
        question: &Question,
        refusal: Refusal,
    ) -> Reply {
        let attempts = progress.count_attempt(&question.name);
        let most = question.attempts.unwrap_or(self.max_attempts);
        rejected(&question.name, attempts, most, refusal)
    }
}

fn rejected(field: &str, attempts: u32, most: u32, refusal: Refusal) -> Reply {
    let field = field.to_owned();
    let Refusal { reason, warning } = refusal;
    if attempts >= most {
        return Reply::OutOfAttempts {
            field,
            reason,
            attempts,
            warning,
        };
    }
    Reply::Rejected {
        field,
        reason,
        attempts,
        warning,
    }
}

/// Whether the whole message is one of these words, in any language.
fn is_one_of(text: &str, words: impl Fn(&Words) -> &[&'static str]) -> bool {
    let folded = fold_answer(text);
    let is_mark = text.trim() == "?";
    Texts::all().any(|texts| {
        let words = words(&texts.words);
        words.contains(&folded.as_str()) || is_mark && words.contains(&"?")
    })
}

/// What was written. A button that no question knows (any more) says nothing but its label.
pub(super) fn written<'a>(input: &Input<'a>) -> &'a str {
    match input.payload {
        Some(payload) if is_button(payload) && input.text == payload => "",
        Some(payload) if !is_button(payload) && input.text.trim().is_empty() => payload,
        _ => input.text,
    }
}

fn is_button(payload: &str) -> bool {
    ["answer:", "skip:", "confirm:", "review:"]
        .iter()
        .any(|start| payload.starts_with(start))
}

pub(super) fn correct(progress: &mut Progress, question: &Question, answer: Answer) -> Reply {
    let (field, value) = (question.name.clone(), answer.value.clone());
    progress.record(&field, answer);
    Reply::Corrected { field, value }
}

pub(super) fn reopen(progress: &mut Progress, question: &Question) -> Reply {
    let field = question.name.clone();
    progress.reopen(&field);
    Reply::Reopened { field }
}

fn skip(progress: &mut Progress, question: &Question) -> Reply {
    let field = question.name.clone();
    progress.skip(&field);
    Reply::Skipped { field }
}

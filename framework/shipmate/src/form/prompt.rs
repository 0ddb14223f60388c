//! Questions as messages.

mod complaint;

use super::{
    Answer, Choice, Kind, Locale, Moment, Question, choice, decimal::Decimal, fold, moment, number,
    question::Bounds, texts::Texts,
};

/// More would not be a choice at a glance; the web widget also stops at ten (web widget
/// capabilities).
const MOST_QUICK_REPLIES: usize = 10;

/// Whether the consumer's channel shows buttons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Buttons {
    /// Offer buttons.
    Shown,
    /// Put everything into the text, as for SMS and e-mail.
    NotShown,
}

/// A question as a message, in plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The message.
    pub text: String,
    /// The same in other words, for [`Turn::say_one_of`](crate::Turn::say_one_of).
    pub variants: Vec<String>,
    /// Label and payload of each button, in order.
    pub quick_replies: Vec<(String, String)>,
}

impl Question {
    /// The message that asks this question for the first time.
    pub fn prompt(&self, locale: Locale, buttons: Buttons) -> Prompt {
        let quick_replies = match buttons {
            Buttons::Shown => self.quick_replies(locale),
            Buttons::NotShown => Vec::new(),
        };
        let is_listed = quick_replies.is_empty();
        let mut lines = vec![self.label.clone()];
        if is_listed {
            lines.extend(self.list());
        }
        lines.extend(self.hint(locale, is_listed));
        if !self.required {
            lines.push(Texts::of(locale).hints.skip.to_owned());
        }
        Prompt {
            text: lines.join("\n"),
            variants: Vec::new(),
            quick_replies,
        }
    }

    /// An answer to this question on one line, as a person of that language reads it.
    pub(super) fn display(&self, answer: &Answer, locale: Locale) -> String {
        let text = match self.kind {
            Kind::YesNo => answer
                .value
                .as_bool()
                .map(|yes| Texts::of(locale).yes_no(yes).to_owned()),
            Kind::Number if answer.value.is_number() => {
                Some(number::display(&answer.value.to_string(), locale))
            }
            Kind::Moment(what) => answer
                .value
                .as_str()
                .map(|value| moment::display(what, value, locale)),
            _ => None,
        };
        fold::collapse(&text.unwrap_or_else(|| answer.text().to_owned()))
    }

    /// The answer that a button of this question gives.
    pub(super) fn pressed(&self, payload: &str, locale: Locale) -> Option<Answer> {
        let is_pressed = |choice: &&Choice| self.payload(choice) == payload;
        match self.kind {
            Kind::YesNo => {
                let [yes, no] = yes_no_choices(locale);
                let said = [(true, &yes), (false, &no)];
                let (value, choice) = said.into_iter().find(|(_, choice)| is_pressed(choice))?;
                Some(Answer::new(value, choice.label.clone()))
            }
            Kind::SeveralOf => {
                let choice = self.choices.iter().find(is_pressed)?;
                Some(choice::answer_several(&self.choices, &[choice]))
            }
            _ => self.choices.iter().find(is_pressed).map(choice::answer_one),
        }
    }

    fn quick_replies(&self, locale: Locale) -> Vec<(String, String)> {
        let yes_no = yes_no_choices(locale);
        let choices: &[Choice] = match self.kind {
            Kind::YesNo => &yes_no,
            // A button is an answer, so with buttons nobody could give more than one.
            Kind::SeveralOf => &[],
            _ => &self.choices,
        };
        let is_short = (1..=MOST_QUICK_REPLIES).contains(&choices.len());
        let choices = if is_short { choices } else { &[] };
        let mut replies: Vec<_> = choices
            .iter()
            .map(|choice| (choice.label.clone(), self.payload(choice)))
            .collect();
        if is_short && !self.required && replies.len() < MOST_QUICK_REPLIES {
            let label = Texts::of(locale).hints.skip_button;
            replies.push((label.to_owned(), self.skip_payload()));
        }
        replies
    }

    /// The choices, one a line, numbered where a number is an answer.
    fn list(&self) -> Vec<String> {
        let choices = self.choices.iter().zip(1..);
        if self.is_numbered() {
            choices
                .map(|(choice, number)| format!("{number}. {}", choice.label))
                .collect()
        } else {
            choices
                .map(|(choice, _)| format!("• {}", choice.label))
                .collect()
        }
    }

    fn is_numbered(&self) -> bool {
        self.kind != Kind::Text && choice::are_numbered(&self.choices)
    }

    fn hint(&self, locale: Locale, is_listed: bool) -> Option<String> {
        let hints = &Texts::of(locale).hints;
        let hint = match self.kind {
            Kind::Text if self.rules.stands_for_date => hints.date,
            Kind::Number => return Some(self.number_hint(locale)),
            Kind::SeveralOf if self.is_numbered() => hints.several_numbered,
            Kind::SeveralOf => hints.several_listed,
            Kind::OneOf | Kind::YesNo if !is_listed => return None,
            Kind::OneOf if self.is_numbered() => hints.numbered,
            Kind::OneOf => hints.listed,
            Kind::YesNo => hints.yes_no,
            Kind::Text | Kind::Lines => return None,
            Kind::Email => hints.email,
            Kind::Tel => hints.tel,
            Kind::Url => hints.url,
            Kind::File => hints.file,
            Kind::Color => hints.color,
            Kind::Moment(Moment::Date) => hints.date,
            Kind::Moment(Moment::Time) => hints.time,
            Kind::Moment(Moment::DateTime) => hints.date_time,
            Kind::Moment(Moment::Month) => hints.month,
            Kind::Moment(Moment::Week) => hints.week,
        };
        Some(hint.to_owned())
    }

    fn number_hint(&self, locale: Locale) -> String {
        let hints = &Texts::of(locale).hints;
        let hint = match (&self.rules.number.min, &self.rules.number.max) {
            (None, None) => hints.number,
            (Some(_), None) => hints.number_from,
            (None, Some(_)) => hints.number_to,
            (Some(_), Some(_)) => hints.number_between,
        };
        let Bounds { min, max } = self.limits(locale);
        hint.replace("{min}", &min.unwrap_or_default())
            .replace("{max}", &max.unwrap_or_default())
    }

    /// The limits of a number or a moment as they are shown.
    fn limits(&self, locale: Locale) -> Bounds<String> {
        if let Kind::Moment(what) = self.kind {
            let show = |value: &String| moment::display(what, value, locale);
            return self.rules.moment.map(show);
        }
        let show = |number: &Decimal| number::display(&number.to_string(), locale);
        self.rules.number.map(show)
    }
}

fn yes_no_choices(locale: Locale) -> [Choice; 2] {
    let texts = Texts::of(locale);
    [("yes", true), ("no", false)].map(|(key, yes)| Choice::new(key, texts.yes_no(yes)))
}

//! Questions as messages.

mod complaint;

use serde_json::Value;

use super::{
    Answer, Choice, Kind, Locale, Measure, Moment, Phrase, Question, choice, decimal::Decimal,
    fold, moment, number, question::Bounds, scale, texts::Texts,
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

impl Prompt {
    /// The same with something said before it.
    #[must_use]
    pub fn after(self, text: &str) -> Self {
        let joined = |rest: &String| format!("{text}\n\n{rest}");
        Self {
            text: joined(&self.text),
            variants: self.variants.iter().map(joined).collect(),
            quick_replies: self.quick_replies,
        }
    }
}

impl Question {
    /// The message that asks this question for the first time.
    pub fn prompt(&self, locale: Locale, buttons: Buttons) -> Prompt {
        let quick_replies = match buttons {
            Buttons::Shown => self.quick_replies(locale),
            Buttons::NotShown => Vec::new(),
        };
        let is_listed = quick_replies.is_empty();
        let mut lines = vec![self.text(locale).to_owned()];
        if is_listed {
            lines.extend(self.list(locale));
        }
        lines.extend(self.hint(locale, is_listed));
        if !self.required {
            lines.push(self.wording.say(Phrase::HintSkip, locale));
        }
        Prompt {
            text: lines.join("\n"),
            variants: Vec::new(),
            quick_replies,
        }
    }

    /// Label and answer on one line.
    pub(super) fn line(&self, answer: &Answer, locale: Locale) -> String {
        let label = self.label(locale);
        // A label that is a question needs no colon.
        let colon = if label.ends_with(['?', ':', '.']) {
            " "
        } else {
            Texts::of(locale).colon
        };
        format!("{label}{colon}{}", self.display(answer, locale))
    }

    /// An answer to this question on one line, as a person of that language reads it.
    pub(crate) fn display(&self, answer: &Answer, locale: Locale) -> String {
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
            Kind::OneOf | Kind::SeveralOf | Kind::Ranking => self.labels(answer, locale),
            Kind::Scale { .. } if self.measure == Some(Measure::Stars) => {
                let stars = answer
                    .value
                    .as_u64()
                    .and_then(|stars| stars.try_into().ok());
                stars.map(|stars| "★".repeat(stars))
            }
            Kind::Scale { .. } => Some(answer.value.to_string()),
            _ => None,
        };
        fold::collapse(&text.unwrap_or_else(|| answer.text().to_owned()))
    }

    /// The labels of what was chosen, if all of it is (still) to be chosen.
    fn labels(&self, answer: &Answer, locale: Locale) -> Option<String> {
        let label = |key: &Value| {
            let mut choices = self.choices.iter();
            let choice = choices.find(|choice| *key == choice.key)?;
            Some(choice.label(locale))
        };
        match &answer.value {
            Value::Array(keys) => {
                let labels: Option<Vec<_>> = keys.iter().map(label).collect();
                labels.map(|labels| labels.join(", "))
            }
            key => label(key).map(str::to_owned),
        }
    }

    /// The answer that a button of this question gives.
    pub(super) fn pressed(&self, payload: &str, locale: Locale) -> Option<Answer> {
        let is_pressed = |choice: &&Choice| self.payload(choice) == payload;
        match self.kind {
            Kind::YesNo => {
                let [yes, no] = yes_no_choices(locale);
                let said = [(true, &yes), (false, &no)];
                let (value, choice) = said.into_iter().find(|(_, choice)| is_pressed(choice))?;
                Some(Answer::new(value, choice.label(locale)))
            }
            Kind::SeveralOf => {
                let choice = self.choices.iter().find(is_pressed)?;
                Some(choice::answer_several(&self.choices, &[choice], locale))
            }
            Kind::Scale { from, to } => {
                let mut numbers = from..=to;
                let number = numbers.find(|number| self.scale_payload(*number) == payload)?;
                Some(scale::answer(self, number))
            }
            Kind::Ranking => None,
            _ => {
                let choice = self.choices.iter().find(is_pressed)?;
                Some(choice::answer_one(choice, locale))
            }
        }
    }

    fn scale_payload(&self, number: u8) -> String {
        format!("answer:{}:{number}", self.name)
    }

    fn quick_replies(&self, locale: Locale) -> Vec<(String, String)> {
        let mut replies = self.answers_to_press(locale);
        let is_short = (1..=MOST_QUICK_REPLIES).contains(&replies.len());
        if !is_short {
            replies.clear();
        } else if !self.required && replies.len() < MOST_QUICK_REPLIES {
            let label = self.wording.say(Phrase::SkipButton, locale);
            replies.push((label, self.skip_payload()));
        }
        replies
    }

    fn answers_to_press(&self, locale: Locale) -> Vec<(String, String)> {
        let yes_no = yes_no_choices(locale);
        let choices: &[Choice] = match self.kind {
            Kind::Scale { from, to } => {
                let button = |number| {
                    let label = scale::shown(self, number);
                    (label, self.scale_payload(number))
                };
                return (from..=to).map(button).collect();
            }
            Kind::YesNo => &yes_no,
            // A button is an answer, so with buttons nobody could give more than one.
            Kind::SeveralOf | Kind::Ranking => &[],
            _ => &self.choices,
        };
        choices
            .iter()
            .map(|choice| (choice.label(locale).to_owned(), self.payload(choice)))
            .collect()
    }

    /// The choices, one a line, numbered where a number is an answer.
    fn list(&self, locale: Locale) -> Vec<String> {
        let choices = self.choices.iter().zip(1..);
        let is_numbered = self.is_numbered();
        choices
            .map(|(choice, number)| {
                let label = choice.label(locale);
                if is_numbered {
                    format!("{number}. {label}")
                } else {
                    format!("• {label}")
                }
            })
            .collect()
    }

    fn is_numbered(&self) -> bool {
        self.kind != Kind::Text && choice::are_numbered(&self.choices)
    }

    fn hint(&self, locale: Locale, is_listed: bool) -> Option<String> {
        if let Some(hint) = &self.hint {
            return Some(hint.of(locale).to_owned()).filter(|hint| !hint.is_empty());
        }
        let phrase = self.hint_phrase(is_listed)?;
        let Bounds { min, max } = self.limits(locale);
        let [least, most] = match &self.rules.ends {
            Some(ends) => ends.each_ref().map(|end| end.of(locale)),
            None => [""; 2],
        };
        let hint = self.wording.say(phrase, locale);
        let hint = hint
            .replace("{min}", &min.unwrap_or_default())
            .replace("{max}", &max.unwrap_or_default())
            .replace("{example}", &self.example(locale))
            .replace("{least}", least)
            .replace("{most}", most);
        Some(hint)
    }

    /// A date or time that is an answer.
    fn example(&self, locale: Locale) -> String {
        let what = match self.kind {
            Kind::Moment(what) => what,
            _ => Moment::Date,
        };
        moment::example(what, &self.rules.moment, locale)
    }

    fn hint_phrase(&self, is_listed: bool) -> Option<Phrase> {
        Some(match self.kind {
            Kind::Text if self.rules.stands_for_date => Phrase::HintDate,
            Kind::Number => match (&self.rules.number.min, &self.rules.number.max) {
                (None, None) => Phrase::HintNumber,
                (Some(_), None) => Phrase::HintNumberFrom,
                (None, Some(_)) => Phrase::HintNumberTo,
                (Some(_), Some(_)) => Phrase::HintNumberBetween,
            },
            Kind::Scale { .. } if self.rules.ends.is_some() => Phrase::HintScale,
            Kind::Ranking if self.is_numbered() => Phrase::HintRanking,
            Kind::Ranking => Phrase::HintRankingListed,
            Kind::SeveralOf if self.is_numbered() => Phrase::HintSeveralNumbered,
            Kind::SeveralOf => Phrase::HintSeveralListed,
            Kind::OneOf | Kind::YesNo | Kind::Scale { .. } if !is_listed => return None,
            Kind::Scale { .. } if self.measure == Some(Measure::Stars) => Phrase::HintStars,
            Kind::Scale { .. } => Phrase::HintScalePlain,
            Kind::OneOf if self.is_numbered() => Phrase::HintNumbered,
            Kind::OneOf => Phrase::HintListed,
            Kind::YesNo => Phrase::HintYesNo,
            Kind::Text | Kind::Lines => return None,
            Kind::Email => Phrase::HintEmail,
            Kind::Tel => Phrase::HintTel,
            Kind::Url => Phrase::HintUrl,
            Kind::File => Phrase::HintFile,
            Kind::Color => Phrase::HintColor,
            Kind::Moment(Moment::Date) => Phrase::HintDate,
            Kind::Moment(Moment::Time) => Phrase::HintTime,
            Kind::Moment(Moment::DateTime) => Phrase::HintDateTime,
            Kind::Moment(Moment::Month) => Phrase::HintMonth,
            Kind::Moment(Moment::Week) => Phrase::HintWeek,
        })
    }

    /// The limits of a number or a moment as they are shown.
    fn limits(&self, locale: Locale) -> Bounds<String> {
        if let Kind::Moment(what) = self.kind {
            return self.rules.moment.map(|limit| limit.display(what, locale));
        }
        if let Kind::Scale { from, to } = self.kind {
            return Bounds {
                min: Some(from.to_string()),
                max: Some(to.to_string()),
            };
        }
        let show = |number: &Decimal| number::display(&number.to_string(), locale);
        self.rules.number.map(show)
    }
}

fn yes_no_choices(locale: Locale) -> [Choice; 2] {
    let texts = Texts::of(locale);
    [("yes", true), ("no", false)].map(|(key, yes)| Choice::new(key, texts.yes_no(yes)))
}

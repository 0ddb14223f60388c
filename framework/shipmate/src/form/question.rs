//! One question: what it asks for and what counts as an answer.

mod source;
pub(crate) use source::value_at;
pub use source::{Known, Source, UnknownSource};

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Answer, Condition, Locale, Localized,
    choice::Choice,
    decimal::Decimal,
    measure::Measure,
    moment::{Limit, Moment},
    pattern::{self, Pattern},
    wording::Wording,
};

/// In characters. More than anybody writes in a chat; a message beyond it is not an answer.
pub(super) const LONGEST_ANSWER: usize = 10_000;

/// A question of a [`Questionnaire`](super::Questionnaire).
#[derive(Debug, Clone)]
pub struct Question {
    pub(super) name: String,
    pub(super) text: Localized,
    /// What it is called; its text, if nothing.
    pub(super) label: Option<Localized>,
    pub(super) kind: Kind,
    pub(super) required: bool,
    pub(super) choices: Vec<Choice>,
    pub(super) rules: Rules,
    /// Shown below the text instead of our own hint.
    pub(super) hint: Option<Localized>,
    pub(super) when: Option<Condition>,
    pub(super) source: Option<Source>,
    pub(super) attempts: Option<u32>,
    pub(super) give_up: GiveUp,
    pub(super) measure: Option<Measure>,
    pub(super) wording: Arc<Wording>,
}

/// What becomes of a question that was answered wrongly too often.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GiveUp {
    /// A person is called.
    #[default]
    HandOver,
    /// It is left out, and the next question is asked.
    Skip,
    /// The conversation ends; what was answered is kept.
    End,
}

/// What a question takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A line of text. Choices, if any, are suggestions.
    Text,
    /// Several lines of text.
    Lines,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Tel,
    /// An address of the web.
    Url,
    /// A file, given by its address: that is how the platform passes on what consumers send.
    File,
    /// A number.
    Number,
    /// A date, time, month or week.
    Moment(Moment),
    /// A color as `#rrggbb`.
    Color,
    /// Yes or no.
    YesNo,
    /// One of the choices.
    OneOf,
    /// One or more of the choices.
    SeveralOf,
    /// Every choice, the most liked first.
    Ranking,
    /// A whole number on a scale, such as 0 to 10.
    Scale {
        /// The lowest number.
        from: u8,
        /// The highest number.
        to: u8,
    },
}

/// The rules an answer is checked against. Each kind of question uses its own part of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Rules {
    pub(super) pattern: Option<Pattern>,
    /// In UTF-16 code units, as HTML counts.
    pub(super) length: Bounds<usize>,
    pub(super) number: Bounds<Decimal>,
    pub(super) step: Option<Decimal>,
    pub(super) moment: Bounds<Limit>,
    /// The text stands for a date, so that one may also be given in other words.
    pub(super) stands_for_date: bool,
    /// What the lowest and the highest number of a scale mean.
    pub(super) ends: Option<[Localized; 2]>,
}

/// The least and the most that are allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bounds<T> {
    pub(super) min: Option<T>,
    pub(super) max: Option<T>,
}

impl<T> Default for Bounds<T> {
    fn default() -> Self {
        Self {
            min: None,
            max: None,
        }
    }
}

impl<T: PartialOrd> Bounds<T> {
    pub(super) fn is_below(&self, value: &T) -> bool {
        self.min.as_ref().is_some_and(|min| value < min)
    }

    pub(super) fn is_above(&self, value: &T) -> bool {
        self.max.as_ref().is_some_and(|max| value > max)
    }

    pub(super) fn map<U>(&self, show: impl Fn(&T) -> U) -> Bounds<U> {
        Bounds {
            min: self.min.as_ref().map(&show),
            max: self.max.as_ref().map(&show),
        }
    }

    /// Whether nothing lies between the bounds.
    pub(super) fn is_empty(&self) -> bool {
        matches!((&self.min, &self.max), (Some(min), Some(max)) if min > max)
    }
}

impl Question {
    pub(super) fn new(name: String, text: Localized, kind: Kind) -> Self {
        Self {
            name,
            text,
            label: None,
            kind,
            required: false,
            choices: Vec::new(),
            rules: Rules::default(),
            hint: None,
            when: None,
            source: None,
            attempts: None,
            give_up: GiveUp::default(),
            measure: None,
            wording: Arc::default(),
        }
    }

    /// The field's name: the key of its answer.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is asked, as plain text. A field of a platform form is asked by its label.
    pub fn text(&self, locale: Locale) -> &str {
        self.text.of(locale)
    }

    /// What it is called where its answer is shown, such as in a summary: its label, or else what is
    /// asked.
    pub fn label(&self, locale: Locale) -> &str {
        self.label.as_ref().unwrap_or(&self.text).of(locale)
    }

    /// When it is asked; always, if none.
    pub fn when(&self) -> Option<&Condition> {
        self.when.as_ref()
    }

    /// Where an answer may already be known from.
    pub fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }

    /// What its answers are counted as.
    pub fn measure(&self) -> Option<Measure> {
        self.measure
    }

    /// What an answer adds to the score: the points of what was chosen.
    pub fn points(&self, answer: &Answer) -> i64 {
        let is_chosen = |choice: &&Choice| match &answer.value {
            Value::Array(keys) => keys.iter().any(|key| *key == choice.key),
            key => *key == choice.key,
        };
        let chosen = self.choices.iter().filter(is_chosen);
        match self.kind {
            // Whatever the order, all are in it.
            Kind::Ranking => 0,
            _ => chosen.map(Choice::points).sum(),
        }
    }

    /// What becomes of it when it was answered wrongly too often.
    pub fn give_up(&self) -> GiveUp {
        self.give_up
    }

    /// What it takes.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether it must be answered.
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// What can be chosen; for a text question, what is suggested.
    pub fn choices(&self) -> &[Choice] {
        &self.choices
    }

    /// The payload of the button that gives `choice` as the answer to this question. It names the
    /// field, so that a button pressed later still answers the question it stood under.
    pub fn payload(&self, choice: &Choice) -> String {
        format!("answer:{}:{}", self.name, choice.key)
    }

    /// The payload of the button that skips this question.
    pub fn skip_payload(&self) -> String {
        format!("skip:{}", self.name)
    }

    /// The most characters an answer may have.
    pub(super) fn longest(&self) -> usize {
        let cap = match self.rules.pattern {
            Some(_) => pattern::LONGEST_VALUE,
            None => LONGEST_ANSWER,
        };
        self.rules.length.max.map_or(cap, |max| max.min(cap))
    }
}

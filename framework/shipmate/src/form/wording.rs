//! What the engine says, and how an author says it otherwise.

use std::{collections::BTreeMap, str::FromStr};

use thiserror::Error;

use super::{Locale, texts::Texts};

/// What is said in other words than ours, by phrase and language.
///
/// ```
/// use shipmate::form::{Locale, Phrase, Wording};
///
/// let mut wording = Wording::default();
/// wording.set(Phrase::Thanks, Locale::En, ["Cheers, that's it!"]);
/// assert_eq!(wording.say(Phrase::Thanks, Locale::En), "Cheers, that's it!");
/// assert_eq!(wording.say(Phrase::Thanks, Locale::De), "Vielen Dank, das war alles!");
/// assert_eq!("value-missing".parse(), Ok(Phrase::ValueMissing));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wording {
    texts: BTreeMap<Phrase, BTreeMap<Locale, Vec<String>>>,
}

impl Wording {
    /// Says a phrase in other words; several of them take turns, so that nothing is said twice in a
    /// row. Names in braces, such as `{min}`, are filled in as in ours. None brings ours back.
    pub fn set<T: Into<String>>(
        &mut self,
        phrase: Phrase,
        locale: Locale,
        variants: impl IntoIterator<Item = T>,
    ) {
        let variants: Vec<String> = variants.into_iter().map(Into::into).collect();
        let by_locale = self.texts.entry(phrase).or_default();
        if variants.is_empty() {
            by_locale.remove(&locale);
        } else {
            by_locale.insert(locale, variants);
        }
    }

    /// A phrase, in its first wording.
    pub fn say(&self, phrase: Phrase, locale: Locale) -> String {
        let own = self
            .own(phrase, locale)
            .and_then(|own| own.first().cloned());
        let ours = || phrase.ours(locale).first().copied().unwrap_or_default();
        own.unwrap_or_else(|| ours().to_owned())
    }

    /// A phrase in all its wordings, beginning with the one whose turn it is; `turn` counts from 0.
    pub fn in_turn(&self, phrase: Phrase, locale: Locale, turn: u32) -> Vec<String> {
        let mut variants = match self.own(phrase, locale) {
            Some(own) => own.to_vec(),
            None => phrase
                .ours(locale)
                .iter()
                .map(|&text| text.to_owned())
                .collect(),
        };
        let turn = usize::try_from(turn).unwrap_or_default() % variants.len().max(1);
        variants.rotate_left(turn);
        variants
    }

    fn own(&self, phrase: Phrase, locale: Locale) -> Option<&[String]> {
        Some(self.texts.get(&phrase)?.get(&locale)?)
    }
}

/// A text that names no phrase.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no phrase `{name}`; did you mean `{nearest}`?")]
pub struct UnknownPhrase {
    /// What was written.
    pub name: String,
    /// The phrase of the most similar name.
    pub nearest: &'static str,
}

macro_rules! phrases {
    ($($(#[doc = $doc:literal])+ $phrase:ident $name:literal => $group:ident.$text:ident $kind:ident,)*) => {
        /// Something that the engine says.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Phrase {
            $($(#[doc = $doc])+ $phrase,)*
        }

        impl Phrase {
            /// Every phrase.
            pub const ALL: &[Self] = &[$(Self::$phrase,)*];

            /// Its name in a definition.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$phrase => $name,)*
                }
            }

            fn ours(self, locale: Locale) -> &'static [&'static str] {
                let texts = Texts::of(locale);
                match self {
                    $(Self::$phrase => phrases!($kind &texts.$group.$text),)*
                }
            }
        }
    };
    (one $text:expr) => { std::slice::from_ref($text) };
    (many $text:expr) => { $text };
}

phrases! {
    /// A required question was to be skipped, or nothing was said.
    ValueMissing "value-missing" => reasons.value_missing many,
    /// An answer is none of what is asked for (`{thing}`).
    Unreadable "unreadable" => reasons.unreadable many,
    /// An answer does not match the field's pattern.
    PatternMismatch "pattern-mismatch" => reasons.pattern_mismatch many,
    /// A number is below `{min}`.
    TooLow "too-low" => reasons.too_low many,
    /// A number is above `{max}`.
    TooHigh "too-high" => reasons.too_high many,
    /// A date or time is before `{min}`.
    TooEarly "too-early" => reasons.too_early many,
    /// A date or time is after `{max}`.
    TooLate "too-late" => reasons.too_late many,
    /// A number is between two steps of `{step}` from `{base}`.
    StepMismatch "step-mismatch" => reasons.step_mismatch many,
    /// A text has fewer than `{min}` characters.
    TooShort "too-short" => reasons.too_short many,
    /// A text has more than `{max}` characters.
    TooLong "too-long" => reasons.too_long many,
    /// An answer is none of the options.
    NotAnOption "not-an-option" => reasons.not_an_option many,
    /// A date has no year (`{example}` has one).
    YearMissing "year-missing" => reasons.year_missing many,
    /// A day of the week may be the last one or the next.
    WhichDay "which-day" => reasons.which_day many,
    /// Not all options were put in order.
    Incomplete "incomplete" => reasons.incomplete many,
    /// Below a question for an e-mail address.
    HintEmail "hint-email" => hints.email one,
    /// Below a question for a telephone number.
    HintTel "hint-tel" => hints.tel one,
    /// Below a question for a web address.
    HintUrl "hint-url" => hints.url one,
    /// Below a question for a file.
    HintFile "hint-file" => hints.file one,
    /// Below a question for a number.
    HintNumber "hint-number" => hints.number one,
    /// Below a question for a number of `{min}` or more.
    HintNumberFrom "hint-number-from" => hints.number_from one,
    /// Below a question for a number up to `{max}`.
    HintNumberTo "hint-number-to" => hints.number_to one,
    /// Below a question for a number from `{min}` to `{max}`.
    HintNumberBetween "hint-number-between" => hints.number_between one,
    /// Below a question for a date (`{example}`).
    HintDate "hint-date" => hints.date one,
    /// Below a question for a time (`{example}`).
    HintTime "hint-time" => hints.time one,
    /// Below a question for a date with a time (`{example}`).
    HintDateTime "hint-date-time" => hints.date_time one,
    /// Below a question for a month (`{example}`).
    HintMonth "hint-month" => hints.month one,
    /// Below a question for a week (`{example}`).
    HintWeek "hint-week" => hints.week one,
    /// Below a question for a color.
    HintColor "hint-color" => hints.color one,
    /// Below a question for yes or no without buttons.
    HintYesNo "hint-yes-no" => hints.yes_no one,
    /// Below numbered options.
    HintNumbered "hint-numbered" => hints.numbered one,
    /// Below options without numbers.
    HintListed "hint-listed" => hints.listed one,
    /// Below numbered options of which several may be chosen.
    HintSeveralNumbered "hint-several-numbered" => hints.several_numbered one,
    /// Below options of which several may be chosen.
    HintSeveralListed "hint-several-listed" => hints.several_listed one,
    /// Below a scale from `{min}` (`{least}`) to `{max}` (`{most}`).
    HintScale "hint-scale" => hints.scale one,
    /// Below a scale whose ends have no names.
    HintScalePlain "hint-scale-plain" => hints.scale_plain one,
    /// Below a question for stars.
    HintStars "hint-stars" => hints.stars one,
    /// Below numbered options that are to be put in order.
    HintRanking "hint-ranking" => hints.ranking one,
    /// Below options that are to be put in order.
    HintRankingListed "hint-ranking-listed" => hints.ranking_listed one,
    /// Below a question that need not be answered.
    HintSkip "hint-skip" => hints.skip one,
    /// The button that skips.
    SkipButton "skip-button" => hints.skip_button one,
    /// Below a question whose answer may be known (`{value}`).
    Confirm "confirm" => talk.confirm one,
    /// Above all answers.
    Review "review" => talk.review one,
    /// Below all answers.
    ReviewAsk "review-ask" => talk.review_ask one,
    /// After an unclear answer to whether all answers are right.
    ReviewAgain "review-again" => talk.review_again many,
    /// The button that finds all answers right.
    Right "right" => talk.right one,
    /// After a correction (`{answer}`).
    Changed "changed" => talk.changed one,
    /// After several answers at once (`{fields}`).
    Noted "noted" => talk.noted one,
    /// After *back* at the first question.
    BackNothing "back-nothing" => talk.back_nothing one,
    /// What can be said.
    Help "help" => talk.help one,
    /// What can be said where the question need not be answered.
    HelpSkip "help-skip" => talk.help_skip one,
    /// After the last answer.
    Thanks "thanks" => talk.thanks one,
    /// After *cancel*.
    Cancelled "cancelled" => talk.cancelled one,
    /// Before a person comes.
    Person "person" => talk.person one,
    /// To those who are not meant, or of whom there are enough.
    ScreenedOut "screened-out" => talk.screened_out one,
    /// When a question was answered wrongly too often and the conversation ends.
    GaveUp "gave-up" => talk.gave_up one,
    /// After a silence.
    StillThere "still-there" => talk.still_there many,
    /// Before the open question, when the bot has the conversation back.
    Resume "resume" => talk.resume one,
    /// Before the open question, when another one was open until the questions changed.
    Renewed "renewed" => talk.renewed one,
    /// When a question was answered wrongly too often and is left out.
    LeftOut "left-out" => talk.optional_left one,
}

impl FromStr for Phrase {
    type Err = UnknownPhrase;

    fn from_str(name: &str) -> Result<Self, UnknownPhrase> {
        let known = Self::ALL.iter().copied();
        let found = known.clone().find(|phrase| phrase.as_str() == name);
        found.ok_or_else(|| UnknownPhrase {
            name: name.to_owned(),
            nearest: known
                .map(Self::as_str)
                .min_by_key(|phrase| strsim::damerau_levenshtein(phrase, name))
                .unwrap_or_default(),
        })
    }
}

//! Forms as conversations: which question comes next, what counts as an answer, and how to ask.
//!
//! Everything here is a plain function over values. The time, the language and the country are
//! given ([`Context`]); nothing is sent, stored or looked up.
//!
//! A [`Questionnaire`] is made once, from a platform form or a [`Definition`], and can be shared. A [`Progress`] belongs
//! to one conversation and is small enough to be kept in its state.
//!
//! ```
//! use jiff::{Timestamp, tz::TimeZone};
//! use shipmate::form::{Buttons, Context, Input, Locale, Progress, Questionnaire, Reply};
//!
//! # fn main() -> Result<(), serde_json::Error> {
//! let form: web1on1::Form = serde_json::from_value(serde_json::json!({
//!     "id": "5656f3ca42fc302027eba5c6",
//!     "name": "Test drive",
//!     "fields": [
//!         {"name": "date", "label": "When would you like to come?", "type": "date", "required": true},
//!         {"name": "email", "label": "Your email address", "type": "email"},
//!     ],
//! }))?;
//! let questionnaire = Questionnaire::from_form(&form);
//! let context = Context::new(Timestamp::UNIX_EPOCH, TimeZone::UTC, Locale::En);
//! let mut progress = Progress::default();
//! let mut said = Vec::new();
//!
//! for message in ["soon", "4 March 2026", "skip"] {
//!     let reply = questionnaire.answer(&mut progress, &Input::text(message), &context);
//!     match questionnaire.respond(&progress, &reply, context.locale, Buttons::Shown) {
//!         Some(prompt) => said.push(prompt.text),
//!         None => match reply {
//!             Reply::OutOfAttempts { .. } => {} // hand over to a person
//!             Reply::Wants(_) => {}             // the consumer wants a person, or to stop
//!             _ => {}                           // done: report `questionnaire.values(&progress)`
//!         },
//!     }
//! }
//!
//! assert!(said[0].starts_with("Sorry, I couldn't find a date in that."));
//! assert!(said[1].starts_with("Your email address"));
//! assert_eq!(
//!     questionnaire.summary(&progress, Locale::De),
//!     "When would you like to come? 4. März 2026"
//! );
//! assert_eq!(questionnaire.values(&progress)["date"], "2026-03-04");
//! # Ok(())
//! # }
//! ```

mod questionnaire;
pub(crate) use questionnaire::Standing;
pub use questionnaire::{Next, Questionnaire, Quota, Reply, ScreenOut, Wish};

mod progress;
pub use progress::{Answer, Progress};

mod context;
pub use context::{Context, Input};

mod locale;
pub use locale::Locale;

mod localized;
pub use localized::Localized;

mod definition;
pub use definition::{
    Definition, DefinitionErrors, Finding, OnChange, OptionDefinition, Place, QuestionDefinition,
    QuestionType, QuotaDefinition, RowDefinition, ScreenOutDefinition, Severity,
    UnknownQuestionType, Variants,
};

mod examine;
pub use examine::{Around, examine, examine_with};

mod keys;
pub use keys::may_be_key;

mod typed;
pub use typed::{Answers, AnswersError, Choices, FromAnswer, Survey};

mod question;
pub(crate) use question::value_at;
pub use question::{GiveUp, Kind, Known, Question, Source, UnknownSource};

mod measure;
pub use measure::Measure;

mod condition;
pub use condition::{Condition, ConditionError};

mod choice;
pub use choice::Choice;

mod moment;
pub use moment::Moment;

mod prompt;
pub use prompt::{Buttons, Prompt};

mod wording;
pub use wording::{Phrase, UnknownPhrase, Wording};

mod reason;
pub use reason::Reason;

mod warning;
pub use warning::Warning;

mod check;
mod decimal;
pub(crate) use decimal::Decimal;

mod fold;
pub(crate) use fold::fold_answer;

mod from_form;
mod label;
mod nearest;
mod number;
mod pattern;
mod phrase;
mod scale;
mod texts;
mod wish;
mod yes_no;

#[cfg(test)]
mod for_test;

#[cfg(test)]
mod tests;

//! What surveys found out: responses, one by one and counted.
//!
//! A bot keeps each consumer's [`Response`] with [`Turn::keep_response`](crate::Turn::keep_response),
//! as often as something was answered. It is written with the turn, so it is neither lost nor there
//! twice, whatever crashes. [`Store::responses`](crate::store::Store::responses) reads them.
//!
//! [`summary`] counts them. What it counts is exact; figures are computed when they are asked for,
//! and rounded where they are shown.

mod response;
pub use response::{End, Response};

mod tally;
pub(crate) use tally::{Completed, Tally};

mod filter;
pub use filter::Filter;

pub(crate) mod summary;
pub use summary::{
    Answers, Choices, Counted, Figure, QuestionSummary, Ranked, Ranking, Said, Step, Summary,
    Texts, summary,
};

mod spread;
pub use spread::Spread;

mod fraction;
pub use fraction::Fraction;

mod share;
pub use share::{Share, shares};

mod csv;
pub use csv::{csv, csv_header, csv_row};

mod json;
pub use json::json;

mod html;
pub use html::html;
pub(crate) use html::{policy, report};

mod text;
pub use text::{Ink, text};

mod view;

//! What surveys found out: responses, one by one and counted.
//!
//! A bot keeps each consumer's [`Response`] with [`Turn::keep_response`](crate::Turn::keep_response),
//! as often as something was answered. It is written with the turn, so it is neither lost nor there
//! twice, whatever crashes.

mod response;
pub use response::{End, Response};

mod tally;
pub(crate) use tally::{Completed, Tally};

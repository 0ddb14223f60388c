//! The language of conditions over answers: `score <= 6 and contact is yes`.
//!
//! This crate knows how conditions are written, and nothing of answers. Shipmate reads them from
//! files and forms with it, its derive reads them at compile time, and so both take the same texts
//! and complain in the same words. It depends on nothing.
//!
//! ```
//! use shipmate_condition::Test;
//!
//! let test: Test = "score <= 6 and not topic is 'after sales'".parse()?;
//! assert_eq!(test.fields(), ["score", "topic"]);
//! # Ok::<(), shipmate_condition::ConditionError>(())
//! ```

mod parse;
mod show;
mod test;

pub use parse::{ConditionError, is_bare, place_of};
pub use test::{How, Test};

//! Shipmate and the official Node SDK side by side: the same script, the same platform, the same
//! faults.
//!
//! Each side plays each scenario against a fresh sandbox with the same seeds, as a process under a
//! supervisor that starts it again when it ends. What is counted stands in the sandbox's record.

mod side;
pub use side::{Script, Side};

mod worker;
use worker::Worker;

mod survey;

mod scenario;
pub use scenario::Scenario;

mod play;
pub use play::{Outcome, play};

mod tally;
pub use tally::Tally;

mod rates;
pub use rates::{Rates, rates};

mod table;
pub use table::{Comparison, Played};

//! What time has to do with a bot: business hours, quiet hours, and cron expressions.
//!
//! Everything here computes on a given time in a given time zone, and all of it maps the times on a
//! wall clock to instants by one rule, so that each of them exists exactly once: what the spring
//! change skips happens at the first instant after the gap, and what the autumn change repeats
//! happens the first time.

mod cron;
mod hours;
mod local;

pub use cron::{Cron, CronError};
pub use hours::{Hours, HoursError, QuietHours};

//! What time has to do with a bot: timers, jobs, business hours, quiet hours, and cron expressions.
//!
//! Everything about hours computes on a given time in a given time zone, and all of it maps the times on a
//! wall clock to instants by one rule, so that each of them exists exactly once: what the spring
//! change skips happens at the first instant after the gap, and what the autumn change repeats
//! happens the first time.

mod bells;
pub(crate) use bells::Bells;

mod cron;
pub(crate) use cron::due;
pub use cron::{Cron, CronError, Misfire};

mod hours;
pub use hours::{Hours, HoursError, QuietHours};

mod job;
pub use job::Job;

mod local;

mod ringer;
pub(crate) use ringer::Ringer;

mod timer;
pub use timer::Timer;

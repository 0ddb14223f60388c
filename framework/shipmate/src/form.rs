//! Form engine.
mod pattern; mod fold; mod decimal; mod locale; mod texts; mod moment; mod context;
mod question; mod reason; mod warning; mod progress; mod choice; mod number; mod label; mod check; mod from_form; mod prompt; mod questionnaire;
pub use locale::Locale;
pub use context::*;
pub use moment::Moment;
pub use question::{Question,Kind}; pub use choice::Choice;
pub use reason::Reason; pub use warning::Warning; pub use progress::*; pub use prompt::*; pub use questionnaire::*;

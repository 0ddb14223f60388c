//! How a turn ended.

/// What a hook did with its event. Made by [`Turn::done`](crate::Turn::done) and
/// [`Turn::ignored`](crate::Turn::ignored).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The event was handled.
    Handled,
    /// The event was none of the bot's business.
    Ignored(IgnoreReason),
}

/// Why an event did not reach, or did not interest, a bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum IgnoreReason {
    /// The bot wrote it itself.
    Own,
    /// Another bot wrote it.
    Bot,
    /// The bot is not in the conversation.
    Unjoined,
    /// A person has the conversation.
    PersonActive,
    /// This bot and another one answer each other.
    Loop,
    /// The bot is disabled or not installed for the organization.
    InstanceOff,
    /// The consumer opted out of campaigns, or in again; the runtime has answered.
    OptOut,
    /// The organization's settings cannot be used.
    BadSettings,
    /// People are called, and none has come yet, or the bot is to stay out.
    HandedOver,
    /// The consumer answered before a timer that waits for no answer had its turn.
    Answered,
    /// The conversation was closed before a timer that ends with it had its turn.
    Closed,
    /// The platform has no such conversation any more.
    Gone,
    /// The hook had nothing to do.
    Uninteresting,
}

impl Outcome {
    /// The word the outcome is recorded and counted under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Handled => "handled",
            Self::Ignored(reason) => reason.as_str(),
        }
    }
}

impl IgnoreReason {
    /// The word the reason is recorded and counted under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Own => "ignored-own",
            Self::Bot => "ignored-bot",
            Self::Unjoined => "ignored-unjoined",
            Self::PersonActive => "ignored-person-active",
            Self::Loop => "ignored-loop",
            Self::InstanceOff => "ignored-instance-off",
            Self::OptOut => "ignored-opt-out",
            Self::BadSettings => "ignored-bad-settings",
            Self::HandedOver => "ignored-handed-over",
            Self::Answered => "ignored-answered",
            Self::Closed => "ignored-closed",
            Self::Gone => "ignored-gone",
            Self::Uninteresting => "ignored",
        }
    }
}

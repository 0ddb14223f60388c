//! What becomes of a message that cannot simply be sent: held back by a limit, in doubt, or too
//! late. Chosen per [`Class`] of message.

use jiff::SignedDuration;

use crate::store::Class;

/// What happens to messages to the consumer while the platform's limits allow no more of them.
///
/// Whatever is chosen here, nothing is dropped in silence; a text that is given with other wordings
/// takes one of them before it waits; and commands always wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Overflow {
    /// They are sent, each on its own, as soon as the limits allow.
    #[default]
    Wait,
    /// While they wait, neighbouring plain texts are joined into one message, with an empty line
    /// between them.
    Merge,
    /// Decided when the turn is committed: if a text would have to wait, people are called and the
    /// bot stops talking.
    HandOver,
    /// Decided when the turn is committed: if a text would have to wait, the turn fails.
    Error,
}

/// What happens to a message that may be on the platform or not, when there is no way to learn it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum InDoubt {
    /// It is kept and shown, and not sent again: rather never than twice.
    #[default]
    NotTwice,
    /// It is sent again: rather twice than never.
    NotLost,
}

/// What to do with one class of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Policy {
    /// When a limit holds them back.
    pub overflow: Overflow,
    /// When it cannot be learned whether they arrived.
    pub in_doubt: InDoubt,
    /// How long after the turn they are still worth sending; `None` is for ever.
    pub expire_after: Option<SignedDuration>,
}

/// What to do with messages, by their class.
///
/// ```
/// use jiff::SignedDuration;
/// use shipmate::{policy::{Overflow, Policies, Policy}, store::Class};
///
/// let policies = Policies {
///     nudge: Policy {
///         overflow: Overflow::Merge,
///         expire_after: Some(SignedDuration::from_hours(1)),
///         ..Policy::default()
///     },
///     ..Policies::default()
/// };
/// assert_eq!(policies.of(Class::Nudge).overflow, Overflow::Merge);
/// assert_eq!(policies.of(Class::Reply).overflow, Overflow::Wait);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Policies {
    /// For answers to somebody who wrote.
    pub reply: Policy,
    /// For reminders.
    pub nudge: Policy,
    /// For what the business begins.
    pub campaign: Policy,
}

impl Policies {
    /// The policy for one class.
    pub fn of(&self, class: Class) -> Policy {
        match class {
            Class::Reply => self.reply,
            Class::Nudge => self.nudge,
            Class::Campaign => self.campaign,
        }
    }
}

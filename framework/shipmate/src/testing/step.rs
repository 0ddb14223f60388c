//! Where the power can fail.

use std::fmt;

/// Something that is done for good: a change of the store, or what crosses the platform's border.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Write {
    /// An event is put into the inbox; then its webhook is answered.
    Append,
    /// The answer to a webhook reaches the platform: before, it is lost on its way, and the
    /// platform delivers the event again; after, the platform knows.
    Answer,
    /// A timer or a job is due: its event is put into the inbox, in its place.
    Ring,
    /// A turn: outcome, state and everything to be sent, at once.
    Commit,
    /// A person has the conversation, and the turn that tells of it failed.
    TakeOver,
    /// A turn failed and is put off.
    Postpone,
    /// Messages are taken, just before they are posted.
    Claim,
    /// A request that changes something reaches the platform: before, the request is lost on its
    /// way; after, it is carried out, and its answer is lost.
    Post,
    /// What became of posted messages is noted, just after the answer.
    Mark,
    /// After a start: messages that were being sent are in doubt.
    Doubt,
    /// What is too old to be needed is forgotten.
    Sweep,
    /// A run of a campaign begins.
    BeginRun,
    /// Members of a run are put down.
    PlanMembers,
    /// A member is taken, just before it is written to.
    ClaimMember,
    /// What became of a member is noted, just after the answer.
    MarkMember,
}

impl Write {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Append,
        Self::Answer,
        Self::Ring,
        Self::Commit,
        Self::TakeOver,
        Self::Postpone,
        Self::Claim,
        Self::Post,
        Self::Mark,
        Self::Doubt,
        Self::Sweep,
        Self::BeginRun,
        Self::PlanMembers,
        Self::ClaimMember,
        Self::MarkMember,
    ];

    /// Its name, in lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Append => "append",
            Self::Answer => "answer",
            Self::Ring => "ring",
            Self::Commit => "commit",
            Self::TakeOver => "take-over",
            Self::Postpone => "postpone",
            Self::Claim => "claim",
            Self::Post => "post",
            Self::Mark => "mark",
            Self::Doubt => "doubt",
            Self::Sweep => "sweep",
            Self::BeginRun => "begin-run",
            Self::PlanMembers => "plan-members",
            Self::ClaimMember => "claim-member",
            Self::MarkMember => "mark-member",
        }
    }
}

/// A point at which the service can be made to crash; see [`World::crash_at`](super::World::crash_at).
///
/// ```
/// use shipmate::testing::{Step, Write};
///
/// assert_eq!(Step::after(Write::Claim), Step::BEFORE_POST);
/// assert_eq!(Step::before(Write::Commit).nth(2).to_string(), "before commit, time 2");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Step {
    write: Write,
    is_after: bool,
    nth: u32,
}

impl Step {
    /// Messages are taken, but not posted yet.
    pub const BEFORE_POST: Self = Self::after(Write::Claim);

    /// The platform has the messages, and the service knows, but did not note it.
    pub const AFTER_POST: Self = Self::before(Write::Mark);

    /// The platform has the messages, and its answer is still on its way.
    pub const ANSWER_LOST: Self = Self::after(Write::Post);

    /// Just before it: it does not happen.
    pub const fn before(write: Write) -> Self {
        Self {
            write,
            is_after: false,
            nth: 1,
        }
    }

    /// Just after it: it has happened, and nobody was told.
    pub const fn after(write: Write) -> Self {
        Self {
            is_after: true,
            ..Self::before(write)
        }
    }

    /// The `nth` time that this point is reached, from 1; 0 is taken as 1.
    #[must_use]
    pub const fn nth(mut self, nth: u32) -> Self {
        self.nth = if nth == 0 { 1 } else { nth };
        self
    }

    /// Every point, the first time it is reached.
    pub fn all() -> Vec<Self> {
        let both = |write| [Self::before(write), Self::after(write)];
        Write::ALL.into_iter().flat_map(both).collect()
    }

    /// What it is before or after.
    pub fn write(self) -> Write {
        self.write
    }

    /// How often the point must be reached.
    pub fn count(self) -> u32 {
        self.nth
    }

    /// The same point, the first time.
    pub(super) fn point(self) -> Self {
        self.nth(1)
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let when = if self.is_after { "after" } else { "before" };
        write!(f, "{when} {}", self.write.as_str())?;
        if self.nth > 1 {
            write!(f, ", time {}", self.nth)?;
        }
        Ok(())
    }
}

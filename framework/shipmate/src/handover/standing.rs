//! Where a conversation stands when an event comes, before any hook.

use jiff::{SignedDuration, Timestamp};
use web1on1::UserId;

use super::takeover::{AfterTakeover, change};
use crate::{event::Event, store::Takeover};

/// The times of one act may be this far apart: a message's `createdAt`, and the `timestamp` of the
/// webhook that tells what the message did.
const ONE_ACT: SignedDuration = SignedDuration::from_secs(1);

/// What is known of a conversation from the events before.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seen {
    pub(crate) takeover: Option<Takeover>,
    pub(crate) last_event_at: Option<Timestamp>,
    /// When a contact or person last wrote.
    pub(crate) reset_at: Option<Timestamp>,
}

/// Where a conversation stands with an event.
#[derive(Debug, Clone, Copy, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "facts that hold independently of each other"
)]
pub(crate) struct Standing {
    /// What the event changes of who has it.
    pub(crate) takeover: Option<Takeover>,
    /// A person has it, this event included.
    pub(crate) is_taken_over: bool,
    /// A person takes it by this event.
    pub(crate) begins: bool,
    /// The bot has it back by this event.
    pub(crate) resumed: bool,
    /// Something that happened later was handled before.
    pub(crate) late: bool,
    /// Somebody wrote or accepted after the event happened.
    pub(crate) reopened: bool,
    /// The bot says nothing to the consumer, because a person does.
    pub(crate) is_silent: bool,
}

impl Standing {
    /// Where the conversation stands with `event`, which happened at `at`.
    pub(crate) fn of(
        event: &Event,
        at: Timestamp,
        own: Option<&UserId>,
        seen: &Seen,
        policy: AfterTakeover,
    ) -> Self {
        let has_it = |takeover: Option<Takeover>| takeover.is_some_and(|it| it.by_person);
        let takeover = change(event, at, own, seen.takeover, policy);
        let before = has_it(seen.takeover);
        let after = has_it(takeover.or(seen.takeover));
        // What is seen at an event of our own is told by no one's act: the event of that act changes
        // who has it, at its own time.
        let is_told = !event.is_own();
        let taken_at = seen.takeover.filter(|it| it.by_person).map(|it| it.since);
        let opened_at = seen.reset_at.max(taken_at);
        Self {
            takeover: takeover.filter(|_| is_told),
            is_taken_over: after,
            begins: after && !before && is_told,
            resumed: before && !after && is_told,
            late: seen.last_event_at.is_some_and(|last| at < last),
            reopened: opened_at.is_some_and(|opened| opened.duration_since(at) > ONE_ACT),
            is_silent: after && policy != AfterTakeover::CarryOn,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_closing_is_not_what_stands_when_somebody_wrote_after_it() {
        let body = json!({
            "event": "conversation.update",
            "data": {"conversation": {"id": "c", "status": "closed"}}
        });
        let event = Event::read(body.to_string().into(), Timestamp::UNIX_EPOCH);
        let at = |second| Timestamp::from_second(second).unwrap();
        let standing = |reset_at, takeover| {
            let seen = Seen {
                takeover,
                last_event_at: Some(at(200)),
                reset_at,
            };
            Standing::of(&event, at(100), None, &seen, AfterTakeover::Resume)
        };
        assert!(standing(Some(at(200)), None).reopened);
        assert!(
            !standing(Some(at(100)), None).reopened,
            "the last word before it"
        );
        assert!(!standing(Some(at(101)), None).reopened, "one act");
        let by_person = Takeover {
            by_person: true,
            by_assignment: false,
            since: at(150),
        };
        let taken = standing(None, Some(by_person));
        assert!(taken.reopened && taken.is_silent && !taken.resumed && taken.late);
    }
}

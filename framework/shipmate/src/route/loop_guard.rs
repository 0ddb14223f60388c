//! Two bots that answer each other.

use web1on1::{MessageType, Role, UserId};

use super::sender::Sender;
use crate::event::{Event, MessageAction};

/// What an event means for a count of turns in which machines talked to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    /// A contact or a person wrote: whatever was said before, this is no loop.
    Human,
    /// A bot wrote, or somebody as agent who is not known to be a person.
    Machine,
    /// Anything else.
    Silent,
}

impl Voice {
    /// The voice of `event`, in the ears of the bot of user `own`.
    pub(crate) fn of(event: &Event, own: Option<&UserId>) -> Self {
        let Some(event) = event.as_message() else {
            return Self::Silent;
        };
        if !matches!(event.action, MessageAction::Create { .. }) {
            return Self::Silent;
        }
        let message = &event.message;
        let speaks = matches!(message.kind, MessageType::Chat | MessageType::Card)
            && message.role == Some(Role::Agent);
        match Sender::of(event, own) {
            Sender::Contact | Sender::Person => Self::Human,
            Sender::Own | Sender::Bot => Self::Machine,
            Sender::Unknown if speaks => Self::Machine,
            Sender::Unknown => Self::Silent,
        }
    }
}

/// The count after a turn, if it changes. A turn counts if a machine caused it and it `said`
/// something. At the limit one more is counted for the first event that is left out.
pub(crate) fn count(turns: u32, limit: u32, voice: Voice, said: bool) -> Option<u32> {
    match voice {
        Voice::Human => (turns != 0).then_some(0),
        Voice::Machine if is_loop(turns, limit, voice) => (turns == limit).then_some(limit + 1),
        Voice::Machine if said && limit > 0 => Some(turns + 1),
        _ => None,
    }
}

/// Whether an event of `voice` after so many counted turns is to be left out. A limit of 0 is none.
pub(crate) fn is_loop(turns: u32, limit: u32, voice: Voice) -> bool {
    voice == Voice::Machine && limit > 0 && turns >= limit
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays voices (`m`achine, `h`uman, `q`uiet machine turn); returns which were left out (`-`).
    fn play(limit: u32, voices: &str) -> String {
        let mut turns = 0;
        let hear = |c: char| {
            let voice = if c == 'h' {
                Voice::Human
            } else {
                Voice::Machine
            };
            let left_out = is_loop(turns, limit, voice);
            turns = count(turns, limit, voice, c == 'm' && !left_out).unwrap_or(turns);
            if left_out { '-' } else { c }
        };
        voices.chars().map(hear).collect()
    }

    #[test]
    fn machines_are_left_out_after_so_many_turns_until_somebody_writes() {
        for (limit, voices, heard) in [
            (3, "mmmmmm", "mmm---"),
            (3, "mmmmhmmmm", "mmm-hmmm-"),
            (3, "mqmqmqm", "mqmqm--"),
            (3, "mhmhmhmhm", "mhmhmhmhm"),
            (0, "mmmmmmmmm", "mmmmmmmmm"),
        ] {
            assert_eq!(play(limit, voices), heard, "{limit} {voices}");
        }
    }

    #[test]
    fn the_count_stops_changing_once_the_loop_is_on_record() {
        assert_eq!(count(3, 3, Voice::Machine, false), Some(4));
        assert_eq!(count(4, 3, Voice::Machine, false), None);
        assert_eq!(count(4, 3, Voice::Human, false), Some(0));
        assert_eq!(count(0, 3, Voice::Human, true), None);
        assert_eq!(count(2, 0, Voice::Machine, true), None);
    }
}

//! What a turn says beyond what the platform's limits allow, where that is not simply to wait.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use web1on1::NewMessage;

use crate::{
    limit::{Budget, TextHash},
    plan::{Command, Notify, Outgoing, PlanOptions, Planned, Said, plan},
    policy::{self, Policies},
};

/// Messages that a hand-over itself needs: a note and a call.
const RESERVE: u64 = 2;

/// Of a text that was not sent, the note shows this many characters.
const SHOWN: usize = 300;

/// And this many texts.
const SHOWN_TEXTS: usize = 10;

/// A turn said more than fits under the platform's limits, and the policy for one of its messages
/// is [`Overflow::Error`](policy::Overflow::Error). Nothing of the turn was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the turn has {wanted} messages, of which the platform's limits allow {fit} now and more at {more_at}; ask `turn.budget()` and say less, or choose another overflow policy"
)]
#[non_exhaustive]
pub struct OverflowError {
    /// How many messages the turn has, commands included.
    pub wanted: usize,
    /// How many of them, in their order, could have been sent at once.
    pub fit: usize,
    /// When the next one could have been sent, on the platform's clock.
    pub more_at: Timestamp,
}

/// By what a turn's messages are measured.
#[derive(Debug)]
pub(crate) struct Measure<'a> {
    pub(crate) plan: &'a PlanOptions,
    pub(crate) policies: &'a Policies,
    pub(crate) budget: &'a Budget,
}

/// What is to be done of a turn.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Fitted {
    /// What is sent, now or later.
    pub(crate) commands: Vec<Command>,
    /// What is not, because people were called instead.
    pub(crate) withheld: Vec<Command>,
    /// The latest hand-over, until there is room again.
    pub(crate) handed_over: Option<HandedOver>,
}

/// People were called because there was no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HandedOver {
    /// Since when, on the platform's clock.
    since: Timestamp,
    /// When there is room again.
    until: Timestamp,
    /// Whether there is room as soon as somebody else writes.
    resets: bool,
}

impl HandedOver {
    fn is_over(&self, budget: &Budget) -> bool {
        let reset = budget.reset_at().is_some_and(|at| at > self.since);
        budget.now() >= self.until || (self.resets && reset)
    }
}

impl Measure<'_> {
    /// Applies the policies to what a turn has collected. `handed_over` is what
    /// [`Fitted::handed_over`] was the last time.
    ///
    /// # Errors
    ///
    /// If a message would have to wait whose policy is to fail.
    pub(crate) fn fit(
        &self,
        commands: Vec<Command>,
        handed_over: Option<HandedOver>,
    ) -> Result<Fitted, OverflowError> {
        let handed_over = handed_over.filter(|earlier| !earlier.is_over(self.budget));
        let kept = |commands| Fitted {
            commands,
            withheld: Vec::new(),
            handed_over,
        };
        let fails = |said: &Said| self.is(said, policy::Overflow::Error);
        let hands_over = |said: &Said| self.is(said, policy::Overflow::HandOver);
        let (fails, hands_over) = (any(&commands, fails), any(&commands, hands_over));
        if !fails && !hands_over {
            return Ok(kept(commands));
        }
        let planned = messages(plan(commands.clone(), self.plan));
        if fails {
            self.refuse(&planned)?;
        }
        match self.first_too_many(&planned).filter(|_| hands_over) {
            None => Ok(kept(commands)),
            Some(first) => Ok(self.hand_over(commands, &first, handed_over)),
        }
    }

    /// Whether this is the policy for a message to the consumer.
    fn is(&self, said: &Said, overflow: policy::Overflow) -> bool {
        said.is_to_consumer() && self.policies.of(said.manner.class).overflow == overflow
    }

    fn refuse(&self, planned: &[Planned]) -> Result<(), OverflowError> {
        let mut budget = self.budget.clone();
        let times: Vec<_> = planned
            .iter()
            .map(|planned| budget.spend(wording(planned, &budget)))
            .collect();
        let fit = times.iter().take_while(|at| **at <= budget.now()).count();
        let is_refused = |planned: &Planned| self.is_planned(planned, policy::Overflow::Error);
        match times.get(fit) {
            Some(more_at) if planned.iter().skip(fit).any(is_refused) => Err(OverflowError {
                wanted: planned.len(),
                fit,
                more_at: *more_at,
            }),
            _ => Ok(()),
        }
    }

    /// The first message that would have to wait and whose policy is to hand over, if what is not
    /// withheld with it, and the hand-over itself, goes before.
    fn first_too_many(&self, planned: &[Planned]) -> Option<TooMany> {
        let is_withheld = |planned: &&Planned| self.is_planned(planned, policy::Overflow::HandOver);
        let mut budget = self.budget.clone();
        let withheld: Vec<_> = planned.iter().filter(is_withheld).collect();
        let others = planned.len() - withheld.len();
        for _ in 0..others as u64 + RESERVE {
            budget.spend(None);
        }
        for (number, planned) in withheld.into_iter().enumerate() {
            let resets = budget.left() == 0;
            let until = budget.spend(wording(planned, &budget));
            if until > budget.now() {
                return Some(TooMany {
                    number,
                    until,
                    resets,
                });
            }
        }
        None
    }

    fn is_planned(&self, planned: &Planned, overflow: policy::Overflow) -> bool {
        planned.is_to_consumer() && self.policies.of(planned.manner.class).overflow == overflow
    }

    /// From the first message on that would have to wait, so that the consumer hears no half
    /// sentences with holes in them.
    fn hand_over(
        &self,
        commands: Vec<Command>,
        first: &TooMany,
        earlier: Option<HandedOver>,
    ) -> Fitted {
        let mut fitted = Fitted {
            handed_over: earlier,
            ..Fitted::default()
        };
        let mut said = 0;
        for command in commands {
            let counts =
                matches!(&command, Command::Say(said) if self.is(said, policy::Overflow::HandOver));
            let withheld = counts && said >= first.number;
            said += usize::from(counts);
            if withheld {
                fitted.withheld.push(command);
            } else {
                fitted.commands.push(command);
            }
        }
        if earlier.is_none() {
            let note = NewMessage::chat(note(&fitted.withheld, first.until)).backchannel();
            fitted.commands.push(Command::Say(Box::new(note.into())));
            fitted.commands.push(Command::Notify(Notify::Routed));
            fitted.handed_over = Some(HandedOver {
                since: self.budget.now(),
                until: first.until,
                resets: first.resets,
            });
        }
        fitted
    }
}

/// The first message that would have to wait.
struct TooMany {
    /// Its number among those that may be withheld.
    number: usize,
    until: Timestamp,
    resets: bool,
}

fn any(commands: &[Command], is_meant: impl Fn(&Said) -> bool) -> bool {
    commands
        .iter()
        .any(|command| matches!(command, Command::Say(said) if is_meant(said)))
}

fn messages(planned: Vec<Outgoing>) -> Vec<Planned> {
    planned
        .into_iter()
        .filter_map(|outgoing| match outgoing {
            Outgoing::Message(planned) => Some(*planned),
            Outgoing::Patch { .. } | Outgoing::Profile { .. } => None,
        })
        .collect()
}

/// The wording that can be sent at once, if one can, as the outbox chooses it.
fn wording(planned: &Planned, budget: &Budget) -> Option<TextHash> {
    let first = TextHash::of(&planned.message.text);
    let others = planned
        .manner
        .variants
        .iter()
        .map(|text| TextHash::of(text));
    std::iter::once(first)
        .chain(others)
        .find(|text| budget.room(*text).left > 0)
        .unwrap_or(first)
}

/// What people are told.
fn note(withheld: &[Command], until: Timestamp) -> String {
    let texts: Vec<_> = withheld
        .iter()
        .filter_map(|command| match command {
            Command::Say(said) => Some(said.message.text.as_str()),
            _ => None,
        })
        .collect();
    let mut note = format!(
        "The bot stopped here: {} of its messages to the customer would exceed the platform's limits, which allow more at {until} or when the customer writes. Not sent:",
        texts.len()
    );
    for text in texts.iter().take(SHOWN_TEXTS) {
        note.push_str("\n• ");
        note.extend(text.chars().take(SHOWN));
    }
    let rest = texts.len().saturating_sub(SHOWN_TEXTS);
    if rest > 0 {
        note.push_str("\n… and ");
        note.push_str(&rest.to_string());
        note.push_str(" more");
    }
    note
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::{
        limit::{Entry, Ledger, Limits},
        plan::Manner,
        policy::{Overflow, Policy},
        store::Class,
    };

    fn now() -> Timestamp {
        Timestamp::from_second(1_700_000_000).unwrap()
    }

    /// The budget where `sent` different messages went out just now and somebody else wrote at
    /// `reset_at`.
    fn budget(sent: usize, reset_at: Option<Timestamp>, now: Timestamp) -> Budget {
        let entries = (0..sent).map(|number| Entry {
            at: self::now(),
            text: TextHash::of(&format!("sent {number}")),
        });
        Budget::new(Limits::default(), Ledger::new(entries, reset_at), 0, now)
    }

    fn says(texts: impl IntoIterator<Item = String>) -> Vec<Command> {
        texts
            .into_iter()
            .map(|text| Command::Say(Box::new(NewMessage::chat(text).into())))
            .collect()
    }

    fn numbered(count: usize) -> Vec<Command> {
        says((0..count).map(|number| format!("text {number}")))
    }

    fn fit(
        overflow: Overflow,
        commands: Vec<Command>,
        budget: &Budget,
        earlier: Option<HandedOver>,
    ) -> Result<Fitted, OverflowError> {
        let reply = Policy {
            overflow,
            ..Policy::default()
        };
        let measure = Measure {
            plan: &PlanOptions::default(),
            policies: &Policies {
                reply,
                ..Policies::default()
            },
            budget,
        };
        measure.fit(commands, earlier)
    }

    #[test]
    fn what_may_wait_is_left_alone() {
        let budget = budget(20, None, now());
        for overflow in [Overflow::Wait, Overflow::Merge] {
            let fitted = fit(overflow, numbered(40), &budget, None).unwrap();
            assert_eq!((fitted.commands.len(), fitted.withheld.len()), (40, 0));
        }
        // The policy is for what the consumer would see.
        let mut commands = numbered(0);
        commands.extend((0..30).map(|number| {
            let note = NewMessage::chat(format!("note {number}")).backchannel();
            Command::Say(Box::new(note.into()))
        }));
        for overflow in [Overflow::HandOver, Overflow::Error] {
            let fitted = fit(overflow, commands.clone(), &budget, None).unwrap();
            assert_eq!(fitted.commands, commands);
        }
    }

    #[test]
    fn an_error_says_how_much_would_have_fit_and_when_more_does() {
        let mut commands = numbered(18);
        commands.push(Command::Leave);
        assert!(
            fit(
                Overflow::Error,
                commands.clone(),
                &budget(1, None, now()),
                None
            )
            .is_ok()
        );
        let error = fit(Overflow::Error, commands, &budget(3, None, now()), None).unwrap_err();
        let hour = SignedDuration::from_secs(60 * 60 + 2);
        let expected = OverflowError {
            wanted: 19,
            fit: 17,
            more_at: now() + hour,
        };
        assert_eq!(error, expected);
        // The last one is a command, which may wait.
        let mut commands = numbered(17);
        commands.push(Command::Leave);
        assert!(fit(Overflow::Error, commands, &budget(3, None, now()), None).is_ok());
    }

    #[test]
    fn people_are_called_once_until_there_is_room_again() {
        let room = budget(0, None, now());
        let fitted = fit(Overflow::HandOver, numbered(18), &room, None).unwrap();
        assert!(fitted.withheld.is_empty() && fitted.handed_over.is_none());

        let fitted = fit(Overflow::HandOver, numbered(30), &room, None).unwrap();
        assert_eq!(fitted.withheld, numbered(30).split_off(18));
        let [
            sent @ ..,
            Command::Say(note),
            Command::Notify(Notify::Routed),
        ] = fitted.commands.as_slice()
        else {
            panic!("{:?}", fitted.commands);
        };
        assert_eq!(sent, numbered(18));
        assert!(note.message.is_backchannel);
        assert!(
            note.message.text.contains("12 of its messages"),
            "{}",
            note.message.text
        );
        assert!(
            note.message.text.contains("• text 18\n"),
            "{}",
            note.message.text
        );
        assert!(
            note.message.text.ends_with("… and 2 more"),
            "{}",
            note.message.text
        );

        let earlier = fitted.handed_over;
        let minute = now() + SignedDuration::from_mins(1);
        let full = budget(20, None, minute);
        let again = fit(Overflow::HandOver, numbered(3), &full, earlier).unwrap();
        assert_eq!((again.commands.len(), again.withheld.len()), (0, 3));
        assert_eq!(again.handed_over, earlier);

        // Somebody wrote: there is room again, and it may be used up again.
        let reset = budget(20, Some(minute), minute);
        let after = fit(Overflow::HandOver, numbered(3), &reset, earlier).unwrap();
        assert_eq!((after.commands.len(), after.handed_over), (3, None));
        let after = fit(Overflow::HandOver, numbered(30), &reset, earlier).unwrap();
        assert_ne!(after.handed_over, earlier);
        assert_eq!(after.commands.len(), 20);
    }

    #[test]
    fn what_is_not_withheld_goes_before() {
        let mut commands = numbered(30);
        commands.extend([Command::Accept, Command::Leave]);
        let fitted = fit(Overflow::HandOver, commands, &budget(0, None, now()), None).unwrap();
        // 16 texts, two commands, the note and the call.
        assert_eq!(fitted.commands.len(), 20);
        assert_eq!(fitted.withheld.len(), 14);
    }

    #[test]
    fn other_wordings_count_as_room() {
        let same = |variants: &[&str]| -> Vec<_> {
            let manner = Manner {
                class: Class::Reply,
                variants: variants.iter().map(|text| (*text).to_owned()).collect(),
                ..Manner::default()
            };
            let said = Said::new("same", manner);
            (0..12)
                .map(|_| Command::Say(Box::new(said.clone())))
                .collect()
        };
        let room = budget(0, None, now());
        let fitted = fit(Overflow::HandOver, same(&[]), &room, None).unwrap();
        assert_eq!(fitted.withheld.len(), 4);
        let fitted = fit(Overflow::HandOver, same(&["equal"]), &room, None).unwrap();
        assert_eq!(fitted.withheld.len(), 0);
    }
}

use std::{collections::VecDeque, fmt};

use serde::{Deserialize, Serialize};

use super::{Failure, Fault, Injection, Target, mix::Dice};
use crate::{journal::Strike, random::Random};

/// The number of an injected fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FaultId(u64);

impl fmt::Display for FaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<u64> for FaultId {
    fn from(number: u64) -> Self {
        Self(number)
    }
}

/// An injected fault, and what it did so far.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ActiveFault {
    /// Its number.
    pub id: FaultId,
    /// What was asked for.
    pub fault: Injection,
    /// How often it struck.
    pub struck: u64,
    /// How often it still will; nothing means always, 0 that it is used up.
    pub left: Option<u64>,
}

/// Used-up faults that are remembered.
const USED_UP_KEPT: usize = 100;

/// All injected faults, in the order in which they were asked for.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    armed: VecDeque<Armed>,
    last_id: u64,
}

#[derive(Debug)]
struct Armed {
    id: FaultId,
    trigger: Trigger,
    struck: u64,
}

#[derive(Debug)]
enum Trigger {
    One { fault: Fault, chance: Random },
    Mix(Dice),
}

impl Faults {
    pub(crate) fn add(&mut self, injection: Injection) -> FaultId {
        self.last_id += 1;
        let id = FaultId(self.last_id);
        let trigger = match injection {
            Injection::One(fault) => Trigger::One {
                chance: Random::new(fault.chance.map_or(0, |chance| chance.seed)),
                fault,
            },
            Injection::Mix(mix) => Trigger::Mix(Dice::new(mix)),
        };
        let struck = 0;
        self.armed.push_back(Armed {
            id,
            trigger,
            struck,
        });
        self.forget_used_up();
        id
    }

    pub(crate) fn are_none(&self) -> bool {
        self.armed.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.armed.clear();
    }

    /// Whether there was such a fault.
    pub(crate) fn remove(&mut self, id: FaultId) -> bool {
        let before = self.armed.len();
        self.armed.retain(|armed| armed.id != id);
        self.armed.len() < before
    }

    pub(crate) fn list(&self) -> impl Iterator<Item = ActiveFault> {
        self.armed.iter().map(Armed::show)
    }

    /// What goes wrong with `target`, if anything: the first fault that matches strikes.
    pub(crate) fn strike(&mut self, target: Target<'_>) -> Option<(Strike, Failure)> {
        self.armed.iter_mut().find_map(|armed| armed.strike(target))
    }

    fn forget_used_up(&mut self) {
        let used_up = |armed: &Armed| armed.left() == Some(0);
        let count = self.armed.iter().filter(|armed| used_up(armed)).count();
        let mut surplus = count.saturating_sub(USED_UP_KEPT);
        self.armed.retain(|armed| {
            let is_surplus = surplus > 0 && used_up(armed);
            surplus -= usize::from(is_surplus);
            !is_surplus
        });
    }
}

impl Armed {
    fn strike(&mut self, target: Target<'_>) -> Option<(Strike, Failure)> {
        if self.left() == Some(0) {
            return None;
        }
        let failure = match &mut self.trigger {
            Trigger::One { fault, chance } => fault.hits(target, chance)?,
            Trigger::Mix(dice) => dice.throw(target)?,
        };
        self.struck += 1;
        let strike = Strike {
            fault: self.id,
            kind: failure.kind(),
        };
        Some((strike, failure))
    }

    fn left(&self) -> Option<u64> {
        match &self.trigger {
            Trigger::One { fault, .. } => Some(fault.times?.saturating_sub(self.struck)),
            Trigger::Mix(_) => None,
        }
    }

    fn show(&self) -> ActiveFault {
        ActiveFault {
            id: self.id,
            fault: match &self.trigger {
                Trigger::One { fault, .. } => Injection::One(fault.clone()),
                Trigger::Mix(dice) => Injection::Mix(dice.mix().clone()),
            },
            struck: self.struck,
            left: self.left(),
        }
    }
}

impl Fault {
    fn hits(&self, target: Target<'_>, chance: &mut Random) -> Option<Failure> {
        let matches = target.admits(self.kind()) && self.selection.matches(target);
        let strikes = matches
            && self
                .chance
                .is_none_or(|wanted| chance.fraction() < wanted.probability);
        strikes.then(|| self.failure.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FaultKind;

    fn call<'a>(method: &'a str, path: &'a str) -> Target<'a> {
        Target::Call {
            method,
            path,
            caller: None,
            conversation: None,
        }
    }

    fn kind(struck: Option<(Strike, Failure)>) -> Option<FaultKind> {
        struck.map(|(_, failure)| failure.kind())
    }

    #[test]
    fn faults_hit_what_they_name_and_are_used_up() {
        let mut faults = Faults::default();
        let busy = Fault::answer(503).on("POST", "/messages").times(2);
        let id = faults.add(busy.into());
        faults.add(Fault::hang().into());
        faults.add(Fault::lose_answer().times(0).into());
        faults.add(Fault::webhook_drop().into());
        let get = call("GET", "/messages");
        assert_eq!(kind(faults.strike(get)), Some(FaultKind::Hang));
        assert_eq!(kind(faults.strike(get)), None);
        let post = call("POST", "/conversations/1/messages");
        for struck in 1..=2 {
            assert_eq!(kind(faults.strike(post)), Some(FaultKind::Answer));
            let listed = faults.list().next().unwrap();
            assert_eq!((listed.id, listed.struck), (id, struck));
            assert_eq!(listed.left, Some(2 - struck));
        }
        assert_eq!(kind(faults.strike(post)), None);
        assert!(faults.remove(id) && !faults.remove(id));
    }

    #[test]
    fn selections_ask_for_everything_they_name() {
        let (user, conversation) = ("u".into(), "c".into());
        let target = Target::Call {
            method: "GET",
            path: "/x",
            caller: Some(&user),
            conversation: Some(&conversation),
        };
        let delivery = Target::Delivery {
            event: "message.create.contact.chat",
            bot: Some(&user),
            conversation: None,
            is_fresh: false,
        };
        for (fault, target, expected) in [
            (
                Fault::hang().caller("u").conversation(&conversation),
                target,
                true,
            ),
            (Fault::hang().caller("v"), target, false),
            (Fault::hang().conversation(&"d".into()), target, false),
            (Fault::hang().on("get", "/x"), target, true),
            (Fault::webhook_drop(), target, false),
            (Fault::hang(), delivery, false),
            (
                Fault::webhook_drop().event("message.create").caller("u"),
                delivery,
                true,
            ),
            (Fault::webhook_drop().event("conversation"), delivery, false),
            (
                Fault::webhook_drop().conversation(&conversation),
                delivery,
                false,
            ),
            // What was put off once is not put off again.
            (
                Fault::webhook_delay(jiff::SignedDuration::ZERO),
                delivery,
                false,
            ),
        ] {
            let mut faults = Faults::default();
            faults.add(fault.clone().into());
            assert_eq!(faults.strike(target).is_some(), expected, "{fault:?}");
        }
    }

    #[test]
    fn chance_comes_from_the_seed() {
        let strikes = |seed| -> Vec<bool> {
            let mut faults = Faults::default();
            faults.add(Fault::hang().always().with_probability(0.5, seed).into());
            (0..64)
                .map(|_| faults.strike(call("GET", "/")).is_some())
                .collect()
        };
        assert_eq!(strikes(1), strikes(1));
        assert_ne!(strikes(1), strikes(2));
        let count = strikes(1).iter().filter(|struck| **struck).count();
        assert!((16..48).contains(&count), "{count}");
    }

    #[test]
    fn used_up_faults_are_remembered_for_a_while() {
        let mut faults = Faults::default();
        let lasting = faults.add(Fault::answer(500).on("PUT", "/").always().into());
        for _ in 0..USED_UP_KEPT + 10 {
            faults.add(Fault::hang().into());
            faults.strike(call("GET", "/"));
        }
        assert!(faults.list().count() <= USED_UP_KEPT + 2);
        assert_eq!(faults.list().next().unwrap().id, lasting);
    }
}

//! Which of the lanes that are ready goes next: the more urgent first, then each organization in
//! its turn, then who came first.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use crate::store::{Class, Key};

/// Ready lanes of one API key, each at most once. What is empty is not kept, and every operation is
/// at most logarithmic in what waits.
#[derive(Debug, Default)]
pub(super) struct Fair {
    rounds: BTreeMap<Class, Round>,
    places: HashMap<Key, Place>,
    /// Numbers that only grow, so that who comes later has a higher one.
    tickets: u64,
}

/// Whose a lane is; those of nobody known share their turns.
type Organization = Option<Arc<str>>;

/// Where a lane waits.
#[derive(Debug)]
struct Place {
    class: Class,
    organization: Organization,
    ticket: u64,
}

/// The lanes of one class.
#[derive(Debug, Default)]
struct Round {
    /// The organizations with ready lanes, by when it is their turn.
    turns: BTreeMap<u64, Organization>,
    waiting: HashMap<Organization, Waiting>,
}

/// The lanes of one organization.
#[derive(Debug)]
struct Waiting {
    turn: u64,
    lanes: BTreeMap<u64, Key>,
}

impl Fair {
    /// Adds a lane. One that is here already keeps its place, unless it has become more urgent:
    /// then it joins the more urgent ones as the last of its organization.
    pub(super) fn put(&mut self, key: Key, class: Class, organization: Option<Arc<str>>) {
        match self.places.get(&key) {
            Some(place) if place.class <= class => return,
            Some(_) => drop(self.remove(&key)),
            None => {}
        }
        self.tickets += 1;
        let place = Place {
            class,
            organization,
            ticket: self.tickets,
        };
        self.rounds.entry(class).or_default().put(&key, &place);
        self.places.insert(key, place);
    }

    /// Takes the lane that goes next.
    pub(super) fn next(&mut self) -> Option<Key> {
        let mut round = self.rounds.first_entry()?;
        self.tickets += 1;
        let key = round.get_mut().next(self.tickets)?;
        if round.get().is_empty() {
            round.remove();
        }
        self.places.remove(&key);
        Some(key)
    }

    /// Takes a lane out. False if it is not here.
    fn remove(&mut self, key: &Key) -> bool {
        let Some(place) = self.places.remove(key) else {
            return false;
        };
        if let Some(round) = self.rounds.get_mut(&place.class) {
            round.remove(&place);
            if round.is_empty() {
                self.rounds.remove(&place.class);
            }
        }
        true
    }

    /// The class of the lane that goes next.
    pub(super) fn most_urgent(&self) -> Option<Class> {
        self.rounds.first_key_value().map(|(class, _)| *class)
    }

    /// Whether none waits.
    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

impl Round {
    fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// An organization that had no lane here gets the last turn.
    fn put(&mut self, key: &Key, place: &Place) {
        let waiting = self
            .waiting
            .entry(place.organization.clone())
            .or_insert_with(|| {
                self.turns.insert(place.ticket, place.organization.clone());
                Waiting {
                    turn: place.ticket,
                    lanes: BTreeMap::new(),
                }
            });
        waiting.lanes.insert(place.ticket, key.clone());
    }

    /// Takes the first lane of the organization whose turn it is; its next turn is at `turn`.
    fn next(&mut self, turn: u64) -> Option<Key> {
        let (_, organization) = self.turns.pop_first()?;
        let waiting = self.waiting.get_mut(&organization)?;
        let (_, key) = waiting.lanes.pop_first()?;
        if waiting.lanes.is_empty() {
            self.waiting.remove(&organization);
        } else {
            waiting.turn = turn;
            self.turns.insert(turn, organization);
        }
        Some(key)
    }

    fn remove(&mut self, place: &Place) {
        let Some(waiting) = self.waiting.get_mut(&place.organization) else {
            return;
        };
        waiting.lanes.remove(&place.ticket);
        if waiting.lanes.is_empty() {
            self.turns.remove(&waiting.turn);
            self.waiting.remove(&place.organization);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(name: &str) -> Key {
        Key {
            bot: "desk".into(),
            mailbox: name.into(),
        }
    }

    fn organization(name: &str) -> Organization {
        (name != "-").then(|| name.into())
    }

    fn drained(fair: &mut Fair) -> Vec<String> {
        std::iter::from_fn(|| fair.next())
            .map(|key| key.mailbox.to_string())
            .collect()
    }

    #[test]
    fn a_single_lane_waits_one_turn_for_an_organization_with_thousands() {
        let mut fair = Fair::default();
        for lane in 0..5_000 {
            fair.put(key(&lane.to_string()), Class::Reply, organization("big"));
        }
        fair.put(key("single"), Class::Reply, organization("small"));
        assert_eq!(fair.next(), Some(key("0")));
        assert_eq!(fair.next(), Some(key("single")));
        assert_eq!(fair.next(), Some(key("1")));
        assert_eq!(fair.places.len(), 4_998);
    }

    #[test]
    fn the_more_urgent_goes_first_and_a_lane_can_become_more_urgent_only() {
        let mut fair = Fair::default();
        fair.put(key("campaign"), Class::Campaign, organization("a"));
        fair.put(key("nudge"), Class::Nudge, organization("a"));
        fair.put(key("reply"), Class::Reply, organization("a"));
        fair.put(key("late reply"), Class::Campaign, organization("b"));
        fair.put(key("late reply"), Class::Reply, organization("b"));
        fair.put(key("reply"), Class::Campaign, organization("a"));
        let order = drained(&mut fair);
        assert_eq!(order, ["reply", "late reply", "nudge", "campaign"]);
    }

    #[test]
    fn a_lane_that_is_taken_out_leaves_nothing_behind() {
        let mut fair = Fair::default();
        fair.put(key("one"), Class::Nudge, organization("a"));
        assert!(fair.remove(&key("one")));
        assert!(!fair.remove(&key("one")));
        assert!(fair.is_empty());
        assert_eq!(fair.next(), None);
    }

    #[derive(Debug, Clone)]
    enum Step {
        Put(&'static str, Class, &'static str),
        Next,
        Remove(&'static str),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let name = || prop::sample::select(vec!["1", "2", "3", "4", "5", "6", "7", "8"]);
        let organization = prop::sample::select(vec!["a", "b", "c", "-"]);
        let class = prop::sample::select(Class::ALL.to_vec());
        let step = prop_oneof![
            5 => (name(), class, organization).prop_map(|(name, class, organization)| {
                Step::Put(name, class, organization)
            }),
            3 => Just(Step::Next),
            1 => name().prop_map(Step::Remove),
        ];
        prop::collection::vec(step, 0..120)
    }

    /// The same, as a list that is searched, and what happened so far.
    #[derive(Default)]
    struct Model {
        /// In the order in which they came.
        lanes: Vec<(&'static str, Class, &'static str)>,
        /// Who was served, and when.
        served: Vec<(usize, Class, &'static str)>,
        /// Since when somebody of the organization has waited without a break.
        since: BTreeMap<(Class, &'static str), usize>,
        step: usize,
    }

    impl Model {
        fn put(&mut self, name: &'static str, class: Class, organization: &'static str) {
            if let Some(place) = self.lanes.iter().position(|lane| lane.0 == name) {
                if self.lanes[place].1 <= class {
                    return;
                }
                self.remove(name);
            }
            self.lanes.push((name, class, organization));
            self.since.entry((class, organization)).or_insert(self.step);
        }

        fn remove(&mut self, name: &str) -> Option<(Class, &'static str)> {
            let place = self.lanes.iter().position(|lane| lane.0 == name)?;
            let (_, class, organization) = self.lanes.remove(place);
            let others = |lane: &&(_, Class, &str)| lane.1 == class && lane.2 == organization;
            if !self.lanes.iter().any(|lane| others(&lane)) {
                self.since.remove(&(class, organization));
            }
            Some((class, organization))
        }

        /// Says what is wrong with serving `name` now, if anything.
        fn serve(&mut self, name: &str) -> Result<(), String> {
            let lane = self.lanes.iter().find(|lane| lane.0 == name);
            let (_, class, organization) = *lane.ok_or("not waiting")?;
            if self.lanes.iter().any(|other| other.1 < class) {
                return Err("something more urgent waits".into());
            }
            let own = |lane: &&(_, Class, &str)| lane.1 == class && lane.2 == organization;
            if self
                .lanes
                .iter()
                .find(own)
                .is_none_or(|first| first.0 != name)
            {
                return Err("another lane of the organization came first".into());
            }
            let last = |organization: &str| {
                let served = self.served.iter().rev();
                let mut own = served.filter(|served| served.1 == class && served.2 == organization);
                own.next().map(|served| served.0)
            };
            if let Some(last_turn) = last(organization) {
                for ((waiting_class, other), since) in &self.since {
                    let passed_over = *waiting_class == class
                        && *other != organization
                        && *since <= last_turn
                        && last(other).is_none_or(|served| served < last_turn);
                    if passed_over {
                        return Err(format!("{organization} had two turns, {other} had none"));
                    }
                }
            }
            self.served.push((self.step, class, organization));
            self.remove(name);
            Ok(())
        }
    }

    proptest! {
        /// Nothing is lost or served twice; the more urgent goes first; within an organization who
        /// came first; and nobody has a second turn before everybody who waits had one.
        #[test]
        fn every_lane_is_served_once_in_its_turn(steps in steps()) {
            let mut fair = Fair::default();
            let mut model = Model::default();
            let drain = std::iter::repeat_n(Step::Next, 9);
            for step in steps.into_iter().chain(drain) {
                model.step += 1;
                match step {
                    Step::Put(name, class, owner) => {
                        fair.put(key(name), class, organization(owner));
                        model.put(name, class, owner);
                    }
                    Step::Next => match fair.next() {
                        Some(served) => prop_assert_eq!(model.serve(&served.mailbox), Ok(())),
                        None => prop_assert!(model.lanes.is_empty()),
                    },
                    Step::Remove(name) => {
                        prop_assert_eq!(fair.remove(&key(name)), model.remove(name).is_some());
                    }
                }
                prop_assert_eq!(fair.places.len(), model.lanes.len());
                prop_assert_eq!(fair.is_empty(), model.lanes.is_empty());
            }
            prop_assert!(fair.rounds.is_empty() && fair.places.is_empty());
        }
    }
}

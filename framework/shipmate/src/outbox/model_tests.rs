//! The promise of the sending side, over random runs: planner, order of lanes, composition, limits
//! and pace together against a platform that counts for itself.
//!
//! `MODEL_RUNS=1000000 cargo test --release -p shipmate model_tests` for many runs, and
//! `MODEL_SEED=17` to begin at the one that failed.

mod dice;
mod platform;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use self::{
    dice::Dice,
    platform::{Conversation, Message},
    world::{Wanted, Weather, World},
};
use crate::{
    plan::Command,
    store::{Class, RowEnd, RowKind},
};

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// Runs `check` with as many seeds as are wanted.
fn runs(check: impl Fn(u64)) {
    let first = number("MODEL_SEED", 0);
    for seed in first..first + number("MODEL_RUNS", 2_000) {
        let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| check(seed)));
        assert!(failed.is_ok(), "MODEL_SEED={seed}");
    }
}

#[test]
fn no_limit_is_exceeded_and_nothing_is_lost_whatever_happens() {
    runs(|seed| {
        let rate = u32::try_from(Dice::new(!seed).within(1, 20)).unwrap();
        let mut world = World::new(seed, Weather::Stormy, rate);
        world.fill();
        world.run();
        check_outcome(&world);
    });
}

#[test]
fn every_message_is_sent_within_a_second_of_the_best_possible_time() {
    runs(|seed| {
        let mut world = World::new(seed, Weather::Calm, 20);
        world.fill();
        world.run();
        check_outcome(&world);
        for lane in 0..world.platform.conversations.len() {
            check_delays(&world, lane);
        }
    });
}

fn check_outcome(world: &World) {
    assert_eq!(world.platform.complaint(world.rate as usize), None);
    let mut created = BTreeSet::new();
    for conversation in &world.platform.conversations {
        let rows: Vec<_> = conversation
            .messages
            .iter()
            .map(|message| message.row)
            .collect();
        assert!(rows.is_sorted(), "out of order: {rows:?}");
        for row in rows {
            assert!(created.insert(row), "row {row} was created twice");
        }
    }
    let mut variables = vec![BTreeMap::new(); world.platform.conversations.len()];
    for wanted in &world.wanted {
        let ends = [
            created.contains(&wanted.row),
            world.patched.contains(&wanted.row),
            world.ended.contains_key(&wanted.row),
        ];
        let ends = ends.iter().filter(|ended| **ended).count();
        assert_eq!(ends, 1, "{wanted:?}");
        if world.ended.get(&wanted.row) != Some(&RowEnd::Expired) {
            variables[wanted.lane].extend(sets(wanted));
        }
    }
    for (conversation, variables) in world.platform.conversations.iter().zip(variables) {
        assert_eq!(conversation.variables, variables);
    }
}

fn sets(wanted: &Wanted) -> Vec<(String, String)> {
    if wanted.kind == RowKind::Patch {
        return serde_json::from_value(wanted.body.clone()).unwrap();
    }
    let lines = wanted.body["text"].as_str().unwrap().lines();
    let pairs = lines.filter_map(|line| line.strip_prefix("/set ")?.split_once(' '));
    pairs
        .map(|(key, value)| (key.into(), value.into()))
        .collect()
}

/// The best possible: each message on its own, at the first moment at which the platform, with the
/// same margin, has room after those before it.
fn check_delays(world: &World, lane: usize) {
    let mut ideal = Conversation {
        answers: world.platform.conversations[lane].answers.clone(),
        ..Conversation::default()
    };
    let mut time = 0;
    for wanted in world.wanted.iter().filter(|wanted| wanted.lane == lane) {
        time = wanted.at.max(time);
        if wanted.kind == RowKind::Message {
            let text = wanted.body["text"].as_str().unwrap();
            time = ideal.room_from(text, time, 2_000);
            ideal.messages.push(Message {
                row: wanted.row,
                at: time,
                text: text.into(),
            });
        }
        if let Some(started) = world.started.get(&wanted.row) {
            assert!(
                *started <= time + 1_000,
                "{wanted:?}: {started}, not {time}"
            );
        }
    }
}

/// Many lanes at once: the pace is used to the full, and in the right order.
#[test]
fn when_all_want_at_once_the_pace_is_kept_full_and_in_order() {
    runs(|seed| {
        let mut dice = Dice::new(!seed);
        let rate = u32::try_from(dice.within(1, 20)).unwrap();
        let mut world = World::new(seed, Weather::Calm, rate);
        let mut rounds = BTreeMap::<_, usize>::new();
        let mut places = Vec::new();
        for _ in 0..dice.within(1, 60) {
            let organization = dice.pick(&[None, Some("a"), Some("b"), Some("b"), Some("b")]);
            let class = dice.pick(&Class::ALL);
            let lane = world.add_lane(organization);
            world.commit(lane, class, vec![Command::Say(Box::new("Hello".into()))]);
            let round = rounds.entry((class, organization)).or_default();
            *round += 1;
            places.push((class, *round));
        }
        world.start_sending();
        world.run();
        check_outcome(&world);
        let order = world.served.iter().map(|(_, lane)| places[*lane]);
        assert!(order.is_sorted(), "{:?} {places:?}", world.served);
        for (number, (time, _)) in (0..).zip(&world.served) {
            assert!(
                *time <= number / i64::from(rate) * 1_000,
                "{:?}",
                world.served
            );
        }
    });
}

/// A model that finds nothing proves nothing: without the margin, or with one message more, it has
/// to object.
#[test]
fn the_model_sees_when_a_limit_is_one_too_many() {
    let objects = |seed: &u64, spoil: fn(&mut World)| {
        let mut world = World::new(*seed, Weather::Stormy, 20);
        spoil(&mut world);
        world.fill();
        world.run();
        world.platform.complaint(20).is_some()
    };
    let found = |spoil| (0..60).filter(|seed| objects(seed, spoil)).count();
    assert!(found(|world| world.limits().identical.max = 9) > 0);
    assert!(found(|world| world.limits().consecutive.max = 21) > 0);
    assert!(found(|world| world.limits().margin = jiff::SignedDuration::from_secs(-60)) > 0);
}

//! A crash at every point of a short intake.

use std::collections::BTreeMap;

use shipmate::testing::{Step, World, Write};

use super::builder;

/// A point that an intake reaches often is crashed at the first times, the last time, and every third
/// time in between, unless a long run was asked for.
const FIRST: u32 = 3;

/// What everybody sees in the end.
#[derive(Debug, PartialEq)]
struct Ending {
    told: Vec<String>,
    intake: Option<String>,
    day: Option<String>,
    is_closed: bool,
    commands: Vec<String>,
}

/// A short intake that has ended.
struct Brochure {
    world: World,
    ending: Ending,
    /// Points, and how often they were reached after the start.
    reached: BTreeMap<Step, u32>,
}

/// Plays it, with crashes on the way.
async fn brochure(seed: u64, crashes: &[Step]) -> Brochure {
    let world = builder(&[("forms", "brochure")]).random_seed(seed).await;
    world.settle().await;
    let at_start = world.steps_reached();
    for step in crashes {
        world.crash_at(*step);
    }
    let ann = world.contact("Ann");
    for text in ["hi", "2026-02-30", "2026-02-28"] {
        ann.says(text).await;
        world.advance("1 min").await;
    }
    world.finish().await;
    let now = ann.conversation();
    let ending = Ending {
        told: now.told_contact().into_iter().map(str::to_owned).collect(),
        intake: ann.variable("intake"),
        day: ann.field("appointmentDate"),
        is_closed: ann.is_closed(),
        commands: now.commands().into_iter().map(str::to_owned).collect(),
    };
    let mut reached: BTreeMap<_, _> = world.steps_reached().into_iter().collect();
    for (step, times) in at_start {
        reached.entry(step).and_modify(|all| *all -= times);
    }
    Brochure {
        world,
        ending,
        reached,
    }
}

/// Before and after everything that is done for good: each change of the store, each request that
/// changes something, each answer. `INTAKE_SEEDS=50` does all of it with that many worlds.
#[tokio::test]
async fn a_crash_at_any_point_changes_nothing_in_the_end() {
    let long = std::env::var("INTAKE_SEEDS").map(|text| text.parse().unwrap());
    for seed in 1..=long.clone().unwrap_or(1) {
        let calm = brochure(seed, &[]).await;
        let transcript = calm.world.transcript();
        assert!(calm.ending.is_closed, "{transcript}");
        assert_eq!(calm.ending.day.as_deref(), Some("2026-02-28"));
        for step in Step::all() {
            let times = calm.reached.get(&step).copied().unwrap_or(0);
            let is_chosen =
                |nth: &u32| long.is_ok() || *nth <= FIRST || *nth == times || nth.is_multiple_of(3);
            for nth in (1..=times).filter(is_chosen) {
                check(seed, &[step.nth(nth)], &calm.ending).await;
            }
        }
        for write in [Write::Doubt, Write::Sweep] {
            for step in [Step::before(write), Step::after(write)] {
                check(seed, &[Step::ANSWER_LOST, step], &calm.ending).await;
            }
        }
        let is_met = |write| calm.reached.get(&Step::before(write)) > Some(&0);
        let met = Write::ALL.into_iter().filter(|write| is_met(*write));
        let expected = [
            Write::Append,
            Write::Answer,
            Write::Commit,
            Write::Claim,
            Write::Post,
            Write::Mark,
        ];
        assert_eq!(met.collect::<Vec<_>>(), expected, "{transcript}");
    }
}

/// Crashes there, and demands the same ending.
async fn check(seed: u64, crashes: &[Step], expected: &Ending) {
    let Brochure { world, ending, .. } = brochure(seed, crashes).await;
    let transcript = world.transcript();
    let shown: Vec<_> = crashes.iter().map(Step::to_string).collect();
    assert_eq!(world.steps_to_come(), [], "{shown:?}: {transcript}");
    assert_eq!(ending, *expected, "seed {seed}, {shown:?}: {transcript}");
    world.assert_exactly_once();
    world.assert_no_limit_breach();
}

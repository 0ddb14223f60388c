//! A crash at every point of a short intake.

use shipmate::testing::{Step, World, Write};

use super::builder;

/// What everybody sees in the end.
#[derive(Debug, PartialEq)]
struct Ending {
    told: Vec<String>,
    intake: Option<String>,
    day: Option<String>,
    is_closed: bool,
    commands: Vec<String>,
}

/// A short intake, with a crash somewhere.
async fn brochure(seed: u64, crash: Option<Step>) -> (World, Ending) {
    let world = builder(&[("forms", "brochure")]).random_seed(seed).await;
    if let Some(step) = crash {
        world.crash_at(step);
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
    (world, ending)
}

/// Before and after every write of the service, one after the other. `INTAKE_SEEDS=50` does it with
/// that many worlds.
#[tokio::test]
async fn a_crash_at_any_point_changes_nothing_in_the_end() {
    let seeds = std::env::var("INTAKE_SEEDS").map_or(1, |text| text.parse().unwrap());
    for seed in 1..=seeds {
        let (calm, expected) = brochure(seed, None).await;
        assert!(expected.is_closed, "{}", calm.transcript());
        let mut crashes = 0;
        for (step, times) in calm.steps_reached() {
            // Those of a start come before anything is armed.
            if matches!(step.write(), Write::Doubt | Write::Sweep) {
                continue;
            }
            for nth in 1..=times {
                let (world, ending) = brochure(seed, Some(step.nth(nth))).await;
                let transcript = world.transcript();
                assert!(
                    transcript.contains("starts again"),
                    "{step} {nth}: {transcript}"
                );
                assert_eq!(ending, expected, "seed {seed}, {step} {nth}: {transcript}");
                world.assert_exactly_once();
                world.assert_no_limit_breach();
                crashes += 1;
            }
        }
        assert!(crashes > 40, "{crashes}");
    }
}

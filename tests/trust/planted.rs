//! The judge is judged: known bugs are planted between the service and its store, and each must be
//! found by the same check that the other proofs use, in a short play with crashes.

mod bug;
mod campaign;
mod life;
mod play;
mod store;

use self::{
    bug::Bug,
    life::CrashPoint,
    play::{Played, play},
};
use crate::amount::amount;

/// Crash points spread over a play of so many `operations`, from its beginning to its end.
fn points(operations: usize) -> Vec<CrashPoint> {
    let all = 2 * operations;
    let wanted = usize::try_from(amount("TRUST_CRASH_POINTS", 24)).unwrap();
    let count = wanted.min(all);
    (0..count)
        .map(|index| index * all / count)
        .map(|point| CrashPoint {
            operation: 1 + point / 2,
            took_effect: point % 2 == 1,
        })
        .collect()
}

#[tokio::test]
async fn a_crash_at_any_operation_of_the_store_breaks_no_promise() {
    let Played { broken, operations } = play(None, None).await;
    assert_eq!(broken, []);
    for point in points(operations) {
        let played = play(None, Some(point)).await;
        assert_eq!(played.broken, [], "{point:?}");
    }
}

#[tokio::test]
async fn every_planted_bug_is_found() {
    for bug in Bug::ALL {
        assert!(is_found(bug).await, "{bug:?} was not found");
    }
}

/// Whether the check sees the bug, without a crash in the middle of something or with one.
async fn is_found(bug: Bug) -> bool {
    let first = play(Some(bug), None).await;
    if tell(bug, None, &first) {
        return true;
    }
    // Where exactly it has to crash differs from bug to bug.
    let all = (1..=first.operations).flat_map(|operation| {
        [false, true].map(|took_effect| CrashPoint {
            operation,
            took_effect,
        })
    });
    for point in all {
        if tell(bug, Some(point), &play(Some(bug), Some(point)).await) {
            return true;
        }
    }
    false
}

fn tell(bug: Bug, point: Option<CrashPoint>, played: &Played) -> bool {
    if let Some(broken) = played.broken.first() {
        println!("{bug:?}, {point:?}: {broken:?}");
    }
    !played.broken.is_empty()
}

//! A machine whose clock is wrong: the limits are kept on the platform's clock.

use jiff::SignedDuration;

use crate::{
    echo::Echo,
    stage::{Setting, Stage},
};

/// Eight equal messages are allowed in three minutes (API Basics, rate limiting).
const ALLOWED: usize = 8;

async fn a_ninth_waits_its_time(ahead: SignedDuration) {
    let setting = Setting {
        ahead,
        ..Setting::default()
    };
    let mut stage = Stage::new(Echo, setting).await;
    let talk = stage.open();
    for _ in 0..ALLOWED {
        stage.says(&talk, "hi").await;
        stage.pass(SignedDuration::from_secs(1)).await;
    }
    // The next run has sent nothing yet that could tell it what time it is.
    stage.restart(Echo).await;
    stage.says(&talk, "hi").await;
    stage.pass(SignedDuration::from_secs(100)).await;
    stage.pass(SignedDuration::from_secs(55)).await;
    assert_eq!(stage.told(&talk).len(), ALLOWED, "{ahead:#}");
    stage.pass(SignedDuration::from_secs(60)).await;
    assert_eq!(stage.told(&talk).len(), ALLOWED + 1, "{ahead:#}");
    assert_eq!(stage.sandbox.report().refused_total(), 0, "{ahead:#}");
}

#[tokio::test]
async fn limits_hold_over_a_restart_on_a_machine_whose_clock_is_wrong() {
    for seconds in [-45, 0, 45] {
        a_ninth_waits_its_time(SignedDuration::from_secs(seconds)).await;
    }
}

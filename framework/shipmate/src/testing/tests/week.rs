//! Time that passes.

use std::sync::atomic::{AtomicU32, Ordering};

use jiff::SignedDuration;
use shipmate_sandbox::Fault;

use crate::{Bot, Message, NoConfig, Outcome, Result, Turn, testing::World};

/// Fails at first, and says too much.
#[derive(Default)]
struct Tiresome {
    tries: AtomicU32,
}

impl Bot for Tiresome {
    type State = ();
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        if self.tries.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) {
            return Err("not the first time".into());
        }
        for _ in 0..30 {
            turn.say(format!("About {}…", message.text));
        }
        turn.done()
    }
}

#[tokio::test]
async fn a_week_passes_step_by_step() {
    let world = World::of(Tiresome::default()).await;
    let ann = world.contact("Ann");
    let start = world.now();
    for day in 1..=7 {
        ann.says(format!("day {day}")).await;
        assert_eq!(ann.hears().await.len(), 0, "the first try fails");
        world.advance("1 s").await;
        assert_eq!(
            ann.hears().await.len(),
            8,
            "as many as may be said in 3 minutes"
        );
        world.advance("59 min").await;
        assert_eq!(
            ann.hears().await.len(),
            12,
            "as many as may be said in an hour"
        );
        if day == 3 {
            world
                .sandbox()
                .inject(Fault::answer(503).on("POST", "/messages").times(5));
            world.crash().await;
        }
        world.advance("23h").await;
        assert_eq!(ann.hears().await.len(), 10);
        world.advance("59 s").await;
    }
    let week = SignedDuration::from_hours(7 * 24);
    assert_eq!(world.now().duration_since(start), week);
    world.finish().await;
    world.assert_exactly_once();
    world.assert_no_limit_breach();
}

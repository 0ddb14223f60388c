//! What counts as exactly once.

use jiff::SignedDuration;
use shipmate_sandbox::Fault;

use super::{Echo, panic_of};
use crate::{Bot, Class, Message, NoConfig, Outcome, Result, Turn, testing::World};

/// Says more than it may say at once, and something that is only of use soon.
struct Talker;

impl Bot for Talker {
    type State = ();
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, _message: &Message) -> Result<Outcome> {
        for number in 1..=22 {
            turn.say(format!("Line {number}"));
        }
        turn.class(Class::Nudge);
        turn.expire_after(SignedDuration::from_mins(5));
        turn.say("Still there?");
        turn.done()
    }
}

#[tokio::test]
async fn what_a_takeover_cancelled_is_no_loss() {
    let world = World::of(Talker).await;
    let ann = world.contact("Ann");
    ann.says("hi").await;
    world.agent().accepts(&ann).await;
    world.finish().await;
    assert_eq!(ann.hears().await.len(), 20);
    world.assert_exactly_once();
}

#[tokio::test]
async fn what_expired_is_no_loss() {
    let world = World::of(Talker).await;
    let ann = world.contact("Ann");
    ann.says("hi").await;
    world.finish().await;
    assert_eq!(ann.hears().await.len(), 22);
    world.assert_exactly_once();
}

#[tokio::test]
async fn what_the_platform_refuses_for_good_is_told() {
    let world = World::of(Echo).await;
    let ann = world.contact("Ann");
    let refusal = Fault::answer(422).on("POST", "/messages");
    world.sandbox().inject(refusal);
    ann.says("hi").await;
    world.finish().await;
    let account = world.account();
    assert_eq!(account.given_up_messages.len(), 1, "{account}");
    assert!(account.given_up_messages[0].contains("Echo: hi"));
    assert_eq!(account.missing_messages, [""; 0]);
    let message = panic_of(async { world.assert_exactly_once() }).await;
    assert!(
        message.contains("messages that were given up:"),
        "{message}"
    );
}

#[tokio::test]
async fn what_is_in_doubt_is_looked_for_until_the_platform_shows_it() {
    for fault in [
        Fault::error_in_ok(),
        Fault::garbage(),
        Fault::empty_body(),
        Fault::answer(500),
        Fault::redirect("https://elsewhere.example/v2"),
    ] {
        for lost in [Fault::reset_before(), Fault::lose_answer()] {
            let world = World::of(Echo).await;
            let ann = world.contact("Ann");
            world.sandbox().inject(lost.on("POST", "/messages"));
            world
                .sandbox()
                .inject(fault.clone().on("GET", "/messages").times(3));
            ann.says("hi").await;
            world.finish().await;
            assert_eq!(ann.hears().await, ["Echo: hi"], "{}", world.transcript());
            world.assert_exactly_once();
        }
    }
}

//! Events that overtake each other are put in order, as long as one waits for the other.

use std::time::Duration;

use jiff::SignedDuration;
use shipmate::{Bot, DispatchOptions, Message, NoConfig, Outcome, Result, Turn};
use shipmate_sandbox::Fault;

use crate::play::{Play, unheld};

struct Punctual;

impl Bot for Punctual {
    type State = ();
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        let when = if turn.is_late() { "late" } else { "in time" };
        turn.say(format!("{} {when}", message.text));
        turn.done()
    }
}

async fn play(window: Duration) -> Play {
    let options = DispatchOptions {
        reorder_window: window,
        ..unheld()
    };
    let play = Play::with(Punctual, options, |setup| setup).await;
    play.pass(SignedDuration::from_secs(1)).await;
    play
}

/// The consumer writes twice; the second message overtakes the first by `delay`.
async fn say_swapped(play: &Play, delay: SignedDuration) {
    let swap = Fault::webhook_reorder(delay).event("message.create.contact.chat");
    play.sandbox.inject(swap.times(1));
    for text in ["first", "second"] {
        play.sandbox.contact_says(&play.conversation, text).unwrap();
    }
    play.settle().await;
}

async fn advance(play: &Play, milliseconds: i64) {
    play.clock
        .advance(SignedDuration::from_millis(milliseconds));
    play.settle().await;
}

#[tokio::test]
async fn within_the_window_events_are_handled_in_the_order_in_which_they_happened() {
    let play = play(Duration::from_millis(200)).await;
    say_swapped(&play, SignedDuration::from_millis(100)).await;
    advance(&play, 100).await;
    assert!(play.heard().is_empty(), "they wait for earlier ones");
    advance(&play, 150).await;
    assert_eq!(play.heard(), ["first in time", "second in time"]);
}

#[tokio::test]
async fn what_comes_after_the_window_is_handled_late() {
    let play = play(Duration::from_millis(200)).await;
    say_swapped(&play, SignedDuration::from_secs(30)).await;
    advance(&play, 250).await;
    assert_eq!(play.heard(), ["second in time"]);
    advance(&play, 30_000).await;
    assert_eq!(play.heard(), ["second in time", "first late"]);
}

#[tokio::test]
async fn without_a_window_events_are_handled_as_they_come() {
    let play = play(Duration::ZERO).await;
    say_swapped(&play, SignedDuration::from_millis(100)).await;
    advance(&play, 100).await;
    assert_eq!(play.heard(), ["second in time", "first late"]);
}

#[tokio::test]
async fn what_is_old_already_does_not_wait() {
    let play = play(Duration::from_millis(200)).await;
    let slow = Fault::webhook_delay(SignedDuration::from_secs(1));
    play.sandbox
        .inject(slow.event("message.create.contact.chat").times(1));
    play.sandbox
        .contact_says(&play.conversation, "hello")
        .unwrap();
    play.settle().await;
    advance(&play, 1_000).await;
    assert_eq!(play.heard(), ["hello in time"]);
}

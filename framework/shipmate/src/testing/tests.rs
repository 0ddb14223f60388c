//! Worlds in which something happens.

mod talk;

use crate::{Bot, Message, NoConfig, Outcome, Result, Turn};

/// Says what it hears.
pub(super) struct Echo;

impl Bot for Echo {
    type State = ();
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        turn.say(format!("Echo: {}", message.text));
        turn.done()
    }
}

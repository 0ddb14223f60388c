//! The echo example's bot, to run within a test.

use shipmate::{Bot, Message, NoConfig, Outcome, Turn};

pub(crate) struct Echo;

impl Bot for Echo {
    type State = ();
    type Config = NoConfig;

    async fn on_message(
        &self,
        turn: &mut Turn<Self>,
        message: &Message,
    ) -> shipmate::Result<Outcome> {
        turn.say(format!("Echo: {}", message.text));
        turn.done()
    }
}

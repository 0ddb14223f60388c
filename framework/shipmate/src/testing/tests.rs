//! Worlds in which something happens.

mod accounts;

mod campaigns;

mod chats;

mod crashes;

mod handover;

mod profiles;

mod responses;

mod talk;

mod tenants;
mod time;

mod week;

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;

use super::{World, WorldBuilder};
use crate::{
    Action, AfterTakeover, Bot, BotSetup, Message, NewMessage, NoConfig, Outcome, Result, Turn,
};

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

/// Does a bit of everything.
pub(super) struct Desk;

impl Bot for Desk {
    type State = u32;
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        turn.state += 1;
        if message.text == "bye" {
            turn.say(NewMessage::from("Goodbye.").delayed(std::time::Duration::from_secs(2)));
            turn.leave();
            return turn.done();
        }
        turn.set("heard", turn.state);
        turn.say(NewMessage::from("A note.").backchannel());
        let buttons = [Action::reply("Yes", "y"), Action::postback("No", "refused")];
        turn.say(NewMessage::from("Are you\nsure?").with_actions(buttons));
        turn.done()
    }

    async fn on_postback(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        turn.say(format!("Pressed {}.", message.text));
        turn.done()
    }

    async fn on_takeover(&self, turn: &mut Turn<Self>, _: &Message) -> Result<Outcome> {
        turn.set("heard", "taken over");
        turn.done()
    }
}

/// A world of a desk that talks to the consumer beside a person.
pub(super) fn desk() -> WorldBuilder {
    let setup = BotSetup::new("bot", Desk).after_takeover(AfterTakeover::CarryOn);
    World::builder().setup(setup)
}

/// The message of the panic that `work` ends with.
pub(super) async fn panic_of(work: impl Future<Output = ()>) -> String {
    let panic = AssertUnwindSafe(work).catch_unwind().await.unwrap_err();
    *panic.downcast::<String>().unwrap()
}

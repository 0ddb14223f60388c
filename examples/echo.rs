//! Repeats what the consumer says. Run it in the sandbox: `cargo run -p examples --bin echo -- sandbox`

use std::process::ExitCode;

use shipmate::{Bot, Message, NoConfig, Outcome, Result, Turn};

struct Echo;

impl Bot for Echo {
    type State = ();
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        turn.say(format!("Echo: {}", message.text));
        turn.done()
    }
}

fn main() -> ExitCode {
    shipmate::run(Echo)
}

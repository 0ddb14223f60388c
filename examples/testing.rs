//! A bot with its tests, in Rust and in plain text. Run them: `cargo test -p examples`, or
//! `cargo run -p examples --bin testing -- test examples/testing.chat`

use std::process::ExitCode;

use shipmate::{Action, App, Bot, Message, NewMessage, NoConfig, Outcome, Result, Turn};

struct Desk;

impl Bot for Desk {
    type State = ();
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        turn.set("topic", &message.text);
        let buttons = [Action::reply("Yes", "yes"), Action::reply("No", "no")];
        turn.say(NewMessage::from("Shall we call you?").with_actions(buttons));
        turn.done()
    }
}

/// The program, and what its tests are about.
fn app() -> App {
    App::new("desk", Desk)
}

fn main() -> ExitCode {
    app().run()
}

#[cfg(test)]
mod tests {
    use shipmate::testing::{Step, chat_file};

    use super::app;

    #[tokio::test]
    async fn it_asks_and_is_silent_afterwards() {
        let world = app().world().await;
        let ann = world.contact("Ann");
        ann.says("a new car").await;
        ann.expects("Shall we … you?").await;
        ann.expects_buttons(["Yes", "No"]).await;
        world.advance("7 days").await;
        ann.expects_silence().await;
        world.assert_no_limit_breach();
    }

    #[tokio::test]
    async fn a_crash_before_the_commit_is_not_noticed() {
        let world = app().world().await;
        world.crash_at(Step::before(shipmate::testing::Write::Commit));
        let ann = world.contact("Ann");
        ann.says("a new car").await;
        ann.expects("Shall we call you?").await;
        world.finish().await;
        world.assert_exactly_once();
    }

    #[tokio::test]
    async fn the_conversation_of_the_book_goes_as_it_is_written() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/testing.chat");
        chat_file(app(), file).await;
        let page = include_str!("../docs/src/testing.md");
        assert!(page.contains(include_str!("testing.chat")));
    }
}

//! Two bots that answer each other do so for a while.

use shipmate::{Bot, BotSetup, Ignoring, Message, NewMessage, NoConfig, Outcome, Result, Turn};

use crate::play::{Play, unheld};

/// Answers everybody, bots too.
struct Polite;

impl Bot for Polite {
    type State = u32;
    type Config = NoConfig;

    async fn on_message(&self, turn: &mut Turn<Self>, _message: &Message) -> Result<Outcome> {
        turn.state += 1;
        turn.say(format!("You're welcome, for the {}. time.", turn.state));
        turn.done()
    }

    async fn on_agent_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
        self.on_message(turn, message).await
    }
}

#[tokio::test]
async fn a_loop_of_two_bots_ends_until_the_consumer_writes() {
    let all = Ignoring {
        bots: false,
        ..Ignoring::default()
    };
    let play = Play::with(Polite, unheld(), |setup: BotSetup| setup.ignoring(all)).await;
    for round in 1..=2 {
        play.says("hello").await;
        let mut answered = 0;
        // The other bot thanks for every answer.
        while play.heard().len() > answered {
            answered = play.heard().len();
            assert!(answered < 20, "it goes on");
            let thanks = NewMessage::chat(format!("Thank you, the {answered}."));
            let other = play.other.clone().into();
            play.sandbox
                .post_as(&other, &play.conversation, thanks)
                .unwrap();
            play.settle().await;
        }
        assert_eq!(answered, round * 7, "one for the consumer, six for the bot");
        assert_eq!(play.outcomes("ignored-loop").await, round as u64);
    }
}

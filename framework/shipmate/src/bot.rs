//! What a bot author writes.

mod error;
pub use error::{BotError, Permanent, Result};

mod outcome;
pub use outcome::{IgnoreReason, Outcome};

use serde::{Serialize, de::DeserializeOwned};
use web1on1::Message;

use crate::{event::Event, form::Locale, tenant::Problems, turn::Turn};

/// A bot: what it keeps per conversation, and what it does with an event.
///
/// Every hook gets a [`Turn`]: the conversation's state, and verbs that collect what is to be sent.
/// Nothing is sent while a hook runs. When it returns, the event's outcome, the new state and all
/// outgoing messages are committed together; if it fails, none of them, and the event is tried
/// again.
///
/// Hooks of one conversation never run at the same time. Hooks of different conversations do.
///
/// ```
/// use shipmate::{Bot, Message, NoConfig, Outcome, Result, Turn};
///
/// struct Counter;
///
/// impl Bot for Counter {
///     type State = u32;
///     type Config = NoConfig;
///
///     async fn on_message(&self, turn: &mut Turn<Self>, _message: &Message) -> Result<Outcome> {
///         turn.state += 1;
///         turn.say(format!("That was message {}.", turn.state));
///         turn.done()
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a bot",
    label = "implement `shipmate::Bot` for it",
    note = "one method is enough: `on_message`; see examples/echo.rs"
)]
pub trait Bot: Sized + Send + Sync + 'static {
    /// What is kept per conversation. Must stay readable by later versions of the bot: add fields
    /// with `#[serde(default)]`.
    type State: Default + Serialize + DeserializeOwned + Send + Sync + 'static;

    /// What an organization can configure: the `meta` of the bot and its instances, merged from the
    /// root organization to the conversation's. [`NoConfig`] for none.
    type Config: DeserializeOwned + Send + Sync + 'static;

    /// What is wrong with settings that could be read as [`Config`](Bot::Config): values that are
    /// out of range, or do not go together. An organization with a problem is left alone until it is
    /// solved; the others are not affected. Name all problems at once, each with the key as it
    /// stands in the settings. By default there are none.
    ///
    /// ```
    /// # use serde::Deserialize;
    /// # use shipmate::{Bot, Message, Outcome, Result, Turn, tenant::Problems};
    /// #[derive(Deserialize)]
    /// struct Config {
    ///     attempts: u32,
    /// }
    ///
    /// # struct Desk;
    /// # impl Bot for Desk {
    /// #     type State = ();
    /// #     type Config = Config;
    /// #     async fn on_message(&self, turn: &mut Turn<Self>, _: &Message) -> Result<Outcome> { turn.done() }
    /// fn check_config(config: &Config, problems: &mut Problems) {
    ///     if config.attempts == 0 {
    ///         problems.add("attempts", "a whole number from 1, for example 3");
    ///     }
    /// }
    /// # }
    /// ```
    fn check_config(config: &Self::Config, problems: &mut Problems) {
        let _ = (config, problems);
    }

    /// The consumer wrote.
    fn on_message(
        &self,
        turn: &mut Turn<Self>,
        message: &Message,
    ) -> impl Future<Output = Result<Outcome>> + Send;

    /// The consumer answered a question asked with [`Turn::ask`]. The question is settled; ask
    /// again if the answer does not do. By default the same as [`on_message`](Bot::on_message).
    fn on_answer(
        &self,
        turn: &mut Turn<Self>,
        question: &str,
        message: &Message,
    ) -> impl Future<Output = Result<Outcome>> + Send {
        let _ = question;
        self.on_message(turn, message)
    }

    /// The consumer pressed a button; the message's text is its payload. By default the same as
    /// [`on_message`](Bot::on_message).
    fn on_postback(
        &self,
        turn: &mut Turn<Self>,
        message: &Message,
    ) -> impl Future<Output = Result<Outcome>> + Send {
        self.on_message(turn, message)
    }

    /// The consumer wrote, or pressed a button, after the bot has [handed
    /// over](crate::Turn::hand_over) and before a person has come. The message stands in the
    /// conversation for that person. By default it is [answered once](Turn::answer_meanwhile) with
    /// what the hand-over gave for it, and otherwise left alone. An open question stays open.
    fn on_waiting(
        &self,
        turn: &mut Turn<Self>,
        message: &Message,
    ) -> impl Future<Output = Result<Outcome>> + Send {
        let _ = message;
        turn.answer_meanwhile();
        std::future::ready(Ok(Outcome::Ignored(IgnoreReason::HandedOver)))
    }

    /// The conversation was assigned to this bot (`/assign`).
    fn on_assigned(
        &self,
        turn: &mut Turn<Self>,
        message: &Message,
    ) -> impl Future<Output = Result<Outcome>> + Send {
        let _ = message;
        ignored(turn)
    }

    /// Somebody mentioned this bot.
    fn on_mentioned(
        &self,
        turn: &mut Turn<Self>,
        message: &Message,
    ) -> impl Future<Output = Result<Outcome>> + Send {
        let _ = message;
        ignored(turn)
    }

    /// Somebody gave a bot command, `>name arguments`. Answers usually go to the
    /// [backchannel](web1on1::NewMessage::backchannel).
    fn on_command(
        &self,
        turn: &mut Turn<Self>,
        name: &str,
        arguments: &str,
        message: &Message,
    ) -> impl Future<Output = Result<Outcome>> + Send {
        let _ = (name, arguments, message);
        ignored(turn)
    }

    /// A person accepted the conversation (`/accept`). The bot need not do anything: what it had
    /// not sent yet to the consumer is cancelled with this event, and it is not heard by the consumer
    /// while the person has the conversation ([`AfterTakeover`](crate::AfterTakeover)). A person who
    /// takes over by writing comes by [`on_agent_message`](Bot::on_agent_message).
    fn on_takeover(
        &self,
        turn: &mut Turn<Self>,
        message: &Message,
    ) -> impl Future<Output = Result<Outcome>> + Send {
        let _ = message;
        ignored(turn)
    }

    /// An agent wrote, to the consumer or in the backchannel.
    fn on_agent_message(
        &self,
        turn: &mut Turn<Self>,
        message: &Message,
    ) -> impl Future<Output = Result<Outcome>> + Send {
        let _ = message;
        ignored(turn)
    }

    /// The bot has the conversation back: the person who had it has left. Not called if another
    /// hook tells of it: [`on_closed`](Bot::on_closed), [`on_assigned`](Bot::on_assigned), or
    /// [`on_message`](Bot::on_message) if it shows by what the consumer writes.
    fn on_resumed(&self, turn: &mut Turn<Self>) -> impl Future<Output = Result<Outcome>> + Send {
        ignored(turn)
    }

    /// The conversation was closed. Not called if somebody has opened it again since.
    fn on_closed(&self, turn: &mut Turn<Self>) -> impl Future<Output = Result<Outcome>> + Send {
        ignored(turn)
    }

    /// A [campaign](crate::campaign) has written to the consumer in this conversation, which may be
    /// new. The bot can note that, or [ask](Turn::ask) for the answer that is awaited. The turn
    /// begins with [`Class::Campaign`](crate::Class::Campaign): nobody waits for it. By default
    /// nothing is done.
    fn on_campaign(
        &self,
        turn: &mut Turn<Self>,
        campaign: &str,
    ) -> impl Future<Output = Result<Outcome>> + Send {
        let _ = campaign;
        ignored(turn)
    }

    /// A timer is due that an earlier turn of the conversation set with [`Turn::timer`]. The turn
    /// has the conversation as the platform holds it now, and says what it says as a
    /// [nudge](crate::Class::Nudge). By default nothing.
    ///
    /// Like every event it comes exactly once, in order with the others of the conversation, and
    /// again if the hook fails.
    fn on_timer(
        &self,
        turn: &mut Turn<Self>,
        name: &str,
    ) -> impl Future<Output = Result<Outcome>> + Send {
        let _ = name;
        ignored(turn)
    }

    /// An instant of a [job](crate::schedule::Job) has come. The turn belongs to no conversation, so
    /// nothing can be said and no state is kept; [`Turn::config`] is what the bot itself is
    /// configured with, without any organization's settings. By default nothing.
    ///
    /// Each instant comes exactly once, in order with the others of the job, and again if the hook
    /// fails.
    fn on_job(
        &self,
        turn: &mut Turn<Self>,
        job: &str,
    ) -> impl Future<Output = Result<Outcome>> + Send {
        let _ = job;
        ignored(turn)
    }

    /// Anything else: other message types, other resources, and events of names this version does
    /// not know.
    fn on_event(
        &self,
        turn: &mut Turn<Self>,
        event: &Event,
    ) -> impl Future<Output = Result<Outcome>> + Send {
        let _ = event;
        ignored(turn)
    }

    /// What the bot knows, for the people who are called when it [hands over](Turn::hand_over) or an
    /// event is given up ([`FailOpen`](crate::FailOpen)): the answers so far, readable and in the language `locale`.
    /// When an event is given up, `state` is what was last committed. A
    /// [`Summary`](crate::Summary) helps to write it. By default nothing.
    fn summary(&self, state: &Self::State, locale: Locale) -> Option<String> {
        let _ = (state, locale);
        None
    }
}

fn ignored<B: Bot>(turn: &Turn<B>) -> impl Future<Output = Result<Outcome>> + Send + use<B> {
    std::future::ready(turn.ignored())
}

/// The configuration of a bot that has none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NoConfig;

impl<'de> serde::Deserialize<'de> for NoConfig {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

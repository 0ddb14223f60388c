//! Handing over to people.

use super::Turn;
use crate::{
    bot::Bot,
    handover::{Call, HandOver, Opening, locale},
    plan::Command,
    route::is_from_consumer,
    web1on1::NewMessage,
};

impl<B: Bot> Turn<B> {
    /// Hands the conversation over to people: tells the consumer, leaves a note, calls them, and
    /// leaves, in this order and in as few messages as possible.
    ///
    /// That people are called is kept with the conversation's state. Until somebody has come and has
    /// left again, what the consumer writes goes to [`Bot::on_waiting`] and not to the other hooks:
    /// it stands in the conversation, for the person to read. While people are called, this does
    /// nothing; [`take_back`](Turn::take_back) first to call them anew.
    ///
    /// ```
    /// # use shipmate::{Bot, HandOver, Message, NoConfig, Outcome, Result, Turn, form::Locale};
    /// struct Desk;
    ///
    /// impl Bot for Desk {
    ///     type State = Vec<String>;
    ///     type Config = NoConfig;
    ///
    ///     async fn on_message(&self, turn: &mut Turn<Self>, message: &Message) -> Result<Outcome> {
    ///         turn.state.push(message.text.clone());
    ///         if message.text.contains("help") {
    ///             turn.hand_over(HandOver::routed().saying("Let me get a colleague."));
    ///         }
    ///         turn.done()
    ///     }
    ///
    ///     // Stands in the note.
    ///     fn summary(&self, said: &Vec<String>, _: Locale) -> Option<String> {
    ///         Some(format!("{} messages so far", said.len()))
    ///     }
    /// }
    /// ```
    pub fn hand_over(&mut self, hand_over: HandOver) {
        if self.called.as_ref().is_some_and(Call::is_waiting) {
            return;
        }
        let is_open = Opening::is_open(hand_over.opening.as_ref(), self.context.now);
        if let Some(text) = hand_over.saying.of(is_open) {
            self.speak("hand_over", text.into());
        }
        if let Some(note) = self.note(&hand_over) {
            self.speak("hand_over", NewMessage::from(note).backchannel());
        }
        let event = &self.context.event;
        self.called = Some(Call::new(&hand_over, event.at, self.context.now));
        for command in hand_over.to.commands() {
            self.push("hand_over", command);
        }
        self.push("hand_over", Command::Leave);
    }

    /// Whether people are called and the bot keeps out: nobody has come yet, or the person who has
    /// is still there, or it is [to stay out](crate::AfterHandOver::StayOut) after that.
    pub fn is_handed_over(&self) -> bool {
        self.called.is_some()
    }

    /// Keeps out no longer: the consumer's next message goes to the usual hooks again. People stay
    /// called; a person who has the conversation keeps it.
    pub fn take_back(&mut self) {
        self.called = None;
    }

    /// Answers a consumer who writes while nobody has come yet with what
    /// [`HandOver::meanwhile`] gave, unless that was said before.
    pub fn answer_meanwhile(&mut self) {
        let now = self.context.now;
        let text = self.called.as_mut().and_then(|call| call.answer(now));
        if let Some(text) = text {
            // A word of a bot that is not in the conversation accepts it (commands, `/accept`), and
            // then nobody is called any more.
            self.join();
            self.say(text);
        }
    }

    fn note(&self, hand_over: &HandOver) -> Option<String> {
        let event = &self.context.event;
        let message = event.as_message().filter(|_| is_from_consumer(event));
        let last_words = message.map(|event| event.message.text.as_str());
        let locale = locale(event);
        let summary = || self.bot.summary(&self.state, locale);
        hand_over.note_text(locale, summary, last_words)
    }
}

//! What a hook sees and does: the state of a conversation, and what is to be sent.

use std::{fmt::Display, sync::Arc};

use jiff::Timestamp;
use serde_json::Value;
use web1on1::{
    Client, Conversation, FormId, MessageType, Meta, NewMessage, OrganizationId, Report, UserId,
};

use crate::{
    bot::{Bot, BotError, IgnoreReason, Outcome, Result},
    event::Event,
    handover::Standing,
    plan::{Command, Notify},
};

/// One event, one conversation, one commit.
///
/// The verbs are the platform's own. They collect; nothing is sent before the hook has returned
/// and everything is committed. Commands are merged into as few messages as possible and all
/// messages stay under the platform's limits, so a turn may say as much as it wants.
#[derive(Debug)]
pub struct Turn<B: Bot> {
    /// What the bot keeps of this conversation. Changes are committed with the turn.
    pub state: B::State,
    config: Arc<B::Config>,
    context: Context,
    asked: Option<String>,
    commands: Vec<Command>,
    misuse: Option<Misuse>,
}

/// What surrounds a turn.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    pub(crate) event: Arc<Event>,
    pub(crate) now: Timestamp,
    pub(crate) standing: Standing,
    pub(crate) client: Client,
    pub(crate) own_user: Option<UserId>,
}

/// What a turn leaves behind.
pub(crate) struct Finished<S> {
    pub(crate) state: S,
    pub(crate) asked: Option<String>,
    pub(crate) commands: Vec<Command>,
}

/// A verb used in a way that cannot be sent. Trying again does not help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Misuse {
    #[error("`{verb}` needs a conversation, but the event `{event}` belongs to none")]
    NoConversation { verb: &'static str, event: String },
    #[error("`set` needs a key; it was given an empty one")]
    EmptyKey,
}

impl<B: Bot> Turn<B> {
    pub(crate) fn new(
        state: B::State,
        asked: Option<String>,
        config: Arc<B::Config>,
        context: Context,
    ) -> Self {
        Self {
            state,
            config,
            context,
            asked,
            commands: Vec::new(),
            misuse: None,
        }
    }

    pub(crate) fn finish(self) -> Result<Finished<B::State>, BotError> {
        match self.misuse {
            Some(misuse) => Err(BotError::permanent(misuse)),
            None => Ok(Finished {
                state: self.state,
                asked: self.asked,
                commands: self.commands,
            }),
        }
    }

    // What the hook can know.

    /// The event.
    pub fn event(&self) -> &Event {
        &self.context.event
    }

    /// The conversation, as it was when the platform sent the event.
    pub fn conversation(&self) -> Option<&Conversation> {
        self.context.event.conversation()
    }

    /// The organization that owns the conversation or resource.
    pub fn organization(&self) -> Option<&OrganizationId> {
        let conversation = self.conversation();
        conversation
            .and_then(|conversation| conversation.organization.as_ref())
            .or(self.context.event.organization.as_ref())
    }

    /// What the conversation's organization configured.
    pub fn config(&self) -> &B::Config {
        &self.config
    }

    /// The time of the turn. Use this and not the machine's clock, so that tests can move time.
    pub fn now(&self) -> Timestamp {
        self.context.now
    }

    /// Whether an event that happened later has already been handled in this conversation.
    pub fn is_late(&self) -> bool {
        self.context.standing.late
    }

    /// Whether a person has the conversation. Unless the bot
    /// [carries on](crate::AfterTakeover::CarryOn), what a hook says to the consumer is cancelled
    /// then; notes and commands are sent.
    pub fn is_taken_over(&self) -> bool {
        self.context.standing.is_taken_over
    }

    /// The bot's own user, as far as its token tells.
    pub fn own_user(&self) -> Option<&UserId> {
        self.context.own_user.as_ref()
    }

    /// The platform's API, for reading what a turn needs to know, such as a form. Send with the
    /// turn's verbs instead: what is sent through the client is not part of the commit, does not
    /// count towards the limits, and is sent again when the event is tried again.
    pub fn client(&self) -> &Client {
        &self.context.client
    }

    /// A variable of the conversation: as set in this turn, else as it was when the platform sent
    /// the event. `@name` reads a property of the conversation itself. Empty means not set.
    pub fn get(&self, key: &str) -> Option<String> {
        let set = self
            .commands
            .iter()
            .rev()
            .find_map(|command| match command {
                Command::Set { key: set, value } if set == key => Some(value.clone()),
                _ => None,
            });
        let earlier = || {
            let conversation = self.conversation()?;
            match key.strip_prefix('@') {
                None => conversation.meta.get(key).and_then(text),
                Some(property) => {
                    let conversation = serde_json::to_value(conversation).ok()?;
                    conversation.get(property).and_then(text)
                }
            }
        };
        set.or_else(earlier).filter(|value| !value.is_empty())
    }

    // What the hook can do.

    /// Says something to the consumer. A text is chat with role `agent`; a [`NewMessage`] can be a
    /// card, have buttons, go to the backchannel or wait.
    ///
    /// ```
    /// # use shipmate::{Action, Bot, NewMessage, Turn};
    /// # fn hook<B: Bot>(turn: &mut Turn<B>) {
    /// turn.say("Hello!");
    /// turn.say(NewMessage::from("Which day?").with_actions([
    ///     Action::reply("Monday", "DAY_1"),
    ///     Action::reply("Tuesday", "DAY_2"),
    /// ]));
    /// turn.say(NewMessage::from("The customer prefers Monday.").backchannel());
    /// # }
    /// ```
    pub fn say(&mut self, message: impl Into<NewMessage>) {
        self.push("say", Command::Say(Box::new(message.into())));
    }

    /// Says something and remembers that an answer is awaited: the consumer's next message goes to
    /// [`Bot::on_answer`] with `question`.
    pub fn ask(&mut self, question: impl Into<String>, message: impl Into<NewMessage>) {
        self.asked = Some(question.into());
        self.push("ask", Command::Say(Box::new(message.into())));
    }

    /// Sets a variable of the conversation; `@name` sets a property of the conversation itself,
    /// for example `@category`. An empty value clears. The platform keeps variables as text.
    ///
    /// Any value is safe: one that does not fit a command line, because it has a line break or
    /// blanks at its ends, is set by PATCH instead.
    pub fn set(&mut self, key: impl Into<String>, value: impl Display) {
        let key = key.into();
        if key.trim_start_matches('@').is_empty() {
            self.misuse.get_or_insert(Misuse::EmptyKey);
            return;
        }
        let value = value.to_string();
        self.push("set", Command::Set { key, value });
    }

    /// Puts the conversation into the inboxes of `users` (`/assign`), people or bots.
    pub fn assign(&mut self, users: impl IntoIterator<Item = UserId>) {
        self.push("assign", Command::Assign(users.into_iter().collect()));
    }

    /// Calls people (`/notify`).
    pub fn notify(&mut self, whom: Notify) {
        self.push("notify", Command::Notify(whom));
    }

    /// Joins and takes responsibility toward the consumer (`/accept`).
    pub fn accept(&mut self) {
        self.push("accept", Command::Accept);
    }

    /// Becomes a participant (`/join`). Saying anything does this by itself.
    pub fn join(&mut self) {
        self.push("join", Command::Join);
    }

    /// Leaves (`/leave`), after everything else of this turn. If nobody else has the conversation
    /// accepted, it closes.
    pub fn leave(&mut self) {
        self.push("leave", Command::Leave);
    }

    /// Activates a form (`+name`).
    pub fn form(&mut self, form: FormId, name: impl Into<String>) {
        let name = name.into();
        self.push("form", Command::Form { form, name });
    }

    /// Fills a field of a form (`.key value`). A line break in the value becomes a blank; the
    /// [`report`](Turn::report) can carry it exactly.
    pub fn field(&mut self, form: FormId, key: impl Into<String>, value: impl Display) {
        let (key, value) = (key.into(), value.to_string());
        self.push("field", Command::Field { form, key, value });
    }

    /// Reports results (message type `report`), for example a completed form's values.
    pub fn report(&mut self, name: impl Into<String>, values: Meta) {
        let name = name.into();
        let mut message = NewMessage::new(MessageType::Report, name.clone());
        message.results.push(Report {
            name,
            values,
            extra: Meta::new(),
        });
        self.push("report", Command::Say(Box::new(message)));
    }

    /// Leaves a note for a user, person or bot, in the conversation.
    pub fn mention(&mut self, user: &UserId, text: impl Into<String>) {
        let mut message = NewMessage::new(MessageType::Mention, text).backchannel();
        message
            .meta
            .insert("targetUser".into(), user.as_str().into());
        self.push("mention", Command::Say(Box::new(message)));
    }

    // How the hook ends.

    /// The event was handled.
    ///
    /// # Errors
    ///
    /// None; a `Result` so that a hook can end with it.
    pub fn done(&self) -> Result<Outcome> {
        Ok(Outcome::Handled)
    }

    /// The event was none of the bot's business. What the turn collected is sent all the same.
    ///
    /// # Errors
    ///
    /// None; a `Result` so that a hook can end with it.
    pub fn ignored(&self) -> Result<Outcome> {
        Ok(Outcome::Ignored(IgnoreReason::Uninteresting))
    }

    /// The question that waits for an answer; taken when the answer is here.
    pub(crate) fn take_asked(&mut self) -> Option<String> {
        self.asked.take()
    }

    fn push(&mut self, verb: &'static str, command: Command) {
        if self.conversation().is_none() {
            let event = self.context.event.name.to_string();
            self.misuse
                .get_or_insert(Misuse::NoConversation { verb, event });
        } else {
            self.commands.push(command);
        }
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

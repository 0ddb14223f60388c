//! A person at the desk.

use std::panic::Location;

use shipmate_sandbox::Refusal;
use web1on1::{BotId, MessageId, NewMessage, UserId};

use super::{Contact, Failure, World, contact::steps, transcript::quoted};

/// A person at the desk. Everything is done in the conversation of a [`Contact`].
#[derive(Debug, Clone)]
pub struct Agent<'w> {
    world: &'w World,
    user: UserId,
    name: String,
}

impl<'w> Agent<'w> {
    pub(super) fn new(world: &'w World, user: UserId, name: String) -> Self {
        Self { world, user, name }
    }

    /// What the person is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The user.
    pub fn id(&self) -> &UserId {
        &self.user
    }

    steps! {
        /// Takes the conversation.
        accepts(contact: &Contact<'_>) -> () = |this| this.accept(contact);

        /// Leaves the conversation; if nobody else has accepted it, it is closed.
        leaves(contact: &Contact<'_>) -> () = |this| this.leave(contact);

        /// Writes to the consumer, which takes the conversation if the person was not in it.
        says(contact: &Contact<'_>, text: impl Into<String>) -> () = |this| this.say(contact, text);

        /// Writes a note that the consumer does not see.
        notes(contact: &Contact<'_>, text: impl Into<String>) -> () =
            |this| this.note(contact, text);

        /// Sends commands, such as `>status` or several lines of `/set`.
        commands(contact: &Contact<'_>, text: impl Into<String>) -> () =
            |this| this.command(contact, text);

        /// Sends any message.
        sends(contact: &Contact<'_>, message: impl Into<NewMessage>) -> () =
            |this| this.send(contact, message);

        /// Hands the conversation to the first bot.
        assigns_the_bot(contact: &Contact<'_>) -> () = |this| this.assign(contact, None);

        /// Hands the conversation to a bot.
        assigns(contact: &Contact<'_>, bot: impl Into<BotId>) -> () =
            |this| this.assign(contact, Some(bot));
    }
}

/// The same for whoever does not want to panic.
impl Agent<'_> {
    pub(super) async fn accept(&self, contact: &Contact<'_>) -> Result<(), Failure> {
        let sandbox = self.world.sandbox();
        self.act("accept", sandbox.agent_accepts(contact.id(), &self.user))
            .await
    }

    pub(super) async fn leave(&self, contact: &Contact<'_>) -> Result<(), Failure> {
        let sandbox = self.world.sandbox();
        self.act("leave", sandbox.agent_leaves(contact.id(), &self.user))
            .await
    }

    pub(super) async fn say(&self, contact: &Contact<'_>, text: String) -> Result<(), Failure> {
        let sandbox = self.world.sandbox();
        let sent = sandbox.agent_says(contact.id(), &self.user, &text);
        self.act(&format!("say {}", quoted(&text)), sent).await
    }

    pub(super) async fn note(&self, contact: &Contact<'_>, text: String) -> Result<(), Failure> {
        let sandbox = self.world.sandbox();
        let sent = sandbox.agent_notes(contact.id(), &self.user, &text);
        self.act(&format!("note {}", quoted(&text)), sent).await
    }

    pub(super) async fn command(&self, contact: &Contact<'_>, text: String) -> Result<(), Failure> {
        let sandbox = self.world.sandbox();
        let sent = sandbox.agent_commands(contact.id(), &self.user, &text);
        self.act(&format!("command {}", quoted(&text)), sent).await
    }

    async fn send(&self, contact: &Contact<'_>, message: NewMessage) -> Result<(), Failure> {
        let sandbox = self.world.sandbox();
        let what = format!("send {}", quoted(&message.text));
        self.act(&what, sandbox.post_as(&self.user, contact.id(), message))
            .await
    }

    pub(super) async fn assign(
        &self,
        contact: &Contact<'_>,
        bot: Option<BotId>,
    ) -> Result<(), Failure> {
        let Some(bot) = bot.or_else(|| self.world.bots().first().cloned()) else {
            return Err(Failure::new("a bot to assign", "there is none"));
        };
        let sandbox = self.world.sandbox();
        self.act(
            "assign the bot",
            sandbox.assign_bot(contact.id(), &self.user, &bot),
        )
        .await
    }

    async fn act(&self, what: &str, done: Result<MessageId, Refusal>) -> Result<(), Failure> {
        if let Err(refusal) = done {
            let expected = format!("{} to be able to {what}", self.name);
            return Err(Failure::new(expected, refusal.to_string()));
        }
        self.world.stage.settle().await
    }
}

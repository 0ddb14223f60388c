//! The consumer: what it does, and what it is told.

use std::panic::Location;

use shipmate_sandbox::{ConversationSnapshot, Refusal};
use web1on1::{
    Action, ActionType, ConversationId, ConversationStatus, Message, MessageId, MessageType,
    NewMessage,
};

use crate::form::value_at;

use super::{
    Expect, Failure, World,
    stage::{is_told, label, labels},
    transcript::quoted,
};

/// A consumer in a conversation.
#[derive(Debug, Clone)]
pub struct Contact<'w> {
    world: &'w World,
    name: String,
    conversation: ConversationId,
}

/// Defines methods that fail with the place where they are called.
macro_rules! steps {
    ($(
        $(#[$doc:meta])*
        $name:ident ( $($argument:ident : $type:ty),* ) -> $out:ty = |$this:ident| $body:expr;
    )*) => {$(
        $(#[$doc])*
        ///
        /// # Panics
        ///
        /// With the transcript, if it is not so or cannot be done.
        #[track_caller]
        pub fn $name(&self, $($argument: $type),*) -> impl Future<Output = $out> + Send {
            let at = Location::caller();
            let $this = self;
            $(let $argument = $argument.into();)*
            async move {
                let done: Result<$out, Failure> = $body.await;
                done.unwrap_or_else(|failure| $this.world.fail(at, &failure))
            }
        }
    )*};
}
pub(super) use steps;

impl<'w> Contact<'w> {
    pub(super) fn new(world: &'w World, name: &str, conversation: ConversationId) -> Self {
        Self {
            world,
            name: name.to_owned(),
            conversation,
        }
    }

    /// What the consumer is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The conversation.
    pub fn id(&self) -> &ConversationId {
        &self.conversation
    }

    /// The conversation as it stands.
    ///
    /// # Panics
    ///
    /// If it was deleted.
    #[track_caller]
    pub fn conversation(&self) -> ConversationSnapshot {
        let at = Location::caller();
        let snapshot = self.world.snapshot(&self.conversation);
        snapshot.unwrap_or_else(|failure| self.world.fail(at, &failure))
    }

    /// A variable of the conversation, if it is set to a text.
    pub fn variable(&self, key: &str) -> Option<String> {
        self.conversation().variable(key).map(str::to_owned)
    }

    /// The value of a field, in whichever form has it.
    pub fn field(&self, key: &str) -> Option<String> {
        field(&self.conversation(), key)
    }

    /// Whether the conversation is closed.
    pub fn is_closed(&self) -> bool {
        self.conversation().status() == Some(&ConversationStatus::Closed)
    }

    steps! {
        /// Writes a text, or taps a quick reply that shows it. Returns when the bot has answered, as
        /// far as it does before time passes. Requests are paced, 20 in a second of all conversations,
        /// so of many consumers at one instant the later ones are answered only as time passes.
        says(text: impl Into<String>) -> () = |this| this.say(text);

        /// Sends any message, for example a picture: content type `image/png`, and its address as
        /// the text.
        sends(message: impl Into<NewMessage>) -> () = |this| this.send(message);

        /// Taps the button that shows `label`, below the latest message that has one. A quick reply
        /// is an answer with its text, any other button a postback with its payload.
        taps(label: impl Into<String>) -> () = |this| this.tap(label);

        /// The next message that the consumer is told. Messages are taken one after the other; time
        /// passes if that is what the message waits for, up to the world's patience.
        expects(expected: impl Into<Expect>) -> () = |this| this.expect(expected);

        /// Nothing more is told, within the world's patience.
        expects_silence() -> () = |this| this.expect_silence();

        /// Whatever was told that no expectation has taken yet. It lets no time pass, so what waits
        /// for the pace of requests or for a delay is not among it.
        hears() -> Vec<String> = |this| this.listen();

        /// The latest message has just these buttons.
        expects_buttons(labels: impl Into<Vec<&'static str>>) -> () = |this| this.expect_buttons(labels);

        /// A bot writes a note that the consumer does not see. Notes are taken one after the other.
        expects_note(expected: impl Into<Expect>) -> () = |this| this.expect_note(expected);

        /// A bot has given a command of which a line is as expected, such as `/notify…`.
        expects_command(expected: impl Into<Expect>) -> () = |this| this.expect_command(expected);

        /// A variable of the conversation is as expected.
        expects_variable(key: impl Into<String>, expected: impl Into<Expect>) -> () =
            |this| this.expect_variable(key, Some(expected));

        /// A variable of the conversation is not set.
        expects_no_variable(key: impl Into<String>) -> () = |this| this.expect_variable(key, None);

        /// A field of a form is as expected.
        expects_field(key: impl Into<String>, expected: impl Into<Expect>) -> () =
            |this| this.expect_field(key, Some(expected));

        /// A field of a form is not filled in.
        expects_no_field(key: impl Into<String>) -> () = |this| this.expect_field(key, None);

        /// A field of the contact's profile, such as `email`, is as expected.
        expects_profile(field: impl Into<String>, expected: impl Into<Expect>) -> () =
            |this| this.expect_profile(field, Some(expected));

        /// A field of the contact's profile is not known.
        expects_no_profile(field: impl Into<String>) -> () =
            |this| this.expect_profile(field, None);

        /// A value of the latest report is as expected.
        expects_report(key: impl Into<String>, expected: impl Into<Expect>) -> () =
            |this| this.expect_report(key, expected);

        /// The conversation is closed.
        expects_closed() -> () = |this| this.expect_status(ConversationStatus::Closed);

        /// The conversation stands so.
        expects_status(status: impl Into<ConversationStatus>) -> () =
            |this| this.expect_status(status);
    }
}

/// The same for whoever does not want to panic.
impl Contact<'_> {
    pub(super) async fn say(&self, text: String) -> Result<(), Failure> {
        let sent = self.world.sandbox().contact_says(&self.conversation, &text);
        self.act(sent, &text).await
    }

    pub(super) async fn send(&self, message: NewMessage) -> Result<(), Failure> {
        let text = message.text.clone();
        let sent = self
            .world
            .sandbox()
            .contact_sends(&self.conversation, message);
        self.act(sent, &text).await
    }

    pub(super) async fn tap(&self, wanted: String) -> Result<(), Failure> {
        let now = self.snapshot()?;
        let told = now.messages.iter().rev().filter(|it| is_told(it));
        let buttons = || told.clone().flat_map(labels);
        let Some(button) = buttons().find(|button| label(button) == wanted) else {
            let latest: Vec<_> = buttons().map(label).map(quoted).collect();
            let instead = if latest.is_empty() {
                "there are no buttons".to_owned()
            } else {
                format!("the buttons are: {}", latest.join(", "))
            };
            return Err(Failure::new(
                format!("a button {}", quoted(&wanted)),
                instead,
            ));
        };
        let (sandbox, id) = (self.world.sandbox(), &self.conversation);
        let sent = if button.kind == ActionType::Reply {
            sandbox.contact_says(id, &wanted)
        } else {
            sandbox.contact_taps(id, payload(button))
        };
        self.act(sent, &wanted).await
    }

    async fn act(&self, sent: Result<MessageId, Refusal>, text: &str) -> Result<(), Failure> {
        if let Err(refusal) = sent {
            let expected = format!("{} to be able to send {}", self.name, quoted(text));
            return Err(Failure::new(expected, refusal.to_string()));
        }
        self.world.stage.settle().await
    }

    pub(super) async fn expect(&self, expected: Expect) -> Result<(), Failure> {
        let wanted = || format!("the bot to tell {} {expected}", self.name);
        match self.next_told().await? {
            Some(message) if expected.fits(&message.text) => Ok(()),
            Some(message) => Err(Failure::new(
                wanted(),
                format!("it said {}", quoted(&message.text)),
            )),
            None => Err(Failure::new(wanted(), "it said nothing more")),
        }
    }

    /// Takes the next message; it is taken even if it is not as expected.
    pub(super) async fn next_told(&self) -> Result<Option<Message>, Failure> {
        let told = self.world.heard(&self.conversation).told;
        let find = |now: &ConversationSnapshot| self.told(now).nth(told).cloned();
        let message = self.world.wait(&self.conversation, find).await?;
        if message.is_some() {
            self.world.hear(&self.conversation, |heard| heard.told += 1);
        }
        Ok(message)
    }

    /// What was told already and is not taken yet.
    pub(super) fn untaken(&self) -> Result<Option<Message>, Failure> {
        let told = self.world.heard(&self.conversation).told;
        Ok(self.told(&self.snapshot()?).nth(told).cloned())
    }

    pub(super) async fn expect_silence(&self) -> Result<(), Failure> {
        match self.next_told().await? {
            None => Ok(()),
            Some(message) => Err(Failure::new(
                format!("the bot to tell {} nothing", self.name),
                format!("it said {}", quoted(&message.text)),
            )),
        }
    }

    async fn listen(&self) -> Result<Vec<String>, Failure> {
        self.world.stage.settle().await?;
        let now = self.snapshot()?;
        let told: Vec<_> = self
            .told(&now)
            .map(|message| message.text.clone())
            .collect();
        let taken = self.world.heard(&self.conversation).told;
        self.world
            .hear(&self.conversation, |heard| heard.told = told.len());
        Ok(told.into_iter().skip(taken).collect())
    }

    async fn expect_buttons(&self, wanted: Vec<&'static str>) -> Result<(), Failure> {
        let wanted: Vec<_> = wanted.into_iter().map(str::to_owned).collect();
        self.world.stage.settle().await?;
        self.check_buttons(&wanted)
    }

    pub(super) fn check_buttons(&self, wanted: &[String]) -> Result<(), Failure> {
        let now = self.snapshot()?;
        let told = now.messages.iter().rev().find(|it| is_told(it));
        let there: Vec<_> = told.into_iter().flat_map(labels).map(label).collect();
        if there == wanted {
            return Ok(());
        }
        Err(Failure::new(
            shown(wanted.iter().map(String::as_str)),
            format!("there are {}", shown(there.into_iter())),
        ))
    }

    pub(super) async fn expect_note(&self, expected: Expect) -> Result<(), Failure> {
        let taken = self.world.heard(&self.conversation).notes;
        let note = self.world.wait(&self.conversation, |now| {
            let of_bots = now.messages.iter().filter(|it| self.is_of_bot(it));
            let mut notes = of_bots.filter(|it| is_note(it));
            notes.nth(taken).map(|note| note.text.clone())
        });
        let note = note.await?;
        if note.is_some() {
            self.world
                .hear(&self.conversation, |heard| heard.notes += 1);
        }
        let wanted = format!("the bot to note {expected}");
        match note {
            Some(note) if expected.fits(&note) => Ok(()),
            Some(note) => Err(Failure::new(wanted, format!("it noted {}", quoted(&note)))),
            None => Err(Failure::new(wanted, "it noted nothing more")),
        }
    }

    pub(super) async fn expect_command(&self, expected: Expect) -> Result<(), Failure> {
        let lines = |now: &ConversationSnapshot| -> Vec<String> {
            let commands = now.commands().into_iter();
            commands.flat_map(str::lines).map(str::to_owned).collect()
        };
        let fits = |now: &ConversationSnapshot| {
            let mut lines = lines(now).into_iter();
            lines.find(|line| expected.fits(line))
        };
        if self.world.wait(&self.conversation, fits).await?.is_some() {
            return Ok(());
        }
        let there: Vec<_> = lines(&self.snapshot()?)
            .iter()
            .map(|it| quoted(it))
            .collect();
        Err(Failure::new(
            format!("a command {expected}"),
            format!("the commands are: {}", there.join(", ")),
        ))
    }

    pub(super) async fn expect_variable(
        &self,
        key: String,
        expected: Option<Expect>,
    ) -> Result<(), Failure> {
        let read = |now: &ConversationSnapshot| now.variable(&key).map(str::to_owned);
        self.expect_value(&format!("the variable {}", quoted(&key)), read, expected)
            .await
    }

    pub(super) async fn expect_field(
        &self,
        key: String,
        expected: Option<Expect>,
    ) -> Result<(), Failure> {
        let read = |now: &ConversationSnapshot| field(now, &key);
        self.expect_value(&format!("the field {}", quoted(&key)), read, expected)
            .await
    }

    pub(super) async fn expect_profile(
        &self,
        field: String,
        expected: Option<Expect>,
    ) -> Result<(), Failure> {
        let read = |now: &ConversationSnapshot| {
            let value = value_at(&now.profile, &field)?;
            Some(
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned),
            )
        };
        let what = format!("{} in the profile", quoted(&field));
        self.expect_value(&what, read, expected).await
    }

    pub(super) async fn expect_report(&self, key: String, expected: Expect) -> Result<(), Failure> {
        let read = |now: &ConversationSnapshot| reported(now, &key);
        let what = format!("{} in the report", quoted(&key));
        self.expect_value(&what, read, Some(expected)).await
    }

    pub(super) async fn expect_status(&self, expected: ConversationStatus) -> Result<(), Failure> {
        let read = |now: &ConversationSnapshot| now.status().map(|it| it.as_str().to_owned());
        let expected = Expect::Exactly(expected.as_str().to_owned());
        self.expect_value("the status of the conversation", read, Some(expected))
            .await
    }

    /// What `read` reads is as expected, or nothing.
    async fn expect_value(
        &self,
        what: &str,
        read: impl Fn(&ConversationSnapshot) -> Option<String>,
        expected: Option<Expect>,
    ) -> Result<(), Failure> {
        let is_so = |value: &Option<String>| match (value, &expected) {
            (Some(value), Some(expected)) => expected.fits(value),
            (None, None) => true,
            _ => false,
        };
        let find = |now: &ConversationSnapshot| is_so(&read(now)).then_some(());
        if self.world.wait(&self.conversation, find).await?.is_some() {
            return Ok(());
        }
        let wanted = expected.as_ref().map_or_else(
            || format!("{what} not to be set"),
            |expected| format!("{what} to be {expected}"),
        );
        let instead = read(&self.snapshot()?).map_or_else(
            || "it is not set".to_owned(),
            |value| format!("it is {}", quoted(&value)),
        );
        Err(Failure::new(wanted, instead))
    }

    /// What bots told the consumer.
    fn told<'a>(&self, now: &'a ConversationSnapshot) -> impl Iterator<Item = &'a Message> {
        let messages = now.messages.iter();
        messages.filter(|message| is_told(message) && self.is_of_bot(message))
    }

    fn is_of_bot(&self, message: &Message) -> bool {
        let is = |user: &web1on1::UserId| {
            let mut bots = self.world.bots().iter();
            bots.any(|bot| bot.as_str() == user.as_str())
        };
        message.user.as_ref().is_some_and(is)
    }

    fn snapshot(&self) -> Result<ConversationSnapshot, Failure> {
        self.world.snapshot(&self.conversation)
    }
}

/// Buttons, for reading.
fn shown<'a>(labels: impl Iterator<Item = &'a str>) -> String {
    let labels: Vec<_> = labels.map(quoted).collect();
    if labels.is_empty() {
        "no buttons".to_owned()
    } else {
        format!("the buttons {}", labels.join(", "))
    }
}

fn is_note(message: &Message) -> bool {
    message.is_backchannel && matches!(message.kind, MessageType::Chat | MessageType::Card)
}

fn field(now: &ConversationSnapshot, key: &str) -> Option<String> {
    let mut forms = now.fields.values();
    forms.find_map(|fields| fields.get(key)).cloned()
}

/// The value under `key` in the latest report that has it.
fn reported(now: &ConversationSnapshot, key: &str) -> Option<String> {
    let mut reports = now.messages.iter().rev();
    let value = reports.find_map(|message| {
        let results = message.results.as_ref()?.as_array()?;
        results
            .iter()
            .find_map(|result| result.get("values")?.get(key))
    })?;
    Some(
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned),
    )
}

fn payload(button: &Action) -> &str {
    button.payload.as_deref().unwrap_or_else(|| label(button))
}

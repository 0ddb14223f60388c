//! What a hook sees and does: the state of a conversation, and what is to be sent.

mod hand_over;

use std::{fmt::Display, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use web1on1::{
    Client, Conversation, FormId, MessageType, Meta, NewMessage, OrganizationId, Report, UserId,
};

use crate::{
    bot::{Bot, BotError, IgnoreReason, Outcome, Permanent, Result},
    event::Event,
    handover::{Call, Standing},
    limit::{Budget, TextHash},
    overflow::{Fitted, HandedOver, Measure},
    plan::{Command, Manner, Notify, Outgoing, PlanOptions, Said, plan},
    policy::Policies,
    results::{Completed, Response},
    schedule::Timer,
    store::{Class, NewTimer, TimerChange},
    tenant::Profiles,
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
    bot: Arc<B>,
    config: Arc<B::Config>,
    context: Context,
    asked: Option<String>,
    called: Option<Call>,
    commands: Vec<Command>,
    timers: Vec<TimerChange>,
    responses: Vec<Response>,
    /// How what is said from here on may be sent.
    manner: Manner,
    misuse: Option<Misuse>,
}

/// What surrounds a turn.
#[derive(Debug, Clone)]
pub(crate) struct Context {
    pub(crate) event: Arc<Event>,
    pub(crate) now: Timestamp,
    pub(crate) standing: Standing,
    pub(crate) client: Client,
    pub(crate) profiles: Arc<Profiles>,
    pub(crate) own_user: Option<UserId>,
    /// What may be sent in the conversation, before this turn says anything.
    pub(crate) budget: Budget,
    pub(crate) plan: PlanOptions,
    pub(crate) policies: Policies,
    pub(crate) completed: Completed,
}

/// What the turn before left.
pub(crate) struct Left<S> {
    pub(crate) state: S,
    pub(crate) asked: Option<String>,
    pub(crate) called: Option<Call>,
}

/// What a turn leaves behind.
pub(crate) struct Finished<S> {
    pub(crate) state: S,
    pub(crate) asked: Option<String>,
    pub(crate) called: Option<Call>,
    pub(crate) fitted: Fitted,
    pub(crate) timers: Vec<TimerChange>,
    pub(crate) responses: Vec<Response>,
}

/// Longest name of a timer, in bytes.
const LONGEST_NAME: usize = 200;

/// A verb used in a way that cannot be sent. Trying again does not help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Misuse {
    #[error("`{verb}` needs a conversation, but the event `{event}` belongs to none")]
    NoConversation { verb: &'static str, event: String },
    #[error("`set` needs a key; it was given an empty one")]
    EmptyKey,
    #[error(
        "`set_profile` needs a contact, but the event `{event}` names none; a conversation of people \
         among themselves has none"
    )]
    NoContact { event: String },
    #[error("`set_profile` needs the name of a field, for example `email`; it was given {field:?}")]
    ProfileField { field: String },
    #[error("`{verb}` needs at least one wording; it was given none")]
    NoWording { verb: &'static str },
    #[error("a timer needs a name of 1 to {LONGEST_NAME} bytes; it was given one of {bytes}")]
    TimerName { bytes: usize },
}

impl<B: Bot> Turn<B> {
    pub(crate) fn new(
        bot: Arc<B>,
        config: Arc<B::Config>,
        left: Left<B::State>,
        context: Context,
    ) -> Self {
        Self {
            state: left.state,
            bot,
            config,
            context,
            asked: left.asked,
            called: left.called,
            commands: Vec::new(),
            timers: Vec::new(),
            responses: Vec::new(),
            manner: Manner::default(),
            misuse: None,
        }
    }

    /// `handed_over` is what [`Fitted::handed_over`] was the last time.
    pub(crate) fn finish(
        self,
        handed_over: Option<HandedOver>,
    ) -> Result<Finished<B::State>, BotError> {
        if let Some(misuse) = self.misuse {
            return Err(BotError::permanent(misuse));
        }
        // What is not heard anyway needs no room.
        let policies = if self.context.standing.is_silent {
            Policies::default()
        } else {
            self.context.policies
        };
        let measure = Measure {
            plan: &self.context.plan,
            policies: &policies,
            budget: &self.context.budget,
        };
        let fitted = measure.fit(self.commands, handed_over).permanent()?;
        Ok(Finished {
            state: self.state,
            asked: self.asked,
            called: self.called,
            fitted,
            timers: self.timers,
            responses: self.responses,
        })
    }

    // What the hook can know.

    /// The event.
    pub fn event(&self) -> &Event {
        &self.context.event
    }

    /// The conversation, as it was when the platform sent the event; for a timer, as it was just
    /// before the turn.
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

    /// What is known of the consumer, by the names of the profile's fields (`name`, `email`,
    /// `telephone`, `locale`, …; API Reference, organizations). Empty if the event does not show it.
    pub fn contact_profile(&self) -> Meta {
        self.context.event.contact_profile().unwrap_or_default()
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

    /// How many messages the bot may still create in this conversation before a limit makes them
    /// wait, and when more fit. What is queued and what this turn has collected is taken off.
    /// Commands count, and those of a turn share messages; so ask when everything else is said.
    ///
    /// ```
    /// # use shipmate::{Bot, Turn};
    /// # fn hook<B: Bot>(turn: &mut Turn<B>, tips: &[&str]) {
    /// if turn.budget().left() > tips.len() {
    ///     tips.iter().for_each(|tip| turn.say(*tip));
    /// } else {
    ///     turn.say(tips.join("\n\n"));
    /// }
    /// # }
    /// ```
    pub fn budget(&self) -> Budget {
        let mut budget = self.context.budget.clone();
        for outgoing in plan(self.commands.clone(), &self.context.plan) {
            if let Outgoing::Message(planned) = outgoing {
                budget.spend(TextHash::of(&planned.message.text));
            }
        }
        budget
    }

    /// How many completed responses to `survey` belong to `quota`, with any organization and in any
    /// version: [`Quota::limit`](crate::form::Quota::limit) is meant for a survey as a whole. They
    /// are counted as turns are committed; so of turns that end at the same time, each may find the
    /// last place free.
    pub fn completed(&self, survey: &str, quota: &str) -> u64 {
        self.context.completed.everywhere(survey, quota)
    }

    /// Like [`completed`](Turn::completed), but with the turn's organization only: for quotas that
    /// each organization has for itself.
    pub fn completed_in_organization(&self, survey: &str, quota: &str) -> u64 {
        let organization = self.organization().map(OrganizationId::as_str);
        self.context.completed.within(organization, survey, quota)
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
        self.speak("say", message.into());
    }

    /// Says something that can be said in several ways: the first, or another one if the first would
    /// be one identical message too many. Of the others only the text is used.
    ///
    /// ```
    /// # use shipmate::{Action, Bot, NewMessage, Turn};
    /// # fn hook<B: Bot>(turn: &mut Turn<B>) {
    /// turn.say_one_of(["Which day?", "On which day?", "What day would suit you?"]);
    /// # }
    /// ```
    pub fn say_one_of<M: Into<NewMessage>>(&mut self, wordings: impl IntoIterator<Item = M>) {
        self.speak_one_of("say_one_of", wordings);
    }

    /// Says something and remembers that an answer is awaited: the consumer's next message goes to
    /// [`Bot::on_answer`] with `question`.
    pub fn ask(&mut self, question: impl Into<String>, message: impl Into<NewMessage>) {
        self.asked = Some(question.into());
        self.speak("ask", message.into());
    }

    /// Remembers that an answer is awaited to what was asked already, for example by a
    /// [campaign](Bot::on_campaign): the consumer's next message goes to [`Bot::on_answer`] with
    /// `question`.
    pub fn expect(&mut self, question: impl Into<String>) {
        self.asked = Some(question.into());
    }

    /// [Asks](Turn::ask) in one of several ways, as [`say_one_of`](Turn::say_one_of) says.
    pub fn ask_one_of<M: Into<NewMessage>>(
        &mut self,
        question: impl Into<String>,
        wordings: impl IntoIterator<Item = M>,
    ) {
        self.asked = Some(question.into());
        self.speak_one_of("ask_one_of", wordings);
    }

    /// What is said from here on is of this class: how urgent it is, and what happens when it does
    /// not fit under a limit. A turn begins with [`Class::Reply`], that of
    /// a timer with [`Class::Nudge`]. Commands are as urgent as the most
    /// urgent message of the turn.
    pub fn class(&mut self, class: Class) {
        self.manner.class = class;
    }

    /// What is said from here on is not sent any more once this much time has passed since the
    /// turn, for example because it had to wait for a limit.
    ///
    /// ```
    /// # use shipmate::{Bot, Class, Turn};
    /// # use jiff::SignedDuration;
    /// # fn hook<B: Bot>(turn: &mut Turn<B>) {
    /// turn.class(Class::Nudge);
    /// turn.expire_after(SignedDuration::from_mins(30));
    /// turn.say("Are you still there?");
    /// # }
    /// ```
    pub fn expire_after(&mut self, span: SignedDuration) {
        let at = self.now().saturating_add(span).unwrap_or(Timestamp::MAX);
        self.expire_at(at);
    }

    /// What is said from here on is not sent at `deadline` or later.
    pub fn expire_at(&mut self, deadline: Timestamp) {
        self.manner.expires_at = Some(deadline);
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

    /// Writes a field of the contact's profile, such as `email`, `telephone` or
    /// `address.postalCode` (API Reference, organizations, profile fields). An empty value clears.
    ///
    /// The contact is changed after everything that the turn says, so nobody waits for it. A turn's
    /// fields are one request for reading the profile and, if that changes it, one for writing; the
    /// other fields stay as they are.
    pub fn set_profile(&mut self, field: impl Into<String>, value: impl Display) {
        let field = field.into();
        if field.split('.').any(|name| name.trim().is_empty()) {
            self.misuse.get_or_insert(Misuse::ProfileField { field });
            return;
        }
        let Some(contact) = self.event().contact() else {
            let event = self.context.event.name.to_string();
            self.misuse.get_or_insert(Misuse::NoContact { event });
            return;
        };
        let value = value.to_string();
        let command = Command::Profile {
            contact,
            field,
            value,
        };
        self.push("set_profile", command);
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
        let report = Report {
            name: name.into(),
            values,
            extra: Meta::new(),
        };
        self.report_with(report, Meta::new());
    }

    /// [Reports](Turn::report) with data for whoever reads the message besides people.
    pub fn report_with(&mut self, report: Report, meta: Meta) {
        let mut message = NewMessage::new(MessageType::Report, report.name.clone());
        message.meta = meta;
        message.results.push(report);
        self.speak("report", message);
    }

    /// Leaves a note for a user, person or bot, in the conversation.
    pub fn mention(&mut self, user: &UserId, text: impl Into<String>) {
        let mut message = NewMessage::new(MessageType::Mention, text).backchannel();
        message
            .meta
            .insert("targetUser".into(), user.as_str().into());
        self.speak("mention", message);
    }

    /// Wants to be called again in this conversation: [`Bot::on_timer`] gets `name`. The timer is
    /// committed with the turn and survives restarts; what was due meanwhile is called at once, in
    /// order. One of the same name is replaced.
    ///
    /// ```
    /// # use shipmate::{Bot, Turn, schedule::Timer};
    /// # use jiff::SignedDuration;
    /// # fn hook<B: Bot>(turn: &mut Turn<B>) {
    /// turn.ask("day", "Which day?");
    /// turn.timer("nudge", Timer::after(SignedDuration::from_mins(30)).until_answered());
    /// # }
    /// ```
    pub fn timer(&mut self, name: impl Into<String>, timer: Timer) {
        let name = name.into();
        let timer = timer.set(name, self.now());
        self.change_timers("timer", TimerChange::Set(timer));
    }

    /// Ends a timer of this conversation, if there is one of this name.
    pub fn cancel_timer(&mut self, name: impl Into<String>) {
        self.change_timers("cancel_timer", TimerChange::Cancel(name.into()));
    }

    /// Keeps a response to a survey, in place of what was kept of the same
    /// [run](Response::run): call it as often as something was answered. It is written with the
    /// turn. The turn says whose it is: the conversation, and organization and contact unless they
    /// are set.
    ///
    /// ```
    /// # use shipmate::{Bot, Turn, form::{Progress, Questionnaire}, results::{End, Response}};
    /// # fn hook<B: Bot>(turn: &mut Turn<B>, response: &mut Response, survey: &Questionnaire, progress: &Progress) {
    /// response.follow(survey, progress, turn.now());
    /// response.end = Some(End::Completed);
    /// turn.keep_response(response.clone());
    /// # }
    /// ```
    pub fn keep_response(&mut self, mut response: Response) {
        let Some(conversation) = self.conversation() else {
            self.belongs("keep_response");
            return;
        };
        response.conversation = conversation.id.to_string();
        let contact = || conversation.contact_id().map(|id| id.to_string());
        response.contact = response.contact.or_else(contact);
        let organization = || self.organization().map(ToString::to_string);
        response.organization = response.organization.or_else(organization);
        self.responses.retain(|other| other.run != response.run);
        self.responses.push(response);
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

    pub(crate) fn profiles(&self) -> &Profiles {
        &self.context.profiles
    }

    /// The question that waits for an answer; taken when the answer is here.
    pub(crate) fn take_asked(&mut self) -> Option<String> {
        self.asked.take()
    }

    fn speak(&mut self, verb: &'static str, message: NewMessage) {
        let said = Said::new(message, self.manner.clone());
        self.push(verb, Command::Say(Box::new(said)));
    }

    fn speak_one_of<M: Into<NewMessage>>(
        &mut self,
        verb: &'static str,
        wordings: impl IntoIterator<Item = M>,
    ) {
        let mut wordings = wordings.into_iter().map(Into::into);
        let Some(first) = wordings.next() else {
            self.misuse.get_or_insert(Misuse::NoWording { verb });
            return;
        };
        let mut said = Said::new(first, self.manner.clone());
        said.manner.variants = wordings.map(|other| other.text).collect();
        self.push(verb, Command::Say(Box::new(said)));
    }

    fn change_timers(&mut self, verb: &'static str, change: TimerChange) {
        let (TimerChange::Set(NewTimer { name, .. }) | TimerChange::Cancel(name)) = &change;
        let bytes = name.len();
        if bytes == 0 || bytes > LONGEST_NAME {
            self.misuse.get_or_insert(Misuse::TimerName { bytes });
        } else if self.belongs(verb) {
            self.timers.push(change);
        }
    }

    fn push(&mut self, verb: &'static str, command: Command) {
        if self.belongs(verb) {
            self.commands.push(command);
        }
    }

    /// Whether there is a conversation; otherwise the verb is misused.
    fn belongs(&mut self, verb: &'static str) -> bool {
        let belongs = self.conversation().is_some();
        if !belongs {
            let event = self.context.event.name.to_string();
            self.misuse
                .get_or_insert(Misuse::NoConversation { verb, event });
        }
        belongs
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

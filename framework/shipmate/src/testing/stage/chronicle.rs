//! Follows the platform and writes down what happened.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

use jiff::Timestamp;
use shipmate_sandbox::{
    ApiCall, AttemptOutcome, CallOutcome, ConversationSnapshot, DeliveryAttempt, Entry, Sandbox,
    View,
};
use web1on1::{Action, ConversationId, Message, MessageType, Role, UserId};

use crate::testing::transcript::Transcript;

/// Who takes part, by the names that the transcript uses.
#[derive(Debug, Clone, Default)]
pub(in crate::testing) struct Cast {
    /// The bots under test.
    pub(in crate::testing) bots: BTreeMap<UserId, String>,
    /// People at the desk.
    pub(in crate::testing) people: BTreeMap<UserId, String>,
}

/// The transcript, and up to where it has followed the platform.
#[derive(Debug)]
pub(in crate::testing) struct Chronicle {
    transcript: Transcript,
    cast: Cast,
    contacts: HashMap<ConversationId, String>,
    version: u64,
    entry: u64,
    /// How many messages of each conversation are written down.
    written: HashMap<ConversationId, usize>,
    /// Requests and attempts that were not answered yet.
    open: Vec<u64>,
    /// Requests of the bots, by the platform's clock.
    requests: Vec<(Timestamp, UserId)>,
    /// Requests that were refused because of a limit.
    refused: Vec<String>,
}

impl Chronicle {
    pub(super) fn new(cast: Cast) -> Self {
        Self {
            transcript: Transcript::default(),
            cast,
            contacts: HashMap::new(),
            version: 0,
            entry: 0,
            written: HashMap::new(),
            open: Vec::new(),
            requests: Vec::new(),
            refused: Vec::new(),
        }
    }

    pub(in crate::testing) fn add(&mut self, at: Timestamp, who: &str, what: String) {
        self.transcript.add(at, who, what);
    }

    /// From now on the consumer of `conversation` is called `name`.
    pub(in crate::testing) fn name(&mut self, conversation: &ConversationId, name: &str) {
        self.contacts.insert(conversation.clone(), name.to_owned());
    }

    pub(in crate::testing) fn contact(&self, conversation: &ConversationId) -> String {
        let name = self.contacts.get(conversation);
        name.cloned().unwrap_or_else(|| "Contact".to_owned())
    }

    /// The requests that were made, and who made them.
    pub(in crate::testing) fn requests(&self) -> &[(Timestamp, UserId)] {
        &self.requests
    }

    /// The requests that were refused because of a limit.
    pub(in crate::testing) fn refused(&self) -> &[String] {
        &self.refused
    }

    /// Writes down what happened since the last time. Within it people come first, then what went
    /// wrong, then the bots: so the same happenings make the same text.
    pub(super) fn follow(&mut self, sandbox: &Sandbox, now: Timestamp) {
        let (entries, changed) = sandbox.look(|view| {
            let mut entries: Vec<_> = self
                .open
                .iter()
                .filter_map(|number| entry(view, *number).cloned())
                .collect();
            entries.extend(view.journal_after(self.entry).cloned());
            let changed = view.changed_after(self.version);
            self.version = view.version();
            (entries, changed)
        });
        let messages = self.new_messages(changed);
        let (bots, people): (Vec<_>, Vec<_>) =
            messages.into_iter().partition(|line| line.is_of_bot);
        for line in people {
            self.transcript.add(now, line.who, line.what);
        }
        for trouble in self.troubles(entries) {
            self.transcript.add(now, "platform", trouble);
        }
        for line in bots {
            self.transcript.add(now, line.who, line.what);
        }
    }

    fn new_messages(&mut self, changed: Vec<ConversationSnapshot>) -> Vec<Line> {
        let mut lines = Vec::new();
        for snapshot in changed {
            let id = &snapshot.conversation.id;
            let contact = self.contact(id);
            let is_one_of_many = self.contacts.len() > 1;
            let written = self.written.entry(id.clone()).or_default();
            for message in snapshot.messages.iter().skip(*written) {
                let mut line = self.cast.line(message, &contact);
                if is_one_of_many && line.who != contact {
                    line.who = format!("{} → {contact}", line.who);
                }
                lines.push(line);
            }
            *written = snapshot.messages.len();
        }
        lines
    }

    /// What did not go well, in an order that does not depend on who was quicker.
    fn troubles(&mut self, entries: Vec<Entry>) -> Vec<String> {
        let mut troubles = Vec::new();
        let mut delivered = 0;
        self.open.clear();
        for entry in entries {
            self.entry = self.entry.max(entry.number());
            match entry {
                Entry::Call(call) => troubles.extend(self.call(&call)),
                Entry::Delivery(attempt) => match attempt.outcome {
                    AttemptOutcome::UnderWay => self.open.push(attempt.number),
                    AttemptOutcome::Answered { status: 200..=299 } if attempt.fault.is_none() => {
                        delivered += 1;
                    }
                    _ => troubles.push(failed_attempt(&attempt)),
                },
                _ => {}
            }
        }
        troubles.sort();
        if delivered > 0 {
            let webhooks = if delivered == 1 {
                "webhook"
            } else {
                "webhooks"
            };
            troubles.push(format!("{delivered} {webhooks} delivered"));
        }
        troubles
    }

    fn call(&mut self, call: &ApiCall) -> Option<String> {
        if call.outcome == CallOutcome::UnderWay {
            self.open.push(call.number);
            return None;
        }
        // What is refused for a limit does not count towards it.
        if let Some(caller) = call.caller.as_ref().filter(|caller| caller.is_bot)
            && call.refused.is_none()
        {
            self.requests.push((call.at, caller.user.clone()));
        }
        let end = match call.outcome {
            CallOutcome::Answered { status: 200..=299 } if call.fault.is_none() => return None,
            CallOutcome::Answered { status } => status.to_string(),
            CallOutcome::Broken => "the connection broke".to_owned(),
            _ => "the client gave up".to_owned(),
        };
        let fault = call
            .fault
            .map_or_else(String::new, |fault| format!(" ({})", fault.kind.name()));
        let limit = call
            .refused
            .map_or_else(String::new, |rule| format!(" (limit: {})", rule.as_str()));
        let text = format!("{} {}: {end}{fault}{limit}", call.method, call.path);
        if call.refused.is_some() {
            self.refused.push(text.clone());
        }
        Some(text)
    }
}

impl fmt::Display for Chronicle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.transcript.fmt(f)
    }
}

/// A message as a line of the transcript.
struct Line {
    who: String,
    what: String,
    is_of_bot: bool,
}

impl Cast {
    fn line(&self, message: &Message, contact: &str) -> Line {
        let bot = message.user.as_ref().and_then(|user| self.bots.get(user));
        let person = || message.user.as_ref().and_then(|user| self.people.get(user));
        let who = if message.is_from_contact() {
            contact
        } else {
            bot.or_else(person).map_or("platform", String::as_str)
        };
        Line {
            who: who.to_owned(),
            what: what(message),
            is_of_bot: bot.is_some(),
        }
    }
}

/// The entry of the journal with this number, as long as it is kept.
pub(super) fn entry<'a>(view: &View<'a>, number: u64) -> Option<&'a Entry> {
    let mut entries = view.journal_after(number.saturating_sub(1));
    entries.next().filter(|entry| entry.number() == number)
}

/// Whether the consumer is shown the message, as something another one says.
pub(in crate::testing) fn is_told(message: &Message) -> bool {
    message.role == Some(Role::Agent)
        && !message.is_backchannel
        && matches!(message.kind, MessageType::Chat | MessageType::Card)
}

/// The buttons of a message.
pub(in crate::testing) fn labels(message: &Message) -> Vec<&Action> {
    let of_items = message.items.iter().flat_map(|item| &item.actions);
    message.actions.iter().chain(of_items).collect()
}

/// What a button shows.
pub(in crate::testing) fn label(action: &Action) -> &str {
    let shown = action.text.as_deref().or(action.payload.as_deref());
    shown.unwrap_or_default()
}

fn what(message: &Message) -> String {
    let mut what = match &message.kind {
        MessageType::Chat | MessageType::Card if message.is_backchannel => {
            format!("(note) {}", message.text)
        }
        MessageType::Chat | MessageType::Card => message.text.clone(),
        MessageType::Postback => format!("(taps) {}", message.text),
        kind => format!("({kind}) {}", message.text),
    };
    for item in &message.items {
        what.push_str("\n- ");
        what.push_str(&item.title);
    }
    let buttons: Vec<_> = labels(message).into_iter().map(label).collect();
    for (index, button) in buttons.iter().enumerate() {
        what.push_str(if index == 0 { "\n[" } else { " [" });
        what.push_str(button);
        what.push(']');
    }
    if let Some(results) = &message.results {
        what.push('\n');
        what.push_str(&results.to_string());
    }
    what
}

fn failed_attempt(attempt: &DeliveryAttempt) -> String {
    let end = match &attempt.outcome {
        AttemptOutcome::Answered { status } => status.to_string(),
        AttemptOutcome::Failed { problem } => without_address(problem),
        _ => "not answered".to_owned(),
    };
    let fault = attempt
        .fault
        .map_or_else(String::new, |fault| format!(" ({})", fault.kind.name()));
    let (event, number) = (&attempt.event, attempt.attempt);
    format!("webhook {event}, attempt {number}: {end}{fault}")
}

/// Ports differ from run to run, and so does how a connection happens to break.
fn without_address(problem: &str) -> String {
    if problem.contains("127.0.0.1") || problem.contains("connection") {
        "no answer".to_owned()
    } else {
        problem.to_owned()
    }
}

//! Commands as messages.

use web1on1::{Meta, NewMessage};

use super::{Encoding, Lines, Manner, Outgoing, PlanOptions, Planned, ProfileChange, Said};

/// Writes commands, putting neighbours into one message where that is understood.
pub(super) struct Writer {
    sharing: Sharing,
    /// Of commands.
    manner: Manner,
    planned: Vec<Outgoing>,
    /// The last planned message is a command that may take another line.
    open: bool,
}

/// Which commands share a message.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sharing {
    None,
    /// Whether a `/set` took effect shows later, so nothing is lost by trying.
    Sets,
    All,
}

impl Sharing {
    fn of(options: &PlanOptions) -> Self {
        match (options.encoding, options.lines) {
            (Encoding::Array, _) | (_, Lines::Broken) => Self::None,
            (Encoding::Lines | Encoding::Patch, Lines::Unverified) => Self::Sets,
            (Encoding::Lines | Encoding::Patch, Lines::Verified) => Self::All,
        }
    }
}

impl Writer {
    pub(super) fn new(options: &PlanOptions, manner: Manner) -> Self {
        Self {
            sharing: Sharing::of(options),
            manner,
            planned: Vec::new(),
            open: false,
        }
    }

    pub(super) fn patch(&mut self, sets: Vec<(String, String)>) {
        let class = self.manner.class;
        self.planned.push(Outgoing::Patch { sets, class });
    }

    pub(super) fn profile(&mut self, profile: ProfileChange) {
        let class = self.manner.class;
        self.planned.push(Outgoing::Profile { profile, class });
    }

    pub(super) fn said(&mut self, said: Said) {
        self.open = false;
        let planned = Planned {
            message: said.message,
            manner: said.manner,
            sets: Vec::new(),
        };
        self.planned.push(Outgoing::Message(Box::new(planned)));
    }

    /// A message that is a command or as good as one.
    pub(super) fn message(&mut self, message: NewMessage) {
        self.said(Said::new(message, self.manner.clone()));
    }

    pub(super) fn set(&mut self, key: String, value: String) {
        let line = format!("/set {key} {value}");
        self.command(&line, Meta::new());
        if let Some(Outgoing::Message(planned)) = self.planned.last_mut() {
            planned.sets.push((key, value));
        }
        self.open = self.sharing != Sharing::None;
    }

    pub(super) fn command(&mut self, line: &str, meta: Meta) {
        if let Some(message) = self.open_message(line, &meta) {
            message.text.push('\n');
            message.text.push_str(line);
            message.meta.extend(meta);
            return;
        }
        let mut message = NewMessage::command(line);
        message.meta = meta;
        self.message(message);
        self.open = self.sharing == Sharing::All;
    }

    pub(super) fn into_planned(self) -> Vec<Outgoing> {
        self.planned
    }

    /// The message that `line` may join: arguments stand in `meta`, which one message has only one
    /// of, so a verb that reads `meta` may stand in it only once.
    fn open_message(&mut self, line: &str, meta: &Meta) -> Option<&mut NewMessage> {
        let Some(Outgoing::Message(planned)) = self.planned.last_mut().filter(|_| self.open) else {
            return None;
        };
        let message = &mut planned.message;
        let is_set = line.starts_with("/set ");
        let same_verb = message.text.lines().any(|earlier| earlier == line);
        let same_argument = meta.keys().any(|key| message.meta.contains_key(key));
        let clashes = same_argument || (!is_set && same_verb);
        let shares = is_set || self.sharing == Sharing::All;
        (shares && !clashes).then_some(message)
    }
}

//! Exactly once: what the platform delivered and shows, against what the service has on record.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    panic::Location,
};

use serde::Deserialize;
use shipmate_sandbox::{DeliveryOutcome, HookId};
use web1on1::{Message, MessageId};

use super::{
    Failure, World,
    transcript::quoted,
    watch::{Observed, ObservedRow, RowEnd},
};
use crate::store::{self, Key, Marker, RowId, RowKind};

/// Everything that is not exactly once. Empty, if all is well.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// Events that were delivered, or should have been, and have no outcome.
    pub lost_events: Vec<String>,
    /// Events with more than one outcome, or that are in the inbox more than once.
    pub repeated_events: Vec<String>,
    /// Messages that were committed and are not on the platform.
    pub missing_messages: Vec<String>,
    /// Those of them that are in doubt on record: whether they arrived was not known.
    pub missing_in_doubt: Vec<String>,
    /// Messages that are on record as needing a person: the platform refused them for good, or
    /// nobody can tell whether they arrived.
    pub given_up_messages: Vec<String>,
    /// Messages of the bots that are on the platform more often than they were committed.
    pub repeated_messages: Vec<String>,
    /// Messages that came after one of their conversation that was committed later.
    pub late_messages: Vec<String>,
}

impl Account {
    /// Whether everything is exactly once.
    pub fn is_even(&self) -> bool {
        *self == Self::default()
    }

    /// Whether nothing is there twice.
    pub fn has_no_repetition(&self) -> bool {
        self.repeated_events.is_empty() && self.repeated_messages.is_empty()
    }
}

impl Account {
    /// Takes out what campaigns wrote, each once.
    fn take_campaigns(&mut self, observed: &Observed, there: &mut Vec<(usize, Message)>) {
        for marker in &observed.campaigns {
            let is_meant = |message: &Message| Marker::of(&message.meta).as_ref() == Some(marker);
            if let Some(found) = there.iter().position(|(_, message)| is_meant(message)) {
                there.remove(found);
            } else {
                let name = format!("a campaign's message with the marker {marker:?}");
                self.missing_messages.push(name);
            }
        }
    }

    /// A message that is not on the platform.
    fn miss(&mut self, expected: &Expected, end: RowEnd) {
        let which = match end {
            RowEnd::Queued | RowEnd::Claimed | RowEnd::Sent => &mut self.missing_messages,
            RowEnd::InDoubt => &mut self.missing_in_doubt,
            RowEnd::Ended(store::RowEnd::Dead | store::RowEnd::Unresolved) => {
                &mut self.given_up_messages
            }
            RowEnd::Ended(_) => return,
        };
        which.push(expected.to_string());
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = "";
        for (what, which) in [
            ("events without an outcome", &self.lost_events),
            ("events more than once", &self.repeated_events),
            ("messages that are missing", &self.missing_messages),
            ("messages in doubt that are missing", &self.missing_in_doubt),
            ("messages that were given up", &self.given_up_messages),
            ("messages more than once", &self.repeated_messages),
            ("messages out of their order", &self.late_messages),
        ] {
            if !which.is_empty() {
                write!(f, "{rest}{what}:\n- {}", which.join("\n- "))?;
                rest = "\n";
            }
        }
        Ok(())
    }
}

impl World {
    /// Compares what the platform delivered and shows with what the service has on record. Take it
    /// when all is done, after [`finish`](World::finish).
    pub fn account(&self) -> Account {
        let observed = self.stage.watch.observed();
        let mut account = Account::default();
        self.account_for_events(&observed, &mut account);
        self.account_for_messages(&observed, &mut account);
        account
    }

    /// Each event that was delivered has one outcome, and each message of the bots is there once, in
    /// the order in which the bots said them. What was not sent because a person took over, its time
    /// was over or another message took its place is no loss.
    ///
    /// # Panics
    ///
    /// With the transcript, if not.
    #[track_caller]
    pub fn assert_exactly_once(&self) {
        let account = self.account();
        if !account.is_even() {
            let failure = Failure::new("everything exactly once", account.to_string());
            self.fail(Location::caller(), &failure);
        }
    }

    fn account_for_events(&self, observed: &Observed, account: &mut Account) {
        let mut of_delivery: BTreeMap<&str, usize> = BTreeMap::new();
        let mut keys = BTreeSet::new();
        for event in observed.events.values() {
            let name = format!("{} of {}", event.name, event.mailbox);
            match event.outcomes.len() {
                0 => account.lost_events.push(name.clone()),
                1 => {}
                _ => account.repeated_events.push(name.clone()),
            }
            if let Some(id) = &event.delivery {
                *of_delivery.entry(id).or_default() += 1;
            }
            if !keys.insert(event.key) {
                account.repeated_events.push(name);
            }
        }
        let is_ours = |hook: &HookId| match hook {
            HookId::Bot(bot) => self.bots().contains(bot),
            HookId::Service(_) => false,
        };
        let deliveries = self.sandbox().deliveries().into_iter();
        for delivery in deliveries.filter(|it| is_ours(&it.hook)) {
            // What the service takes for an event that it knows is accounted for with that event.
            let recognised = observed.recognised.get(&delivery.id);
            let known = usize::from(recognised.is_some_and(|key| keys.contains(key)));
            let stored = of_delivery.get(delivery.id.as_str()).copied();
            let times = stored.or(Some(known).filter(|known| *known > 0));
            let name = format!("{} ({:?})", delivery.event, delivery.outcome);
            match (times, &delivery.outcome) {
                (Some(1), _) | (None, DeliveryOutcome::Dropped) => {}
                (None, _) => account.lost_events.push(name),
                (Some(_), _) => account.repeated_events.push(name),
            }
        }
    }

    fn account_for_messages(&self, observed: &Observed, account: &mut Account) {
        let mut there: Vec<_> = self.messages_of_bots().into_iter().enumerate().collect();
        account.take_campaigns(observed, &mut there);
        let mut latest: BTreeMap<&Key, usize> = BTreeMap::new();
        for (id, row) in &observed.rows {
            if row.kind != RowKind::Message {
                continue;
            }
            let Some(expected) = Expected::of(*id, row) else {
                continue;
            };
            let found = there.iter().position(|(_, message)| expected.is(message));
            let Some(found) = found else {
                account.miss(&expected, row.end);
                continue;
            };
            let (place, _) = there.remove(found);
            let latest = latest.entry(&row.mailbox).or_insert(place);
            if place < *latest {
                account.late_messages.push(expected.to_string());
            }
            *latest = place.max(*latest);
        }
        let rest = there.iter().map(|(_, message)| shown(&message.text));
        account.repeated_messages.extend(rest);
    }

    /// What the bots posted, oldest first, each once by its id.
    fn messages_of_bots(&self) -> Vec<Message> {
        let is_of_bot = |message: &Message| {
            let is = |user: &str| self.bots().iter().any(|bot| bot.as_str() == user);
            message.user.as_ref().is_some_and(|user| is(user.as_str()))
        };
        let mut messages: BTreeMap<(usize, usize), Message> = BTreeMap::new();
        let mut seen: BTreeSet<MessageId> = BTreeSet::new();
        for (place, id) in self.sandbox().conversations().into_iter().enumerate() {
            let Some(snapshot) = self.sandbox().conversation(&id) else {
                continue;
            };
            let pending = snapshot.pending.into_iter().map(|(_, message)| message);
            let all = snapshot.messages.into_iter().chain(pending);
            for (index, message) in all.filter(|it| is_of_bot(it)).enumerate() {
                if seen.insert(message.id.clone()) {
                    messages.insert((place, index), message);
                }
            }
        }
        messages.into_values().collect()
    }
}

/// A message that was committed.
struct Expected {
    id: RowId,
    conversation: String,
    kind: String,
    text: String,
    marker: Option<serde_json::Value>,
}

impl Expected {
    fn of(id: RowId, row: &ObservedRow) -> Option<Self> {
        #[derive(Deserialize)]
        struct Body {
            #[serde(rename = "type")]
            kind: String,
            #[serde(default)]
            text: String,
            #[serde(default)]
            meta: serde_json::Map<String, serde_json::Value>,
        }
        let mut body: Body = serde_json::from_slice(&row.body).ok()?;
        Some(Self {
            id,
            conversation: row.mailbox.mailbox.to_string(),
            kind: body.kind,
            text: body.text,
            marker: body.meta.remove(Marker::META_KEY),
        })
    }

    /// By its marker, if it has one; otherwise by what it says.
    fn is(&self, message: &Message) -> bool {
        let conversation = message.conversation.as_ref();
        if conversation.is_none_or(|id| id.as_str() != self.conversation) {
            return false;
        }
        let is_alike = message.kind.as_str() == self.kind && message.text == self.text;
        match (&self.marker, message.meta.get(Marker::META_KEY)) {
            (Some(expected), Some(marker)) => expected == marker,
            _ => is_alike,
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} (row {})", self.kind, shown(&self.text), self.id)
    }
}

fn shown(text: &str) -> String {
    const LONGEST: usize = 120;
    let cut: String = text.chars().take(LONGEST).collect();
    quoted(&cut)
}

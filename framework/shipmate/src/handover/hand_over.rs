//! Handing a conversation over to people, on purpose.

use jiff::{SignedDuration, tz::TimeZone};
use serde::{Deserialize, Serialize};
use web1on1::{ChannelId, UserId};

use super::{
    Opening, Recipients, Summary,
    summary::{Words, bounded},
};
use crate::{form::Locale, schedule::Hours};

/// What a bot does once the person has come to whom it handed over, and has left again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AfterHandOver {
    /// It goes on where it was: its state and its open question are untouched.
    #[default]
    Resume,
    /// It says nothing more to the consumer, until somebody assigns the conversation to it.
    StayOut,
}

/// How a conversation is handed over to people; see [`Turn::hand_over`](crate::Turn::hand_over).
///
/// ```
/// # use jiff::tz::TimeZone;
/// # use shipmate::{AfterHandOver, Bot, HandOver, Turn, schedule::Hours};
/// # fn hook<B: Bot>(turn: &mut Turn<B>, hours: Hours, zone: &TimeZone) {
/// turn.hand_over(
///     HandOver::routed()
///         .saying("Let me get a colleague.")
///         .saying_when_closed("We are back tomorrow at nine, and will answer then.")
///         .open_during(hours, zone)
///         .meanwhile("A colleague is on the way.")
///         .afterwards(AfterHandOver::StayOut),
/// );
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[must_use = "nothing is handed over before `turn.hand_over(…)`"]
pub struct HandOver {
    pub(crate) to: Recipients,
    pub(crate) saying: Texts,
    pub(crate) note: Note,
    pub(crate) meanwhile: Texts,
    pub(crate) afterwards: AfterHandOver,
    pub(crate) at_most: Option<SignedDuration>,
    pub(crate) opening: Option<Opening>,
}

/// A text to the consumer, and the one in its place while nobody is at work.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Texts {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    open: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closed: Option<String>,
}

/// What people are told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Note {
    #[default]
    BotsSummary,
    Text(String),
    None,
}

impl HandOver {
    /// To whoever `recipients` names, for example a setting of the organization.
    pub fn to(recipients: Recipients) -> Self {
        Self {
            to: recipients,
            ..Self::default()
        }
    }

    /// To whoever the routing rules find, of the conversation's organization and those above
    /// (`/notify`).
    pub fn routed() -> Self {
        Self::default()
    }

    /// Into the inboxes of these users, people or bots (`/assign`).
    pub fn to_users(users: impl IntoIterator<Item = UserId>) -> Self {
        Self::to(Recipients {
            users: users.into_iter().collect(),
            ..Recipients::default()
        })
    }

    /// As a task for exactly these channels (`/notify`): it stays there until somebody who is
    /// subscribed accepts.
    pub fn to_channels(channels: impl IntoIterator<Item = ChannelId>) -> Self {
        Self::to(Recipients {
            channels: channels.into_iter().collect(),
            ..Recipients::default()
        })
    }

    /// What the consumer is told. Nothing unless set.
    pub fn saying(mut self, text: impl Into<String>) -> Self {
        self.saying.open = Some(text.into());
        self
    }

    /// What the consumer is told instead [while nobody is at work](Self::open_during).
    pub fn saying_when_closed(mut self, text: impl Into<String>) -> Self {
        self.saying.closed = Some(text.into());
        self
    }

    /// When people are at work, which decides between the texts: now, and later, when the consumer
    /// writes and nobody has come yet. Always unless set. The zone is usually that of the
    /// [organization](crate::tenant::OrganizationProfile::time_zone); one without an IANA name counts
    /// as UTC.
    pub fn open_during(mut self, hours: Hours, zone: &TimeZone) -> Self {
        self.opening = Some(Opening::new(hours, zone));
        self
    }

    /// What people read, in the backchannel: a text or a [`Summary`]. Unless set it is what
    /// [`Bot::summary`](crate::Bot::summary) tells, and what the consumer last wrote.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Note::Text(note.into());
        self
    }

    /// People read nothing from the bot.
    pub fn without_note(mut self) -> Self {
        self.note = Note::None;
        self
    }

    /// What is answered, once, to a consumer who writes while nobody has come yet. Nothing unless
    /// set.
    pub fn meanwhile(mut self, text: impl Into<String>) -> Self {
        self.meanwhile.open = Some(text.into());
        self
    }

    /// What is answered instead, once, [while nobody is at work](Self::open_during).
    pub fn meanwhile_when_closed(mut self, text: impl Into<String>) -> Self {
        self.meanwhile.closed = Some(text.into());
        self
    }

    /// What happens once the person has come and has left again; [`AfterHandOver::Resume`] unless
    /// set.
    pub fn afterwards(mut self, afterwards: AfterHandOver) -> Self {
        self.afterwards = afterwards;
        self
    }

    /// If nobody has come after this time, the bot answers the consumer's next message again. For
    /// ever unless set: people were called, and a bot that begins anew is in their way.
    pub fn waiting_at_most(mut self, span: SignedDuration) -> Self {
        self.at_most = Some(span);
        self
    }

    /// The note; `summary` is the bot's, and `last_words` what the consumer wrote in this event.
    pub(crate) fn note_text(
        &self,
        locale: Locale,
        summary: impl FnOnce() -> Option<String>,
        last_words: Option<&str>,
    ) -> Option<String> {
        match &self.note {
            Note::None => None,
            Note::Text(text) => Some(bounded(text)),
            Note::BotsSummary => {
                let opening = Words::of(locale).hands_over.to_owned();
                let last_words = last_words.map(|words| Summary::new(locale).last_words(words));
                let last_words = last_words.filter(|words| !words.is_empty());
                // First what may not be cut off.
                let parts = [Some(opening), last_words.map(String::from), summary()];
                let parts: Vec<_> = parts.into_iter().flatten().collect();
                Some(bounded(&parts.join("\n")))
            }
        }
        .filter(|note| !note.trim().is_empty())
    }
}

impl Texts {
    pub(crate) fn of(&self, is_open: bool) -> Option<&str> {
        match (is_open, &self.closed) {
            (false, Some(closed)) => Some(closed),
            _ => self.open.as_deref(),
        }
    }

    /// The same, to be said no second time.
    pub(crate) fn take(&mut self, is_open: bool) -> Option<String> {
        match &mut self.closed {
            // An empty text stays, so that the other one does not stand in for it.
            Some(closed) if !is_open => {
                Some(std::mem::take(closed)).filter(|text| !text.is_empty())
            }
            _ => self.open.take(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_is_taken_once_and_none_stands_in_for_the_other() {
        let mut both = Texts {
            open: Some("open".to_owned()),
            closed: Some("closed".to_owned()),
        };
        let taken: Vec<_> = [false, false, true, true, false]
            .map(|is_open| both.take(is_open))
            .into();
        let expected = [Some("closed"), None, Some("open"), None, None];
        assert_eq!(taken, expected.map(|text| text.map(str::to_owned)));
        let mut one = Texts {
            open: Some("open".to_owned()),
            closed: None,
        };
        assert_eq!(one.of(false), Some("open"));
        assert_eq!(one.take(false).as_deref(), Some("open"));
        assert_eq!(one.take(true), None);
    }

    #[test]
    fn the_note_is_what_the_bot_knows_and_what_the_consumer_wrote() {
        let summary = || Some("Name: Ann".to_owned());
        let note = |hand_over: HandOver| hand_over.note_text(Locale::En, summary, Some("a\nb"));
        let usual = note(HandOver::routed()).unwrap();
        assert!(
            usual.ends_with("\nThe customer last wrote: a b\nName: Ann"),
            "{usual}"
        );
        assert_eq!(note(HandOver::routed().note("own")).as_deref(), Some("own"));
        assert_eq!(note(HandOver::routed().note("")), None);
        assert_eq!(note(HandOver::routed().without_note()), None);
        let long = note(HandOver::routed().note("ü".repeat(9_000))).unwrap();
        assert_eq!(long.chars().count(), 4_000);
    }
}

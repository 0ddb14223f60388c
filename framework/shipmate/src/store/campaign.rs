//! What is kept of campaigns: runs, their members, and who has opted out.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use super::{Appended, Doubt, Key, NewEvent, StoreError};
use crate::{
    campaign::{MemberState, Skip, Standing},
    form::Locale,
    limit::TextHash,
    marker::Marker,
};

/// A run of a campaign.
pub type RunId = i64;

/// A member of a run.
pub type MemberId = i64;

/// A contact of a bot, hashed: that somebody does not want to be written to is kept also after
/// everything else of the contact was forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ContactKey(pub [u8; 32]);

impl ContactKey {
    /// The key of a contact, by its id, of the bot of this name.
    pub fn of(bot: &str, contact: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update((bot.len() as u64).to_be_bytes());
        hash.update(bot.as_bytes());
        hash.update(contact.as_bytes());
        Self(hash.finalize().into())
    }
}

/// A run that is to begin.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// The bot that writes.
    pub bot: Arc<str>,
    /// The campaign's name.
    pub campaign: Arc<str>,
    /// Which instant of its schedule the run is for; none if somebody started it.
    pub due_at: Option<Timestamp>,
}

/// What became of [`CampaignStore::begin_run`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// It has begun.
    Started(RunId),
    /// Another run of the campaign is under way.
    UnderWay(RunId),
    /// There has been a run for this instant.
    Known,
}

/// A run, as far as it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunRecord {
    /// The run.
    pub id: RunId,
    /// The bot that writes.
    pub bot: Arc<str>,
    /// The campaign's name.
    pub campaign: Arc<str>,
    /// Which instant of its schedule it is for.
    pub due_at: Option<Timestamp>,
    /// When it began.
    pub started_at: Timestamp,
    /// How far the audience is read.
    pub cursor: Cursor,
    /// Whether the whole audience is read.
    pub is_read: bool,
    /// Why it does not go on, if it does not.
    pub paused: Option<String>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

/// How far an audience is read: contacts are read by when they were created, the oldest first, so
/// that who comes or goes meanwhile shifts nobody else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor {
    /// When the last contact that was read was created.
    pub at: Option<Timestamp>,
    /// How many contacts of exactly this time were read.
    pub seen: u64,
}

/// Somebody in an audience.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// The contact's id.
    pub contact: String,
    /// The contact, hashed.
    pub key: ContactKey,
    /// What is written; or why nothing is.
    pub plan: Result<Planned, Skip>,
}

/// What a member is to be written.
#[derive(Debug, Clone)]
pub struct Planned {
    /// A hash of the address.
    pub address: [u8; 32],
    /// The contact's conversation, if it has one.
    pub conversation: Option<String>,
    /// The contact's language, if it is one of ours.
    pub locale: Option<Locale>,
    /// By which the message is recognised on the platform.
    pub marker: Marker,
    /// For the limit on identical messages.
    pub text: Option<TextHash>,
    /// What is sent, and to whom.
    pub body: Bytes,
}

/// A member of whom something is to be done.
#[derive(Debug, Clone)]
pub struct Member {
    /// The member.
    pub id: MemberId,
    /// The contact's id.
    pub contact: String,
    /// The contact's conversation, if it has one.
    pub conversation: Option<String>,
    /// By which the message is recognised on the platform.
    pub marker: Marker,
    /// For the limit on identical messages.
    pub text: Option<TextHash>,
    /// What is sent, and to whom.
    pub body: Bytes,
    /// How often it was tried.
    pub attempts: u32,
    /// Set if the message may be on the platform already.
    pub doubt: Option<Doubt>,
}

/// What is to be done next in a run.
#[derive(Debug, Clone)]
pub enum NextMember {
    /// Something for this member.
    Due(Box<Member>),
    /// Nothing before this time.
    Later(Timestamp),
    /// Nothing any more.
    Nobody,
    /// The run is paused, or has ended.
    Halted,
}

/// What became of [`CampaignStore::claim_member`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claimed {
    /// It may be written to; from here on a crash leaves it in doubt.
    Taken,
    /// It is not written to, which is on record.
    Skipped(Skip),
    /// It is not to be written to any more, for example because it was forgotten.
    Gone,
}

/// What became of a member.
#[derive(Debug, Clone)]
pub enum MemberMark {
    /// It was written to.
    Sent(Box<MemberSent>),
    /// Definitely not; to be tried again.
    Retry {
        /// Not before, on our clock.
        at: Timestamp,
        /// Why.
        error: String,
    },
    /// Perhaps; to be looked for.
    Doubt {
        /// Between when the platform can have created the message.
        doubt: Doubt,
        /// Not before, on our clock.
        look_at: Timestamp,
        /// Why.
        error: String,
    },
    /// It is not written to.
    Skipped(Skip),
    /// It is not written to and never will be.
    Ended {
        /// `refused` or `unresolved`.
        state: MemberState,
        /// Why.
        reason: String,
    },
}

/// A message that is on the platform, and what has to be known of it from then on.
#[derive(Debug, Clone)]
pub struct MemberSent {
    /// The conversation in which it is.
    pub mailbox: Key,
    /// When the platform created it.
    pub at: Timestamp,
    /// The organization of the conversation.
    pub organization: Arc<str>,
    /// The messages of the request: their markers and texts, which count towards the limits.
    pub messages: Vec<(Marker, Option<TextHash>)>,
    /// By which the bot learns of it.
    pub event: NewEvent,
}

/// How a run goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunChange {
    /// It pauses, and why.
    Pause(String),
    /// It goes on.
    Resume,
    /// It is done.
    End,
}

/// How many members of a run are where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// By state.
    pub states: Vec<(MemberState, u64)>,
    /// Those that are skipped, by reason.
    pub skips: Vec<(Skip, u64)>,
}

impl Progress {
    /// How many members are in `state`.
    pub fn of(&self, state: MemberState) -> u64 {
        let found = self.states.iter().find(|(it, _)| *it == state);
        found.map_or(0, |(_, count)| *count)
    }

    /// How many members are skipped for this reason.
    pub fn skipped(&self, skip: Skip) -> u64 {
        let found = self.skips.iter().find(|(it, _)| *it == skip);
        found.map_or(0, |(_, count)| *count)
    }

    /// All members.
    pub fn all(&self) -> u64 {
        self.states.iter().map(|(_, count)| count).sum()
    }
}

/// What a contact wants of campaigns; part of a turn's [`Commit`](super::Commit).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptChange {
    /// The contact.
    pub contact: ContactKey,
    /// Whether it opts out; else it is back.
    pub is_out: bool,
}

/// What a [`Store`](super::Store) keeps of campaigns. Every method that changes something returns
/// after the change is durable.
#[async_trait]
pub trait CampaignStore {
    /// Begins a run, unless one is under way or there has been one for this instant.
    ///
    /// # Errors
    ///
    /// If it could not be made durable.
    async fn begin_run(&self, run: NewRun, now: Timestamp) -> Result<Begun, StoreError>;

    /// The latest run of every campaign and all that have not ended, by age.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn runs(&self) -> Result<Vec<RunRecord>, StoreError>;

    /// Puts down members, and how far the audience is read with them. Who is a member already, and
    /// who has another member's address, is not written to twice.
    ///
    /// # Errors
    ///
    /// If it could not be made durable; then nothing of it took effect.
    async fn plan_members(
        &self,
        run: RunId,
        members: Vec<NewMember>,
        cursor: Cursor,
        is_read: bool,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// What is to be done next at `now`. What is in doubt goes first.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn next_member(&self, run: RunId, now: Timestamp) -> Result<NextMember, StoreError>;

    /// When a member of the run was last written to, on our clock.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn last_written(&self, run: RunId) -> Result<Option<Timestamp>, StoreError>;

    /// Takes a member just before it is written to, unless it has opted out, or a campaign of the
    /// bot has written to it within `cap`. `at` is `now` on the platform's clock.
    ///
    /// # Errors
    ///
    /// If it could not be made durable; then nothing of the claim took effect.
    async fn claim_member(
        &self,
        member: MemberId,
        cap: Option<SignedDuration>,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<Claimed, StoreError>;

    /// Notes what became of a member, with everything that follows from it. Tells of the event, if
    /// there is one.
    ///
    /// # Errors
    ///
    /// If it could not be made durable; then nothing of it took effect.
    async fn mark_member(
        &self,
        member: MemberId,
        mark: MemberMark,
        now: Timestamp,
    ) -> Result<Option<Appended>, StoreError>;

    /// After a crash: members that were being written to are in doubt. Returns how many. `at` is
    /// `now` on the platform's clock.
    ///
    /// # Errors
    ///
    /// If it could not be made durable.
    async fn doubt_members(&self, at: Timestamp, now: Timestamp) -> Result<u64, StoreError>;

    /// Changes whether a run goes on. False if it has ended, or is so already.
    ///
    /// # Errors
    ///
    /// If it could not be made durable.
    async fn change_run(
        &self,
        run: RunId,
        change: RunChange,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// How many members are where.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn progress(&self, run: RunId) -> Result<Progress, StoreError>;

    /// What is known of contacts, in their order.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn standings(&self, contacts: Vec<ContactKey>) -> Result<Vec<Standing>, StoreError>;

    /// The contact to whom a campaign has written in this conversation, if one has.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    async fn written_in(&self, mailbox: &Key) -> Result<Option<ContactKey>, StoreError>;
}

//! Why: what happened to an event, a message or a conversation, put together from what is on record
//! and told so that a person understands it.

mod body;
mod json;
mod outcome;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

pub(crate) use self::{
    body::body,
    json::{event as event_json, json, message as message_json},
    text::{ago, lines, plain, time},
};
use crate::{
    limit::{Ledger, Limits, Rule, Verdict},
    store::{
        EventRecord, Key, Page, Place, QueuedRow, RowId, RowRecord, RowStatus, Seq, Store,
        StoreError, Subject, TimerRecord,
    },
};

/// Messages of one event that are told of at most.
const MESSAGES: usize = 200;

/// What happened, the latest last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Story {
    pub(crate) chapters: Vec<Chapter>,
    /// Whether there is more before it.
    pub(crate) more: bool,
    /// Timers that are set, if it is about a conversation.
    pub(crate) timers: Vec<TimerRecord>,
    pub(crate) now: Timestamp,
}

impl Story {
    /// Whether there is nothing to tell.
    pub(crate) fn is_empty(&self) -> bool {
        self.chapters.is_empty() && self.timers.is_empty()
    }
}

/// An event and what it caused.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chapter {
    pub(crate) seq: Seq,
    /// None if it is too old to be on record, unlike what it caused.
    pub(crate) event: Option<EventRecord>,
    pub(crate) messages: Vec<Told>,
}

/// A message.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) row: RowRecord,
    /// What it waits for, if it waits to be sent.
    pub(crate) waits: Option<Wait>,
}

/// What a message waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// The pace, or a service that is stopped.
    Turn,
    /// Another message of the conversation, which goes first.
    Behind(RowId),
    /// The pause after a refusal.
    Pause(Timestamp),
    /// A limit of the platform.
    Limit(Rule, Timestamp),
}

/// Tells what happened to whatever has the id `id`: at most the `latest` events.
pub(crate) async fn tell(
    store: &dyn Store,
    limits: Limits,
    id: &str,
    latest: usize,
    counted_since: Timestamp,
    now: Timestamp,
) -> Result<Story, StoreError> {
    let mut chapters = BTreeMap::new();
    for subject in subjects(id) {
        chapters = find(store, &subject, latest).await?;
        if !chapters.is_empty() {
            break;
        }
    }
    let more = chapters.len() > latest;
    while chapters.len() > latest {
        chapters.pop_first();
    }
    let mut chapters: Vec<_> = chapters.into_values().collect();
    for chapter in &mut chapters {
        complete(store, chapter).await?;
    }
    for key in waiting(&chapters) {
        let waits = first_wait(store, limits, &key, counted_since, now).await?;
        for told in chapters.iter_mut().flat_map(|it| &mut it.messages) {
            if told.row.mailbox == key && is_waiting(&told.row) {
                told.waits = Some(wait_of(&told.row, waits));
            }
        }
    }
    Ok(Story {
        chapters,
        more,
        timers: store.timers(id.trim()).await?,
        now,
    })
}

/// What `id` may mean; a number is a place, or else an id.
fn subjects(id: &str) -> Vec<Subject> {
    let id = id.trim();
    let place = id.parse::<Place>().ok().map(Subject::Place);
    let named = (!id.is_empty()).then(|| Subject::Id(id.to_owned()));
    place.into_iter().chain(named).collect()
}

async fn find(
    store: &dyn Store,
    subject: &Subject,
    latest: usize,
) -> Result<BTreeMap<Seq, Chapter>, StoreError> {
    let page = Page::latest(latest.saturating_add(1));
    let mut chapters = BTreeMap::<Seq, Chapter>::new();
    for event in store.events(subject, page).await? {
        let seq = event.place;
        let event = Some(event);
        chapters.insert(
            seq,
            Chapter {
                seq,
                event,
                messages: Vec::new(),
            },
        );
    }
    for row in store.rows(subject, page).await? {
        let chapter = chapters.entry(row.event).or_default();
        chapter.seq = row.event;
        chapter.messages.push(Told { row, waits: None });
    }
    Ok(chapters)
}

/// Adds the event of the messages, and all messages of the event.
async fn complete(store: &dyn Store, chapter: &mut Chapter) -> Result<(), StoreError> {
    let subject = Subject::Place(Place::Event(chapter.seq));
    if chapter.event.is_none() {
        let found = store.events(&subject, Page::latest(1)).await?;
        chapter.event = found.into_iter().next();
    }
    if chapter.event.is_some() {
        let rows = store.rows(&subject, Page::After(0, MESSAGES)).await?;
        chapter.messages = rows
            .into_iter()
            .map(|row| Told { row, waits: None })
            .collect();
    }
    Ok(())
}

fn is_waiting(row: &RowRecord) -> bool {
    matches!(row.status, RowStatus::Queued | RowStatus::Retry)
}

/// Conversations with messages that wait.
fn waiting(chapters: &[Chapter]) -> BTreeSet<Key> {
    let rows = chapters.iter().flat_map(|chapter| &chapter.messages);
    rows.filter(|told| is_waiting(&told.row))
        .map(|told| told.row.mailbox.clone())
        .collect()
}

/// The first message of a conversation that waits, and what for. The others wait behind it.
async fn first_wait(
    store: &dyn Store,
    limits: Limits,
    key: &Key,
    counted_since: Timestamp,
    now: Timestamp,
) -> Result<Option<(RowId, Wait)>, StoreError> {
    let mut open = store.queued(key, 0, MESSAGES).await?.into_iter();
    let Some(first) = open.find(|row| row.doubt.is_none()) else {
        return Ok(None);
    };
    let record = store.record(key, counted_since).await?;
    let ledger = Ledger::new(record.sent, record.reset_at);
    Ok(Some((first.id, wait(limits, &ledger, &first, now))))
}

/// By this machine's clock, since only the service knows the platform's.
fn wait(limits: Limits, ledger: &Ledger, row: &QueuedRow, now: Timestamp) -> Wait {
    if let Some(at) = row.retry_at.filter(|at| *at > now) {
        return Wait::Pause(at);
    }
    match limits.decide(ledger, row.content.text, now) {
        Verdict::Later { at, rule } => Wait::Limit(rule, at),
        Verdict::Now => Wait::Turn,
    }
}

fn wait_of(row: &RowRecord, first: Option<(RowId, Wait)>) -> Wait {
    match first {
        Some((id, wait)) if id == row.place => wait,
        Some((id, _)) if id < row.place => Wait::Behind(id),
        _ => Wait::Turn,
    }
}

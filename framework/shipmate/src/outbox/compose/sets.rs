//! Variables: leaving out what a later `/set` overrules, and one message for neighbours.
//!
//! Why this changes nothing but the number of messages:
//!
//! - A `/set` writes a value whole, so of two of the same key only the later one shows, unless
//!   somebody looks in between. A person, a workflow or another bot may look when a command, a form
//!   or a note reaches them; so nothing is left out across any of these. A text to the consumer
//!   lets nobody look.
//! - Nothing moves. What is left stays where it is, and only neighbours share a message, in their
//!   order.
//! - `/set @…` changes the conversation itself, which may route or close it: it is never left out,
//!   and nothing is left out across it.
//! - A row that may end without being sent overrules nothing: one with a deadline, one that was
//!   refused before, one that a takeover cancels.
//! - Only messages that are `/set`s and nothing else take part; what cannot be read is a stranger,
//!   and so is a message that is noted down to be looked for, because it must stay as it was noted.
//!
//! What remains: if the platform refuses the later message for good, the earlier one is gone too.

use std::collections::HashMap;

use super::{Draft, Ended, body::Body, is_untried};
use crate::{
    plan::fits_a_line,
    store::{QueuedRow, RowEnd, RowId, RowKind},
};

/// How the platform takes several commands in one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::outbox) enum Lines {
    /// Not at all, or not as far as is known: each message keeps its own.
    NotUnderstood,
    /// As one command per line.
    Understood,
}

/// Bytes of commands that become one message, at most; the platform documents no limit.
const LONGEST: usize = 10_000;

/// How the text of every message that sets something begins, as JSON.
const BEGINNING: &[u8] = br#""text":"/set "#;

/// The same with fewer messages, and the rows that end so; none if there is nothing to gain.
pub(super) fn coalesce<'a>(
    drafts: &[Draft<'a>],
    lines: Lines,
) -> Option<(Vec<Draft<'a>>, Vec<Ended>)> {
    if drafts.iter().filter(|row| may_set(row)).count() < 2 {
        return None;
    }
    let read = drafts.iter().map(|draft| Part::read(draft.clone(), lines));
    let mut parts: Vec<_> = read.collect();
    let mut ended = leave_out(&mut parts);
    let (parts, merged) = merge_neighbours(parts, lines);
    ended.extend(merged);
    Some((parts.into_iter().map(Part::write).collect(), ended))
}

/// Whether it is worth reading. A cheap look, because most rows are not.
fn may_set(row: &QueuedRow) -> bool {
    let content = &row.content;
    let can_end_unsent = content.expires_at.is_some() || content.to_consumer || !is_untried(row);
    content.kind == RowKind::Message
        && !can_end_unsent
        && content.variants.is_empty()
        && content.sets.is_none()
        && content
            .body
            .windows(BEGINNING.len())
            .any(|part| part == BEGINNING)
}

/// Keys and their values, in order.
type Pairs = Vec<(String, String)>;

/// A row, by what it means for variables.
enum Part<'a> {
    /// It sets some.
    Sets(Sets<'a>),
    /// It lets nobody look at them.
    Text(Draft<'a>),
    /// It may let somebody look at them.
    Other(Draft<'a>),
}

/// A message of `/set`s.
struct Sets<'a> {
    row: Draft<'a>,
    body: Body,
    /// What it sets, line by line.
    pairs: Pairs,
    is_changed: bool,
}

impl<'a> Part<'a> {
    fn read(row: Draft<'a>, lines: Lines) -> Self {
        if may_set(&row) {
            return match read_sets(&row, lines) {
                Some((body, pairs)) => Self::Sets(Sets {
                    row,
                    body,
                    pairs,
                    is_changed: false,
                }),
                None => Self::Other(row),
            };
        }
        if is_text(&row) {
            Self::Text(row)
        } else {
            Self::Other(row)
        }
    }

    fn write(self) -> Draft<'a> {
        match self {
            Self::Sets(sets) => sets.write(),
            Self::Text(row) | Self::Other(row) => row,
        }
    }
}

fn is_text(row: &QueuedRow) -> bool {
    row.content.to_consumer
        && Body::read(row).is_some_and(|body| {
            matches!(body.field("type"), Some("chat" | "card")) && body.has_plain_meta()
        })
}

/// The message's body, and its pairs line by line.
fn read_sets(row: &QueuedRow, lines: Lines) -> Option<(Body, Pairs)> {
    let body = Body::read(row)?;
    if !body.has_only(&["type", "text"]) || body.field("type") != Some("command") {
        return None;
    }
    let pairs: Pairs = body.text().split('\n').map(pair).collect::<Option<_>>()?;
    if lines == Lines::NotUnderstood && pairs.len() > 1 {
        return None;
    }
    Some((body, pairs))
}

fn pair(line: &str) -> Option<(String, String)> {
    let (key, value) = line.strip_prefix("/set ")?.split_once(' ')?;
    fits_a_line(key, value).then(|| (key.to_owned(), value.to_owned()))
}

/// Leaves out what is set again before anybody can look. Returns the rows of which nothing is left,
/// which are not among the parts any more.
fn leave_out(parts: &mut Vec<Part<'_>>) -> Vec<Ended> {
    let mut later = HashMap::new();
    let mut ended = Vec::new();
    for part in parts.iter_mut().rev() {
        match part {
            Part::Sets(sets) => ended.extend(sets.leave_out(&mut later)),
            Part::Text(_) => {}
            Part::Other(_) => later.clear(),
        }
    }
    parts.retain(|part| !matches!(part, Part::Sets(sets) if sets.pairs.is_empty()));
    ended
}

/// Puts neighbours into one message each, which is the last one's.
fn merge_neighbours(parts: Vec<Part<'_>>, lines: Lines) -> (Vec<Part<'_>>, Vec<Ended>) {
    let mut merged: Vec<Part<'_>> = Vec::with_capacity(parts.len());
    let mut ended = Vec::new();
    for part in parts {
        match (merged.last_mut(), part) {
            (Some(Part::Sets(earlier)), Part::Sets(later)) if earlier.fits_into(&later, lines) => {
                let reason = format!("merged into row {}", later.row.id);
                ended.push((earlier.row.id, RowEnd::Superseded, reason));
                earlier.go_into(later);
            }
            (_, part) => merged.push(part),
        }
    }
    (merged, ended)
}

impl<'a> Sets<'a> {
    /// Leaves out the lines of which the key is among what is set later, and adds the others to it.
    fn leave_out(&mut self, later: &mut HashMap<String, RowId>) -> Option<Ended> {
        let mut overruled_by = None;
        let mut kept = Vec::with_capacity(self.pairs.len());
        for (key, value) in std::mem::take(&mut self.pairs).into_iter().rev() {
            if key.starts_with('@') {
                later.clear();
            } else if let Some(row) = later.get(&key) {
                overruled_by = overruled_by.max(Some(*row));
                continue;
            } else {
                later.insert(key.clone(), self.row.id);
            }
            kept.push((key, value));
        }
        kept.reverse();
        self.pairs = kept;
        let row = overruled_by?;
        self.is_changed = true;
        let reason = format!("row {row} sets the same variables later");
        self.pairs
            .is_empty()
            .then_some((self.row.id, RowEnd::Superseded, reason))
    }

    fn fits_into(&self, later: &Self, lines: Lines) -> bool {
        lines != Lines::NotUnderstood && self.length() + later.length() <= LONGEST
    }

    fn length(&self) -> usize {
        let line = |(key, value): &(String, String)| "/set  \n".len() + key.len() + value.len();
        self.pairs.iter().map(line).sum()
    }

    /// Becomes the later message, with its own lines before the later one's.
    fn go_into(&mut self, later: Self) {
        let mut pairs = std::mem::take(&mut self.pairs);
        pairs.extend(later.pairs);
        *self = Self {
            row: later.row,
            body: later.body,
            pairs,
            is_changed: true,
        };
    }

    fn write(self) -> Draft<'a> {
        if !self.is_changed {
            return self.row;
        }
        let line = |(key, value): &(String, String)| format!("/set {key} {value}");
        let lines: Vec<_> = self.pairs.iter().map(line).collect();
        self.body.rewrite(&self.row, lines.join("\n"))
    }
}

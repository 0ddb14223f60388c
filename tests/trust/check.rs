//! The judge: compares what was acknowledged with what the platform holds.

mod tests;

use std::collections::{BTreeMap, VecDeque};

/// Whether every send in doubt is resolved in the end, by looking at what the platform holds. Until
/// then a reply may be missing if it is on record as in doubt.
pub(crate) const DOUBTS_ARE_RESOLVED: bool = false;

/// All that is known of a run, from outside.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) conversations: Vec<Conversation>,
    /// What the platform refused because of a limit.
    pub(crate) refused_by_limits: u64,
    /// How many messages were being sent when the service was ended, if that is known: no more can
    /// be in doubt.
    pub(crate) cut_off: Option<usize>,
}

/// What was said and answered in one conversation.
#[derive(Debug, Default)]
pub(crate) struct Conversation {
    pub(crate) name: String,
    /// In the order in which the consumer wrote.
    pub(crate) events: Vec<Event>,
    /// The replies that the platform holds, in the order in which it took them.
    pub(crate) replies: Vec<String>,
    /// The replies that the service has on record as in doubt.
    pub(crate) in_doubt: Vec<String>,
    /// The replies that the service has on record as not sent yet.
    pub(crate) waiting: Vec<String>,
    /// The most equal messages in any window, against the most that are allowed.
    pub(crate) identical: Peak,
    /// The most messages in a row in any window, against the most that are allowed.
    pub(crate) consecutive: Peak,
}

/// An event, and the replies that are owed once it is acknowledged.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) acknowledged: bool,
    pub(crate) replies: Vec<String>,
}

/// How near a limit came to be broken.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Peak {
    pub(crate) most: usize,
    pub(crate) allowed: usize,
}

/// Whether replies are owed in the order of the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Kept,
    Free,
}

/// A broken promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Broken {
    /// An acknowledged event was not answered, and nothing on record explains it.
    Lost { conversation: String, reply: String },
    /// There are more replies than events to answer.
    Twice { conversation: String, reply: String },
    /// A reply to what nobody said, or that says something else than it should.
    Unasked { conversation: String, reply: String },
    /// Replies of one conversation changed places.
    OutOfOrder {
        conversation: String,
        replies: Vec<String>,
    },
    /// A limit was not kept.
    OverLimit { what: String },
    /// More is in doubt than there is reason for.
    InDoubt { replies: Vec<String> },
}

/// Every promise that `record` shows to be broken.
pub(crate) fn broken(record: &Record, order: Order) -> Vec<Broken> {
    let mut broken = Vec::new();
    for conversation in &record.conversations {
        conversation.check_amounts(&mut broken);
        conversation.check_limits(&mut broken);
        if order == Order::Kept {
            conversation.check_order(&mut broken);
        }
    }
    record.check_doubts(&mut broken);
    if record.refused_by_limits > 0 {
        let what = format!("{} refused by a limit", record.refused_by_limits);
        broken.push(Broken::OverLimit { what });
    }
    broken
}

impl Record {
    fn check_doubts(&self, broken: &mut Vec<Broken>) {
        let allowed = if DOUBTS_ARE_RESOLVED {
            0
        } else {
            self.cut_off.unwrap_or(usize::MAX)
        };
        let in_doubt = self.conversations.iter().flat_map(|it| &it.in_doubt);
        let replies: Vec<_> = in_doubt.cloned().collect();
        if replies.len() > allowed {
            broken.push(Broken::InDoubt { replies });
        }
    }
}

/// How many replies of one text there are.
#[derive(Default)]
struct Amounts {
    owed: usize,
    possible: usize,
    held: usize,
    explained: usize,
}

impl Conversation {
    fn check_amounts(&self, broken: &mut Vec<Broken>) {
        for (reply, amounts) in self.amounts() {
            let (conversation, reply) = (self.name.clone(), reply.to_owned());
            if amounts.possible == 0 && amounts.held > 0 {
                broken.push(Broken::Unasked {
                    conversation,
                    reply,
                });
            } else if amounts.held > amounts.possible {
                broken.push(Broken::Twice {
                    conversation,
                    reply,
                });
            } else if amounts.held + amounts.explained < amounts.owed {
                broken.push(Broken::Lost {
                    conversation,
                    reply,
                });
            }
        }
    }

    fn amounts(&self) -> BTreeMap<&str, Amounts> {
        let mut amounts: BTreeMap<&str, Amounts> = BTreeMap::new();
        for event in &self.events {
            for reply in &event.replies {
                let amounts = amounts.entry(reply).or_default();
                amounts.possible += 1;
                amounts.owed += usize::from(event.acknowledged);
            }
        }
        for reply in &self.replies {
            amounts.entry(reply).or_default().held += 1;
        }
        for reply in self.waiting.iter().chain(&self.in_doubt) {
            amounts.entry(reply).or_default().explained += 1;
        }
        amounts
    }

    fn check_limits(&self, broken: &mut Vec<Broken>) {
        for (what, peak) in [
            ("equal messages", self.identical),
            ("messages in a row", self.consecutive),
        ] {
            if peak.most > peak.allowed {
                let name = &self.name;
                let what = format!("{} {what} in {name}", peak.most);
                broken.push(Broken::OverLimit { what });
            }
        }
    }

    /// What is held is what is owed, in that order, perhaps with gaps.
    fn check_order(&self, broken: &mut Vec<Broken>) {
        let mut owed = self.events.iter().flat_map(|event| &event.replies);
        let mut held: VecDeque<_> = self.replies.iter().collect();
        while let Some(next) = held.front() {
            if !owed.any(|reply| reply == *next) {
                broken.push(Broken::OutOfOrder {
                    conversation: self.name.clone(),
                    replies: self.replies.clone(),
                });
                return;
            }
            held.pop_front();
        }
    }
}

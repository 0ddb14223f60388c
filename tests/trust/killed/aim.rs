//! The moment of a kill.

use fastrand::Rng;
use shipmate_sandbox::{Entry, Fault};

use super::lane::{Lane, Progress};
use crate::world::World;

/// What is waited for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Aim {
    /// So many of a hundred events that can be acknowledged were.
    Acknowledged { percent: usize },
    /// The platform took so many more messages.
    Taken { messages: u64 },
    /// The platform got so many more requests.
    Asked { requests: u64 },
    /// The platform took a message in this conversation, and its answer does not come.
    Unanswered { lane: usize },
}

impl Aim {
    /// One that will be reached when there is a new message in each of the `fresh` conversations,
    /// of which the first is held up by a limit.
    pub(super) fn by_chance(random: &mut Rng, fresh: &[usize]) -> Self {
        let free: Vec<_> = fresh.iter().filter(|lane| **lane != 0).collect();
        let percent = random.usize(0..=100);
        if free.is_empty() {
            return Self::Acknowledged { percent };
        }
        let most = u64::try_from(free.len()).unwrap();
        match random.u32(0..6) {
            0 | 1 => Self::Acknowledged { percent },
            2 | 3 => Self::Taken {
                messages: random.u64(1..=most),
            },
            // Several messages may come in one request, but not of several conversations.
            4 => Self::Asked { requests: 1 },
            _ => Self::Unanswered {
                lane: *free[random.usize(..free.len())],
            },
        }
    }

    /// Begins to watch, before the service lives.
    pub(super) fn watch(self, world: &World, lanes: &[Lane], progress: &Progress) -> Watch {
        let report = world.sandbox.report();
        let journal = world.sandbox.journal();
        if let Self::Unanswered { lane } = self {
            let posts = Fault::hang().on("POST", "/messages");
            world.sandbox.inject(posts.conversation(&lanes[lane].id));
        }
        Watch {
            aim: self,
            progress: progress.clone(),
            undelivered: lanes.iter().map(Lane::undelivered).sum(),
            messages: report.bot_messages,
            requests: report.requests,
            entries: journal.last().map_or(0, Entry::number),
        }
    }
}

/// An aim and where things stood.
pub(super) struct Watch {
    aim: Aim,
    progress: Progress,
    undelivered: usize,
    messages: u64,
    requests: u64,
    entries: u64,
}

impl Watch {
    /// Returns at the moment that was aimed at.
    pub(super) async fn reached(&self, world: &World) {
        let platform = match self.aim {
            Aim::Acknowledged { percent } => {
                let enough = self.undelivered * percent / 100;
                let mut progress = self.progress.subscribe();
                progress.wait_for(|count| *count >= enough).await.unwrap();
                return;
            }
            Aim::Taken { messages } => {
                let enough = self.messages + messages;
                world
                    .sandbox
                    .wait_until(|view| view.report().bot_messages >= enough)
                    .await
            }
            Aim::Asked { requests } => {
                let enough = self.requests + requests;
                world
                    .sandbox
                    .wait_until(|view| view.report().requests >= enough)
                    .await
            }
            Aim::Unanswered { .. } => {
                let is_struck =
                    |entry: &Entry| entry.as_call().is_some_and(|call| call.fault.is_some());
                world
                    .sandbox
                    .wait_until(|view| view.journal_after(self.entries).any(is_struck))
                    .await
            }
        };
        platform.unwrap();
    }
}

//! One consumer's messages on their way to the service, in order.

use std::net::SocketAddr;

use shipmate::web1on1::ConversationId;
use shipmate_tests::http::Connection;
use tokio::sync::watch;

use crate::{
    check::Event,
    world::{Letter, World},
};

/// How many events were acknowledged in this life of the service.
pub(super) type Progress = watch::Sender<usize>;

/// A conversation. The next event is delivered when the one before was acknowledged; what was not
/// is delivered again in the next life of the service.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) id: ConversationId,
    /// Whether it always says the same, up to the limit on equal messages.
    pub(super) repeats_itself: bool,
    written: Vec<Written>,
    acknowledged: usize,
}

#[derive(Debug)]
struct Written {
    text: String,
    letter: Letter,
    /// How often it is delivered, the first two times at once.
    copies: usize,
}

impl Lane {
    pub(super) fn new(id: ConversationId) -> Self {
        Self {
            id,
            repeats_itself: false,
            written: Vec::new(),
            acknowledged: 0,
        }
    }

    /// The consumer writes the next message, to be delivered so often.
    pub(super) async fn write(&mut self, world: &World, copies: usize) {
        let text = if self.repeats_itself {
            "again".to_owned()
        } else {
            format!("n{}", self.written.len())
        };
        let letter = world.says(&self.id, &text).await;
        self.written.push(Written {
            text,
            letter,
            copies,
        });
    }

    /// Delivers what is left, until everything is or the service is gone.
    pub(super) async fn deliver(mut self, address: SocketAddr, progress: Progress) -> Self {
        let Ok(mut first) = Connection::open(address).await else {
            return self;
        };
        let Ok(mut second) = Connection::open(address).await else {
            return self;
        };
        while let Some(written) = self.written.get(self.acknowledged) {
            let request = written.letter.request();
            let acknowledged = if written.copies == 1 {
                is_taken(first.send(&request).await)
            } else {
                let (one, other) = tokio::join!(first.send(&request), second.send(&request));
                // Not `||`: both are to be looked at.
                is_taken(one) | is_taken(other)
            };
            if !acknowledged {
                break;
            }
            let more = written.copies.saturating_sub(2);
            self.acknowledged += 1;
            progress.send_modify(|count| *count += 1);
            for _ in 0..more {
                is_taken(first.send(&request).await);
            }
        }
        self
    }

    pub(super) fn is_delivered(&self) -> bool {
        self.acknowledged == self.written.len()
    }

    /// How many messages wait to be delivered.
    pub(super) fn undelivered(&self) -> usize {
        self.written.len() - self.acknowledged
    }

    /// The requests that deliver everything.
    pub(super) fn requests(&self) -> impl Iterator<Item = Vec<u8>> {
        self.written.iter().map(|written| written.letter.request())
    }

    pub(super) fn last_reply(&self) -> String {
        reply(&self.written.last().unwrap().text)
    }

    pub(super) fn events(&self) -> Vec<Event> {
        let event = |(index, written): (usize, &Written)| Event {
            acknowledged: index < self.acknowledged,
            replies: vec![reply(&written.text)],
        };
        self.written.iter().enumerate().map(event).collect()
    }
}

fn is_taken(answer: std::io::Result<shipmate_tests::http::Response>) -> bool {
    // Whoever is killed does not answer.
    answer.is_ok_and(|answer| {
        assert_eq!(answer.status, 200);
        true
    })
}

fn reply(text: &str) -> String {
    format!("Echo: {text}")
}

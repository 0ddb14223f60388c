//! What a child process writes.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::watch;

/// The lines of a process's standard output and standard error as they come. Clones see the same
/// lines.
#[derive(Debug, Clone)]
pub struct Log {
    text: Arc<Mutex<String>>,
    changes: Arc<watch::Sender<()>>,
}

impl Log {
    /// What is kept, in bytes: more than any test needs, less than a chatty service could fill.
    const CAPACITY: usize = 4 << 20;

    pub(super) fn new() -> Self {
        Self {
            text: Arc::default(),
            changes: Arc::new(watch::Sender::new(())),
        }
    }

    pub(super) fn push(&self, line: &str) {
        self.read(|text| {
            if text.len() + line.len() < Self::CAPACITY {
                text.push_str(line);
                text.push('\n');
            }
        });
        self.changes.send_replace(());
    }

    /// All lines so far.
    pub fn text(&self) -> String {
        self.read(|text| text.clone())
    }

    /// Returns once the process has written `text`.
    pub async fn says(&self, text: &str) {
        let mut changes = self.changes.subscribe();
        while !self.read(|log| log.contains(text)) {
            // As below.
            let _ = changes.changed().await;
        }
    }

    /// Returns the address in `listening on http://ADDRESS` once the process has said so.
    pub async fn address(&self) -> SocketAddr {
        self.said("listening on http://").await
    }

    /// Returns the address in `the console is at http://ADDRESS` once the process has said so.
    pub async fn console(&self) -> SocketAddr {
        self.said("the console is at http://").await
    }

    async fn said(&self, mark: &str) -> SocketAddr {
        let mut changes = self.changes.subscribe();
        loop {
            if let Some(address) = self.read(|text| address_after(mark, text)) {
                return address;
            }
            // The sender lives in `self`, so waiting only ends by a change.
            let _ = changes.changed().await;
        }
    }

    fn read<T>(&self, look: impl FnOnce(&mut String) -> T) -> T {
        look(&mut self.text.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn address_after(mark: &str, text: &str) -> Option<SocketAddr> {
    text.lines()
        .filter_map(|line| line.split_once(mark))
        .find_map(|(_, rest)| {
            let is_part = |letter: char| letter.is_ascii_hexdigit() || "[].:".contains(letter);
            let end = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
            rest.get(..end)?.parse().ok()
        })
}

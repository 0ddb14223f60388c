//! What people do to events: tried once more, forgotten.

use std::sync::atomic::Ordering;

use super::Dispatcher;
use crate::store::{Key, PendingEvent, Seq};

impl Dispatcher {
    /// Queues an event that is pending again.
    pub(crate) fn requeue(&self, event: PendingEvent) {
        self.enqueue(event);
    }

    /// Drops from memory what waits in a mailbox that was forgotten, up to the event `last`.
    pub(crate) fn forget(&self, mailbox: &Key, last: Seq) {
        for event in self.mailboxes.take_until(mailbox, last) {
            let bytes = event.bytes as u64;
            self.waiting_rows.fetch_sub(1, Ordering::Relaxed);
            self.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
            if event.payload.is_some() {
                self.bodies_in_memory.fetch_sub(bytes, Ordering::Relaxed);
            }
        }
        self.show_inbox();
    }
}

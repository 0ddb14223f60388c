//! Events that have come and are still being stored.

use jiff::Timestamp;

use super::{Dispatcher, mailboxes::Arrival};
use crate::store::Key;

/// An event of which those that happened after it wait, until this is dropped: when it waits beside
/// them, or is not going to.
#[derive(Debug)]
pub(super) struct Arriving<'a> {
    dispatcher: &'a Dispatcher,
    mailbox: Key,
    arrival: Arrival,
}

impl Dispatcher {
    /// None if events are handed over as they come.
    pub(super) fn arriving(&self, mailbox: &Key, at: Timestamp) -> Option<Arriving<'_>> {
        (!self.options.reorder_window.is_zero()).then(|| Arriving {
            dispatcher: self,
            mailbox: mailbox.clone(),
            arrival: self.mailboxes.arriving(mailbox, at),
        })
    }
}

impl Drop for Arriving<'_> {
    fn drop(&mut self) {
        let dispatcher = self.dispatcher;
        if dispatcher.mailboxes.arrived(&self.mailbox, self.arrival) {
            dispatcher.activity.enter();
            dispatcher.wake(self.mailbox.clone());
        }
    }
}

//! Requests of others than lanes, which wait for their turn among them.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, oneshot};
use web1on1::Permit;

use super::Outbox;
use crate::store::{Class, Key};

/// The right to make one request.
#[derive(Debug)]
pub(crate) struct Errand {
    pub(crate) permit: Permit,
    /// Held for as long as the request takes.
    pub(crate) place: OwnedSemaphorePermit,
}

/// Who waits for an errand.
#[derive(Debug)]
pub(super) struct Asking {
    class: Class,
    organization: Option<Arc<str>>,
    reply: oneshot::Sender<Errand>,
}

impl Outbox {
    /// Waits until a request may be made in the name of `key`, which is nobody's lane, as a lane of
    /// this class and organization would. Waiting is not work under way. None if nothing is sent
    /// any more.
    pub(crate) async fn errand(
        &self,
        key: &Key,
        class: Class,
        organization: Arc<str>,
    ) -> Option<Errand> {
        let (reply, errand) = oneshot::channel();
        let asking = Asking {
            class,
            organization: Some(organization),
            reply,
        };
        self.errands.insert(key.clone(), asking);
        self.activity.enter();
        self.wake(key.clone());
        let errand = self.activity.resting(errand).await.ok();
        if errand.is_some() {
            // Whoever handed it over has counted it as work until here.
            self.activity.leave();
        }
        errand
    }

    /// How urgent an errand is, and whose.
    pub(super) fn rank_of_errand(&self, key: &Key) -> Option<(Class, Option<Arc<str>>)> {
        let asking = self.errands.get(key)?;
        Some((asking.class, asking.organization.clone()))
    }

    /// Hands a permit over to whoever asked in the name of `key`; gives it back if nobody did.
    pub(super) fn hand_over(&self, key: &Key, errand: Errand) -> Result<(), Errand> {
        let Some((_, asking)) = self.errands.remove(key) else {
            return Err(errand);
        };
        self.activity.enter();
        if let Err(errand) = asking.reply.send(errand) {
            // Nobody waits for it any more.
            errand.permit.return_unused();
            self.activity.leave();
        }
        Ok(())
    }
}

//! Which lane makes the next request: the permit first, then the choice, so that what became urgent
//! meanwhile goes first.

use std::{collections::HashMap, sync::Arc};

use jiff::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use web1on1::Permit;

use super::{Outbox, errand::Errand, fair::Fair};
use crate::store::{Class, Key};

/// Lanes that are ready, by bot.
#[derive(Debug, Default)]
struct Ready {
    bots: HashMap<Arc<str>, Fair>,
    /// The bot that went last; the others go before it.
    last: Option<Arc<str>>,
}

impl Outbox {
    /// Sends until `stop` is done; then waits for what is in flight.
    pub(crate) async fn run(
        self: Arc<Self>,
        mut queue: mpsc::Receiver<Key>,
        stop: impl Future<Output = ()>,
    ) {
        let alarms = self.alarms.clone();
        let alarms = tokio::spawn(alarms.run(self.activity.clone(), self.ready.clone()));
        let parallel = u32::try_from(self.options.parallel.max(1)).unwrap_or(u32::MAX);
        let places = Arc::new(Semaphore::new(parallel as usize));
        tokio::select! {
            biased;
            () = stop => {}
            () = self.send_all(&mut queue, &places) => {}
        }
        let _ = self.stopping.set(());
        let _ = places.acquire_many(parallel).await;
        alarms.abort();
    }

    async fn send_all(self: &Arc<Self>, queue: &mut mpsc::Receiver<Key>, places: &Arc<Semaphore>) {
        let mut ready = Ready::default();
        // A key that waits in the queue is work under way; the lanes in `ready` are so together.
        while let Some(key) = queue.recv().await {
            self.put(&mut ready, key);
            while !ready.is_empty() {
                self.drain(&mut ready, queue);
                // The semaphore is never closed.
                let Ok(place) = Arc::clone(places).acquire_owned().await else {
                    return;
                };
                let permit = self.permit_for(&mut ready, queue).await;
                self.begin_work(&mut ready, permit, place);
            }
            self.activity.leave();
        }
    }

    /// Waits until a request may be made for one of the lanes in `ready`, and takes in what comes
    /// meanwhile. What waits for a time is not work under way.
    async fn permit_for(&self, ready: &mut Ready, queue: &mut mpsc::Receiver<Key>) -> Permit {
        loop {
            let now = self.clock.now();
            if let Some(at) = ready.blocked_until(|bot| self.health.free_at(bot, now)) {
                self.wait(ready, queue, Some(at), self.clock.sleep_until(at))
                    .await;
                continue;
            }
            let permit = self.wait(ready, queue, None, self.pacer.acquire()).await;
            self.drain(ready, queue);
            return permit;
        }
    }

    async fn wait<T>(
        &self,
        ready: &mut Ready,
        queue: &mut mpsc::Receiver<Key>,
        resumes_at: Option<Timestamp>,
        waiting: impl Future<Output = T>,
    ) -> T {
        tokio::pin!(waiting);
        tokio::select! {
            biased;
            done = &mut waiting => return done,
            () = std::future::ready(()) => {}
        }
        *self.resumes_at() = resumes_at;
        self.activity.leave();
        let done = loop {
            tokio::select! {
                done = &mut waiting => break done,
                Some(key) = queue.recv() => {
                    self.put(ready, key);
                    self.activity.leave();
                }
            }
        };
        self.activity.enter();
        *self.resumes_at() = None;
        done
    }

    fn drain(&self, ready: &mut Ready, queue: &mut mpsc::Receiver<Key>) {
        while let Ok(key) = queue.try_recv() {
            self.put(ready, key);
            self.activity.leave();
        }
    }

    fn put(&self, ready: &mut Ready, key: Key) {
        // A lane that is gone has nothing to send.
        let rank = self.lanes.rank(&key);
        if let Some((class, organization)) = rank.or_else(|| self.rank_of_errand(&key)) {
            ready.put(key, class, organization);
        }
    }

    fn begin_work(
        self: &Arc<Self>,
        ready: &mut Ready,
        permit: Permit,
        place: OwnedSemaphorePermit,
    ) {
        let now = self.clock.now();
        let Some(key) = ready.next(|bot| self.health.free_at(bot, now).is_none()) else {
            return permit.return_unused();
        };
        self.health.tries(&key.bot, now);
        let (permit, place) = match self.hand_over(&key, Errand { permit, place }) {
            Ok(()) => return,
            Err(errand) => (errand.permit, errand.place),
        };
        self.activity.enter();
        let outbox = Arc::clone(self);
        tokio::spawn(async move {
            outbox.work(key, permit).await;
            drop(place);
        });
    }

    /// Waits for the right to make one more request in the middle of a lane's work.
    pub(super) async fn permit(&self) -> Permit {
        self.activity.resting(self.pacer.acquire()).await
    }

    /// Lets time pass after a failure of the store.
    pub(super) async fn rest(&self) {
        let now = self.clock.now();
        let at = now.checked_add(self.options.backoff).unwrap_or(now);
        self.activity.resting(self.clock.sleep_until(at)).await;
    }
}

impl Ready {
    fn is_empty(&self) -> bool {
        self.bots.is_empty()
    }

    fn put(&mut self, key: Key, class: Class, organization: Option<Arc<str>>) {
        let lanes = self.bots.entry(Arc::clone(&key.bot)).or_default();
        lanes.put(key, class, organization);
    }

    /// When the first bot may try again, if none may now.
    fn blocked_until(&self, free_at: impl Fn(&str) -> Option<Timestamp>) -> Option<Timestamp> {
        let mut first = None;
        for bot in self.bots.keys() {
            let at = free_at(bot)?;
            first = Some(first.map_or(at, |first: Timestamp| first.min(at)));
        }
        first
    }

    /// The next lane of a bot that may try: the most urgent, and among bots in turn.
    fn next(&mut self, is_free: impl Fn(&str) -> bool) -> Option<Key> {
        let urgency = |(bot, lanes): &(&Arc<str>, &Fair)| {
            let was_last = self.last.as_ref() == Some(bot);
            (lanes.most_urgent(), was_last, Arc::clone(bot))
        };
        let free = self.bots.iter().filter(|(bot, _)| is_free(bot));
        let bot = Arc::clone(free.min_by_key(urgency)?.0);
        let lanes = self.bots.get_mut(&bot)?;
        let key = lanes.next();
        if lanes.is_empty() {
            self.bots.remove(&bot);
        }
        self.last = Some(bot);
        key
    }
}

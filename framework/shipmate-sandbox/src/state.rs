//! Everything the platform knows, and the one place where it changes.
//!
//! The state is a value: its methods are given the time and do no I/O. The shell holds it behind a
//! lock, hands it requests, and carries out what it finds in [`State::queue`].

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    net::IpAddr,
};

use jiff::Timestamp;
use web1on1::{BotId, ConversationId, OrganizationId, UserId};

use crate::{
    conversation::{Author, Threads},
    directory::{Directory, Kind},
    fault::Faults,
    ids::Ids,
    journal::{Journal, JournalSettings},
    limit::{Limits, RequestLedger},
    quirks::Quirks,
    report::Tally,
    rest::Avatars,
    webhook::{DeliveryQueue, Hooks, Webhook},
};

/// The platform's state.
pub(crate) struct State {
    pub(crate) limits: Limits,
    pub(crate) quirks: Quirks,
    /// Where the sandbox listens, without a trailing slash; for links.
    pub(crate) base_url: String,
    pub(crate) ids: Ids,
    pub(crate) directory: Directory,
    pub(crate) threads: Threads,
    pub(crate) hooks: Hooks,
    pub(crate) bot_webhooks: BTreeMap<BotId, Webhook>,
    pub(crate) queue: DeliveryQueue,
    pub(crate) requests_by_key: RequestLedger<UserId>,
    pub(crate) requests_by_address: RequestLedger<IpAddr>,
    pub(crate) passwords: HashMap<UserId, String>,
    /// Organizations that users work for beside their own, with their roles there.
    pub(crate) memberships: BTreeMap<UserId, BTreeMap<OrganizationId, String>>,
    pub(crate) avatars: Avatars,
    /// Access tokens that were chosen before, and whose they are.
    pub(crate) given_tokens: HashMap<String, UserId>,
    /// The key tokens are signed with.
    pub(crate) signing_key: String,
    pub(crate) tally: Tally,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    /// Grows with every change.
    pub(crate) version: u64,
}

/// Passwords, tokens and keys are in it: nothing of it is shown.
impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl State {
    pub(crate) fn new(limits: Limits, queue: DeliveryQueue, seed: u64) -> Self {
        let mut ids = Ids::new(seed);
        let signing_key = ids.random().secret();
        Self {
            limits,
            quirks: Quirks::default(),
            base_url: String::new(),
            ids,
            directory: Directory::default(),
            threads: Threads::default(),
            hooks: Hooks::default(),
            bot_webhooks: BTreeMap::new(),
            queue,
            requests_by_key: RequestLedger::new(limits.requests_per_key),
            requests_by_address: RequestLedger::new(limits.requests_per_address),
            passwords: HashMap::new(),
            memberships: BTreeMap::new(),
            avatars: BTreeMap::new(),
            given_tokens: HashMap::new(),
            signing_key,
            tally: Tally::default(),
            faults: Faults::default(),
            journal: Journal::new(JournalSettings::default()),
            version: 0,
        }
    }

    /// The address of the API.
    pub(crate) fn api_url(&self) -> String {
        format!("{}/v2", self.base_url)
    }

    /// On whose behalf `user` acts.
    pub(crate) fn author(&self, user: &UserId) -> Author {
        if self.directory.is_bot(user) {
            Author::Bot(user.clone())
        } else {
            Author::Person(user.clone())
        }
    }

    /// When something happens by itself: a delayed message or a webhook's next attempt.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        let message = self.threads.next_due();
        let delivery = self.queue.next_retry();
        message.into_iter().chain(delivery).min()
    }

    /// From now on these limits hold; what counts, counts.
    pub(crate) fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
        self.requests_by_key.allow(limits.requests_per_key);
        self.requests_by_address.allow(limits.requests_per_address);
    }

    /// Notes that something changed.
    pub(crate) fn bump(&mut self) {
        self.version += 1;
    }

    /// Notes that a conversation changed.
    pub(crate) fn touch(&mut self, id: &ConversationId) {
        self.bump();
        if let Some(thread) = self.threads.get_mut(id) {
            thread.version = self.version;
        }
    }

    /// Works out again who is told of what, after bots, instances or services changed.
    pub(crate) fn refresh_hooks(&mut self, changed: Kind) {
        if matches!(changed, Kind::Bot | Kind::Instance | Kind::Service) {
            self.hooks = Hooks::derive(&self.directory, &self.bot_webhooks);
        }
    }
}

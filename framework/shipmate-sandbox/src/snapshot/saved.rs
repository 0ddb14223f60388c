//! The parts of the state that are kept. What can be derived is derived again.

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use web1on1::{BotId, OrganizationId, UserId};

use crate::{
    Limits, Quirks, Webhook,
    conversation::SavedThreads,
    directory::{Directory, Kind, Object, text},
    ids::Ids,
    journal::Actor,
    limit::RequestLedger,
    report::Tally,
    rest::Avatars,
    state::State,
    webhook::SavedDelivery,
};

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Saved {
    base_url: String,
    limits: Limits,
    #[serde(default)]
    quirks: Quirks,
    ids: Ids,
    resources: BTreeMap<Kind, Vec<Object>>,
    threads: SavedThreads,
    bot_webhooks: BTreeMap<BotId, Value>,
    deliveries: Vec<SavedDelivery>,
    requests_by_key: RequestLedger<UserId>,
    requests_by_address: RequestLedger<IpAddr>,
    passwords: HashMap<UserId, String>,
    memberships: BTreeMap<UserId, BTreeMap<OrganizationId, String>>,
    avatars: Avatars,
    given_tokens: HashMap<String, UserId>,
    signing_key: String,
    tally: Tally,
    version: u64,
}

impl Saved {
    pub(super) fn of(state: &State) -> Self {
        let resources = Kind::ALL.iter().map(|kind| {
            let all = state.directory.all(*kind).cloned().collect();
            (*kind, all)
        });
        let webhooks = state.bot_webhooks.iter();
        Self {
            base_url: state.base_url.clone(),
            limits: state.limits,
            quirks: state.quirks,
            ids: state.ids.clone(),
            resources: resources.collect(),
            threads: state.threads.save(),
            bot_webhooks: webhooks
                .map(|(bot, webhook)| (bot.clone(), webhook.to_params()))
                .collect(),
            deliveries: state.queue.save(),
            requests_by_key: state.requests_by_key.clone(),
            requests_by_address: state.requests_by_address.clone(),
            passwords: state.passwords.clone(),
            memberships: state.memberships.clone(),
            avatars: state.avatars.clone(),
            given_tokens: state.given_tokens.clone(),
            signing_key: state.signing_key.clone(),
            tally: state.tally.clone(),
            version: state.version,
        }
    }

    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    pub(super) fn put_back(mut self, state: &mut State, taken: Timestamp) {
        self.move_to(&state.base_url);
        state.limits = self.limits;
        state.quirks = self.quirks;
        state.ids = self.ids;
        state.directory = directory_of(self.resources);
        state.threads = self.threads.put_back();
        state.bot_webhooks = webhooks_of(self.bot_webhooks);
        let cause = state.journal.cause(Actor::Sandbox, taken);
        state.queue.put_back(self.deliveries, cause);
        state.requests_by_key = self.requests_by_key;
        state.requests_by_address = self.requests_by_address;
        state.passwords = self.passwords;
        state.memberships = self.memberships;
        state.avatars = self.avatars;
        state.given_tokens = self.given_tokens;
        state.signing_key = self.signing_key;
        state.tally = self.tally;
        // Whoever waits for changes of a conversation compares versions.
        state.version = state.version.max(self.version);
        state.refresh_hooks(Kind::Bot);
        state.bump();
    }

    /// The sandbox may have another address than the one the snapshot was taken of.
    fn move_to(&mut self, base_url: &str) {
        let moved = |address: &str| {
            let rest = address.strip_prefix(self.base_url.as_str())?;
            Some(json!(format!("{base_url}{rest}")))
        };
        for user in self.resources.get_mut(&Kind::User).into_iter().flatten() {
            if let Some(avatar) = text(user, "avatar").and_then(moved) {
                user.insert("avatar".into(), avatar);
            }
        }
        for conversation in self.threads.conversations_mut() {
            let url = conversation.extra.get("url").and_then(Value::as_str);
            if let Some(url) = url.and_then(moved) {
                conversation.extra.insert("url".into(), url);
            }
        }
    }
}

fn directory_of(resources: BTreeMap<Kind, Vec<Object>>) -> Directory {
    let mut directory = Directory::default();
    for (kind, all) in resources {
        for resource in all {
            directory.put(kind, resource);
        }
    }
    directory
}

fn webhooks_of(saved: BTreeMap<BotId, Value>) -> BTreeMap<BotId, Webhook> {
    let webhooks = saved.into_iter().filter_map(|(bot, params)| {
        let webhook = Webhook::from_params(params.as_object()?)?;
        Some((bot, webhook))
    });
    webhooks.collect()
}

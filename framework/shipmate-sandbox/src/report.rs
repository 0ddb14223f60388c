//! How close clients came to the limits, and what was refused.

use std::{collections::BTreeMap, net::IpAddr};

use jiff::Timestamp;
use serde::Serialize;
use web1on1::{ConversationId, UserId};

use crate::{
    limit::{RequestUse, Rule},
    state::State,
};

/// Counters since the start.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) requests: u64,
    pub(crate) messages: u64,
    pub(crate) bot_messages: u64,
    refused: BTreeMap<Rule, u64>,
}

impl Tally {
    pub(crate) fn refuse(&mut self, rule: Rule, count: usize) {
        *self.refused.entry(rule).or_default() += count as u64;
    }
}

/// What the limits saw since the sandbox started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LimitReport {
    /// API requests that were let through.
    pub requests: u64,
    /// Messages created, by whomever.
    pub messages: u64,
    /// Messages created by bots.
    pub bot_messages: u64,
    /// What was refused with 429: requests, and for the last two rules messages.
    pub refused: BTreeMap<Rule, u64>,
    /// The most requests of one key in any window.
    pub requests_per_key_peak: usize,
    /// The most requests of one address in any window.
    pub requests_per_address_peak: usize,
    /// The requests of each key, by its user.
    pub keys: BTreeMap<UserId, RequestUse>,
    /// The requests of each network address.
    pub addresses: BTreeMap<IpAddr, RequestUse>,
    /// The bots and conversations that came nearest to a message limit, nearest first; at most 20.
    pub nearest: Vec<Nearest>,
}

impl LimitReport {
    /// How many requests or messages were refused, over all rules.
    pub fn refused_total(&self) -> u64 {
        self.refused.values().sum()
    }
}

/// How near one bot came to the message limits in one conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Nearest {
    /// The bot's user.
    pub bot: UserId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The most messages with the same text in any window.
    pub identical: usize,
    /// The most messages in a row in any window.
    pub consecutive: usize,
    /// How often the most repeated text counts now.
    pub identical_now: usize,
    /// When the oldest of those stops counting.
    pub identical_frees_at: Option<Timestamp>,
    /// How many messages in a row count now.
    pub consecutive_now: usize,
    /// When the oldest of those stops counting, unless somebody else writes before.
    pub consecutive_frees_at: Option<Timestamp>,
}

const NEAREST_SHOWN: usize = 20;

impl State {
    pub(crate) fn report(&self, now: Timestamp) -> LimitReport {
        let limits = &self.limits;
        let mut nearest: Vec<Nearest> = self
            .threads
            .iter()
            .flat_map(|thread| {
                let conversation = &thread.conversation.id;
                thread.ledgers.iter().map(|(bot, ledger)| Nearest {
                    bot: bot.clone(),
                    conversation: conversation.clone(),
                    identical: ledger.identical_peak(),
                    consecutive: ledger.consecutive_peak(),
                    identical_now: ledger.identical_count(limits, now),
                    identical_frees_at: ledger.identical_frees_at(limits, now),
                    consecutive_now: ledger.consecutive_count(limits, now),
                    consecutive_frees_at: ledger.consecutive_frees_at(limits, now),
                })
            })
            .collect();
        nearest.sort_by_key(|near| std::cmp::Reverse(self.nearness(near)));
        nearest.truncate(NEAREST_SHOWN);
        LimitReport {
            requests: self.tally.requests,
            messages: self.tally.messages,
            bot_messages: self.tally.bot_messages,
            refused: self.tally.refused.clone(),
            requests_per_key_peak: self.requests_by_key.highest_peak(),
            requests_per_address_peak: self.requests_by_address.highest_peak(),
            keys: owned(self.requests_by_key.uses(now)),
            addresses: owned(self.requests_by_address.uses(now)),
            nearest,
        }
    }

    /// How much of the tighter limit was used, in thousandths.
    fn nearness(&self, near: &Nearest) -> usize {
        let share = |used: usize, allowance: Option<crate::Allowance>| {
            allowance.map_or(0, |allowance| used * 1000 / allowance.count.max(1))
        };
        share(near.identical, self.limits.identical_messages)
            .max(share(near.consecutive, self.limits.consecutive_messages))
    }
}

fn owned<'a, K: Ord + Clone + 'a>(
    uses: impl Iterator<Item = (&'a K, RequestUse)>,
) -> BTreeMap<K, RequestUse> {
    uses.map(|(key, used)| (key.clone(), used)).collect()
}

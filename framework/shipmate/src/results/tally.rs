//! How many completed responses belong to each quota, in memory.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::store::{QuotaCount, QuotaKey};

/// The counts of all bots. They follow what is committed, and are what the store has.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: Mutex<Counts>,
}

type Counts = HashMap<Arc<str>, HashMap<QuotaKey, u64>>;

/// The counts of one bot.
#[derive(Debug, Clone)]
pub(crate) struct Completed {
    tally: Arc<Tally>,
    bot: Arc<str>,
}

impl Tally {
    /// Begins with what the store has.
    pub(crate) fn load(&self, counts: Vec<QuotaCount>) {
        let mut all = self.counts();
        all.clear();
        for count in counts {
            let of_bot = all.entry(count.bot).or_default();
            of_bot.insert(count.key, count.completed);
        }
    }

    /// Follows a commit for `bot`.
    pub(crate) fn follow(&self, bot: &Arc<str>, changes: &[(QuotaKey, i64)]) {
        if changes.is_empty() {
            return;
        }
        let mut all = self.counts();
        let of_bot = all.entry(Arc::clone(bot)).or_default();
        for (key, change) in changes {
            let count = of_bot.entry(key.clone()).or_default();
            *count = count.saturating_add_signed(*change);
        }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Completed {
    pub(crate) fn new(tally: Arc<Tally>, bot: Arc<str>) -> Self {
        Self { tally, bot }
    }

    /// Of every organization.
    pub(crate) fn everywhere(&self, survey: &str, quota: &str) -> u64 {
        self.sum(|key| key.survey == survey && key.quota == quota)
    }

    /// Of one organization, or of responses that belong to none.
    pub(crate) fn within(&self, organization: Option<&str>, survey: &str, quota: &str) -> u64 {
        let organization = organization.unwrap_or_default();
        self.sum(|key| {
            key.survey == survey && key.quota == quota && key.organization == organization
        })
    }

    fn sum(&self, counts: impl Fn(&QuotaKey) -> bool) -> u64 {
        let all = self.tally.counts();
        let of_bot = all.get(&self.bot).into_iter().flatten();
        of_bot
            .filter(|(key, _)| counts(key))
            .map(|(_, completed)| completed)
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(organization: &str) -> QuotaKey {
        QuotaKey {
            survey: "visit".into(),
            organization: organization.into(),
            quota: "women".into(),
        }
    }

    #[test]
    fn it_counts_everywhere_and_within_an_organization() {
        let tally = Arc::<Tally>::default();
        tally.load(vec![QuotaCount {
            bot: "bot".into(),
            key: key("o1"),
            completed: 4,
        }]);
        let bot = Arc::<str>::from("bot");
        tally.follow(&bot, &[(key("o1"), 1), (key("o2"), 2), (key("o3"), -1)]);
        tally.follow(&"other".into(), &[(key("o1"), 9)]);
        let completed = Completed::new(tally, bot);
        assert_eq!(completed.everywhere("visit", "women"), 7);
        assert_eq!(completed.within(Some("o1"), "visit", "women"), 5);
        assert_eq!(completed.within(Some("o3"), "visit", "women"), 0);
        assert_eq!(completed.everywhere("visit", "men"), 0);
    }
}

//! A dry run: who would be written to and who not, without a word to anybody.

use std::collections::{BTreeMap, HashSet};

use web1on1::Meta;

use super::{
    OrderError, Runner,
    read::{Unread, id_of},
};
use crate::{
    campaign::{Letter, Prepared, Skip},
    store::{ContactKey, Cursor, StoreError},
};

/// Texts that are shown.
const EXAMPLES: usize = 3;

/// How often a page is asked for.
const TRIES: u32 = 5;

/// What a run would come to now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trial {
    /// How many contacts would be written to.
    pub written: u64,
    /// How many would not, and why.
    pub skipped: BTreeMap<Skip, u64>,
    /// What the first of them would read. It holds data of people.
    pub examples: Vec<String>,
}

impl Runner {
    /// Reads the audience of a campaign and tells what a run would come to now.
    pub(crate) async fn trial(&self, name: &str) -> Result<Trial, OrderError> {
        let campaign = self.campaign(name)?;
        self.activity.enter();
        let trial = self.try_out(campaign).await;
        self.activity.leave();
        trial
    }

    async fn try_out(&self, campaign: &Prepared) -> Result<Trial, OrderError> {
        let (mut trial, mut cursor, mut tries) = (Trial::default(), Cursor::default(), 0);
        let mut addresses = HashSet::new();
        loop {
            let errand = self.errand(campaign).await;
            let errand = errand.ok_or_else(|| OrderError::Unread("the service stops".into()))?;
            match self.page(campaign, cursor, errand).await {
                Ok(page) if page.contacts.is_empty() => return Ok(trial),
                Ok(page) => {
                    (cursor, tries) = (page.cursor, 0);
                    let letters = self.letters(campaign, page.contacts).await?;
                    for letter in letters {
                        trial.count(letter, &mut addresses);
                    }
                }
                Err(Unread::ForGood(reason)) => return Err(OrderError::Unread(reason)),
                Err(Unread::ForNow(error)) if tries + 1 >= TRIES => {
                    return Err(OrderError::Unread(error));
                }
                Err(Unread::ForNow(_)) => {
                    let pause = self.clock.sleep_until(self.pause(tries));
                    self.activity.resting(pause).await;
                    tries += 1;
                }
            }
        }
    }

    async fn letters(
        &self,
        campaign: &Prepared,
        contacts: Vec<Meta>,
    ) -> Result<Vec<Result<Letter, Skip>>, StoreError> {
        let key = |contact: &Meta| Some(ContactKey::of(&campaign.bot, id_of(contact)?));
        let keys: Vec<_> = contacts.iter().filter_map(key).collect();
        let standings = self.store.standings(keys).await?;
        let (own, now) = (self.own_user(campaign), self.clock.now());
        let known = contacts.iter().filter(|it| id_of(it).is_some());
        let judged = known.zip(standings).map(|(contact, standing)| {
            let letter = campaign.judge(contact, own)?;
            match standing.skip(campaign.cap, now) {
                Some(skip) => Err(skip),
                None => Ok(letter),
            }
        });
        Ok(judged.collect())
    }
}

impl Trial {
    fn count(&mut self, letter: Result<Letter, Skip>, addresses: &mut HashSet<[u8; 32]>) {
        let letter = letter.and_then(|letter| {
            let is_new = addresses.insert(letter.address);
            if is_new {
                Ok(letter)
            } else {
                Err(Skip::Duplicate)
            }
        });
        match letter {
            Ok(letter) => {
                self.written += 1;
                if self.examples.len() < EXAMPLES {
                    self.examples.push(letter.message.text);
                }
            }
            Err(skip) => *self.skipped.entry(skip).or_default() += 1,
        }
    }
}

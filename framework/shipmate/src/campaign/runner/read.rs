//! The audience, page by page.

use jiff::Timestamp;
use web1on1::{Client, Error, Meta, Request};

use super::{Runner, drive::Flow};
use crate::{
    campaign::{
        Prepared,
        request::{key_of, planned},
    },
    causes::with_causes,
    outbox::{Answer, Errand, Refusal, judge},
    store::{ContactKey, Cursor, NewMember, NextMember, RunRecord, StoreError},
};

/// Contacts asked for at once; the platform may give fewer.
const PAGE: u32 = 100;

/// A page of the audience.
pub(super) struct Page {
    pub(super) contacts: Vec<Meta>,
    /// How far it is read with this page.
    pub(super) cursor: Cursor,
}

/// Why a page cannot be read.
pub(super) enum Unread {
    /// It may be read later.
    ForNow(String),
    /// A person has to put something right.
    ForGood(String),
}

impl Runner {
    /// Puts down everybody in the audience. None once that is done.
    pub(super) async fn read(
        &self,
        run: &RunRecord,
        campaign: &Prepared,
    ) -> Result<Option<Flow>, StoreError> {
        let (mut cursor, mut tries) = (run.cursor, 0);
        loop {
            let next = self.store.next_member(run.id, self.clock.now()).await?;
            if matches!(next, NextMember::Halted) {
                return Ok(Some(Flow::Halted));
            }
            let Some(errand) = self.errand(campaign).await else {
                return Ok(Some(Flow::Stopped));
            };
            match self.page(campaign, cursor, errand).await {
                Ok(page) => {
                    let is_read = page.contacts.is_empty();
                    let members = self.members(run, campaign, page.contacts);
                    cursor = page.cursor;
                    self.store
                        .plan_members(run.id, members, cursor, is_read, self.clock.now())
                        .await?;
                    if is_read {
                        return Ok(None);
                    }
                    tries = 0;
                }
                Err(Unread::ForGood(reason)) => {
                    self.halt(run, campaign, reason).await?;
                    return Ok(Some(Flow::Halted));
                }
                Err(Unread::ForNow(error)) => {
                    tracing::warn!(campaign = %campaign.name, %error, "the audience cannot be read for now");
                    let at = self.pause(tries);
                    tries += 1;
                    if self.sleep(run.id, at).await {
                        return Ok(Some(Flow::Stopped));
                    }
                }
            }
        }
    }

    fn members(&self, run: &RunRecord, campaign: &Prepared, contacts: Vec<Meta>) -> Vec<NewMember> {
        let own = self.own_user(campaign);
        let member = |contact: Meta| {
            let id = id_of(&contact)?.to_owned();
            let key = ContactKey::of(&campaign.bot, &id);
            let letter = campaign.judge(&contact, own);
            let plan = match letter {
                // A message that cannot be written as JSON does not exist.
                Ok(letter) => Ok(planned(letter, &key_of((run.id, run.started_at), &key.0)).ok()?),
                Err(skip) => Err(skip),
            };
            Some(NewMember {
                contact: id,
                key,
                plan,
            })
        };
        contacts.into_iter().filter_map(member).collect()
    }

    /// The next page after `cursor`. An empty one is the last.
    pub(super) async fn page(
        &self,
        campaign: &Prepared,
        cursor: Cursor,
        errand: Errand,
    ) -> Result<Page, Unread> {
        let Some(client) = self.client(campaign) else {
            errand.permit.return_unused();
            return Err(Unread::ForGood("its bot is not part of the service".into()));
        };
        let listed = list(client, campaign, cursor, errand).await;
        let contacts = listed.map_err(|error| self.unread(campaign, &error))?;
        let cursor = after(cursor, &contacts).map_err(|problem| Unread::ForGood(problem.into()))?;
        Ok(Page { contacts, cursor })
    }

    fn unread(&self, campaign: &Prepared, error: &Error) -> Unread {
        let answer = judge(error);
        self.outbox.learn(&answer, &campaign.bot, self.clock.now());
        let text = with_causes(error);
        match answer {
            Answer::Refused(_)
            | Answer::RefusedForNow {
                reason: Refusal::Token,
                ..
            } => Unread::ForGood(format!("the audience cannot be read: {text}")),
            _ => Unread::ForNow(text),
        }
    }

    /// When to try again what failed `tries` times before.
    pub(super) fn pause(&self, tries: u32) -> Timestamp {
        const LONGEST: std::time::Duration = std::time::Duration::from_hours(1);
        let pause = self.options.backoff;
        let pause = pause.saturating_mul(2_u32.saturating_pow(tries.min(16)));
        let now = self.clock.now();
        now.checked_add(pause.min(LONGEST)).unwrap_or(now)
    }
}

async fn list(
    client: &Client,
    campaign: &Prepared,
    cursor: Cursor,
    errand: Errand,
) -> Result<Vec<Meta>, Error> {
    let mut query = campaign
        .query()
        .ascending("createdAt")
        .ascending("id")
        .populate(["conversation"])
        .limit(PAGE);
    if let Some(at) = cursor.at {
        query = query.at_least("createdAt", at).offset(cursor.seen);
    }
    let request = Request::get(["contacts"]).query(query);
    client.send_with(errand.permit, request).await?.json()
}

/// How far the audience is read with `contacts`.
fn after(cursor: Cursor, contacts: &[Meta]) -> Result<Cursor, &'static str> {
    let mut cursor = cursor;
    for contact in contacts {
        let at = contact.get("createdAt").and_then(|at| at.as_str());
        let at = at
            .and_then(|at| at.parse::<Timestamp>().ok())
            .ok_or("the platform lists contacts without `createdAt`, so the audience cannot be read page by page")?;
        cursor = match cursor.at {
            Some(last) if at < last => {
                return Err(
                    "the platform does not list contacts by `createdAt`, so the audience cannot be read page by page",
                );
            }
            Some(last) if at == last => Cursor {
                seen: cursor.seen + 1,
                ..cursor
            },
            _ => Cursor {
                at: Some(at),
                seen: 1,
            },
        };
    }
    Ok(cursor)
}

/// A contact's id.
pub(super) fn id_of(contact: &Meta) -> Option<&str> {
    contact.get("id")?.as_str().filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn contacts(seconds: &[i64]) -> Vec<Meta> {
        let contact = |(index, second): (usize, &i64)| {
            let at = Timestamp::from_second(*second).unwrap().to_string();
            match json!({"id": index.to_string(), "createdAt": at}) {
                Value::Object(contact) => contact,
                _ => unreachable!(),
            }
        };
        seconds.iter().enumerate().map(contact).collect()
    }

    #[test]
    fn what_is_out_of_order_is_not_read_on() {
        assert!(after(Cursor::default(), &contacts(&[5, 4])).is_err());
        assert!(after(Cursor::default(), &[Meta::new()]).is_err());
    }

    proptest! {
        /// However many contacts share a time and however small pages are: each is read once, also
        /// those that are created meanwhile.
        #[test]
        fn everybody_is_read_once(
            mut seconds in proptest::collection::vec(0_i64..8, 0..40), page in 1_usize..7, later in 0_usize..5,
        ) {
            seconds.sort_unstable();
            let mut all = contacts(&seconds);
            let (mut cursor, mut read) = (Cursor::default(), Vec::new());
            for round in 0.. {
                let from: Vec<Meta> = all
                    .iter()
                    .filter(|it| cursor.at.is_none_or(|at| it["createdAt"].as_str().unwrap().parse::<Timestamp>().unwrap() >= at))
                    .skip(usize::try_from(cursor.seen).unwrap())
                    .take(page)
                    .cloned()
                    .collect();
                if from.is_empty() {
                    break;
                }
                cursor = after(cursor, &from).unwrap();
                read.extend(from.iter().map(|it| it["id"].clone()));
                if round < later {
                    let mut new = contacts(&[8 + i64::try_from(round).unwrap()]).remove(0);
                    new.insert("id".into(), json!(format!("new{round}")));
                    all.push(new);
                }
            }
            let ids: Vec<Value> = all.iter().map(|it| it["id"].clone()).collect();
            prop_assert_eq!(read, ids);
        }
    }
}

use jiff::Timestamp;
use serde_json::Value;

use super::{Conversation, Said, Seed, Speaker};
use crate::{
    Limits, Refusal,
    conversation::Author,
    directory::{Kind, Object},
    report::Tally,
    state::State,
    view,
    webhook::DeliveryQueue,
};

impl State {
    /// Puts a seed into an empty state. Nobody is told: what was there from the start is no news,
    /// and what was said before counts toward no limit.
    ///
    /// # Errors
    /// The refusal of the first thing that cannot be, such as a bot of an unknown organization.
    pub(crate) fn plant(&mut self, seed: Seed, now: Timestamp) -> Result<(), Refusal> {
        for (kind, id, fields) in seed.resources {
            self.add_resource(kind, &id, fields, None, now)?;
        }
        for (user, organization, role) in seed.memberships {
            let others = self.memberships.entry(user).or_default();
            others.insert(organization, role);
        }
        self.given_tokens
            .extend(seed.tokens.into_iter().map(|(user, token)| (token, user)));
        for (bot, webhook) in seed.webhooks {
            self.bot_webhooks.insert(bot, webhook);
        }
        let limits = std::mem::replace(&mut self.limits, Limits::none());
        for conversation in seed.conversations {
            self.plant_conversation(conversation, now)?;
        }
        self.limits = limits;
        self.tally = Tally::default();
        self.queue = DeliveryQueue::new(self.queue.settings().clone());
        self.refresh_hooks(Kind::Bot);
        Ok(())
    }

    fn plant_conversation(&mut self, given: Conversation, now: Timestamp) -> Result<(), Refusal> {
        let opened = given
            .messages
            .iter()
            .find_map(|said| said.at)
            .unwrap_or(now);
        let id = self.open_chat_of(
            given.id,
            given.contact,
            &given.organization,
            given.profile,
            opened.min(now),
        )?;
        let mut last = opened;
        for Said { from, at, message } in given.messages {
            let author = match from {
                Speaker::Contact => Author::Contact,
                Speaker::User(user) => self.author(&user),
            };
            last = at.unwrap_or(last);
            if last > now {
                return Err(Refusal::unprocessable(format!(
                    "a message of conversation {id} is from {last}, after the start at {now}; set \
                     the clock of the seed"
                )));
            }
            self.post(&author, &id, vec![message], last)?;
        }
        if given.changes.is_empty() {
            return Ok(());
        }
        self.change_conversation(&id, given.changes)
    }

    fn change_conversation(
        &mut self,
        id: &web1on1::ConversationId,
        changes: Object,
    ) -> Result<(), Refusal> {
        let Some(thread) = self.threads.get_mut(id) else {
            return Ok(());
        };
        let mut merged = view::conversation(&thread.conversation);
        merged.extend(changes);
        thread.conversation = serde_json::from_value(Value::Object(merged))
            .map_err(|error| Refusal::bad_request(format!("conversation: {error}")))?;
        Ok(())
    }
}

use jiff::Timestamp;

use super::Seed;
use crate::{Refusal, directory::Kind, state::State, webhook::DeliveryQueue};

impl State {
    /// Puts a seed into an empty state. Nobody is told: what was there from the start is no news.
    ///
    /// # Errors
    /// The refusal of the first thing that cannot be, such as a bot of an unknown organization.
    pub(crate) fn plant(&mut self, seed: Seed, now: Timestamp) -> Result<(), Refusal> {
        for (kind, id, fields) in seed.resources {
            self.add_resource(kind, &id, fields, None, now)?;
        }
        for (bot, webhook) in seed.webhooks {
            self.bot_webhooks.insert(bot, webhook);
        }
        for (id, organization, profile) in seed.conversations {
            self.open_chat(id, &organization, profile, now)?;
        }
        self.queue = DeliveryQueue::new(self.queue.settings().clone());
        self.refresh_hooks(Kind::Bot);
        Ok(())
    }
}

//! Organizations' use of bots.

use super::{Collection, Create, Resource};
use crate::{BotInstance, Client, InstanceId, NewBotInstance};

/// Bot instances: `/botinstances`.
pub type BotInstances<'a> = Collection<'a, BotInstance>;

impl Client {
    /// Bot instances: `/botinstances`.
    pub fn bot_instances(&self) -> BotInstances<'_> {
        self.resources()
    }
}

impl Resource for BotInstance {
    const PATH: &'static str = "botinstances";
    type Id = InstanceId;
}

impl Create for BotInstance {
    type New = NewBotInstance;
}

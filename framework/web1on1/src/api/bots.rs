//! Bot definitions.

use super::{Collection, Create, Resource};
use crate::{Bot, BotId, Client, NewBot};

/// Bot definitions: `/bots`.
pub type Bots<'a> = Collection<'a, Bot>;

impl Client {
    /// Bot definitions: `/bots`.
    pub fn bots(&self) -> Bots<'_> {
        self.resources()
    }
}

impl Resource for Bot {
    const PATH: &'static str = "bots";
    type Id = BotId;
}

impl Create for Bot {
    type New = NewBot;
}

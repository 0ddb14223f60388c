//! Channels.

use super::{Collection, Create, Resource};
use crate::{
    ChannelId, Client,
    channel::{Channel, NewChannel},
};

/// Channels: `/channels`.
pub type Channels<'a> = Collection<'a, Channel>;

impl Client {
    /// Channels: `/channels`.
    pub fn channels(&self) -> Channels<'_> {
        self.resources()
    }
}

impl Resource for Channel {
    const PATH: &'static str = "channels";
    type Id = ChannelId;
}

impl Create for Channel {
    type New = NewChannel;
}

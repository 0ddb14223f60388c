//! Integrations.

use super::{Collection, Create, Resource};
use crate::{Client, NewService, Service, ServiceId};

/// Services: `/services`.
pub type Services<'a> = Collection<'a, Service>;

impl Client {
    /// Services: `/services`.
    pub fn services(&self) -> Services<'_> {
        self.resources()
    }
}

impl Resource for Service {
    const PATH: &'static str = "services";
    type Id = ServiceId;
}

impl Create for Service {
    type New = NewService;
}

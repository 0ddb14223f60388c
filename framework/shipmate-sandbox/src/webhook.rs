//! Webhooks: who is told of what, in which order, and how often it is tried.

mod attempt;

mod courier;
pub(crate) use courier::{Courier, client};

mod delivery;
pub use delivery::{Delivery, DeliveryOrder, DeliveryOutcome, DeliverySettings};

mod hook;
pub(crate) use hook::Hooks;
pub use hook::{HookId, Webhook};

mod queue;
use queue::{AttemptResult, Job};
pub(crate) use queue::{DeliveryQueue, NewDelivery, SavedDelivery};

mod reply;

mod signature;

mod verify;
pub(crate) use verify::verify;

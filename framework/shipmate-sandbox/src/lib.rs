//! The Web1on1 platform on your machine.
//!
//! A [`Sandbox`] answers the REST API under `/v2`, enforces the documented limits, delivers signed
//! webhooks and shows a chat page. Bots are developed against it, and every end-to-end test of this
//! workspace runs against it. It knows the wire types of [`web1on1`] and nothing of bots' insides.
//!
//! ```
//! use std::sync::Arc;
//!
//! use jiff::{SignedDuration, Timestamp};
//! use shipmate_sandbox::{Sandbox, Seed, Webhook};
//! use web1on1::{ConversationStatus, ManualClock};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
//! let (mut seed, demo) = Seed::demo();
//! seed.webhook(&demo.bot, Webhook::new("http://127.0.0.1:8080/webhook").secret("s3cr3t"));
//! let sandbox = Sandbox::builder()
//!     .movable_clock(Arc::new(clock.clone()))
//!     .seed(seed)
//!     .start()
//!     .await?;
//!
//! let conversation = sandbox.open_conversation_with(&demo.dealer, "Carl Consumer")?;
//! sandbox.contact_says(&conversation, "Hello?")?;
//! sandbox.agent_says(&conversation, &demo.agent, "How can I help?")?;
//! clock.advance(SignedDuration::from_mins(3));
//!
//! sandbox
//!     .wait_until(|view| {
//!         view.conversation(&conversation)
//!             .is_some_and(|it| it.status() == Some(&ConversationStatus::Active))
//!     })
//!     .await?;
//! assert_eq!(sandbox.report().refused_total(), 0);
//! sandbox.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! What exists at the start comes from code or from a file ([`Seed`]), or is where another sandbox
//! was ([`Snapshot`]); a snapshot also makes forks.
//!
//! [`Sandbox::inject`] makes the API or the webhooks fail in every way of [`FaultKind`], and
//! [`Sandbox::journal`] tells what crossed the border and what followed from it. Programs in other
//! languages do the same, and play consumer and agent, over HTTP under `/admin`.
//!
//! Where the documents are silent, the sandbox decides, and says so where it does:
//!
//! - Several commands in one message are lines of its text; one line that is no command refuses
//!   the whole message. This, and what becomes of unknown keys in `meta`, can be changed ([`Quirks`]).
//! - A message never overtakes an earlier one of the same sender that still waits for its delay.
//!   Its id and `createdAt` are given at once, its effect and its event come when it is due.
//! - Chat, cards, mentions and postbacks join their sender to the conversation; commands, forms and
//!   fields do not. An `agent` message to the consumer accepts, unless the sender is active already.
//! - `/leave` closes an active conversation that nobody else has accepted; a queued one, for
//!   example after `/notify`, stays queued.
//! - A bot hears of its own organization, of those where it has an instance, and of all below.
//! - Refused requests and messages do not count toward any limit, and no `Retry-After` is sent.

mod admin;

mod border;
pub use border::{Border, Crossing};

mod clock;
pub use clock::{MovableClock, OffsetClock};

mod command;

mod conversation;
pub use conversation::{BotGauge, ConversationSnapshot};

mod directory;

mod duration;

mod event;

mod fault;
pub use fault::{
    ActiveFault, Fault, FaultId, FaultKind, FaultMix, FieldDescription, Injection, KindDescription,
};

mod ids;

mod journal;
pub use journal::{
    Act, Actor, ApiCall, AttemptOutcome, Body, CallOutcome, CallerSeen, Cause, DeliveryAttempt,
    Emitted, Entry, JournalSettings, Signature, Strike,
};

mod limit;
pub use limit::{Allowance, Limits, RequestUse, Rule};

mod options;
pub use options::WorldOptions;

mod page;

mod platform;

mod quirks;
pub use quirks::{Lines, Quirks};

mod random;

mod refusal;
pub use refusal::Refusal;

mod registry;

mod report;
pub use report::{LimitReport, Nearest};

mod rest;
pub use rest::PageLimits;

mod sandbox;
pub use sandbox::{Builder, Installation, Person, Sandbox, StartError, View, WaitError};

mod seed;
pub use seed::{Demo, Seed, SeedError};

mod snapshot;
pub use snapshot::{Snapshot, SnapshotError};

mod state;

mod token;

mod view;

mod webhook;
pub use webhook::{Delivery, DeliveryOrder, DeliveryOutcome, DeliverySettings, HookId, Webhook};

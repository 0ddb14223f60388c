#![doc = include_str!("lib.md")]

// In the order in which data meets them.

mod webhook;
pub use webhook::{ServerOptions, WebhookSecrets};

mod event;
pub use event::{
    CampaignEvent, Event, EventBody, EventName, JobEvent, MessageAction, MessageEvent,
    ResourceAction, ResourceEvent, TimerEvent,
};

mod dispatch;
pub use dispatch::DispatchOptions;

mod route;
pub use route::Ignoring;

mod handover;
pub use handover::{
    AfterHandOver, AfterTakeover, FailOpen, HandOver, Recipients, RecipientsError, Summary,
};

mod bot;
pub use bot::{Bot, BotError, IgnoreReason, NoConfig, Outcome, Permanent, Result};

mod host;

mod turn;
pub use turn::Turn;

mod overflow;
pub use overflow::OverflowError;

pub mod plan;
pub use plan::Notify;

pub mod limit;
pub use limit::Budget;

pub mod policy;

mod outbox;
pub use outbox::OutboxOptions;

pub mod form;
pub use form::{Choices, Survey};
/// What the attributes take is listed at [the trait](trait@Choices).
#[cfg(feature = "derive")]
pub use shipmate_macros::Choices;
/// The types, and all that the attributes take, are listed at [the trait](trait@Survey).
#[cfg(feature = "derive")]
pub use shipmate_macros::Survey;

mod survey_file;
pub use survey_file::DefinitionFileError;

pub mod interview;

pub mod results;

pub mod tenant;

pub mod schedule;

pub mod campaign;

pub mod store;
pub use store::Class;

mod marker;

mod deployment;

mod verify;

mod conversations;

mod activity;

mod alarms;

mod pool;

mod causes;

mod metrics;

mod why;

mod operator;

mod surveys;

mod console;

mod service;
pub use service::{BotSetup, BuildError, Retention, Running, Service, ServiceBuilder};

mod settings;
pub use settings::{LogFormat, Settings, SettingsError};

mod app;
pub use app::{App, run};

#[cfg(feature = "sandbox")]
pub mod testing;

pub use jiff;
pub use web1on1::{
    self, Action, Clock, Conversation, Item, ManualClock, Message, NewMessage, SystemClock, Token,
};

#[cfg(test)]
mod invariants;

// What the derives make names the crate as its users do.
#[cfg(test)]
extern crate self as shipmate;

//! What can go wrong, one thing at a time.

use jiff::SignedDuration;
use shipmate_sandbox::{DeliveryOrder, Fault, Limits};

use super::Script;

/// A script, how many consumers play it at once, and what goes wrong meanwhile.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// What goes wrong.
    pub name: &'static str,
    /// What the bot does.
    pub script: Script,
    pub(super) consumers: usize,
    pub(super) faults: Vec<Fault>,
    pub(super) limits: Limits,
    /// Whether the bot is killed while it works, three times.
    pub(super) is_killed: bool,
    leaves_doubt: bool,
    pub(super) order: DeliveryOrder,
    /// How many messages are written at once, before their answers are waited for.
    pub(super) at_once: usize,
    /// How much later the first of those comes than the others, if it does.
    pub(super) behind: Option<SignedDuration>,
    /// Whether Shipmate's bot keeps each answer when it comes and not all at the end, as the SDK's
    /// always does.
    pub(super) keeps_at_once: bool,
}

/// What the consumers write, of which redeliveries and the like are made.
pub(super) const EVENT: &str = "message.create.contact.chat";

/// Messages that a consumer of a bot that repeats them writes.
pub(super) const MESSAGES: usize = 20;

/// How much later a message comes than the one that overtakes it.
const BEHIND: SignedDuration = SignedDuration::from_millis(50);

impl Scenario {
    /// Whether something is to go wrong by itself, and not by what the consumers do.
    pub fn has_faults(&self) -> bool {
        !self.faults.is_empty() || self.behind.is_some()
    }

    /// Whether events may reach the bot in another order than they happened in.
    pub fn overtakes(&self) -> bool {
        self.order == DeliveryOrder::None || self.behind.is_some()
    }

    /// Whether messages may be in doubt: sent, and not known whether they were taken.
    pub fn leaves_doubt(&self) -> bool {
        self.leaves_doubt
    }

    /// One consumer, and nothing goes wrong.
    pub fn calm() -> Self {
        Self {
            name: "nothing",
            script: Script::Survey,
            consumers: 1,
            faults: Vec::new(),
            limits: Limits::none(),
            is_killed: false,
            leaves_doubt: false,
            order: DeliveryOrder::PerConversation,
            at_once: MESSAGES,
            behind: None,
            keeps_at_once: false,
        }
    }

    /// Nothing goes wrong, and each answer is kept when it comes.
    pub fn calm_at_once() -> Self {
        Self {
            keeps_at_once: true,
            ..Self::calm()
        }
    }

    /// All, [`calm`](Self::calm) first. A limit is on only where it is what the scenario is about:
    /// otherwise what it does to one side would hide the rest.
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::calm()];
        all.extend(Self::of_limits());
        all.extend(Self::of_webhooks());
        all.extend(Self::of_the_api());
        all.push(Self {
            is_killed: true,
            leaves_doubt: true,
            ..Self::named("killed at work (SIGKILL), three times")
        });
        all.push(Self::burst("twenty messages at once"));
        all.push(Self {
            order: DeliveryOrder::None,
            ..Self::burst("twenty messages at once, delivered side by side")
        });
        // Two at a time: in a large burst a slow machine would make the delay what it likes.
        all.push(Self {
            at_once: 2,
            behind: Some(BEHIND),
            ..Self::burst("twenty messages, every other one overtaken by the next")
        });
        all
    }

    fn of_limits() -> [Self; 2] {
        let documented = Limits::default();
        [
            Self {
                limits: Limits {
                    identical_messages: documented.identical_messages,
                    consecutive_messages: documented.consecutive_messages,
                    ..Limits::none()
                },
                ..Self::named("limits on messages; consumers answer at once")
            },
            Self {
                consumers: 10,
                limits: Limits {
                    requests_per_key: documented.requests_per_key,
                    requests_per_address: documented.requests_per_address,
                    ..Limits::none()
                },
                ..Self::named("limit of 20 requests a second; ten consumers")
            },
        ]
    }

    fn of_webhooks() -> [Self; 4] {
        let duplicate = Fault::webhook_duplicate(2).event(EVENT).always();
        let at_once = Fault::webhook_duplicate_at_once(2).event(EVENT).always();
        let forged = vec![
            often(Fault::webhook_forge().event(EVENT), 5),
            // These take the place of the true delivery, which comes again a second later.
            seldom(Fault::webhook_wrong_signature().event(EVENT), 6).times(4),
            seldom(Fault::webhook_no_signature().event(EVENT), 7).times(4),
        ];
        [
            Self::named("every event delivered three times").with(vec![duplicate]),
            Self::named("every event delivered three times at once").with(vec![at_once]),
            Self::named("the webhook's answer is lost")
                .with(vec![often(Fault::webhook_lose_answer().event(EVENT), 8)]),
            Self::named("forged and unsigned events").with(forged),
        ]
    }

    fn of_the_api() -> [Self; 4] {
        let posts = |fault: Fault, seed| vec![seldom(fault.on("POST", "/messages"), seed)];
        [
            Self::named("503, nothing done").with(posts(Fault::answer(503), 9)),
            Self::named("429, nothing done").with(posts(Fault::answer(429), 10)),
            Self::named("500, nothing done")
                .with(posts(Fault::answer(500), 11))
                .in_doubt(),
            Self::named("message taken, answer lost")
                .with(posts(Fault::lose_answer(), 12))
                .in_doubt(),
        ]
    }

    fn named(name: &'static str) -> Self {
        Self {
            name,
            consumers: 3,
            ..Self::calm()
        }
    }

    fn burst(name: &'static str) -> Self {
        Self {
            script: Script::Echo,
            ..Self::named(name)
        }
    }

    fn with(self, faults: Vec<Fault>) -> Self {
        Self { faults, ..self }
    }

    fn in_doubt(self) -> Self {
        Self {
            leaves_doubt: true,
            ..self
        }
    }
}

/// Strikes three in ten.
fn often(fault: Fault, seed: u64) -> Fault {
    fault.always().with_probability(0.3, seed)
}

/// Strikes one in five.
fn seldom(fault: Fault, seed: u64) -> Fault {
    fault.always().with_probability(0.2, seed)
}

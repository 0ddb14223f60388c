//! Failures on demand: the API and the webhooks as they are on a bad day.

mod failure;
pub(crate) use failure::{ErrorBody, Failure, RetryAfterForm};

mod faults;
pub(crate) use faults::Faults;
pub use faults::{ActiveFault, FaultId};

mod json;

mod kind;
pub(crate) use kind::SHARED;
pub use kind::{FaultKind, FieldDescription, KindDescription};

mod mix;
pub use mix::FaultMix;

mod selection;
use selection::Selection;
pub(crate) use selection::Target;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use web1on1::{ConversationId, UserId};

use crate::directory::Object;

/// A failure of the next API requests, or of the next attempts to deliver webhooks, that match.
/// The chat page never fails. Whatever waits, waits on the sandbox's clock.
///
/// ```
/// use shipmate_sandbox::Fault;
///
/// let busy = Fault::answer(503).on("POST", "/messages").times(3);
/// let late = Fault::webhook_delay(jiff::SignedDuration::from_mins(5)).event("message.create");
/// # let _ = (busy, late);
/// ```
///
/// The JSON form names the kind and has the fields that `GET /admin/faults/kinds` lists:
///
/// ```
/// # use shipmate_sandbox::Fault;
/// let json = r#"{"kind": "answer", "status": 503, "method": "POST", "path": "/messages", "times": 3}"#;
/// let fault: Fault = serde_json::from_str(json)?;
/// assert_eq!(fault, Fault::answer(503).on("POST", "/messages").times(3));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Object", into = "Object")]
pub struct Fault {
    failure: Failure,
    selection: Selection,
    /// How often it strikes; nothing means always.
    times: Option<u64>,
    chance: Option<Chance>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Chance {
    probability: f64,
    seed: u64,
}

/// One fault, or a mix of all kinds by chance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Object", into = "Object")]
#[non_exhaustive]
pub enum Injection {
    /// One fault.
    One(Fault),
    /// Faults of all kinds, by chance.
    Mix(FaultMix),
}

impl From<Fault> for Injection {
    fn from(fault: Fault) -> Self {
        Self::One(fault)
    }
}

impl From<FaultMix> for Injection {
    fn from(mix: FaultMix) -> Self {
        Self::Mix(mix)
    }
}

/// Faults of API requests.
impl Fault {
    /// The request is answered with this status and not carried out, as by an intermittent error
    /// (API Basics, errors: 500, 502, 503) or a limit (429).
    pub fn answer(status: u16) -> Self {
        Self::new(Failure::answer(status))
    }

    /// As [`answer`](Self::answer), with a page of HTML as the body, as from a proxy.
    pub fn answer_html(status: u16) -> Self {
        Self::answer(status).with_body(ErrorBody::Html)
    }

    /// As [`answer`](Self::answer), without a body.
    pub fn answer_empty(status: u16) -> Self {
        Self::answer(status).with_body(ErrorBody::Empty)
    }

    /// 429 with `Retry-After` in seconds; fractions are rounded up.
    pub fn busy_for(wait: SignedDuration) -> Self {
        Self::busy(wait, RetryAfterForm::Seconds)
    }

    /// 429 with `Retry-After` as a date, `wait` ahead.
    pub fn busy_until_in(wait: SignedDuration) -> Self {
        Self::busy(wait, RetryAfterForm::Date)
    }

    /// The request is answered 307 with this address and not carried out.
    pub fn redirect(location: impl Into<String>) -> Self {
        Self::new(Failure::Redirect {
            status: failure::defaults::redirect(),
            location: location.into(),
        })
    }

    /// The request is answered 200 with an error inside and not carried out.
    pub fn error_in_ok() -> Self {
        Self::new(Failure::ErrorInOk {})
    }

    /// The connection breaks, and the request is not carried out.
    pub fn reset_before() -> Self {
        Self::new(Failure::ResetBefore {})
    }

    /// The request is carried out `wait` later, even if the client has left by then.
    pub fn latency(wait: SignedDuration) -> Self {
        Self::new(Failure::Latency { wait: wait.into() })
    }

    /// The request is carried out, and the connection breaks before the answer arrives.
    pub fn lose_answer() -> Self {
        Self::new(Failure::LoseAnswer {})
    }

    /// The request is carried out, and answered `wait` later.
    pub fn hold_answer(wait: SignedDuration) -> Self {
        Self::new(Failure::HoldAnswer { wait: wait.into() })
    }

    /// The request is carried out and never answered, until the client or the sandbox gives up.
    pub fn hang() -> Self {
        Self::new(Failure::Hang {})
    }

    /// The request is carried out and answered 200 with a body that is no JSON.
    pub fn garbage() -> Self {
        Self::new(Failure::Garbage {})
    }

    /// The request is carried out and answered with its status and no body.
    pub fn empty_body() -> Self {
        Self::new(Failure::EmptyBody {})
    }

    /// The request is carried out, and the connection breaks in the middle of the answer.
    pub fn cut_body() -> Self {
        Self::new(Failure::CutBody {})
    }

    /// The request is carried out, and the answer comes byte by byte, `every` so often.
    pub fn slow_body(every: SignedDuration) -> Self {
        Self::new(Failure::SlowBody {
            every: every.into(),
        })
    }

    fn busy(wait: SignedDuration, form: RetryAfterForm) -> Self {
        Self::new(Failure::Answer {
            status: 429,
            body: ErrorBody::Json,
            retry_after: Some(wait.into()),
            retry_after_form: form,
        })
    }

    fn with_body(mut self, with: ErrorBody) -> Self {
        if let Failure::Answer { body, .. } = &mut self.failure {
            *body = with;
        }
        self
    }
}

/// Faults of webhook deliveries.
impl Fault {
    /// A delivery is sent `copies` more times, byte for byte, one after the other; at most 100.
    pub fn webhook_duplicate(copies: u32) -> Self {
        Self::duplicate(copies, false)
    }

    /// A delivery is sent `copies` more times, all at once; at most 100.
    pub fn webhook_duplicate_at_once(copies: u32) -> Self {
        Self::duplicate(copies, true)
    }

    /// A delivery waits for `within`, and the events after it overtake it.
    pub fn webhook_reorder(within: SignedDuration) -> Self {
        Self::new(Failure::WebhookReorder {
            within: within.into(),
        })
    }

    /// A delivery waits, and the later events of its conversation wait with it.
    pub fn webhook_delay(wait: SignedDuration) -> Self {
        Self::new(Failure::WebhookDelay { wait: wait.into() })
    }

    /// An attempt is lost on the way; the delivery is tried again later.
    pub fn webhook_drop() -> Self {
        Self::new(Failure::WebhookDrop {})
    }

    /// The webhook's answer is lost; the delivery is tried again later.
    pub fn webhook_lose_answer() -> Self {
        Self::new(Failure::WebhookLoseAnswer {})
    }

    /// An attempt is signed with another secret.
    pub fn webhook_wrong_signature() -> Self {
        Self::new(Failure::WebhookWrongSignature {})
    }

    /// An attempt is not signed.
    pub fn webhook_no_signature() -> Self {
        Self::new(Failure::WebhookNoSignature {})
    }

    /// A stranger sends a changed copy, signed with another secret, before the delivery.
    pub fn webhook_forge() -> Self {
        Self::new(Failure::WebhookForge {})
    }

    fn duplicate(copies: u32, at_once: bool) -> Self {
        Self::new(Failure::WebhookDuplicate {
            copies: copies.min(failure::MAX_COPIES),
            at_once,
        })
    }
}

/// What is struck, and how often.
impl Fault {
    /// Only requests with this method whose path (without `/v2`) contains `path` fail.
    #[must_use]
    pub fn on(mut self, method: &str, path: &str) -> Self {
        self.selection.method = Some(method.to_owned());
        self.selection.path = Some(path.to_owned());
        self
    }

    /// Only events whose name begins with `prefix` fail, such as `message.create`.
    #[must_use]
    pub fn event(mut self, prefix: &str) -> Self {
        self.selection.event = Some(prefix.to_owned());
        self
    }

    /// Only requests of this user fail; for webhooks, only those of this bot.
    #[must_use]
    pub fn caller(mut self, user: impl Into<UserId>) -> Self {
        self.selection.caller = Some(user.into());
        self
    }

    /// Only what is about this conversation fails.
    #[must_use]
    pub fn conversation(mut self, id: &ConversationId) -> Self {
        self.selection.conversation = Some(id.clone());
        self
    }

    /// How many requests or attempts fail; one by default.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// All that match fail, until the fault is removed.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }

    /// What matches fails with this probability, 0 to 1; the seed decides which.
    #[must_use]
    pub fn with_probability(mut self, probability: f64, seed: u64) -> Self {
        self.chance = Some(Chance { probability, seed });
        self
    }

    /// Its kind.
    pub fn kind(&self) -> FaultKind {
        self.failure.kind()
    }

    fn new(failure: Failure) -> Self {
        Self {
            failure,
            selection: Selection::default(),
            times: Some(1),
            chance: None,
        }
    }
}

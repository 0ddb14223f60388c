use serde::{Deserialize, Serialize};

/// The kinds of faults, by their stable names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FaultKind {
    /// The request is answered with a status and not carried out.
    Answer,
    /// The request is answered with a redirect and not carried out.
    Redirect,
    /// The request is answered 200 with an error inside and not carried out.
    ErrorInOk,
    /// The connection breaks before the request is carried out.
    ResetBefore,
    /// The request is carried out only after a wait, even if the client has left by then.
    Latency,
    /// The request is carried out, and the connection breaks before the answer.
    LoseAnswer,
    /// The request is carried out, and the answer comes after a wait.
    HoldAnswer,
    /// The request is carried out and never answered.
    Hang,
    /// The request is carried out and answered 200 with a body that is no JSON.
    Garbage,
    /// The request is carried out and answered with its status and no body.
    EmptyBody,
    /// The request is carried out, and the connection breaks in the middle of the answer.
    CutBody,
    /// The request is carried out, and the answer comes byte by byte.
    SlowBody,
    /// A delivery is sent again, byte for byte.
    WebhookDuplicate,
    /// A delivery waits, and later events overtake it.
    WebhookReorder,
    /// A delivery waits, and later events of its conversation wait with it.
    WebhookDelay,
    /// An attempt is lost on the way; the delivery is tried again later.
    WebhookDrop,
    /// The webhook's answer is lost; the delivery is tried again later.
    WebhookLoseAnswer,
    /// An attempt is signed with another secret.
    WebhookWrongSignature,
    /// An attempt is not signed.
    WebhookNoSignature,
    /// A stranger sends a changed copy, signed with another secret, before the delivery.
    WebhookForge,
}

/// What a kind of fault does and which fields it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KindDescription {
    /// Its name.
    pub kind: FaultKind,
    /// What it does.
    pub does: &'static str,
    /// The fields of its own.
    pub fields: &'static [FieldDescription],
}

/// A field of a fault's JSON form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldDescription {
    /// Its name.
    pub name: &'static str,
    /// What it is for, and what it can be.
    pub does: &'static str,
    /// What it is when it is left out; nothing if it has to be given.
    pub default: Option<&'static str>,
}

impl FaultKind {
    /// All kinds.
    pub const ALL: [Self; 20] = [
        Self::Answer,
        Self::Redirect,
        Self::ErrorInOk,
        Self::ResetBefore,
        Self::Latency,
        Self::LoseAnswer,
        Self::HoldAnswer,
        Self::Hang,
        Self::Garbage,
        Self::EmptyBody,
        Self::CutBody,
        Self::SlowBody,
        Self::WebhookDuplicate,
        Self::WebhookReorder,
        Self::WebhookDelay,
        Self::WebhookDrop,
        Self::WebhookLoseAnswer,
        Self::WebhookWrongSignature,
        Self::WebhookNoSignature,
        Self::WebhookForge,
    ];

    /// Whether it strikes webhook deliveries, not API calls.
    pub fn is_webhook(self) -> bool {
        self >= Self::WebhookDuplicate
    }

    /// Its stable name, as in the JSON form.
    pub fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Redirect => "redirect",
            Self::ErrorInOk => "error-in-ok",
            Self::ResetBefore => "reset-before",
            Self::Latency => "latency",
            Self::LoseAnswer => "lose-answer",
            Self::HoldAnswer => "hold-answer",
            Self::Hang => "hang",
            Self::Garbage => "garbage",
            Self::EmptyBody => "empty-body",
            Self::CutBody => "cut-body",
            Self::SlowBody => "slow-body",
            Self::WebhookDuplicate => "webhook-duplicate",
            Self::WebhookReorder => "webhook-reorder",
            Self::WebhookDelay => "webhook-delay",
            Self::WebhookDrop => "webhook-drop",
            Self::WebhookLoseAnswer => "webhook-lose-answer",
            Self::WebhookWrongSignature => "webhook-wrong-signature",
            Self::WebhookNoSignature => "webhook-no-signature",
            Self::WebhookForge => "webhook-forge",
        }
    }

    /// What it does and which fields it takes.
    pub fn describe(self) -> KindDescription {
        let (does, fields) = match self {
            Self::Answer => (
                "answers with a status; the request is not carried out",
                ANSWER,
            ),
            Self::Redirect => (
                "answers with a redirect; the request is not carried out",
                REDIRECT,
            ),
            Self::ErrorInOk => (
                "answers 200 with an error inside; the request is not carried out",
                NONE,
            ),
            Self::ResetBefore => (
                "breaks the connection; the request is not carried out",
                NONE,
            ),
            Self::Latency => (
                "carries the request out after a wait, even if the client has left",
                LATENCY,
            ),
            Self::LoseAnswer => ("carries the request out and breaks the connection", NONE),
            Self::HoldAnswer => ("carries the request out and answers after a wait", HOLD),
            Self::Hang => ("carries the request out and never answers", NONE),
            Self::Garbage => (
                "carries the request out and answers 200 with a body that is no JSON",
                NONE,
            ),
            Self::EmptyBody => (
                "carries the request out and answers with its status and no body",
                NONE,
            ),
            Self::CutBody => (
                "carries the request out and breaks the connection in the middle of the answer",
                NONE,
            ),
            Self::SlowBody => ("carries the request out and answers byte by byte", SLOW),
            Self::WebhookDuplicate => ("sends a delivery again, byte for byte", DUPLICATE),
            Self::WebhookReorder => ("holds a delivery back; later events overtake it", REORDER),
            Self::WebhookDelay => (
                "holds a delivery back, and later events of its conversation with it",
                DELAY,
            ),
            Self::WebhookDrop => ("loses an attempt on the way; it is tried again later", NONE),
            Self::WebhookLoseAnswer => (
                "delivers and loses the webhook's answer; it is tried again later",
                NONE,
            ),
            Self::WebhookWrongSignature => ("signs an attempt with another secret", NONE),
            Self::WebhookNoSignature => ("sends an attempt without a signature", NONE),
            Self::WebhookForge => (
                "sends a changed copy signed with another secret before the delivery",
                NONE,
            ),
        };
        KindDescription {
            kind: self,
            does,
            fields,
        }
    }
}

impl FieldDescription {
    /// The fields every fault takes, beside those of its kind.
    pub fn shared() -> &'static [Self] {
        SHARED
    }
}

/// The fields every fault takes, beside those of its kind.
pub(crate) const SHARED: &[FieldDescription] = &[
    field("method", "API: only requests with this method", "any"),
    field(
        "path",
        "API: only requests whose path below /v2 contains this",
        "any",
    ),
    field(
        "event",
        "webhooks: only events whose name begins with this",
        "any",
    ),
    field(
        "caller",
        "only requests of this user; for webhooks, only those of this bot",
        "any",
    ),
    field(
        "conversation",
        "only what is about this conversation",
        "any",
    ),
    field(
        "times",
        "how often it strikes: a number, or \"always\"",
        "1",
    ),
    field(
        "probability",
        "how likely it strikes what it matches, 0 to 1",
        "1",
    ),
    field("seed", "the seed of that chance", "1"),
];

const NONE: &[FieldDescription] = &[];
const ANSWER: &[FieldDescription] = &[
    FieldDescription {
        name: "status",
        does: "the HTTP status, 200 to 599",
        default: None,
    },
    field("body", "\"json\", \"html\" or \"empty\"", "json"),
    field(
        "retryAfter",
        "a duration to send as Retry-After",
        "not sent",
    ),
    field(
        "retryAfterForm",
        "\"seconds\" or \"date\": how Retry-After is written",
        "seconds",
    ),
];
const REDIRECT: &[FieldDescription] = &[
    FieldDescription {
        name: "location",
        does: "where to",
        default: None,
    },
    field("status", "the HTTP status, 300 to 399", "307"),
];
const LATENCY: &[FieldDescription] = &[field("wait", "how long, by the sandbox's clock", "5s")];
const HOLD: &[FieldDescription] = &[field("wait", "how long, by the sandbox's clock", "2m")];
const SLOW: &[FieldDescription] = &[field(
    "every",
    "the time between two bytes, by the sandbox's clock",
    "1s",
)];
const DUPLICATE: &[FieldDescription] = &[
    field("copies", "how many more times, 1 to 100", "1"),
    field(
        "atOnce",
        "whether all are sent at the same time, or one after the other",
        "false",
    ),
];
const REORDER: &[FieldDescription] = &[field("within", "how long, by the sandbox's clock", "10s")];
const DELAY: &[FieldDescription] = &[field("wait", "how long, by the sandbox's clock", "1m")];

const fn field(name: &'static str, does: &'static str, default: &'static str) -> FieldDescription {
    FieldDescription {
        name,
        does,
        default: Some(default),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_json_form_and_all_are_listed_in_order() {
        for kind in FaultKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
        assert!(FaultKind::ALL.is_sorted());
        let webhooks = FaultKind::ALL.iter().filter(|kind| kind.is_webhook());
        assert!(
            webhooks.clone().count() == 8
                && webhooks
                    .into_iter()
                    .all(|kind| kind.name().starts_with("webhook-"))
        );
    }
}

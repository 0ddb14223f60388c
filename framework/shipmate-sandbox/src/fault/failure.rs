use serde::{Deserialize, Serialize};

use super::FaultKind;
use crate::duration::Length;

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub(crate) enum Failure {
    Answer {
        status: u16,
        #[serde(default)]
        body: ErrorBody,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<Length>,
        #[serde(default)]
        retry_after_form: RetryAfterForm,
    },
    Redirect {
        #[serde(default = "defaults::redirect")]
        status: u16,
        location: String,
    },
    ErrorInOk {},
    ResetBefore {},
    Latency {
        #[serde(default = "defaults::latency")]
        wait: Length,
    },
    LoseAnswer {},
    HoldAnswer {
        #[serde(default = "defaults::hold")]
        wait: Length,
    },
    Hang {},
    Garbage {},
    EmptyBody {},
    CutBody {},
    SlowBody {
        #[serde(default = "defaults::slow")]
        every: Length,
    },
    WebhookDuplicate {
        #[serde(default = "defaults::copies")]
        copies: u32,
        #[serde(default)]
        at_once: bool,
    },
    WebhookReorder {
        #[serde(default = "defaults::window")]
        within: Length,
    },
    WebhookDelay {
        #[serde(default = "defaults::delay")]
        wait: Length,
    },
    WebhookDrop {},
    WebhookLoseAnswer {},
    WebhookWrongSignature {},
    WebhookNoSignature {},
    WebhookForge {},
}

/// The body of an error answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ErrorBody {
    /// The platform's usual error.
    #[default]
    Json,
    /// A page, as a proxy in front of the platform writes it.
    Html,
    /// Nothing.
    Empty,
}

/// How `Retry-After` is written (RFC 9110, 10.2.3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RetryAfterForm {
    #[default]
    Seconds,
    Date,
}

/// The most copies that one fault may send.
pub(super) const MAX_COPIES: u32 = 100;

impl Failure {
    pub(crate) fn kind(&self) -> FaultKind {
        match self {
            Self::Answer { .. } => FaultKind::Answer,
            Self::Redirect { .. } => FaultKind::Redirect,
            Self::ErrorInOk {} => FaultKind::ErrorInOk,
            Self::ResetBefore {} => FaultKind::ResetBefore,
            Self::Latency { .. } => FaultKind::Latency,
            Self::LoseAnswer {} => FaultKind::LoseAnswer,
            Self::HoldAnswer { .. } => FaultKind::HoldAnswer,
            Self::Hang {} => FaultKind::Hang,
            Self::Garbage {} => FaultKind::Garbage,
            Self::EmptyBody {} => FaultKind::EmptyBody,
            Self::CutBody {} => FaultKind::CutBody,
            Self::SlowBody { .. } => FaultKind::SlowBody,
            Self::WebhookDuplicate { .. } => FaultKind::WebhookDuplicate,
            Self::WebhookReorder { .. } => FaultKind::WebhookReorder,
            Self::WebhookDelay { .. } => FaultKind::WebhookDelay,
            Self::WebhookDrop {} => FaultKind::WebhookDrop,
            Self::WebhookLoseAnswer {} => FaultKind::WebhookLoseAnswer,
            Self::WebhookWrongSignature {} => FaultKind::WebhookWrongSignature,
            Self::WebhookNoSignature {} => FaultKind::WebhookNoSignature,
            Self::WebhookForge {} => FaultKind::WebhookForge,
        }
    }

    /// How long a delivery is put off before its first attempt, if it is.
    pub(crate) fn postpones(&self) -> Option<Length> {
        match self {
            Self::WebhookReorder { within: wait } | Self::WebhookDelay { wait } => Some(*wait),
            _ => None,
        }
    }

    pub(super) fn answer(status: u16) -> Self {
        Self::Answer {
            status,
            body: ErrorBody::Json,
            retry_after: None,
            retry_after_form: RetryAfterForm::Seconds,
        }
    }

    /// # Errors
    /// What cannot be, and what can.
    pub(super) fn check(&self) -> Result<(), String> {
        match self {
            Self::Answer { status, .. } if !(200..600).contains(status) => Err(format!(
                "status {status} cannot be answered; give one of 200 to 599"
            )),
            Self::Redirect { status, .. } if !(300..400).contains(status) => Err(format!(
                "status {status} does not redirect; give one of 300 to 399"
            )),
            Self::Redirect { location, .. }
                if !location.bytes().all(|byte| byte.is_ascii_graphic()) =>
            {
                Err("location must be an address without spaces".to_owned())
            }
            Self::WebhookDuplicate { copies, .. } if !(1..=MAX_COPIES).contains(copies) => {
                Err(format!("copies must be 1 to {MAX_COPIES}, not {copies}"))
            }
            _ => Ok(()),
        }
    }
}

/// What a field is when it is left out.
pub(super) mod defaults {
    use crate::duration::Length;

    pub(in crate::fault) const fn redirect() -> u16 {
        307
    }

    pub(in crate::fault) const fn latency() -> Length {
        Length::seconds(5)
    }

    pub(in crate::fault) const fn hold() -> Length {
        Length::seconds(120)
    }

    pub(in crate::fault) const fn slow() -> Length {
        Length::seconds(1)
    }

    pub(in crate::fault) const fn copies() -> u32 {
        1
    }

    pub(in crate::fault) const fn window() -> Length {
        Length::seconds(10)
    }

    pub(in crate::fault) const fn delay() -> Length {
        Length::seconds(60)
    }
}

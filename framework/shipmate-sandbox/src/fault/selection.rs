use serde::{Deserialize, Serialize};
use web1on1::{ConversationId, UserId};

use super::FaultKind;

/// What a fault strikes; what is not given is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Selection {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) event: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) caller: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) conversation: Option<ConversationId>,
}

/// What may be struck.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target<'a> {
    /// An API call.
    Call {
        method: &'a str,
        path: &'a str,
        caller: Option<&'a UserId>,
        conversation: Option<&'a ConversationId>,
    },
    /// An attempt to deliver a webhook; `is_fresh` before anything was done about the delivery.
    Delivery {
        event: &'a str,
        bot: Option<&'a UserId>,
        conversation: Option<&'a ConversationId>,
        is_fresh: bool,
    },
}

impl Selection {
    pub(super) fn matches(&self, target: Target<'_>) -> bool {
        match target {
            Target::Call {
                method,
                path,
                caller,
                conversation,
            } => {
                is(self.method.as_deref(), |it| it.eq_ignore_ascii_case(method))
                    && is(self.path.as_deref(), |part| path.contains(part))
                    && is(self.caller.as_ref(), |it| caller == Some(it))
                    && is(self.conversation.as_ref(), |it| conversation == Some(it))
            }
            Target::Delivery {
                event,
                bot,
                conversation,
                ..
            } => {
                is(self.event.as_deref(), |start| event.starts_with(start))
                    && is(self.caller.as_ref(), |it| bot == Some(it))
                    && is(self.conversation.as_ref(), |it| conversation == Some(it))
            }
        }
    }

    /// # Errors
    /// If it asks for what a fault of this kind never meets.
    pub(super) fn check(&self, kind: FaultKind) -> Result<(), String> {
        let name = kind.name();
        if kind.is_webhook() && (self.method.is_some() || self.path.is_some()) {
            return Err(format!(
                "method and path select API calls, and {name} strikes webhooks; use event"
            ));
        }
        if !kind.is_webhook() && self.event.is_some() {
            return Err(format!(
                "event selects webhooks, and {name} strikes API calls; use method and path"
            ));
        }
        Ok(())
    }
}

impl Target<'_> {
    /// Whether a fault of this kind can strike it at all.
    pub(super) fn admits(self, kind: FaultKind) -> bool {
        match self {
            Self::Call { .. } => !kind.is_webhook(),
            Self::Delivery { is_fresh, .. } => {
                let postpones = matches!(kind, FaultKind::WebhookReorder | FaultKind::WebhookDelay);
                kind.is_webhook() && (is_fresh || !postpones)
            }
        }
    }
}

fn is<T>(wanted: Option<T>, holds: impl FnOnce(T) -> bool) -> bool {
    wanted.is_none_or(holds)
}

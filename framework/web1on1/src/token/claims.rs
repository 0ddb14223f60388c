//! What a token says about itself.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde::Deserialize;

use crate::{OrganizationId, UserId};

/// What a token says about itself. It is read without checking the signature, so it is good for
/// planning and messages, not for deciding what somebody may do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claims {
    /// The user that requests act as.
    pub user: UserId,
    /// The user's organization.
    pub organization: Option<OrganizationId>,
    /// What the token allows, for example `guest agent bot`, one word each.
    pub scope: Vec<String>,
    /// What the token is for: `access_token` or `refresh_token`.
    pub grant_type: Option<String>,
    /// When it stops working; `None` if it does not say.
    pub expires_at: Option<Timestamp>,
}

impl Claims {
    /// The claims of a JWT; `None` if `token` is something else.
    pub(super) fn of(token: &str) -> Option<Self> {
        let payload = token.split('.').nth(1)?;
        let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
        let payload: Payload = serde_json::from_slice(&payload).ok()?;
        Some(Self {
            user: payload.user,
            organization: payload.organization,
            scope: payload.scope.map(Scope::into_words).unwrap_or_default(),
            grant_type: payload.grant_type,
            expires_at: payload
                .exp
                .and_then(|second| Timestamp::from_second(second).ok()),
        })
    }
}

#[derive(Deserialize)]
struct Payload {
    #[serde(rename = "_id")]
    user: UserId,
    organization: Option<OrganizationId>,
    scope: Option<Scope>,
    grant_type: Option<String>,
    exp: Option<i64>,
}

/// Words with blanks between them, or a list of words.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Scope {
    Text(String),
    Words(Vec<String>),
}

impl Scope {
    pub(crate) fn into_words(self) -> Vec<String> {
        match self {
            Self::Text(text) => text.split_whitespace().map(str::to_owned).collect(),
            Self::Words(words) => words,
        }
    }
}

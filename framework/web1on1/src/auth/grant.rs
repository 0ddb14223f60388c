//! What a login gives.

use jiff::Timestamp;
use serde::Deserialize;

use crate::{Answer, Error, OrganizationId, RefreshToken, Token, UserId, token::Scope, wire::time};

/// The platform's answer to a login or a refresh (API Reference, authentication). The access token
/// lives 24 hours, the refresh token a month.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Grant {
    /// The access token.
    pub token: Token,
    /// Renews the access token.
    pub refresh_token: Option<RefreshToken>,
    /// The user that requests will act as.
    pub user: Option<UserId>,
    /// The user's organization.
    pub organization: Option<OrganizationId>,
    /// When the access token stops working.
    pub expires_at: Option<Timestamp>,
    /// What the token allows, for example `guest agent bot`, one word each.
    pub scope: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    token: String,
    refresh_token: Option<String>,
    user: Option<UserId>,
    organization: Option<OrganizationId>,
    #[serde(default, deserialize_with = "time::deserialize")]
    expires_at: Option<Timestamp>,
    scope: Option<Scope>,
}

impl Grant {
    pub(super) fn read(answer: &Answer) -> Result<Self, Error> {
        let body: Body = answer.json()?;
        let unusable = |error: Error| answer.unreadable(error.to_string());
        let token = Token::new(body.token).map_err(unusable)?;
        let refresh_token = body
            .refresh_token
            .map(RefreshToken::new)
            .transpose()
            .map_err(unusable)?;
        let claims = token.claims();
        Ok(Self {
            token,
            refresh_token,
            user: body
                .user
                .or_else(|| claims.as_ref().map(|claims| claims.user.clone())),
            organization: body.organization,
            expires_at: body
                .expires_at
                .or_else(|| claims.and_then(|claims| claims.expires_at)),
            scope: body.scope.map(Scope::into_words).unwrap_or_default(),
        })
    }
}

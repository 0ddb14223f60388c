//! The organizations a user works for: the one it belongs to, and others it was added to.

use axum::{
    Extension,
    extract::{Path, State as Shared},
};
use serde_json::{Value, json};

use super::{Answer, Api, ApiResult, Caller, resources::own_id, scope};
use crate::{
    Refusal,
    directory::{Kind, Object, text},
    state::State,
};

/// `GET /users/me/organizations`
pub(super) async fn list(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
) -> ApiResult {
    api.platform.look(|state, _| {
        let user = state.visible(&caller, Kind::User, caller.user.as_str())?;
        let own = json!({
            "organization": user.get("organization"), "role": user.get("role"), "selected": true,
        });
        let others = state
            .memberships
            .get(&caller.user)
            .into_iter()
            .flatten()
            .map(|(organization, role)| {
                json!({"organization": organization, "role": role, "selected": false})
            });
        let organizations: Vec<Value> = std::iter::once(own).chain(others).collect();
        Ok(Answer::Ok(
            json!({"id": caller.user, "organizations": organizations}),
        ))
    })
}

/// `DELETE /users/{id}/organizations/{organization}`
pub(super) async fn remove(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path((id, organization)): Path<(String, String)>,
) -> ApiResult {
    let id = own_id(Kind::User, id, &caller);
    if id != caller.user.as_str() {
        caller.scope.require(scope::to_write(Kind::User))?;
    }
    api.platform.change(|state, now| {
        let user = state.visible(&caller, Kind::User, &id)?;
        let home = text(user, "organization").unwrap_or_default().to_owned();
        if id != caller.user.as_str() {
            caller.require_reach(state, &organization)?;
        }
        let next = state.leave_organization(&id, &home, &organization)?;
        state.update_resource(Kind::User, &id, next, Some(&caller.user), now)?;
        Ok(Answer::NoContent)
    })
}

impl State {
    /// Takes a membership away; what changes about the user is returned. Whoever leaves the
    /// organization it belongs to belongs to its next one; the last one cannot be left, since every
    /// user belongs to one.
    fn leave_organization(
        &mut self,
        user: &str,
        home: &str,
        organization: &str,
    ) -> Result<Object, Refusal> {
        let others = self.memberships.entry(user.into()).or_default();
        let is_home = home == organization;
        let next = if is_home {
            others.pop_first()
        } else if others.remove(&organization.into()).is_some() {
            None
        } else {
            return Err(Refusal::not_found("membership", organization));
        };
        match next {
            Some((organization, role)) => Ok(Object::from_iter([
                ("organization".to_owned(), json!(organization)),
                ("role".to_owned(), json!(role)),
            ])),
            None if is_home => Err(Refusal::unprocessable(
                "a user needs an organization; delete the user instead",
            )),
            None => Ok(Object::new()),
        }
    }
}

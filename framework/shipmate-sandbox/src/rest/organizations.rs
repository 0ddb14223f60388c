//! What organizations have beside the common endpoints: workflows, and the members of groups.

use axum::{
    Extension,
    body::Bytes,
    extract::{Path, State as Shared},
};
use serde_json::{Value, json};

use super::{Answer, Api, ApiResult, Caller, answer::read, resources::items, scope};
use crate::{Refusal, conversation::workflow, directory::Kind};

/// `GET /organizations/{id}/workflows`: all that run for it, over the whole tree.
pub(super) async fn workflows(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> ApiResult {
    caller.scope.require(scope::to_list(Kind::Workflow))?;
    api.platform.look(|state, _| {
        state.visible(&caller, Kind::Organization, &id)?;
        let running = workflow::running_for(&state.directory, &id);
        Ok(Answer::Ok(running.cloned().map(Value::Object).collect()))
    })
}

/// `GET /orggroups/{id}/members`
pub(super) async fn members(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> ApiResult {
    caller
        .scope
        .require(scope::to_fetch(Kind::OrganizationGroup))?;
    api.platform.look(|state, _| {
        let group = state.visible(&caller, Kind::OrganizationGroup, &id)?;
        Ok(Answer::Ok(items(group, "members").into()))
    })
}

/// `POST /orggroups/{id}/members`: an array of organization ids, answered with all members.
pub(super) async fn add_members(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    body: Bytes,
) -> ApiResult {
    caller
        .scope
        .require(scope::to_write(Kind::OrganizationGroup))?;
    let added: Vec<String> = read(&body)?;
    api.platform.change(|state, now| {
        let place = (Kind::OrganizationGroup, id.as_str(), "members");
        let (members, ()) = state.change_list(&caller, place, now, |members| {
            for organization in added {
                let organization = json!(organization);
                if !members.contains(&organization) {
                    members.push(organization);
                }
            }
            Ok(())
        })?;
        Ok(Answer::Created {
            body: members.into(),
            location: format!("/orggroups/{id}"),
        })
    })
}

/// `DELETE /orggroups/{id}/members/{organization}`
pub(super) async fn remove_member(
    Shared(api): Shared<Api>,
    Extension(caller): Extension<Caller>,
    Path((id, organization)): Path<(String, String)>,
) -> ApiResult {
    caller
        .scope
        .require(scope::to_write(Kind::OrganizationGroup))?;
    api.platform.change(|state, now| {
        let place = (Kind::OrganizationGroup, id.as_str(), "members");
        state.change_list(&caller, place, now, |members| {
            let before = members.len();
            members.retain(|member| member != organization.as_str());
            if members.len() == before {
                return Err(Refusal::not_found("member", &organization));
            }
            Ok(())
        })?;
        Ok(Answer::NoContent)
    })
}

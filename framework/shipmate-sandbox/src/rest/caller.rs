//! Who calls, and what they can see.

use std::collections::HashMap;

use web1on1::{OrganizationId, UserId};

use super::scope::Scope;
use crate::{
    Refusal,
    conversation::{Author, Thread},
    directory::{Kind, Object, text},
    state::State,
};

/// The owner of a request's token.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) user: UserId,
    pub(crate) organization: OrganizationId,
    pub(crate) scope: Scope,
    pub(crate) author: Author,
}

impl Caller {
    /// Whether the caller works for `organization`: its own organization or one below, or one it was
    /// added to; bots also where they are installed.
    pub(crate) fn reaches(&self, state: &State, organization: &str) -> bool {
        let directory = &state.directory;
        if directory.is_within(organization, self.organization.as_str()) {
            return true;
        }
        let mut others = state.memberships.get(&self.user).into_iter().flatten();
        if others.any(|(other, _)| directory.is_within(organization, other.as_str())) {
            return true;
        }
        self.author.is_bot()
            && directory.all(Kind::Instance).any(|instance| {
                text(instance, "bot") == Some(self.user.as_str())
                    && text(instance, "organization")
                        .is_some_and(|installed| directory.is_within(organization, installed))
            })
    }

    /// Whether the caller may see a resource. Organizations, bots and forms of the organizations
    /// above are shared downwards, and global bots with everybody.
    pub(crate) fn sees(&self, state: &State, kind: Kind, resource: &Object) -> bool {
        let Some(owner) = owner(kind, resource) else {
            return false;
        };
        let is_own = kind == Kind::User && text(resource, "id") == Some(self.user.as_str());
        let is_shared = matches!(kind, Kind::Organization | Kind::Bot | Kind::Form)
            && state.directory.is_within(self.organization.as_str(), owner);
        let is_global = kind == Kind::Bot && text(resource, "audience") == Some("global");
        is_own || is_shared || is_global || self.reaches(state, owner)
    }

    /// # Errors
    /// 403 if `organization` is out of reach, 422 if it does not exist.
    pub(crate) fn require_reach(&self, state: &State, organization: &str) -> Result<(), Refusal> {
        if !state.directory.has(Kind::Organization, organization) {
            return Err(Refusal::unprocessable(format!(
                "organization {organization} does not exist"
            )));
        }
        if self.reaches(state, organization) {
            Ok(())
        } else {
            Err(Refusal::forbidden("not allowed in this organization"))
        }
    }

    /// Whether the caller reaches a conversation, for long lists: each organization is looked up once.
    pub(super) fn filter_of_threads<'a>(
        &'a self,
        state: &'a State,
    ) -> impl FnMut(&&'a Thread) -> bool + 'a {
        let mut known: HashMap<&str, bool> = HashMap::new();
        move |thread| {
            let organization = thread.conversation.organization.as_ref();
            organization.is_some_and(|id| {
                *known
                    .entry(id.as_str())
                    .or_insert_with(|| self.reaches(state, id.as_str()))
            })
        }
    }

    /// # Errors
    /// 403 if the conversation is in an organization out of reach.
    pub(crate) fn require_thread(&self, state: &State, thread: &Thread) -> Result<(), Refusal> {
        let organization = thread.conversation.organization.as_ref();
        if organization.is_some_and(|id| self.reaches(state, id.as_str())) {
            Ok(())
        } else {
            Err(Refusal::forbidden("not allowed in this organization"))
        }
    }
}

/// The organization a resource belongs to.
pub(super) fn owner(kind: Kind, resource: &Object) -> Option<&str> {
    let field = if kind == Kind::Organization {
        "id"
    } else {
        "organization"
    };
    text(resource, field)
}

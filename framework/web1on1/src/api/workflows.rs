//! Workflows.

use super::{Collection, Create, Resource};
use crate::{
    Client, WorkflowId,
    workflow::{NewWorkflow, Workflow},
};

/// Workflows: `/workflows`.
pub type Workflows<'a> = Collection<'a, Workflow>;

impl Client {
    /// Workflows: `/workflows`.
    pub fn workflows(&self) -> Workflows<'_> {
        self.resources()
    }
}

impl Resource for Workflow {
    const PATH: &'static str = "workflows";
    type Id = WorkflowId;
}

impl Create for Workflow {
    type New = NewWorkflow;
}

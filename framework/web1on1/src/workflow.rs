//! Workflows: the rules by which waiting conversations reach channels.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use crate::{
    ChannelId, Meta, OrganizationId, RuleId, WorkflowId,
    wire::{null_as_default, null_as_true, time, words, yes},
};

words! {
    /// What a rule of a workflow does (API Reference, organization workflows).
    #[derive(Default)]
    RuleEventType {
        /// Announces the conversation in a channel. The only one that the reference shows.
        #[default]
        Enqueue = "enqueue",
    }
}

/// Rules that run when a conversation of an organization, or of one below it, starts to wait (API
/// Reference, organization workflows).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Workflow {
    /// The workflow.
    pub id: WorkflowId,
    /// The organization that owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// The name.
    #[serde(default, deserialize_with = "null_as_default")]
    pub name: String,
    /// Whether it runs; it does unless said otherwise.
    #[serde(default = "yes", deserialize_with = "null_as_true")]
    pub enabled: bool,
    /// Its rules.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub rules: Vec<Rule>,
    /// The organizations it runs for.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub organizations: Vec<OrganizationId>,
    /// The tags of organizations it runs for.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub organization_tags: Vec<String>,
    /// When the platform created it.
    #[serde(
        default,
        deserialize_with = "time::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub created_at: Option<Timestamp>,
    /// When the platform last changed it.
    #[serde(
        default,
        deserialize_with = "time::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub updated_at: Option<Timestamp>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

/// A workflow to be created. The readable part of the reference ends before `POST /workflows`, so
/// this has the fields of [`Workflow`] that are not the platform's own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NewWorkflow {
    /// The name.
    #[serde(deserialize_with = "null_as_default")]
    pub name: String,
    /// The owner; the token's organization if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// Whether it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Its rules.
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub rules: Vec<Rule>,
    /// The organizations it runs for.
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub organizations: Vec<OrganizationId>,
    /// The tags of organizations it runs for.
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub organization_tags: Vec<String>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

impl NewWorkflow {
    /// A workflow with a name and its rules.
    pub fn new(name: impl Into<String>, rules: impl IntoIterator<Item = Rule>) -> Self {
        Self {
            name: name.into(),
            rules: rules.into_iter().collect(),
            ..Self::default()
        }
    }
}

/// What a workflow does, and when.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rule {
    /// The rule; absent on one that is to be created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<RuleId>,
    /// When.
    #[serde(deserialize_with = "null_as_default")]
    pub conditions: Conditions,
    /// What.
    #[serde(deserialize_with = "null_as_default")]
    pub event: RuleEvent,
    /// Its place among the rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Number>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

/// What must hold for a rule to do something.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Conditions {
    /// One of these must hold.
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub any: Vec<Condition>,
    /// All of these must hold.
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub all: Vec<Condition>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

/// A comparison of a fact about the conversation with a value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Condition {
    /// What is looked at, such as `conversation.category`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// How it is compared, such as `match`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// What it is compared with.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub value: Value,
    /// The part of the fact that is looked at, such as `.meta`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

/// What a rule does.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleEvent {
    /// The kind of action.
    #[serde(rename = "type", deserialize_with = "null_as_default")]
    pub kind: RuleEventType,
    /// Where and when.
    #[serde(deserialize_with = "null_as_default")]
    pub params: RuleEventParams,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

/// Where and when a rule announces a conversation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RuleEventParams {
    /// The name of the channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelId>,
    /// How long to wait. The reference gives no unit; its example of 20 suggests seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<Number>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

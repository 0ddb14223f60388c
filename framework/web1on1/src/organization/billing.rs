//! Who pays for an organization.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Number;

use crate::{
    Meta,
    wire::{null_as_default, null_as_true, time, words},
};

words! {
    /// What an organization pays for (API Reference, billing info).
    Plan {
        /// The smallest.
        Base = "base",
        /// The middle one.
        Grow = "grow",
        /// The largest.
        Scale = "scale",
    }
}

/// Who pays for an organization, and how (API Reference, billing info).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the platform's switches, which are set independently of each other"
)]
pub struct BillingInfo {
    /// The organization that pays; required on creation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bill_receiver: Option<String>,
    /// The organization that sends the bill; required on creation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bill_sender: Option<String>,
    /// When the trial ends.
    #[serde(
        deserialize_with = "time::deserialize",
        skip_serializing_if = "Option::is_none"
    )]
    pub trial_ends_on: Option<Timestamp>,
    /// The customer at Stripe; required on creation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stripe_customer_id: Option<String>,
    /// Whether Stripe's live environment is used, not the one for development. Default `true`.
    #[serde(deserialize_with = "null_as_true")]
    pub live_mode: bool,
    /// Whether it is to be moved to Stripe's live environment. Default `false`.
    #[serde(deserialize_with = "null_as_default")]
    pub move_to_live: bool,
    /// Another product at Stripe for results of agents.
    #[serde(rename = "w1on1ResultId", skip_serializing_if = "Option::is_none")]
    pub w1on1_result_id: Option<String>,
    /// Days until a bill is due; see [`days_until_due_or_default`](Self::days_until_due_or_default).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_until_due: Option<Number>,
    /// Free data.
    #[serde(
        deserialize_with = "null_as_default",
        skip_serializing_if = "Meta::is_empty"
    )]
    pub meta: Meta,
    /// The reference calls it an option to *disable* Mecs in Stripe, in spite of its name. Default `false`.
    #[serde(deserialize_with = "null_as_default")]
    pub enable_mecs: bool,
    /// The reference calls it an option to *disable* the AMP licence in Stripe, in spite of its name. Default `false`.
    #[serde(deserialize_with = "null_as_default")]
    pub enable_amp: bool,
    /// The reference calls it an option to *disable* SEPA debit costs in Stripe, in spite of its name. Default `false`.
    #[serde(deserialize_with = "null_as_default")]
    pub enable_sepa_debit_costs: bool,
    /// Version of the billing, 1 or 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<Number>,
    /// What is paid for; required on creation, used by version 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_plan: Option<Plan>,
    /// Fields this version does not know.
    #[serde(flatten)]
    pub extra: Meta,
}

impl BillingInfo {
    /// What the platform requires: who pays, who sends the bill, the customer at Stripe and the
    /// plan.
    pub fn new(
        bill_receiver: impl Into<String>,
        bill_sender: impl Into<String>,
        stripe_customer_id: impl Into<String>,
        plan: Plan,
    ) -> Self {
        Self {
            bill_receiver: Some(bill_receiver.into()),
            bill_sender: Some(bill_sender.into()),
            stripe_customer_id: Some(stripe_customer_id.into()),
            current_plan: Some(plan),
            ..Self::default()
        }
    }

    /// Days until a bill is due, or the documented default of 14.
    pub fn days_until_due_or_default(&self) -> u64 {
        self.days_until_due
            .as_ref()
            .and_then(Number::as_u64)
            .unwrap_or(14)
    }
}

impl Default for BillingInfo {
    /// The documented defaults.
    fn default() -> Self {
        Self {
            bill_receiver: None,
            bill_sender: None,
            trial_ends_on: None,
            stripe_customer_id: None,
            live_mode: true,
            move_to_live: false,
            w1on1_result_id: None,
            days_until_due: None,
            meta: Meta::new(),
            enable_mecs: false,
            enable_amp: false,
            enable_sepa_debit_costs: false,
            version: None,
            current_plan: None,
            extra: Meta::new(),
        }
    }
}

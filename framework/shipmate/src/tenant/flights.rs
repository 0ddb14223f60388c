//! One reads at a time, and the others find what was read.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::OwnedMutexGuard;
use web1on1::OrganizationId;

use crate::activity::Activity;

/// By organization, held by whoever reads: what comes meanwhile waits.
#[derive(Debug)]
pub(super) struct Flights {
    reading: Mutex<HashMap<OrganizationId, Arc<tokio::sync::Mutex<()>>>>,
    activity: Activity,
}

impl Flights {
    pub(super) fn new(activity: Activity) -> Self {
        Self {
            reading: Mutex::default(),
            activity,
        }
    }

    /// Returns when nobody else reads for `organization`.
    pub(super) async fn alone(&self, organization: &OrganizationId) -> OwnedMutexGuard<()> {
        let reading = self.of(organization);
        match Arc::clone(&reading).try_lock_owned() {
            Ok(alone) => alone,
            // Whoever reads is at work, or waits for the pace.
            Err(_) => self.activity.resting(reading.lock_owned()).await,
        }
    }

    fn of(&self, organization: &OrganizationId) -> Arc<tokio::sync::Mutex<()>> {
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(reading.entry(organization.clone()).or_default())
    }
}

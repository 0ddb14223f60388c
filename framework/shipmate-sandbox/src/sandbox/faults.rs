//! Bad days, on demand.

use super::Sandbox;
use crate::{ActiveFault, FaultId, Injection};

impl Sandbox {
    /// Makes the next API requests or webhook deliveries fail: with one [`Fault`](crate::Fault),
    /// or with a [`FaultMix`](crate::FaultMix) of all kinds. The first injected fault that matches
    /// strikes.
    pub fn inject(&self, fault: impl Into<Injection>) -> FaultId {
        let fault = fault.into();
        self.platform.change(|state, _| state.faults.add(fault))
    }

    /// The injected faults and how often each struck, oldest first; of those that are used up, the
    /// last hundred.
    pub fn faults(&self) -> Vec<ActiveFault> {
        self.platform.look(|state, _| state.faults.list().collect())
    }

    /// Takes one fault away; `false` if there is no such fault.
    pub fn remove_fault(&self, id: FaultId) -> bool {
        self.platform.change(|state, _| state.faults.remove(id))
    }

    /// Takes all faults away. What they hold up already takes its course.
    pub fn clear_faults(&self) {
        self.platform.change(|state, _| state.faults.clear());
    }
}

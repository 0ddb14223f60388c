//! The platform's border: requests that change something, and answers to webhooks.

use std::sync::atomic::Ordering;

use shipmate_sandbox::{Border, Crossing};

use super::Watch;
use crate::testing::step::{Step, Write};

impl Border for Watch {
    /// What a service had under way when it lost its power arrives.
    fn lets_through(&self, crossing: Crossing<'_>) -> bool {
        let Some(step) = step(crossing) else {
            return true;
        };
        let mut points = self.points();
        if points.is_over.load(Ordering::SeqCst) {
            return true;
        }
        let fails = points.reach(step);
        drop(points);
        if fails {
            self.changed.notify_one();
        }
        !fails
    }
}

fn step(crossing: Crossing<'_>) -> Option<Step> {
    let changes = |method: &str| !matches!(method, "GET" | "HEAD");
    match crossing {
        Crossing::Request { method, .. } => changes(method).then(|| Step::before(Write::Post)),
        Crossing::Answer { method, .. } => changes(method).then(|| Step::after(Write::Post)),
        Crossing::WebhookAnswer => Some(Step::before(Write::Answer)),
        Crossing::WebhookNoted => Some(Step::after(Write::Answer)),
        _ => None,
    }
}

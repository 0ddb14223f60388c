//! What answers teach about the platform: its clock, and whether it works at all.

use std::{
    sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use web1on1::Client;

use super::send::Answer;

/// The longest pause of a whole key while the platform refuses everything.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A platform's clock that is further off than this is not believed.
const BELIEVABLE_OFFSET_MS: i64 = 10 * 60 * 1_000;

/// What is known of the platform.
#[derive(Debug)]
pub(super) struct Health {
    /// The platform's clock minus ours, in ms: never too large, because an answer's `createdAt` is
    /// compared with the time at which the answer was complete.
    offset_ms: AtomicI64,
    token_accepted: AtomicBool,
    failures: AtomicU32,
    backoff: Duration,
}

impl Health {
    pub(super) fn new(backoff: Duration) -> Self {
        Self {
            offset_ms: AtomicI64::new(0),
            token_accepted: AtomicBool::new(true),
            failures: AtomicU32::new(0),
            backoff,
        }
    }

    pub(super) fn is_token_accepted(&self) -> bool {
        self.token_accepted.load(Ordering::Relaxed)
    }

    /// Our time on the platform's clock.
    pub(super) fn to_platform(&self, local: Timestamp) -> Timestamp {
        local.saturating_add(self.offset()).unwrap_or(local)
    }

    /// The platform's time on our clock.
    pub(super) fn to_local(&self, platform: Timestamp) -> Timestamp {
        platform.saturating_sub(self.offset()).unwrap_or(platform)
    }

    /// Learns from an answer that was complete at `at`. While the platform or the key is not well,
    /// the whole key pauses, longer each time, so that a refusal never becomes a hot loop.
    pub(super) fn learn(&self, answer: &Answer, client: &Client, at: Timestamp) {
        match answer {
            Answer::Sent(receipts) => {
                self.failures.store(0, Ordering::Relaxed);
                self.token_accepted.store(true, Ordering::Relaxed);
                if let Some(created_at) = receipts.last().and_then(|receipt| receipt.created_at) {
                    self.learn_offset(created_at, at);
                }
            }
            Answer::RefusedForNow { key_wide: true, pause, token, .. } => {
                if *token {
                    self.token_accepted.store(false, Ordering::Relaxed);
                }
                let failures = self.failures.fetch_add(1, Ordering::Relaxed).min(16);
                let growing = self.backoff.saturating_mul(1 << failures).min(LONGEST_PAUSE);
                let pause = pause.unwrap_or(growing).max(self.backoff);
                if let Ok(until) = at.checked_add(pause) {
                    client.pacer().pause_until(until);
                }
            }
            Answer::RefusedForNow { .. } | Answer::Refused(_) | Answer::InDoubt(_) => {}
        }
    }

    fn learn_offset(&self, created_at: Timestamp, answered_at: Timestamp) {
        if Self::is_believable(created_at, answered_at) {
            let offset = created_at.as_millisecond() - answered_at.as_millisecond();
            self.offset_ms.store(offset, Ordering::Relaxed);
        }
    }

    /// Whether the platform's clock can have shown `created_at` shortly before ours showed
    /// `answered_at`.
    pub(super) fn is_believable(created_at: Timestamp, answered_at: Timestamp) -> bool {
        let offset = created_at.as_millisecond() - answered_at.as_millisecond();
        offset.abs() <= BELIEVABLE_OFFSET_MS
    }

    fn offset(&self) -> SignedDuration {
        SignedDuration::from_millis(self.offset_ms.load(Ordering::Relaxed))
    }
}

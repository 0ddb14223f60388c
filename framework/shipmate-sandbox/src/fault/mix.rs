use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Failure, FaultKind, Target,
    failure::{ErrorBody, RetryAfterForm, defaults},
};
use crate::{duration::Length, random::Random};

/// A bad day: faults of all kinds, by chance. The same seed gives the same faults for the same
/// sequence of requests, and likewise for webhooks, each for itself.
///
/// ```
/// use shipmate_sandbox::{FaultKind, FaultMix};
///
/// let day = FaultMix::new(7).rate(0.1).weight(FaultKind::Hang, 0);
/// # let _ = day;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultMix {
    seed: u64,
    #[serde(default = "default_rate")]
    rate: f64,
    #[serde(default)]
    weights: BTreeMap<FaultKind, u32>,
}

/// One in ten.
fn default_rate() -> f64 {
    0.1
}

impl FaultMix {
    /// Every tenth request and attempt fails, with all kinds equally likely.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            rate: default_rate(),
            weights: BTreeMap::new(),
        }
    }

    /// How likely a request or an attempt is struck, 0 to 1.
    #[must_use]
    pub fn rate(mut self, rate: f64) -> Self {
        self.rate = rate;
        self
    }

    /// How likely a kind is among the others; 1 for all that are not named, 0 for never.
    #[must_use]
    pub fn weight(mut self, kind: FaultKind, weight: u32) -> Self {
        self.weights.insert(kind, weight);
        self
    }

    /// # Errors
    /// If the rate is no probability.
    pub(super) fn check(&self) -> Result<(), String> {
        if (0.0..=1.0).contains(&self.rate) {
            Ok(())
        } else {
            Err(format!("rate must be 0 to 1, not {}", self.rate))
        }
    }

    fn weight_of(&self, kind: FaultKind) -> u64 {
        self.weights.get(&kind).copied().map_or(1, u64::from)
    }
}

/// A mix in use.
#[derive(Debug)]
pub(super) struct Dice {
    mix: FaultMix,
    calls: Random,
    deliveries: Random,
}

/// Sets the chance of webhooks apart from that of calls: they run side by side.
const DELIVERIES: u64 = 0x5eed_0f0e_b00c_5001;

impl Dice {
    pub(super) fn new(mix: FaultMix) -> Self {
        Self {
            calls: Random::new(mix.seed),
            deliveries: Random::new(mix.seed ^ DELIVERIES),
            mix,
        }
    }

    pub(super) fn mix(&self) -> &FaultMix {
        &self.mix
    }

    /// What strikes `target`, if anything. Every target takes the same number of throws, so that
    /// one more or less of them changes nothing for the others' kinds.
    pub(super) fn throw(&mut self, target: Target<'_>) -> Option<Failure> {
        let random = match target {
            Target::Call { .. } => &mut self.calls,
            Target::Delivery { .. } => &mut self.deliveries,
        };
        let (strikes, which, detail) = (random.fraction(), random.next(), random.next());
        if strikes >= self.mix.rate {
            return None;
        }
        let kinds = || {
            FaultKind::ALL
                .into_iter()
                .filter(|kind| target.admits(*kind))
        };
        let total: u64 = kinds().map(|kind| self.mix.weight_of(kind)).sum();
        let mut left = which.checked_rem(total)?;
        for kind in kinds() {
            let weight = self.mix.weight_of(kind);
            if left < weight {
                return Some(sample(kind, detail));
            }
            left -= weight;
        }
        None
    }
}

/// A fault of the kind, with what it leaves open decided by `detail`.
fn sample(kind: FaultKind, detail: u64) -> Failure {
    match kind {
        FaultKind::Answer => any_answer(detail),
        FaultKind::Redirect => Failure::Redirect {
            status: defaults::redirect(),
            location: "https://example.com/elsewhere".to_owned(),
        },
        FaultKind::ErrorInOk => Failure::ErrorInOk {},
        FaultKind::ResetBefore => Failure::ResetBefore {},
        FaultKind::Latency => Failure::Latency {
            wait: seconds(1 + detail % 10),
        },
        FaultKind::LoseAnswer => Failure::LoseAnswer {},
        FaultKind::HoldAnswer => Failure::HoldAnswer {
            wait: defaults::hold(),
        },
        FaultKind::Hang => Failure::Hang {},
        FaultKind::Garbage => Failure::Garbage {},
        FaultKind::EmptyBody => Failure::EmptyBody {},
        FaultKind::CutBody => Failure::CutBody {},
        FaultKind::SlowBody => Failure::SlowBody {
            every: defaults::slow(),
        },
        FaultKind::WebhookDuplicate => Failure::WebhookDuplicate {
            copies: u32::try_from(1 + detail % 3).unwrap_or(1),
            at_once: detail & 8 == 0,
        },
        FaultKind::WebhookReorder => Failure::WebhookReorder {
            within: seconds(1 + detail % 10),
        },
        FaultKind::WebhookDelay => Failure::WebhookDelay {
            wait: seconds(1 + detail % 60),
        },
        FaultKind::WebhookDrop => Failure::WebhookDrop {},
        FaultKind::WebhookLoseAnswer => Failure::WebhookLoseAnswer {},
        FaultKind::WebhookWrongSignature => Failure::WebhookWrongSignature {},
        FaultKind::WebhookNoSignature => Failure::WebhookNoSignature {},
        FaultKind::WebhookForge => Failure::WebhookForge {},
    }
}

fn any_answer(detail: u64) -> Failure {
    let status = match detail % 5 {
        0 => 429,
        1 => 500,
        2 => 502,
        3 => 503,
        _ => 504,
    };
    let in_form = |form| (Some(seconds(1 + (detail >> 8) % 30)), form);
    let (retry_after, retry_after_form) = match (detail >> 4) % 3 {
        0 if status == 429 => in_form(RetryAfterForm::Seconds),
        1 if status == 429 => in_form(RetryAfterForm::Date),
        _ => (None, RetryAfterForm::Seconds),
    };
    let body = match (detail >> 16) % 4 {
        0 if status != 429 => ErrorBody::Html,
        1 if status != 429 => ErrorBody::Empty,
        _ => ErrorBody::Json,
    };
    Failure::Answer {
        status,
        body,
        retry_after,
        retry_after_form,
    }
}

fn seconds(seconds: u64) -> Length {
    Length::seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const CALL: Target<'_> = Target::Call {
        method: "GET",
        path: "/users/me",
        caller: None,
        conversation: None,
    };
    const DELIVERY: Target<'_> = Target::Delivery {
        event: "message.create.contact.chat",
        bot: None,
        conversation: None,
        is_fresh: true,
    };

    fn throws(dice: &mut Dice, target: Target<'_>, count: usize) -> Vec<Option<Failure>> {
        (0..count).map(|_| dice.throw(target)).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_faults_whatever_webhooks_do_in_between() {
        let mix = FaultMix::new(7).rate(0.5);
        let mut first = Dice::new(mix.clone());
        let mut second = Dice::new(mix);
        let expected = throws(&mut first, CALL, 100);
        let mut given = throws(&mut second, CALL, 40);
        throws(&mut second, DELIVERY, 13);
        given.extend(throws(&mut second, CALL, 60));
        assert_eq!(given, expected);
        let other = throws(&mut Dice::new(FaultMix::new(8).rate(0.5)), CALL, 100);
        assert_ne!(other, expected);
    }

    #[test]
    fn all_kinds_come_and_the_rate_is_kept() {
        let mut dice = Dice::new(FaultMix::new(1).rate(0.25));
        let calls = throws(&mut dice, CALL, 4000);
        let deliveries = throws(&mut dice, DELIVERY, 4000);
        let struck = calls.iter().flatten().count();
        assert!((900..1100).contains(&struck), "{struck}");
        let kinds: BTreeSet<FaultKind> = calls
            .iter()
            .chain(&deliveries)
            .flatten()
            .map(Failure::kind)
            .collect();
        assert_eq!(kinds, BTreeSet::from(FaultKind::ALL));
        assert!(
            calls
                .iter()
                .flatten()
                .all(|fault| !fault.kind().is_webhook())
        );
        assert!(
            deliveries
                .iter()
                .flatten()
                .all(|fault| fault.kind().is_webhook())
        );
    }

    #[test]
    fn weights_choose_and_no_weight_at_all_strikes_nothing() {
        let none = FaultKind::ALL
            .iter()
            .fold(FaultMix::new(3).rate(1.0), |mix, kind| mix.weight(*kind, 0));
        assert_eq!(Dice::new(none.clone()).throw(CALL), None);
        let hangs = none.weight(FaultKind::Hang, 2);
        let thrown = throws(&mut Dice::new(hangs), CALL, 20);
        assert!(thrown.iter().all(|fault| *fault == Some(Failure::Hang {})));
    }
}

//! The platform's limits, counted once more: neither the service's ledger nor the sandbox's is asked.

use std::{collections::BTreeMap, panic::Location};

use jiff::{SignedDuration, Timestamp};
use web1on1::Message;

use super::{Failure, World, transcript::quoted};

/// Identical messages in any window (API Basics, rate limiting).
const IDENTICAL: (usize, SignedDuration) = (8, SignedDuration::from_mins(3));

/// Messages in a row in any window.
const CONSECUTIVE: (usize, SignedDuration) = (20, SignedDuration::from_hours(1));

/// Requests of one key in any window.
const REQUESTS: (usize, SignedDuration) = (20, SignedDuration::from_secs(1));

impl World {
    /// No request and no message was refused because of a limit; and there are never more than 8
    /// identical messages in 3 minutes, 20 in a row in an hour, and 20 requests in a second, whatever
    /// limits the platform of this world has.
    ///
    /// # Panics
    ///
    /// With the transcript, if not.
    #[track_caller]
    pub fn assert_no_limit_breach(&self) {
        let breaches = self.breaches();
        if !breaches.is_empty() {
            let failure = Failure::new("every limit to be kept", breaches.join("\n"));
            self.fail(Location::caller(), &failure);
        }
    }

    fn breaches(&self) -> Vec<String> {
        let mut breaches = self.stage.chronicle().refused().to_vec();
        let refused = self.sandbox().report().refused_total();
        if refused > 0 {
            breaches.push(format!(
                "the platform refused {refused} requests or messages"
            ));
        }
        for bot in self.bots() {
            let chronicle = self.stage.chronicle();
            let requests = chronicle.requests().iter();
            let own = requests.filter(|(_, user)| user.as_str() == bot.as_str());
            let times = own.map(|(at, _)| *at).collect();
            breaches
                .extend(over(REQUESTS, times).map(|most| format!("{most} requests in a second")));
        }
        for id in self.sandbox().conversations() {
            let Some(snapshot) = self.sandbox().conversation(&id) else {
                continue;
            };
            let pending = snapshot.pending.into_iter().map(|(_, message)| message);
            let mut messages: Vec<_> = snapshot.messages.into_iter().chain(pending).collect();
            messages.sort_by_key(|message| message.created_at);
            for bot in self.bots() {
                breaches.extend(of_messages(bot.as_str(), &messages));
            }
        }
        breaches
    }
}

/// What one bot says too often in a conversation. Whoever else writes to or for the consumer ends a
/// row of messages.
fn of_messages(bot: &str, messages: &[Message]) -> Vec<String> {
    let mut alike: BTreeMap<&str, Vec<Timestamp>> = BTreeMap::new();
    let mut rows = vec![Vec::new()];
    for message in messages {
        let Some(at) = message.created_at else {
            continue;
        };
        let author = message.user.as_ref().map(web1on1::UserId::as_str);
        if author == Some(bot) {
            if !message.text.is_empty() {
                alike.entry(&message.text).or_default().push(at);
            }
            if let Some(row) = rows.last_mut() {
                row.push(at);
            }
        } else if author.is_some() || message.is_from_contact() {
            rows.push(Vec::new());
        }
    }
    let alike = alike.into_iter().filter_map(|(text, times)| {
        over(IDENTICAL, times).map(|most| format!("{most} times {} in 3 minutes", quoted(text)))
    });
    let rows = rows.into_iter().filter_map(|times| {
        over(CONSECUTIVE, times).map(|most| format!("{most} messages in a row in an hour"))
    });
    alike.chain(rows).collect()
}

/// The most of `times` in any window, if that is too many. What happened exactly a window ago does
/// not count any more.
fn over((allowed, window): (usize, SignedDuration), mut times: Vec<Timestamp>) -> Option<usize> {
    times.sort_unstable();
    let counts = times.iter().enumerate().map(|(index, end)| {
        let earlier = times.iter().take(index + 1);
        let earlier = earlier.rev();
        earlier
            .take_while(|at| end.duration_since(**at) < window)
            .count()
    });
    counts.max().filter(|most| *most > allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn windows_roll_and_are_half_open() {
        let allowed = (2, SignedDuration::from_secs(10));
        assert_eq!(over(allowed, vec![at(0), at(5), at(10)]), None);
        assert_eq!(over(allowed, vec![at(9), at(0), at(5)]), Some(3));
        assert_eq!(over(allowed, Vec::new()), None);
    }

    #[test]
    fn somebody_elses_word_ends_a_row() {
        let message = |user: Option<&str>, number: i64| {
            let mut message: Message =
                serde_json::from_value(serde_json::json!({"id": "m", "type": "chat"})).unwrap();
            message.user = user.map(Into::into);
            message.role = user.is_none().then_some(web1on1::Role::Contact);
            message.text = number.to_string();
            message.created_at = Some(at(number));
            message
        };
        let said = |count: i64| -> Vec<_> { (0..count).map(|n| message(Some("b"), n)).collect() };
        assert_eq!(of_messages("b", &said(20)), [""; 0]);
        assert_eq!(
            of_messages("b", &said(21)),
            ["21 messages in a row in an hour"]
        );
        let mut broken = said(21);
        broken.insert(10, message(None, 10));
        assert_eq!(of_messages("b", &broken), [""; 0]);
        let same: Vec<_> = (0..9)
            .map(|n| Message {
                text: "x".into(),
                ..message(Some("b"), n)
            })
            .collect();
        assert_eq!(of_messages("b", &same), ["9 times \"x\" in 3 minutes"]);
    }
}

//! Events that this service makes itself.
//!
//! They are told from webhooks by their shape, so that no webhook can pretend to be one: a webhook
//! without an `event` is refused, and an event of our own has none.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use web1on1::Conversation;

use super::{EventBody, EventName, envelope};
use crate::store::{EventKey, JobRecord, Key, NewEvent, TimerEnds, TimerRecord};

/// What the names of our own events begin with; no webhook may have such a name.
pub(super) const PREFIX: &str = "shipmate.";

/// A timer that a turn had set is due.
#[derive(Debug, Clone)]
pub struct TimerEvent {
    /// The timer's name.
    pub name: String,
    /// When it was due, on our clock.
    pub due: Timestamp,
    /// The conversation, as the platform holds it when the turn begins.
    pub conversation: Option<Conversation>,
    pub(crate) ends: TimerEnds,
    /// When a contact or person had last written, when it was set.
    pub(crate) answered_at: Option<Timestamp>,
}

/// An instant of a job has come.
#[derive(Debug, Clone)]
pub struct JobEvent {
    /// The job's name.
    pub name: String,
    /// The instant, on our clock. It is in the past if it was missed.
    pub instant: Timestamp,
}

/// A campaign has written in a conversation.
#[derive(Debug, Clone)]
pub struct CampaignEvent {
    /// The campaign's name.
    pub name: String,
    /// The conversation, as it was then.
    pub conversation: Conversation,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    shipmate: Own,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Own {
    #[serde(rename_all = "camelCase")]
    Timer {
        name: String,
        due: Timestamp,
        ends: TimerEnds,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answered_at: Option<Timestamp>,
    },
    Job {
        name: String,
        instant: Timestamp,
    },
    Campaign {
        name: String,
        conversation: Box<Conversation>,
    },
}

/// What every body of ours begins with, as it is written here.
const BEGINNING: &[u8] = b"{\"shipmate\":";

/// Reads an event of our own, if the body is one. Most bodies are webhooks, so a look at the
/// beginning comes first.
pub(super) fn read(raw: &[u8]) -> Option<(EventName, EventBody)> {
    if !raw.starts_with(BEGINNING) {
        return None;
    }
    let Body { shipmate } = serde_json::from_slice(raw).ok()?;
    Some(match shipmate {
        Own::Timer {
            name,
            due,
            ends,
            answered_at,
        } => {
            let event = TimerEvent {
                name: name.clone(),
                due,
                conversation: None,
                ends,
                answered_at,
            };
            (EventName::Timer(name), EventBody::Timer(Box::new(event)))
        }
        Own::Job { name, instant } => {
            let event = JobEvent {
                name: name.clone(),
                instant,
            };
            (EventName::Job(name), EventBody::Job(Box::new(event)))
        }
        Own::Campaign { name, conversation } => {
            let event = CampaignEvent {
                name: name.clone(),
                conversation: *conversation,
            };
            (
                EventName::Campaign(name),
                EventBody::Campaign(Box::new(event)),
            )
        }
    })
}

/// The event of a timer that rings at `now`, when the platform's clock shows `platform_now`.
pub(crate) fn of_timer(record: &TimerRecord, now: Timestamp, platform_now: Timestamp) -> NewEvent {
    let TimerRecord {
        mailbox,
        timer,
        set_by,
        answered_at,
    } = record;
    let own = Own::Timer {
        name: timer.name.clone(),
        due: timer.due,
        ends: timer.ends,
        answered_at: *answered_at,
    };
    // By the event that set it, one that is set anew for the same time is another one.
    let version = format!("{} {set_by}", timer.due.as_millisecond());
    let name = EventName::Timer(timer.name.clone());
    let key = envelope::key(&mailbox.bot, &name.to_string(), &mailbox.mailbox, &version);
    new(mailbox, &name, key, &own, (now, platform_now))
}

/// The event of an instant of a job.
pub(crate) fn of_job(
    job: &JobRecord,
    name: &str,
    instant: Timestamp,
    now: Timestamp,
    platform_now: Timestamp,
) -> NewEvent {
    let own = Own::Job {
        name: name.to_owned(),
        instant,
    };
    let key = envelope::key(&job.mailbox.bot, "cron", name, &instant.to_string());
    let name = EventName::Job(name.to_owned());
    new(&job.mailbox, &name, key, &own, (now, platform_now))
}

/// The event of a campaign that wrote in a conversation of the bot. It happens when it is put
/// down, as those of timers do.
pub(crate) fn of_campaign(
    bot: &Arc<str>,
    name: &str,
    conversation: &Conversation,
    key: EventKey,
    now: Timestamp,
    platform_now: Timestamp,
) -> NewEvent {
    let own = Own::Campaign {
        name: name.to_owned(),
        conversation: Box::new(conversation.clone()),
    };
    let mailbox = Key {
        bot: Arc::clone(bot),
        mailbox: conversation.id.as_str().into(),
    };
    let name = EventName::Campaign(name.to_owned());
    new(&mailbox, &name, key, &own, (now, platform_now))
}

/// It happens when it rings and not when it was due, so that nothing of the conversation comes
/// after it that happened before.
fn new(
    mailbox: &Key,
    name: &EventName,
    key: EventKey,
    own: &Own,
    (now, platform_now): (Timestamp, Timestamp),
) -> NewEvent {
    let payload = serde_json::json!({ "shipmate": own }).to_string();
    NewEvent {
        key,
        mailbox: mailbox.clone(),
        name: name.to_string(),
        at: whole_millisecond(platform_now),
        received_at: now,
        payload: Bytes::from(payload),
        outcome: None,
    }
}

/// As the store keeps it.
fn whole_millisecond(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::{
        event::{Arrival, Event},
        store::NewTimer,
    };

    fn timer() -> TimerRecord {
        TimerRecord {
            mailbox: Key {
                bot: "desk".into(),
                mailbox: "c1".into(),
            },
            timer: NewTimer {
                name: "nudge".into(),
                due: Timestamp::UNIX_EPOCH,
                ends: TimerEnds {
                    answered: true,
                    ..TimerEnds::default()
                },
            },
            set_by: 7,
            answered_at: Some(Timestamp::UNIX_EPOCH),
        }
    }

    fn arrive(body: &[u8]) -> Result<Arrival, String> {
        let body = Bytes::copy_from_slice(body);
        Arrival::read("desk", body, Timestamp::UNIX_EPOCH).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_made_is_read_again_and_refused_as_a_webhook() {
        let now = Timestamp::from_second(60).unwrap();
        let made = of_timer(&timer(), now, now);
        assert_eq!(made.name, "shipmate.timer.nudge");
        let event = Event::read(made.payload.clone(), made.at);
        let EventBody::Timer(read) = &event.body else {
            panic!("{event:?}");
        };
        assert_eq!(
            (read.name.as_str(), read.due),
            ("nudge", Timestamp::UNIX_EPOCH)
        );
        assert!(read.ends.answered && !read.ends.closed && read.answered_at.is_some());
        assert_eq!(event.name.to_string(), made.name);
        assert!(arrive(&made.payload).is_err());

        let again = of_timer(
            &TimerRecord {
                set_by: 8,
                ..timer()
            },
            now,
            now,
        );
        assert!(again.key != made.key, "set anew for the same time");

        let job = JobRecord {
            mailbox: Key {
                bot: "desk".into(),
                mailbox: "job:weekly".into(),
            },
            schedule: String::new(),
            until: now,
        };
        let made = of_job(&job, "weekly", now, now, now);
        let event = Event::read(made.payload.clone(), made.at);
        assert!(
            matches!(&event.body, EventBody::Job(job) if job.instant == now),
            "{event:?}"
        );
        assert!(arrive(&made.payload).is_err());
    }

    #[test]
    fn a_webhook_cannot_pretend_to_be_one() {
        let own = json!({"timer": {"name": "nudge", "due": "1970-01-01T00:00:00Z", "ends": {}}});
        for name in [
            "shipmate.timer.nudge",
            "shipmate.job.weekly",
            "shipmate.anything",
        ] {
            let problem = arrive(json!({"event": name}).to_string().as_bytes()).unwrap_err();
            assert!(problem.contains("names of this service's own"), "{problem}");
            let name = EventName::parse(name);
            assert!(!matches!(name, EventName::Timer(_) | EventName::Job(_)));
        }
        for body in [
            json!({"shipmate": own}),
            json!([{"timer": own}]),
            json!([own, "message.update"]),
        ] {
            assert!(arrive(body.to_string().as_bytes()).is_err(), "{body}");
        }
        let both = json!({"event": "moon.rise", "shipmate": own}).to_string();
        let arrived = arrive(both.as_bytes()).unwrap();
        let event = Event::read(arrived.body, arrived.at);
        assert!(
            matches!(event.body, EventBody::Raw | EventBody::Resource(_)),
            "{event:?}"
        );
    }

    proptest! {
        #[test]
        fn what_is_accepted_as_a_webhook_is_none_of_ours(
            keys in prop::sample::subsequence(vec!["event", "shipmate", "data", "id"], 1..4),
            name in "(shipmate\\.)?[a-z.]{0,20}",
        ) {
            let own = json!({"job": {"name": "x", "instant": "1970-01-01T00:00:00Z"}});
            let value = |key: &str| match key {
                "event" | "id" => json!(name),
                _ => own.clone(),
            };
            let body: serde_json::Map<_, _> = keys.iter().map(|key| ((*key).to_owned(), value(key))).collect();
            let body = serde_json::Value::Object(body).to_string();
            if let Ok(arrived) = arrive(body.as_bytes()) {
                prop_assert!(read(&arrived.body).is_none());
                let event = Event::read(arrived.body, arrived.at);
                prop_assert!(!matches!(event.body, EventBody::Timer(_) | EventBody::Job(_)));
            }
        }
    }
}

//! One attempt to deliver an event, and what faults make of it.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::join_all;
use jiff::Timestamp;
use reqwest::{Client, Response, header::CONTENT_TYPE};
use serde_json::Value;
use web1on1::UserId;

use super::{AttemptResult, DeliverySettings, HookId, Job, Webhook, signature};
use crate::{
    Crossing,
    fault::{Failure, Target},
    journal::{AttemptOutcome, Body, DeliveryAttempt, Entry, Signature, Strike},
    platform::Platform,
    state::State,
};

/// The most of an answer that is read.
const MAX_ANSWER_BYTES: usize = 1 << 20;

/// What a stranger signs with.
const STRANGERS_SECRET: &str = "not the secret";

/// An attempt to be made, and the fault that strikes it.
#[derive(Debug)]
pub(super) struct Attempt {
    job: Job,
    fault: Option<(Strike, Failure)>,
}

/// One request of an attempt.
#[derive(Debug, Clone)]
struct Shot {
    body: Bytes,
    signature: Signature,
    is_extra: bool,
}

impl State {
    /// The attempts to be made at `now`. What a fault puts off is not among them.
    pub(super) fn start_attempts(&mut self, now: Timestamp) -> Vec<Attempt> {
        let mut attempts = Vec::new();
        loop {
            let jobs = self.queue.start(now);
            if jobs.is_empty() {
                return attempts;
            }
            for job in jobs {
                let fault = self.faults.strike(target(&job, job.bot().as_ref()));
                if let Some((strike, failure)) = &fault
                    && let Some(wait) = failure.postpones()
                {
                    let at = now.saturating_add(wait.0).unwrap_or(Timestamp::MAX);
                    let may_overtake = matches!(failure, Failure::WebhookReorder { .. });
                    self.queue.postpone(job.number, at, *strike, may_overtake);
                } else {
                    attempts.push(Attempt { job, fault });
                }
            }
        }
    }
}

fn target<'a>(job: &'a Job, bot: Option<&'a UserId>) -> Target<'a> {
    Target::Delivery {
        event: &job.delivery.event,
        bot,
        conversation: job.delivery.conversation.as_ref(),
        is_fresh: job.delivery.attempts == 1 && job.postponed_by.is_none(),
    }
}

impl Job {
    fn bot(&self) -> Option<UserId> {
        match &self.delivery.hook {
            HookId::Bot(bot) => Some(bot.clone().into()),
            HookId::Service(_) => None,
        }
    }
}

impl Attempt {
    /// Makes the attempt and notes what came of it.
    pub(super) async fn make(self, platform: Arc<Platform>, client: Client) {
        let prepared = platform.look(|state, _| {
            let webhook = state.hooks.get(&self.job.delivery.hook)?.clone();
            Some((webhook, state.queue.settings().clone()))
        });
        let number = self.job.number;
        let Some((webhook, settings)) = prepared else {
            platform.change(|state, now| {
                state.queue.finish(number, AttemptResult::NoSuchHook, now);
            });
            return;
        };
        let range = Range {
            platform: &platform,
            client: &client,
            webhook: &webhook,
            settings: &settings,
            attempt: &self,
        };
        let (result, answer) = range.fire().await;
        let is_answered = matches!(result, AttemptResult::Answered(_));
        platform.change(|state, now| {
            let delivered = matches!(result, AttemptResult::Answered(200..=299));
            state.queue.finish(number, result, now);
            if delivered
                && settings.synchronous_answers
                && let Some(conversation) = &self.job.delivery.conversation
            {
                state.take_answer(&answer, conversation, now);
            }
        });
        if is_answered {
            platform.lets_through(Crossing::WebhookNoted);
        }
    }
}

/// Where an attempt is made, and with what.
struct Range<'a> {
    platform: &'a Platform,
    client: &'a Client,
    webhook: &'a Webhook,
    settings: &'a DeliverySettings,
    attempt: &'a Attempt,
}

impl Range<'_> {
    /// Sends what the attempt consists of and says what the platform makes of it.
    async fn fire(&self) -> (AttemptResult, Bytes) {
        let failure = self.attempt.fault.as_ref().map(|(_, failure)| failure);
        match failure {
            Some(Failure::WebhookDrop {}) => {
                let problem = "lost on the way".to_owned();
                let result = AttemptResult::Failed(problem);
                let entry = self.begin(&self.real());
                self.end(entry, &result);
                (result, Bytes::new())
            }
            Some(Failure::WebhookLoseAnswer {}) => {
                self.send(self.real()).await;
                lost_answer()
            }
            Some(Failure::WebhookWrongSignature {}) => {
                self.send(self.signed(Signature::Wrong)).await
            }
            Some(Failure::WebhookNoSignature {}) => {
                self.send(self.signed(Signature::Missing)).await
            }
            Some(Failure::WebhookForge {}) => {
                self.send(self.forged()).await;
                self.send(self.real()).await
            }
            Some(Failure::WebhookDuplicate { copies, at_once }) => {
                self.send_copies(*copies, *at_once).await
            }
            _ => self.send(self.real()).await,
        }
    }

    async fn send_copies(&self, copies: u32, at_once: bool) -> (AttemptResult, Bytes) {
        let extra = Shot {
            is_extra: true,
            ..self.real()
        };
        let extras = (0..copies).map(|_| self.send(extra.clone()));
        if at_once {
            let (real, _) = tokio::join!(self.send(self.real()), join_all(extras));
            return real;
        }
        let real = self.send(self.real()).await;
        for extra in extras {
            extra.await;
        }
        real
    }

    async fn send(&self, shot: Shot) -> (AttemptResult, Bytes) {
        let entry = self.begin(&shot);
        let (mut result, mut answer) = self.post(shot).await;
        let is_answered = matches!(result, AttemptResult::Answered(_));
        if is_answered && !self.platform.lets_through(Crossing::WebhookAnswer) {
            (result, answer) = lost_answer();
        }
        self.end(entry, &result);
        (result, answer)
    }

    async fn post(&self, shot: Shot) -> (AttemptResult, Bytes) {
        let mut request = self
            .client
            .post(self.webhook.url())
            .header(CONTENT_TYPE, "application/json");
        let secret = match shot.signature {
            Signature::Right => self.webhook.signing_secret(),
            Signature::Wrong => Some(STRANGERS_SECRET),
            Signature::NoSecret | Signature::Missing => None,
        };
        if let Some(secret) = secret {
            request = request.header("X-Hub-Signature", signature::sha1(secret, &shot.body));
            if self.settings.sign_sha256 {
                let signature = signature::sha256(secret, &shot.body);
                request = request.header("X-Hub-Signature-256", signature);
            }
        }
        let answer = match request.body(shot.body).send().await {
            Ok(response) => read_answer(response).await,
            Err(error) => Err(error),
        };
        match answer {
            Ok((status, answer)) => (AttemptResult::Answered(status), answer),
            Err(error) => (AttemptResult::Failed(reason(&error)), Bytes::new()),
        }
    }

    /// The event as it should be sent.
    fn real(&self) -> Shot {
        self.signed(match self.webhook.signing_secret() {
            Some(_) => Signature::Right,
            None => Signature::NoSecret,
        })
    }

    fn signed(&self, signature: Signature) -> Shot {
        Shot {
            body: self.attempt.job.body.clone(),
            signature,
            is_extra: false,
        }
    }

    fn forged(&self) -> Shot {
        Shot {
            body: forge(&self.attempt.job.body),
            signature: Signature::Wrong,
            is_extra: true,
        }
    }

    fn begin(&self, shot: &Shot) -> u64 {
        let Attempt { job, fault } = self.attempt;
        let fault = fault.as_ref().map(|(strike, _)| *strike);
        self.platform.change_quietly(|state, now| {
            let limit = state.journal.settings().body_bytes;
            let delivery = job.delivery.clone();
            state.journal.add(|number| {
                Entry::Delivery(DeliveryAttempt {
                    number,
                    at: now,
                    ended: None,
                    delivery: delivery.id,
                    hook: delivery.hook,
                    url: self.webhook.url().to_owned(),
                    event: delivery.event,
                    attempt: delivery.attempts,
                    conversation: delivery.conversation,
                    message: delivery.message,
                    body: Body::of(&shot.body, limit),
                    is_extra: shot.is_extra,
                    signature: shot.signature,
                    outcome: AttemptOutcome::UnderWay,
                    cause: delivery.cause,
                    fault: fault.or(job.postponed_by),
                })
            })
        })
    }

    fn end(&self, entry: u64, result: &AttemptResult) {
        self.platform.change_quietly(|state, now| {
            let outcome = AttemptOutcome::from(result);
            state.journal.attempt_ended(entry, outcome, now);
        });
    }
}

fn lost_answer() -> (AttemptResult, Bytes) {
    let problem = "the answer was lost".to_owned();
    (AttemptResult::Failed(problem), Bytes::new())
}

async fn read_answer(mut response: Response) -> Result<(u16, Bytes), reqwest::Error> {
    let status = response.status().as_u16();
    let mut answer = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if answer.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Ok((status, Bytes::new()));
        }
        answer.extend_from_slice(&chunk);
    }
    Ok((status, answer.into()))
}

fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        "no answer in time".to_owned()
    } else if error.is_connect() {
        "could not connect".to_owned()
    } else {
        "the connection broke".to_owned()
    }
}

/// An event that never happened: another id, another message, another text.
fn forge(body: &[u8]) -> Bytes {
    let mut payload: Value = serde_json::from_slice(body).unwrap_or_default();
    if let Some(id) = payload.get_mut("id") {
        *id = format!("forged-{}", id.as_str().unwrap_or_default()).into();
    }
    if let Some(message) = payload.pointer_mut("/data/message") {
        let id = message
            .get("id")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let id = format!("ffffffff{}", id.get(8..).unwrap_or_default());
        if let Some(message) = message.as_object_mut() {
            message.insert("id".to_owned(), id.into());
            message.insert("text".to_owned(), "forged".into());
        }
    }
    payload.to_string().into()
}

impl From<&AttemptResult> for AttemptOutcome {
    fn from(result: &AttemptResult) -> Self {
        match result {
            AttemptResult::Answered(status) => Self::Answered { status: *status },
            AttemptResult::Failed(problem) => Self::Failed {
                problem: problem.clone(),
            },
            AttemptResult::NoSuchHook => Self::Failed {
                problem: "the webhook is gone".to_owned(),
            },
        }
    }
}

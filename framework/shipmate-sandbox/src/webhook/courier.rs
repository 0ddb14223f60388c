//! The task that does what the state has queued: webhook deliveries and delayed messages.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use reqwest::{Client, Response, header::CONTENT_TYPE, redirect::Policy};
use serde::Deserialize;
use tokio::{sync::watch, task::JoinSet};
use web1on1::{ConversationId, NewMessage};

use super::{AttemptResult, DeliverySettings, Job, Webhook, signature};
use crate::{
    Refusal,
    journal::{AttemptOutcome, Body, DeliveryAttempt, Entry, Signature},
    platform::Platform,
    state::State,
    token,
};

/// The most of an answer that is read.
const MAX_ANSWER_BYTES: usize = 1 << 20;

/// A client for deliveries: no redirects, no proxy, and the time-out of the settings.
///
/// # Errors
/// If the machine's TLS set-up cannot be used.
pub(crate) fn client(settings: &DeliverySettings) -> Result<Client, reqwest::Error> {
    // Fails only if a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .user_agent(concat!("web1on1-sandbox/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .no_proxy()
        .timeout(settings.timeout)
        .build()
}

/// Makes deliveries until it is told to stop.
#[derive(Debug)]
pub(crate) struct Courier {
    pub(crate) platform: Arc<Platform>,
    pub(crate) client: Client,
}

impl Courier {
    /// Runs until `stop` changes or its sender is gone; attempts under way are then abandoned.
    pub(crate) async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut attempts = JoinSet::new();
        loop {
            let (jobs, due) = self
                .platform
                .change_quietly(|state, now| (state.queue.start(now), state.next_due()));
            for job in jobs {
                attempts.spawn(attempt(
                    Arc::clone(&self.platform),
                    self.client.clone(),
                    job,
                ));
            }
            tokio::select! {
                () = self.platform.work() => {}
                () = self.platform.clock().sleep_until(due.unwrap_or(Timestamp::MAX)), if due.is_some() => {}
                Some(_) = attempts.join_next() => {}
                _ = stop.changed() => return,
            }
        }
    }
}

async fn attempt(platform: Arc<Platform>, client: Client, job: Job) {
    let prepared = platform.change_quietly(|state, now| {
        let webhook = state.hooks.get(&job.delivery.hook)?.clone();
        let entry = state.begin_attempt(&job, &webhook, now);
        Some((webhook, state.queue.settings().clone(), entry))
    });
    let Some((webhook, settings, entry)) = prepared else {
        platform.change(|state, now| {
            state
                .queue
                .finish(job.number, AttemptResult::NoSuchHook, now);
        });
        return;
    };
    let mut request = client
        .post(webhook.url())
        .header(CONTENT_TYPE, "application/json");
    if let Some(secret) = webhook.signing_secret() {
        request = request.header("X-Hub-Signature", signature::sha1(secret, &job.body));
        if settings.sign_sha256 {
            request = request.header("X-Hub-Signature-256", signature::sha256(secret, &job.body));
        }
    }
    let (result, answer) = match request.body(job.body.clone()).send().await {
        Ok(response) => {
            let status = response.status();
            match read_answer(response).await {
                Ok(answer) => (AttemptResult::Answered(status.as_u16()), answer),
                Err(error) => (AttemptResult::Failed(reason(&error)), Bytes::new()),
            }
        }
        Err(error) => (AttemptResult::Failed(reason(&error)), Bytes::new()),
    };
    platform.change(|state, now| {
        let delivered = matches!(result, AttemptResult::Answered(200..=299));
        let outcome = AttemptOutcome::from(&result);
        state.journal.attempt_ended(entry, outcome, now);
        state.queue.finish(job.number, result, now);
        if delivered
            && settings.synchronous_answers
            && let Some(conversation) = &job.delivery.conversation
        {
            state.take_answer(&answer, conversation, now);
        }
    });
}

async fn read_answer(mut response: Response) -> Result<Bytes, reqwest::Error> {
    let mut answer = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if answer.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Ok(Bytes::new());
        }
        answer.extend_from_slice(&chunk);
    }
    Ok(answer.into())
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

/// An answer that posts messages in the name of the token's user (webhooks, responding).
#[derive(Deserialize)]
struct SynchronousAnswer {
    token: String,
    messages: Vec<NewMessage>,
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

impl State {
    /// Notes an attempt and returns its number in the journal.
    fn begin_attempt(&mut self, job: &Job, webhook: &Webhook, now: Timestamp) -> u64 {
        let limit = self.journal.settings().body_bytes;
        let delivery = job.delivery.clone();
        self.journal.add(|number| {
            Entry::Delivery(DeliveryAttempt {
                number,
                at: now,
                ended: None,
                delivery: delivery.id,
                hook: delivery.hook,
                url: webhook.url().to_owned(),
                event: delivery.event,
                attempt: delivery.attempts,
                conversation: delivery.conversation,
                message: delivery.message,
                body: Body::of(&job.body, limit),
                signature: match webhook.signing_secret() {
                    Some(_) => Signature::Right,
                    None => Signature::NoSecret,
                },
                outcome: AttemptOutcome::UnderWay,
                cause: delivery.cause,
                fault: None,
            })
        })
    }

    /// Anything that is not such an answer is ignored; refusals show in the report only.
    fn take_answer(&mut self, answer: &[u8], conversation: &ConversationId, now: Timestamp) {
        let Ok(answer) = serde_json::from_slice::<SynchronousAnswer>(answer) else {
            return;
        };
        let messages: Vec<NewMessage> = answer
            .messages
            .into_iter()
            .filter(|message| !message.text.is_empty())
            .collect();
        if messages.is_empty() {
            return;
        }
        let posted = token::read(&answer.token, &self.signing_key, now).and_then(|claims| {
            let author = self.author(&claims.user);
            self.post(&author, conversation, messages, now)
        });
        if let Err(refusal) = posted {
            let refusal: &Refusal = &refusal;
            tracing::warn!(%conversation, %refusal, "the messages of a webhook's answer were refused");
        }
    }
}

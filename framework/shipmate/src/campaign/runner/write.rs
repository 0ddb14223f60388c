//! Writing to one member.

use jiff::Timestamp;
use web1on1::Conversation;

use super::Runner;
use crate::{
    campaign::{
        MemberState, Prepared, Skip,
        request::{Composed, Posted, compose, key_of, post},
    },
    conversations::Live,
    event::of_campaign,
    limit::{Entry, Verdict},
    outbox::{Answer, Errand, Refusal},
    store::{
        Appended, Claimed, ContactKey, Doubt, Member, MemberMark, MemberSent, RunRecord, StoreError,
    },
};

/// How often writing to a member is tried; pauses grow to an hour.
pub(super) const TRIES: u32 = 20;

impl Runner {
    /// Writes to a member, if that is still wanted and fits.
    pub(super) async fn write(
        &self,
        run: &RunRecord,
        campaign: &Prepared,
        member: &Member,
        errand: Errand,
        last: &mut Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let (composed, live) = match self.ready(campaign, member).await {
            Ok(Ok(ready)) => ready,
            Ok(Err(mark)) => {
                errand.permit.return_unused();
                return self.note(run, member, mark).await;
            }
            Err(error) => {
                errand.permit.return_unused();
                return Err(error);
            }
        };
        let (now, claimed_at) = (self.clock.now(), self.outbox.platform_now());
        let claimed = self
            .store
            .claim_member(member.id, campaign.cap, claimed_at, now)
            .await;
        match claimed {
            Ok(Claimed::Taken) => {}
            Ok(Claimed::Skipped(skip)) => {
                errand.permit.return_unused();
                self.metrics.campaign(MemberState::Skipped.as_str());
                tracing::debug!(campaign = %campaign.name, %skip, "a member is skipped");
                return Ok(());
            }
            Ok(Claimed::Gone) => {
                errand.permit.return_unused();
                return Ok(());
            }
            Err(error) => {
                errand.permit.return_unused();
                return Err(error);
            }
        }
        *last = Some(now);
        count(live.as_ref(), &composed, claimed_at);
        let posted = self.post(campaign, errand, &composed).await;
        let at = self.outbox.platform_now();
        uncount(live.as_ref(), &composed, claimed_at);
        match posted {
            Posted::Sent(conversation) => {
                let sent = Arrived {
                    conversation: &conversation,
                    composed: &composed,
                    at,
                    live,
                };
                self.arrived(run, campaign, member, sent).await
            }
            Posted::Failed(answer) => {
                if matches!(answer, Answer::InDoubt(_)) {
                    count(live.as_ref(), &composed, at);
                }
                let doubt = Doubt { claimed_at, at };
                self.failed(run, campaign, member, answer, doubt).await
            }
        }
    }

    /// What is sent, and the conversation it goes to, as far as there is one. Else what becomes of
    /// the member.
    async fn ready(
        &self,
        campaign: &Prepared,
        member: &Member,
    ) -> Result<Result<(Composed, Option<Live>), MemberMark>, StoreError> {
        let composed = match compose(campaign, member) {
            Ok(composed) => composed,
            Err(error) => {
                return Ok(Err(MemberMark::Ended {
                    state: MemberState::Refused,
                    reason: format!("what is kept of it cannot be read: {error}"),
                }));
            }
        };
        let Some(conversation) = &member.conversation else {
            return Ok(Ok((composed, None)));
        };
        let live = self
            .conversations
            .get(&campaign.key_of(conversation))
            .await?;
        if live.kept().takeover.is_some_and(|it| it.by_person) {
            return Ok(Err(MemberMark::Skipped(Skip::WithPerson)));
        }
        let held = {
            let kept = live.kept();
            let texts = composed.messages.iter().map(|(_, text)| *text);
            let now = self.outbox.platform_now();
            self.limits.admit(&kept.ledger, texts, now).1
        };
        if let Some(Verdict::Later { at, rule }) = held {
            self.metrics.held(rule);
            return Ok(Err(MemberMark::Retry {
                at: self.outbox.to_local(at),
                error: format!("it waits for the platform's limit ({})", rule.as_str()),
            }));
        }
        Ok(Ok((composed, Some(live))))
    }

    async fn post(&self, campaign: &Prepared, errand: Errand, composed: &Composed) -> Posted {
        let Some(client) = self.client(campaign) else {
            errand.permit.return_unused();
            return Posted::Failed(Answer::RefusedForNow {
                error: "its bot is not part of the service".into(),
                pause: None,
                reason: Refusal::Row,
            });
        };
        let posted = post(client, errand, composed).await;
        let works = Answer::Sent(Vec::new());
        let answer = match &posted {
            Posted::Sent(_) => &works,
            Posted::Failed(answer) => answer,
        };
        self.outbox.learn(answer, &campaign.bot, self.clock.now());
        posted
    }

    /// The message is in `sent.conversation`: puts that down and tells the bot.
    pub(super) async fn arrived(
        &self,
        run: &RunRecord,
        campaign: &Prepared,
        member: &Member,
        sent: Arrived<'_>,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let contact = ContactKey::of(&campaign.bot, &member.contact);
        let key = key_of((run.id, run.started_at), &contact.0);
        let event = of_campaign(
            &campaign.bot,
            &campaign.name,
            &sent.composed.with_contact(sent.conversation),
            key,
            now,
            self.outbox.platform_now(),
        );
        let mailbox = event.mailbox.clone();
        // In memory before it is on record, or it could be counted twice.
        let live = match sent.live {
            Some(live) => live,
            None => self.conversations.get(&mailbox).await?,
        };
        let mark = MemberMark::Sent(Box::new(MemberSent {
            mailbox,
            at: sent.at,
            organization: campaign.organization.clone(),
            messages: sent.composed.messages.clone(),
            event: event.clone(),
        }));
        let appended = self.keep(member, mark).await?;
        self.metrics.campaign(MemberState::Sent.as_str());
        count(Some(&live), sent.composed, sent.at);
        if let Some(Appended::Stored(seq)) = appended {
            self.dispatcher.take_in(event, seq);
        }
        Ok(())
    }

    async fn failed(
        &self,
        run: &RunRecord,
        campaign: &Prepared,
        member: &Member,
        answer: Answer,
        doubt: Doubt,
    ) -> Result<(), StoreError> {
        let mark = match answer {
            Answer::InDoubt(error) => {
                tracing::warn!(campaign = %campaign.name, %error, "the answer to a message was lost; it is looked for");
                MemberMark::Doubt {
                    doubt,
                    look_at: self.clock.now(),
                    error,
                }
            }
            Answer::Refused(reason) => MemberMark::Ended {
                state: MemberState::Refused,
                reason,
            },
            Answer::RefusedForNow { error, .. } if member.attempts + 1 >= TRIES => {
                MemberMark::Ended {
                    state: MemberState::Refused,
                    reason: format!("given up after {TRIES} tries: {error}"),
                }
            }
            Answer::RefusedForNow {
                error,
                pause,
                reason,
            } => {
                match reason {
                    Refusal::Messages => self.metrics.unforeseen(),
                    Refusal::Token => {
                        let words = format!("the token is not accepted: {error}");
                        self.halt(run, campaign, words).await?;
                    }
                    _ => {}
                }
                let now = self.clock.now();
                let asked_for = pause.and_then(|pause| now.checked_add(pause).ok());
                MemberMark::Retry {
                    at: asked_for.unwrap_or_else(|| self.pause(member.attempts)),
                    error,
                }
            }
            Answer::Sent(_) => return Ok(()),
        };
        self.note(run, member, mark).await
    }

    /// Puts down what became of a member.
    pub(super) async fn note(
        &self,
        run: &RunRecord,
        member: &Member,
        mark: MemberMark,
    ) -> Result<(), StoreError> {
        let became = match &mark {
            MemberMark::Sent(_) => MemberState::Sent.as_str(),
            MemberMark::Retry { .. } => "retry",
            MemberMark::Doubt { .. } => MemberState::Doubt.as_str(),
            MemberMark::Skipped(_) => MemberState::Skipped.as_str(),
            MemberMark::Ended { state, reason } => {
                tracing::warn!(campaign = %run.campaign, member = member.id, %reason, "a member is not written to");
                state.as_str()
            }
        };
        self.keep(member, mark).await?;
        self.metrics.campaign(became);
        Ok(())
    }

    /// What happened on the platform is put down however long the store fails.
    async fn keep(
        &self,
        member: &Member,
        mark: MemberMark,
    ) -> Result<Option<Appended>, StoreError> {
        loop {
            let now = self.clock.now();
            match self.store.mark_member(member.id, mark.clone(), now).await {
                Err(error) if !self.is_stopping() => {
                    tracing::error!(%error, "what became of a campaign's message waits for the store");
                    let at = now.checked_add(self.options.backoff).unwrap_or(now);
                    self.activity.resting(self.clock.sleep_until(at)).await;
                }
                // If it fails now, the member stays `sending`, and is in doubt in the next run.
                marked => return marked,
            }
        }
    }
}

/// A message that is on the platform.
pub(super) struct Arrived<'a> {
    pub(super) conversation: &'a Conversation,
    pub(super) composed: &'a Composed,
    /// Since when, on the platform's clock.
    pub(super) at: Timestamp,
    /// The conversation in memory, if the caller has it already.
    pub(super) live: Option<Live>,
}

/// Counts the messages of a request as created at `at`.
fn count(live: Option<&Live>, composed: &Composed, at: Timestamp) {
    if let Some(live) = live {
        let mut kept = live.kept();
        for (_, text) in &composed.messages {
            kept.ledger.record(Entry { at, text: *text });
        }
    }
}

/// Takes that back.
pub(super) fn uncount(live: Option<&Live>, composed: &Composed, at: Timestamp) {
    if let Some(live) = live {
        let mut kept = live.kept();
        for (_, text) in &composed.messages {
            kept.ledger.forget(Entry { at, text: *text });
        }
    }
}

//! Looking for a message whose answer was lost: the contact's conversation, then the message in it.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use web1on1::{Client, Conversation, ConversationId, Error, Message, Meta, Query, Request};

use super::{
    Runner,
    drive::Flow,
    write::{Arrived, uncount},
};
use crate::{
    campaign::{
        MemberState, Prepared,
        request::{Body, compose},
    },
    causes::with_causes,
    outbox::{is_last_word, judge},
    store::{Doubt, Marker, Member, MemberMark, RunRecord, StoreError},
};

/// How far the platform's clock and what we know of it may differ.
const MARGIN: SignedDuration = SignedDuration::from_secs(5);

/// Messages asked for at once; a conversation has not that many in so short a time.
const PAGE: u32 = 100;

/// How a look ended.
enum Seen {
    /// The message is there.
    There(Box<Conversation>, Option<Timestamp>),
    /// It is not, as far as the platform shows by now.
    NotThere,
    /// The service stops.
    Stopped,
}

/// Why the platform cannot be asked.
enum Blind {
    /// It may answer later.
    ForNow(String),
    /// It says that it never will.
    ForGood(String),
    /// The service stops.
    Stopped,
}

impl Runner {
    /// Looks for the message to a member in doubt, and decides: it is there, it is to be sent again,
    /// or it is to be looked for again later.
    pub(super) async fn look(
        &self,
        run: &RunRecord,
        campaign: &Prepared,
        member: &Member,
    ) -> Result<Option<Flow>, StoreError> {
        let Some(doubt) = member.doubt else {
            return Ok(None);
        };
        let mark = match self.seek(campaign, member, doubt).await {
            Ok(Seen::There(conversation, created_at)) => {
                let at = created_at.unwrap_or(doubt.at);
                self.found(run, campaign, member, &conversation, doubt, at)
                    .await?;
                return Ok(None);
            }
            Ok(Seen::NotThere) => self.missing(doubt),
            Err(Blind::ForNow(error)) => self.unseen(member, doubt, error),
            Err(Blind::ForGood(error)) => unresolved(&error),
            Ok(Seen::Stopped) | Err(Blind::Stopped) => return Ok(Some(Flow::Stopped)),
        };
        let is_gone = matches!(mark, MemberMark::Retry { .. });
        self.note(run, member, mark).await?;
        if is_gone
            && let Some(conversation) = &member.conversation
            && let Ok(composed) = compose(campaign, member)
        {
            let live = self
                .conversations
                .get(&campaign.key_of(conversation))
                .await?;
            uncount(Some(&live), &composed, doubt.at);
        }
        Ok(None)
    }

    async fn found(
        &self,
        run: &RunRecord,
        campaign: &Prepared,
        member: &Member,
        conversation: &Conversation,
        doubt: Doubt,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let composed = match compose(campaign, member) {
            Ok(composed) => composed,
            Err(error) => {
                let mark = unresolved(&error.to_string());
                return self.note(run, member, mark).await;
            }
        };
        let key = campaign.key_of(conversation.id.as_str());
        let live = self.conversations.get(&key).await?;
        // Until now it counted as one that may be there.
        uncount(Some(&live), &composed, doubt.at);
        let sent = Arrived {
            conversation,
            composed: &composed,
            at,
            live: Some(live),
        };
        self.arrived(run, campaign, member, sent).await
    }

    /// What is not there after a while will not come any more.
    fn missing(&self, doubt: Doubt) -> MemberMark {
        let now = self.clock.now();
        let claimed_at = self.outbox.to_local(doubt.claimed_at);
        let certain_at = claimed_at
            .checked_add(self.options.carried_out_within)
            .unwrap_or(Timestamp::MAX);
        if now < certain_at {
            return MemberMark::Doubt {
                doubt,
                look_at: certain_at,
                error: "not there yet; looked for again".to_owned(),
            };
        }
        MemberMark::Retry {
            at: now,
            error: "looked for and not found".to_owned(),
        }
    }

    /// Nobody waits for a campaign, so what cannot be looked for is not sent twice.
    fn unseen(&self, member: &Member, doubt: Doubt, error: String) -> MemberMark {
        let waited = self
            .clock
            .now()
            .duration_since(self.outbox.to_local(doubt.at));
        if waited < self.options.look_for {
            return MemberMark::Doubt {
                doubt,
                look_at: self.pause(member.attempts),
                error,
            };
        }
        unresolved(&error)
    }

    async fn seek(
        &self,
        campaign: &Prepared,
        member: &Member,
        doubt: Doubt,
    ) -> Result<Seen, Blind> {
        let Some(client) = self.client(campaign) else {
            return Err(Blind::ForNow("its bot is not part of the service".into()));
        };
        for id in self.conversations_of(campaign, client, member).await? {
            let Some(message) = self.marked(campaign, client, &id, member, doubt).await? else {
                continue;
            };
            let request = Request::get(["conversations", id.as_str()]);
            let conversation: Conversation = self.ask(campaign, client, request).await?;
            return Ok(Seen::There(Box::new(conversation), message.created_at));
        }
        Ok(if self.is_stopping() {
            Seen::Stopped
        } else {
            Seen::NotThere
        })
    }

    /// Where the message can be: in the contact's conversation, or in that of a contact whom the
    /// platform finds by the same identifiers.
    async fn conversations_of(
        &self,
        campaign: &Prepared,
        client: &Client,
        member: &Member,
    ) -> Result<Vec<ConversationId>, Blind> {
        if let Some(id) = &member.conversation {
            return Ok(vec![id.as_str().into()]);
        }
        let body: Option<Body> = serde_json::from_slice(&member.body).ok();
        let profile = body.map(|body| body.profile).unwrap_or_default();
        let mut found = Vec::new();
        for field in ["telephone", "email"] {
            let Some(value) = profile.get(field).and_then(Value::as_str) else {
                continue;
            };
            let query = Query::new()
                .equals("organization", &*campaign.organization)
                .equals(format!("profile.{field}"), value);
            let request = Request::get(["contacts"]).query(query);
            let contacts: Vec<Meta> = self.ask(campaign, client, request).await?;
            let ids = contacts
                .iter()
                .filter_map(|it| it.get("conversation")?.as_str());
            found.extend(ids.map(ConversationId::from));
        }
        found.dedup();
        Ok(found)
    }

    async fn marked(
        &self,
        campaign: &Prepared,
        client: &Client,
        conversation: &ConversationId,
        member: &Member,
        doubt: Doubt,
    ) -> Result<Option<Message>, Blind> {
        let since = doubt.claimed_at.saturating_sub(MARGIN);
        let query = Query::new()
            .equals("conversation", conversation.as_str())
            .at_least("createdAt", since.unwrap_or(Timestamp::MIN))
            .descending("createdAt")
            .limit(PAGE);
        let request = Request::get(["messages"]).query(query);
        let messages: Vec<Message> = self.ask(campaign, client, request).await?;
        let is_ours = |it: &Message| Marker::of(&it.meta).as_ref() == Some(&member.marker);
        Ok(messages.into_iter().find(is_ours))
    }

    async fn ask<T: serde::de::DeserializeOwned>(
        &self,
        campaign: &Prepared,
        client: &Client,
        request: Request,
    ) -> Result<T, Blind> {
        let errand = self.errand(campaign).await.ok_or(Blind::Stopped)?;
        let answer = client.send_with(errand.permit, request).await;
        drop(errand.place);
        answer
            .and_then(|answer| answer.json())
            .map_err(|error| self.blind(campaign, &error))
    }

    fn blind(&self, campaign: &Prepared, error: &Error) -> Blind {
        let text = with_causes(error);
        if is_last_word(error) {
            return Blind::ForGood(text);
        }
        self.outbox
            .learn(&judge(error), &campaign.bot, self.clock.now());
        Blind::ForNow(text)
    }
}

fn unresolved(error: &str) -> MemberMark {
    MemberMark::Ended {
        state: MemberState::Unresolved,
        reason: format!("whether it arrived cannot be learned: {error}"),
    }
}

//! The request that writes to one member, and what its answer means.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use web1on1::{
    Client, ContactProfile, Conversation, Error, Meta, NewConversation, NewMessage, Request,
    conversation::BusinessConversation,
};

use super::{Letter, Prepared};
use crate::{
    limit::TextHash,
    outbox::{Answer, Errand, judge},
    store::{EventKey, Marker, Member, Planned},
};

/// Where a conversation says which campaign wrote last.
const META_KEY: &str = "campaign";

/// What the store keeps of what a member is written.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Body {
    pub(super) profile: Meta,
    pub(super) message: NewMessage,
}

/// A request that is ready to be made.
#[derive(Debug)]
pub(super) struct Composed {
    pub(super) conversation: BusinessConversation,
    /// Its messages, as they count.
    pub(super) messages: Vec<(Marker, Option<TextHash>)>,
    /// What is known of the contact.
    profile: Meta,
}

impl Composed {
    /// The conversation as the platform answered, with the contact: answers name it by its id only.
    pub(super) fn with_contact(&self, conversation: &Conversation) -> Conversation {
        let mut conversation = conversation.clone();
        if let Some(Value::String(id)) = &conversation.contact {
            conversation.contact = Some(json!({"id": id, "profile": self.profile}));
        }
        conversation
    }
}

/// What became of a request.
#[derive(Debug)]
pub(super) enum Posted {
    /// The platform has it.
    Sent(Box<Conversation>),
    /// It does not, or may have.
    Failed(Answer),
}

/// What the store keeps of a letter. `key` is of this member of this run only.
pub(super) fn planned(letter: Letter, key: &EventKey) -> Result<Planned, serde_json::Error> {
    let marker = Marker::new(key, "campaign", 0);
    let text = TextHash::of(&letter.message.text);
    let mut message = letter.message;
    marker.put_into(&mut message.meta);
    let body = Body {
        profile: letter.profile,
        message,
    };
    Ok(Planned {
        locale: letter.locale,
        address: letter.address,
        conversation: letter.conversation,
        marker,
        text,
        body: serde_json::to_vec(&body)?.into(),
    })
}

/// A contact with a conversation is written to in that one; otherwise the platform finds or makes
/// it by the contact's identifiers.
pub(super) fn compose(campaign: &Prepared, member: &Member) -> Result<Composed, serde_json::Error> {
    let body: Body = serde_json::from_slice(&member.body)?;
    let mut messages = vec![(member.marker.clone(), member.text)];
    let profile = body.profile.clone();
    let conversation = if let Some(id) = &member.conversation {
        let marker = Marker::from_text(format!("{}s", member.marker.as_str()));
        let set = note(campaign, &marker);
        messages.push((marker, TextHash::of(&set.text)));
        BusinessConversation::append(id.as_str().into(), [body.message, set])
    } else {
        let organization = (*campaign.organization).into();
        NewConversation::business(organization, ContactProfile::from(body.profile))
            .with_message(body.message)
            .with_meta(META_KEY, &*campaign.name)
    };
    Ok(Composed {
        conversation,
        messages,
        profile,
    })
}

/// The variable that says which campaign wrote. Of a conversation that exists, a body's `meta`
/// would not be looked at.
fn note(campaign: &Prepared, marker: &Marker) -> NewMessage {
    let mut set = NewMessage::command(format!("/set {META_KEY} {}", campaign.name));
    marker.put_into(&mut set.meta);
    set
}

/// Makes the request.
pub(super) async fn post(client: &Client, errand: Errand, composed: &Composed) -> Posted {
    let request = Request::post(["conversations"]).json(composed.conversation.conversation());
    let request = match request {
        Ok(request) => request,
        Err(error) => {
            errand.permit.return_unused();
            return Posted::Failed(Answer::Refused(error.to_string()));
        }
    };
    let answer = client.send_with(errand.permit, request).await;
    let answer = answer.and_then(|answer| {
        answer.accept()?;
        answer.json::<Conversation>()
    });
    match answer {
        Ok(conversation) => Posted::Sent(Box::new(conversation)),
        // A yes that cannot be read is a yes from the platform or from something before it.
        Err(error @ Error::Unreadable { .. }) => Posted::Failed(Answer::InDoubt(error.to_string())),
        Err(error) => Posted::Failed(judge(&error)),
    }
}

/// The key of a member: the same over restarts, and of no other run.
pub(super) fn key_of(run: (i64, Timestamp), contact: &[u8; 32]) -> EventKey {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    hash.update(b"campaign");
    hash.update(run.0.to_be_bytes());
    hash.update(run.1.as_millisecond().to_be_bytes());
    hash.update(contact);
    hash.finalize().into()
}

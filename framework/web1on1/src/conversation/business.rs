//! Conversations that the business begins.

use std::time::Duration;

use serde_json::Value;

use super::{ConversationType, NewConversation};
use crate::{
    ConversationId, MessageType, NewContact, NewMessage, OrganizationId, Role, Touchpoint,
};

/// A conversation that the business begins, or messages for one that exists (business initiated
/// conversations).
///
/// The first message that reaches the consumer says on which touchpoint it goes out; later ones
/// reuse it. Ending with [`then_leave`](Self::then_leave) closes the conversation, so that the
/// consumer's answer notifies the channels.
///
/// ```
/// use std::time::Duration;
/// use web1on1::{ContactProfile, NewConversation, NewMessage};
///
/// let john = ContactProfile::named("John Johnson").with_telephone("+31600000000");
/// let conversation = NewConversation::business("aaa111111111111111111222".into(), john)
///     .with_message(NewMessage::sms("Hey there."))
///     .with_message("How are you?")
///     .then_leave(Duration::from_secs(3));
/// assert!(conversation.check().is_ok());
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct BusinessConversation {
    conversation: NewConversation,
    allows_free_text: bool,
}

/// What would go wrong with a conversation that the business begins. Nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misuse {
    /// It is of another type than `contact`.
    #[error(
        "a conversation with a consumer has the type `contact`, not `{0}`; use `create` for team conversations"
    )]
    NotWithContact(ConversationType),

    /// Neither does it name a conversation nor a contact that can be known or reached.
    #[error(
        "the contact has neither an e-mail address nor a telephone number; give one of them, or the conversation's id"
    )]
    NoIdentifier,

    /// It has no messages.
    #[error("there is no message; a conversation needs at least one")]
    NoMessage,

    /// None of its messages reaches the consumer.
    #[error(
        "no message reaches the consumer; add one with role `agent`, for example `NewMessage::sms`"
    )]
    NoOutgoingMessage,

    /// Nothing says how the consumer is reached.
    #[error(
        "the first message to the consumer names no touchpoint; use `NewMessage::sms`, `email` or `whatsapp_template`, or `BusinessConversation::on`"
    )]
    NoTouchpoint,

    /// A WhatsApp message without a template.
    #[error(
        "message {position} goes out on WhatsApp without a template; until the contact has answered only approved templates arrive, so use `NewMessage::whatsapp_template`, or `allow_free_text` if the contact has answered"
    )]
    NoTemplate {
        /// Which message, counted from 1.
        position: usize,
    },

    /// A `/leave` that may overtake the messages before it.
    #[error(
        "message {position} is `/leave` without a delay beside other messages and may overtake them; use `NewMessage::leave` with a delay, for example of 3 seconds"
    )]
    LeaveWithoutDelay {
        /// Which message, counted from 1.
        position: usize,
    },
}

impl BusinessConversation {
    pub(super) fn new(organization: OrganizationId, contact: NewContact) -> Self {
        Self::from(NewConversation {
            organization: Some(organization),
            kind: Some(ConversationType::Contact),
            contact: Some(contact),
            ..NewConversation::default()
        })
    }

    /// Messages for a conversation that exists. Neither organization nor contact are needed then.
    pub fn append<M: Into<NewMessage>>(
        id: ConversationId,
        messages: impl IntoIterator<Item = M>,
    ) -> Self {
        Self::from(NewConversation {
            id: Some(id),
            messages: messages.into_iter().map(Into::into).collect(),
            ..NewConversation::default()
        })
    }

    /// Adds a message.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<NewMessage>) -> Self {
        self.conversation.messages.push(message.into());
        self
    }

    /// Ends with a `/leave` that is processed after `delay`, so that it comes after the messages
    /// before it. The documents use 3 seconds.
    #[must_use]
    pub fn then_leave(self, delay: Duration) -> Self {
        self.with_message(NewMessage::leave(delay))
    }

    /// Sets a variable for bots and automations.
    #[must_use]
    pub fn with_meta(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.conversation.meta.insert(key.into(), value.into());
        self
    }

    /// Names the conversation; otherwise the platform does, usually after the contact.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.conversation.name = Some(name.into());
        self
    }

    /// Sends messages that name no touchpoint on this one.
    #[must_use]
    pub fn on(mut self, touchpoint: Touchpoint) -> Self {
        self.conversation.touchpoint = Some(touchpoint);
        self
    }

    /// Allows WhatsApp messages without a template: the contact has answered before.
    #[must_use]
    pub fn allow_free_text(mut self) -> Self {
        self.allows_free_text = true;
        self
    }

    /// What is to be sent.
    pub fn conversation(&self) -> &NewConversation {
        &self.conversation
    }

    /// Looks for what the platform's documents say would go wrong.
    ///
    /// # Errors
    ///
    /// The first [`Misuse`] that is found.
    pub fn check(&self) -> Result<(), Misuse> {
        if self.conversation.messages.is_empty() {
            return Err(Misuse::NoMessage);
        }
        if self.conversation.id.is_none() {
            self.check_beginning()?;
        }
        self.check_templates()?;
        self.check_leave()
    }

    /// What only a conversation needs that may not exist yet.
    fn check_beginning(&self) -> Result<(), Misuse> {
        let conversation = &self.conversation;
        match &conversation.kind {
            Some(ConversationType::Contact) | None => {}
            Some(other) => return Err(Misuse::NotWithContact(other.clone())),
        }
        let contact = conversation.contact.as_ref();
        if !contact.is_some_and(|contact| contact.profile.is_identified()) {
            return Err(Misuse::NoIdentifier);
        }
        let first = self.outgoing().next().ok_or(Misuse::NoOutgoingMessage)?.1;
        match first
            .touchpoint
            .as_ref()
            .or(conversation.touchpoint.as_ref())
        {
            Some(_) => Ok(()),
            None => Err(Misuse::NoTouchpoint),
        }
    }

    fn check_templates(&self) -> Result<(), Misuse> {
        if self.allows_free_text {
            return Ok(());
        }
        let mut touchpoint = self.conversation.touchpoint.as_ref();
        for (position, message) in self.outgoing() {
            touchpoint = message.touchpoint.as_ref().or(touchpoint);
            if touchpoint == Some(&Touchpoint::Whatsapp) && message.template().is_none() {
                return Err(Misuse::NoTemplate { position });
            }
        }
        Ok(())
    }

    fn check_leave(&self) -> Result<(), Misuse> {
        let messages = &self.conversation.messages;
        if messages.len() == 1 {
            return Ok(());
        }
        let hasty = numbered(messages).find(|(_, message)| {
            message.kind == MessageType::Command
                && message.text.trim() == "/leave"
                && message.delay.unwrap_or_default() == 0
        });
        hasty.map_or(Ok(()), |(position, _)| {
            Err(Misuse::LeaveWithoutDelay { position })
        })
    }

    /// The messages that reach the consumer.
    fn outgoing(&self) -> impl Iterator<Item = (usize, &NewMessage)> {
        numbered(&self.conversation.messages).filter(|(_, message)| {
            message.role == Some(Role::Agent)
                && !message.is_backchannel
                && matches!(message.kind, MessageType::Chat | MessageType::Card)
        })
    }
}

impl From<NewConversation> for BusinessConversation {
    /// One that was put together by hand. A missing type is `contact`.
    fn from(mut conversation: NewConversation) -> Self {
        if conversation.id.is_none() {
            conversation.kind.get_or_insert(ConversationType::Contact);
        }
        Self {
            conversation,
            allows_free_text: false,
        }
    }
}

fn numbered(messages: &[NewMessage]) -> impl Iterator<Item = (usize, &NewMessage)> {
    (1..).zip(messages)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ContactProfile;

    const LATER: Duration = Duration::from_secs(3);

    fn ann() -> BusinessConversation {
        let ann = ContactProfile::named("Ann").with_telephone("+31600000000");
        NewConversation::business("o".into(), ann)
    }

    fn check(conversation: &BusinessConversation, expected: &Result<(), Misuse>) {
        assert_eq!(conversation.check(), *expected, "{conversation:?}");
    }

    #[test]
    fn what_the_documents_show_is_accepted() {
        check(&ann().with_message(NewMessage::sms("Hi")), &Ok(()));
        check(
            &ann()
                .with_message("Hi")
                .on(Touchpoint::Sms)
                .then_leave(LATER),
            &Ok(()),
        );
        check(
            &ann()
                .with_message(NewMessage::chat("Called").with_role(Role::Bot))
                .with_message(NewMessage::whatsapp_template("Ready", "ready", Some("nl")))
                .then_leave(LATER),
            &Ok(()),
        );
        check(&BusinessConversation::append("c".into(), ["Hi"]), &Ok(()));
        check(
            &BusinessConversation::append("c".into(), [NewMessage::command("/leave")]),
            &Ok(()),
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        let nobody = NewConversation::business("o".into(), ContactProfile::named("Ann"));
        check(
            &nobody.with_message(NewMessage::sms("Hi")),
            &Err(Misuse::NoIdentifier),
        );
        check(&ann(), &Err(Misuse::NoMessage));
        check(
            &BusinessConversation::append("c".into(), Vec::<NewMessage>::new()),
            &Err(Misuse::NoMessage),
        );
        for inward in [
            NewMessage::command("/accept"),
            NewMessage::chat("Note").backchannel(),
            NewMessage::chat("Hello").with_role(Role::Contact),
        ] {
            check(&ann().with_message(inward), &Err(Misuse::NoOutgoingMessage));
        }
        check(&ann().with_message("Hi"), &Err(Misuse::NoTouchpoint));
        let team = NewConversation {
            kind: Some(ConversationType::Agent),
            messages: vec!["Hi".into()],
            ..NewConversation::default()
        };
        check(
            &team.into(),
            &Err(Misuse::NotWithContact(ConversationType::Agent)),
        );
    }

    #[test]
    fn whatsapp_takes_only_templates_until_the_contact_answers() {
        let free = NewMessage::chat("Ready").on(Touchpoint::Whatsapp);
        let template = || NewMessage::whatsapp_template("Ready", "ready", None);
        check(
            &ann().with_message(free.clone()),
            &Err(Misuse::NoTemplate { position: 1 }),
        );
        check(
            &ann().with_message(template()).with_message("Still there?"),
            &Err(Misuse::NoTemplate { position: 2 }),
        );
        check(
            &BusinessConversation::append("c".into(), [free.clone()]),
            &Err(Misuse::NoTemplate { position: 1 }),
        );
        check(&ann().with_message(free).allow_free_text(), &Ok(()));
        check(
            &ann()
                .with_message(template())
                .with_message(NewMessage::sms("Hi")),
            &Ok(()),
        );
    }

    #[test]
    fn leaving_beside_other_messages_takes_a_delay() {
        for leave in [
            NewMessage::command("/leave"),
            NewMessage::leave(Duration::ZERO),
        ] {
            check(
                &ann()
                    .with_message(NewMessage::sms("Hi"))
                    .with_message(leave),
                &Err(Misuse::LeaveWithoutDelay { position: 2 }),
            );
        }
    }
}

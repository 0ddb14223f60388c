//! Conversations.

use super::{Collection, Create, Resource};
use crate::{
    Client, Conversation, ConversationId, Error, NewConversation, NewMessage, Request,
    RequiredFilter,
    conversation::{BusinessConversation, Misuse},
};

/// Conversations: `/conversations`.
pub type Conversations<'a> = Collection<'a, Conversation>;

impl Client {
    /// Conversations: `/conversations`.
    pub fn conversations(&self) -> Conversations<'_> {
        self.resources()
    }
}

impl Resource for Conversation {
    const PATH: &'static str = "conversations";
    const REQUIRED_FILTER: Option<RequiredFilter> = Some(
        RequiredFilter::one_of(&[
            "id",
            "type",
            "participants.user",
            "status",
            "createdAt",
            "categoryIndex",
            "category",
            "organization",
            "updatedAt",
        ])
        .when_filtered_by("meta."),
    );
    type Id = ConversationId;
}

impl Create for Conversation {
    type New = NewConversation;
}

/// What became of a conversation that the business began.
#[derive(Debug, Clone, PartialEq)]
pub enum Started {
    /// No contact had one of the identifiers: contact and conversation are new (201).
    Created(Conversation),
    /// The contact was known: the messages were added to its conversation (200).
    Appended(Conversation),
}

impl Started {
    /// The conversation, new or not.
    pub fn into_conversation(self) -> Conversation {
        match self {
            Self::Created(conversation) | Self::Appended(conversation) => conversation,
        }
    }

    /// Whether the conversation is new.
    pub fn is_created(&self) -> bool {
        matches!(self, Self::Created(_))
    }
}

/// Why a conversation was not begun, or messages not added.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Something is missing; nothing was sent.
    #[error(transparent)]
    Misuse(#[from] Misuse),

    /// The request failed.
    #[error(transparent)]
    Request(#[from] Error),
}

impl Conversations<'_> {
    /// Begins a conversation with a consumer, or adds the messages to the one that exists: the
    /// platform looks for the contact's identifiers (business initiated conversations).
    ///
    /// ```no_run
    /// # async fn example(client: web1on1::Client) -> Result<(), web1on1::api::StartError> {
    /// use std::time::Duration;
    /// use web1on1::{ContactProfile, NewConversation, NewMessage, api::{Started}};
    ///
    /// let john = ContactProfile::named("John Johnson").with_telephone("+31600000000");
    /// let new = NewConversation::business("aaa111111111111111111222".into(), john)
    ///     .with_message(NewMessage::sms("Your car is ready."))
    ///     .then_leave(Duration::from_secs(3));
    /// match client.conversations().start(&new).await? {
    ///     Started::Created(conversation) => println!("began {}", conversation.id),
    ///     Started::Appended(conversation) => println!("went on with {}", conversation.id),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Conversations of other types are made by [`create`](Collection::create).
    ///
    /// # Errors
    ///
    /// [`StartError::Misuse`] if the platform's documents say that it would go wrong, and
    /// [`StartError::Request`] as for [`Client::fetch`].
    pub async fn start(&self, new: &BusinessConversation) -> Result<Started, StartError> {
        new.check()?;
        let request = Request::post([Conversation::PATH]).json(new.conversation())?;
        let answer = self.client.send(request).await?;
        let conversation = answer.json()?;
        Ok(if answer.status() == 201 {
            Started::Created(conversation)
        } else {
            Started::Appended(conversation)
        })
    }

    /// Adds messages to a conversation by `POST /conversations` with its id, and returns the
    /// conversation. The same as [`post_all`](Collection::post_all), which returns the messages.
    ///
    /// # Errors
    ///
    /// As for [`start`](Self::start). WhatsApp messages have to be templates unless the contact
    /// has answered: see [`BusinessConversation::allow_free_text`] and hand that to `start`.
    pub async fn append<M: Into<NewMessage>>(
        &self,
        id: ConversationId,
        messages: impl IntoIterator<Item = M>,
    ) -> Result<Conversation, StartError> {
        let started = self
            .start(&BusinessConversation::append(id, messages))
            .await?;
        Ok(started.into_conversation())
    }
}

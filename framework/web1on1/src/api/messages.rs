//! Messages, read and written.

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;

use super::{Collection, Create, Resource};
use crate::{
    Answer, Client, Conversation, ConversationId, Error, Message, MessageId, NewMessage, Permit,
    Query, Request, RequiredFilter, wire::time,
};

/// Messages: `/messages`, and `/conversations/{id}/messages`.
pub type Messages<'a> = Collection<'a, Message>;

/// What the platform tells about a message that it has taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// The message.
    pub id: Option<MessageId>,
    /// When the platform created it, by the platform's clock.
    pub created_at: Option<Timestamp>,
}

impl Client {
    /// Messages: `/messages`, and `/conversations/{id}/messages`.
    pub fn messages(&self) -> Messages<'_> {
        self.resources()
    }
}

impl Resource for Message {
    const PATH: &'static str = "messages";
    const REQUIRED_FILTER: Option<RequiredFilter> = Some(RequiredFilter::one_of(&[
        "id",
        "organization",
        "conversation",
        "type",
        "role",
        "createdAt",
    ]));
    type Id = MessageId;
}

/// `POST /messages`: the message has to name its conversation, see [`NewMessage::within`].
impl Create for Message {
    type New = NewMessage;
}

impl Messages<'_> {
    /// The messages of a conversation that `query` asks for, for example the latest ten with
    /// `Query::new().sort("-createdAt").limit(10)`.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`].
    pub async fn in_conversation(
        &self,
        conversation: &ConversationId,
        query: Query,
    ) -> Result<Vec<Message>, Error> {
        self.list(&query.filter("conversation", conversation.as_str()))
            .await
    }

    /// Adds a message to a conversation.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`].
    pub async fn post(
        &self,
        conversation: &ConversationId,
        message: impl Into<NewMessage>,
    ) -> Result<Message, Error> {
        let request = to(conversation).json(&message.into())?;
        let answer = self.client.send(request).await?;
        if is_array(&answer) {
            let created = answer.json::<Vec<Message>>()?.into_iter().next();
            return created.ok_or_else(|| answer.unreadable("it holds no message".to_owned()));
        }
        answer.json()
    }

    /// Adds messages to a conversation, in order and with one request.
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`].
    pub async fn post_all(
        &self,
        conversation: &ConversationId,
        messages: &[NewMessage],
    ) -> Result<Vec<Message>, Error> {
        if messages.is_empty() {
            return Ok(Vec::new());
        }
        let answer = self.client.send(to(conversation).json(messages)?).await?;
        if is_array(&answer) {
            answer.json()
        } else {
            Ok(vec![answer.json()?])
        }
    }

    /// Replaces a message as a whole (SDK; API Basics says that updates do not use PUT, so prefer
    /// [`update`](Collection::update)).
    ///
    /// # Errors
    ///
    /// As for [`Client::fetch`].
    pub async fn replace(&self, id: &MessageId, message: &NewMessage) -> Result<Message, Error> {
        let request = Request::put([Message::PATH, id.as_str()]).json(message)?;
        self.client.fetch(request).await
    }

    /// Adds messages that are already written as JSON, one object or an array of them, by a permit
    /// that the caller has waited for. It is held until the answer is complete or the future is
    /// dropped.
    ///
    /// Any 2XX is a success unless its body holds an `error` (SDK): whoever counts on every message being sent once must not take a yes
    /// for a no because its body is odd. There is one receipt per message as far as the answer
    /// tells, and none if it tells nothing.
    ///
    /// # Errors
    ///
    /// As for [`Client::send`], and [`Error::Status`] if the body holds an `error`.
    pub async fn post_raw(
        &self,
        permit: Permit,
        conversation: &ConversationId,
        body: Bytes,
    ) -> Result<Vec<Receipt>, Error> {
        match self
            .client
            .send_with(permit, to(conversation).body(body))
            .await
        {
            // Some answers take back in the body what the status says (SDK).
            Ok(answer) => answer.accept().map(|()| receipts(answer.body())),
            Err(Error::Unreadable { .. }) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}

fn to(conversation: &ConversationId) -> Request {
    Request::post([Conversation::PATH, conversation.as_str(), Message::PATH])
}

fn is_array(answer: &Answer) -> bool {
    answer.body().trim_ascii_start().starts_with(b"[")
}

fn receipts(body: &[u8]) -> Vec<Receipt> {
    match serde_json::from_slice(body) {
        Ok(Value::Array(messages)) => messages.iter().map(receipt).collect(),
        Ok(message @ Value::Object(_)) => vec![receipt(&message)],
        _ => Vec::new(),
    }
}

fn receipt(message: &Value) -> Receipt {
    let text = |key| message.get(key).and_then(Value::as_str);
    Receipt {
        id: text("id")
            .or_else(|| text("_id"))
            .or(message.as_str())
            .map(Into::into),
        created_at: text("createdAt").and_then(|at| time::parse(at).ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipts_are_read_from_whatever_a_yes_says() {
        let full = Receipt {
            id: Some("m1".into()),
            created_at: Timestamp::from_second(0).ok(),
        };
        let bare = |id: &str| Receipt {
            id: Some(id.into()),
            created_at: None,
        };
        for (body, expected) in [
            (
                r#"{"id": "m1", "createdAt": "1970-01-01T00:00:00.000Z"}"#,
                vec![full.clone()],
            ),
            (
                r#"{"id": "m1", "createdAt": "yesterday"}"#,
                vec![bare("m1")],
            ),
            (
                r#"[{"id": "m1", "createdAt": "1970-01-01T00:00:00"}, {"_id": "m2"}, "m3", {"id": 4}, null]"#,
                vec![
                    full,
                    bare("m2"),
                    bare("m3"),
                    Receipt::default(),
                    Receipt::default(),
                ],
            ),
            ("[]", vec![]),
            ("", vec![]),
            ("OK", vec![]),
            ("null", vec![]),
            (r#"[{"id": "m1""#, vec![]),
        ] {
            assert_eq!(receipts(body.as_bytes()), expected, "{body}");
        }
    }
}

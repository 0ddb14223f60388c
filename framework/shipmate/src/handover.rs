//! Between bot and people: who has a conversation, and how people are called.

mod call;
pub(crate) use call::Call;

mod hand_over;
pub use hand_over::{AfterHandOver, HandOver};

mod incident;
pub use incident::FailOpen;
pub(crate) use incident::{concerns_people, has_accepted, locale};

mod opening;
pub(crate) use opening::Opening;

mod recipients;
pub use recipients::{Recipients, RecipientsError};

mod standing;
pub(crate) use standing::{Seen, Standing};

mod summary;
pub use summary::Summary;

mod takeover;
pub use takeover::AfterTakeover;

use web1on1::ConversationType;

use crate::event::{Event, EventBody, MessageAction};

/// Whether the event is of a conversation with a consumer. One that does not say what kind it is,
/// is taken for one.
pub(crate) fn is_with_consumer(event: &Event) -> bool {
    let Some(conversation) = event.conversation() else {
        return false;
    };
    let of_name = match &event.body {
        EventBody::Message(event) => match &event.action {
            MessageAction::Create { conversation, .. } => Some(conversation),
            _ => None,
        },
        _ => None,
    };
    let kind = conversation.kind.as_ref().or(of_name);
    kind.is_none_or(|kind| *kind == ConversationType::Contact)
}

//! Prompts as messages.

use web1on1::{Action, NewMessage};

use crate::{bot::Bot, form::Prompt, turn::Turn};

/// Says a prompt, in another wording if it would be one identical message too many.
pub(super) fn say<B: Bot>(turn: &mut Turn<B>, prompt: Prompt) {
    let replies = prompt
        .quick_replies
        .into_iter()
        .map(|(label, payload)| Action::reply(label, payload));
    let message = NewMessage::from(prompt.text).with_actions(replies);
    let others = prompt.variants.into_iter().map(NewMessage::from);
    turn.say_one_of(std::iter::once(message).chain(others));
}

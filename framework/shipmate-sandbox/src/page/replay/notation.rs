//! `> consumer`, `< told to the consumer`, `[who] anything else`, `+30min` for a pause.

use jiff::SignedDuration;
use web1on1::{Message, MessageType};

use super::{Step, steps};
use crate::{
    conversation::{Thread, reaches_consumer},
    duration::largest_units,
    state::State,
};

pub(super) fn write(state: &State, thread: &Thread) -> String {
    let mut written = String::new();
    for step in steps(thread) {
        match step {
            Step::Pause(pause) => written.push_str(&self::pause(pause)),
            Step::Sent(message, author) => {
                written.push_str(&mark(state, message, author.is_bot()));
                written.push_str(&message.text.replace('\n', "\n  "));
                written.push_str(&buttons(message));
            }
        }
        written.push('\n');
    }
    written
}

fn mark(state: &State, message: &Message, is_bot: bool) -> String {
    let name = message
        .user
        .as_ref()
        .map_or("platform", |user| state.directory.user_name(user))
        .replace(['\n', ']'], " ");
    match &message.kind {
        MessageType::Postback if message.is_from_contact() => "> [button] ".to_owned(),
        _ if message.is_from_contact() => "> ".to_owned(),
        _ if reaches_consumer(message) && is_bot => "< ".to_owned(),
        MessageType::Command => format!("[{name}] "),
        MessageType::Chat if reaches_consumer(message) => format!("[{name}] "),
        MessageType::Chat => format!("[{name}, note] "),
        kind => format!("[{name}, {kind}] "),
    }
}

/// What can be pressed, on a line of its own.
fn buttons(message: &Message) -> String {
    let of_items = message.items.iter().flat_map(|item| &item.actions);
    let labels: Vec<String> = message
        .actions
        .iter()
        .chain(of_items)
        .filter_map(|action| action.text.as_deref().or(action.payload.as_deref()))
        .map(|label| format!("[{}]", label.replace('\n', " ")))
        .collect();
    if labels.is_empty() {
        String::new()
    } else {
        format!("\n  {}", labels.join(" "))
    }
}

/// `+7d`, `+1h30min`: the two largest units.
fn pause(pause: SignedDuration) -> String {
    let spoken: Vec<String> = largest_units(pause)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    format!("+{}", spoken.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_have_two_units_at_most() {
        for (seconds, expected) in [
            (60, "+1min"),
            (1_800, "+30min"),
            (5_400, "+1h30min"),
            (604_800, "+7d"),
            (90_061, "+1d1h"),
        ] {
            assert_eq!(pause(SignedDuration::from_secs(seconds)), expected);
        }
    }
}

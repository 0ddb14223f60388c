//! `doctor --live`: tries on a scratch conversation what no document tells.

use jiff::SignedDuration;
use web1on1::{
    Client, Clock, Conversation, ConversationId, ConversationType, Error, Meta, NewConversation,
    NewMessage,
};

use super::{
    Finding::{self, Bad, Good, Notice},
    Report,
};
use crate::causes::with_causes;

/// The two variables that one message sets.
const VARIABLES: [(&str, &str); 2] = [("shipmate_doctor_a", "1"), ("shipmate_doctor_b", "2")];

/// How often the conversation is read back at most, and the pause before each time but the first.
const READS: u32 = 5;
const PAUSE: SignedDuration = SignedDuration::from_millis(700);

/// How the platform reads two `/set`s in one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Both took effect.
    EachLine,
    /// The first did.
    FirstLine,
    /// The second line was taken for the value of the first.
    RestIsValue,
    /// Nothing took effect, or not yet.
    Nothing,
}

/// Finds out whether several commands may share a message, in a conversation made for it.
pub(super) async fn try_commands(client: &Client, clock: &dyn Clock, report: &mut Report) {
    let scratch = NewConversation {
        kind: Some(ConversationType::Bot),
        name: Some("shipmate doctor (scratch)".to_owned()),
        ..NewConversation::default()
    };
    let conversation = match client.conversations().create(&scratch).await {
        Ok(conversation) => conversation.id,
        Err(error) => {
            let problem = with_causes(&error);
            return report.add(
                "commands",
                Notice(format!(
                    "not tried, because no conversation could be created: {problem}"
                )),
            );
        }
    };
    let lines = VARIABLES.map(|(key, value)| format!("/set {key} {value}"));
    let message = NewMessage::command(lines.join("\n"));
    let finding = match client.messages().post(&conversation, message).await {
        Ok(_) => match read_back(client, clock, &conversation).await {
            Ok(reading) => reading.finding(),
            Err(error) => Bad(format!(
                "the scratch conversation could not be read back: {}",
                with_causes(&error)
            )),
        },
        Err(error)
            if error
                .status()
                .is_some_and(|status| matches!(status, 400 | 422)) =>
        {
            Notice(format!(
                "a message of several commands is refused ({}); {ARRAY}",
                with_causes(&error)
            ))
        }
        Err(error) => Bad(format!(
            "the scratch conversation could not be written to: {}",
            with_causes(&error)
        )),
    };
    report.add("commands", finding);
    report.add(
        "scratch conversation",
        clean_up(client, &conversation).await,
    );
}

const ARRAY: &str = "set SHIPMATE_COMMANDS=array";

impl Reading {
    fn of(meta: &Meta) -> Self {
        let [(first, one), (second, two)] = VARIABLES;
        let value = |key| meta.get(key).and_then(|value| value.as_str());
        match (value(first), value(second)) {
            (Some(a), Some(b)) if a == one && b == two => Self::EachLine,
            (Some(a), None) if a == one => Self::FirstLine,
            (Some(a), None) if a.contains(second) => Self::RestIsValue,
            _ => Self::Nothing,
        }
    }

    fn finding(self) -> Finding {
        match self {
            Self::EachLine => Good(
                "several in one message work; keep SHIPMATE_COMMANDS=lines, which is the default"
                    .to_owned(),
            ),
            Self::FirstLine => Notice(format!(
                "of several in one message only the first takes effect; {ARRAY}"
            )),
            Self::RestIsValue => Notice(format!(
                "of several in one message the first swallows the others; {ARRAY}"
            )),
            Self::Nothing => Notice(format!(
                "two in one message had no effect that could be seen; {ARRAY}, or try again"
            )),
        }
    }
}

/// A platform that has obeyed the first line may be about to obey the second, so only when both are
/// there it is not looked again.
async fn read_back(
    client: &Client,
    clock: &dyn Clock,
    conversation: &ConversationId,
) -> Result<Reading, Error> {
    let mut reading = Reading::Nothing;
    for read in 0..READS {
        if read > 0 {
            let at = clock.now().saturating_add(PAUSE).unwrap_or(clock.now());
            clock.sleep_until(at).await;
        }
        let shown: Conversation = client.conversations().get(conversation).await?;
        reading = Reading::of(&shown.meta);
        if matches!(reading, Reading::EachLine | Reading::RestIsValue) {
            break;
        }
    }
    Ok(reading)
}

/// Whether a bot may delete a conversation is not documented.
async fn clean_up(client: &Client, conversation: &ConversationId) -> Finding {
    let Err(error) = client.conversations().delete(conversation).await else {
        return Good("deleted".to_owned());
    };
    let problem = with_causes(&error);
    let leave = NewMessage::command("/leave");
    match client.messages().post(conversation, leave).await {
        Ok(_) => Notice(format!(
            "{conversation} was left, but could not be deleted ({problem}); delete it in the console if it disturbs"
        )),
        Err(_) => Notice(format!(
            "{conversation} is still there ({problem}); close and delete it in the console"
        )),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_set_tells_how_the_message_was_read() {
        let [(a, _), (b, _)] = VARIABLES;
        for (meta, reading) in [
            (json!({a: "1", b: "2"}), Reading::EachLine),
            (json!({a: "1"}), Reading::FirstLine),
            (
                json!({a: "1\n/set shipmate_doctor_b 2"}),
                Reading::RestIsValue,
            ),
            (json!({b: "2"}), Reading::Nothing),
            (json!({}), Reading::Nothing),
        ] {
            let meta: Meta = serde_json::from_value(meta).unwrap();
            assert_eq!(Reading::of(&meta), reading, "{meta:?}");
        }
    }
}

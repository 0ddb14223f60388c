//! What the words on record mean.

/// How an event ended, in a sentence.
pub(super) fn outcome(word: &str) -> &'static str {
    match word {
        "handled" => "a hook of the bot did its work",
        "ignored" => "a hook of the bot saw it and had nothing to do",
        "ignored-own" => "the bot wrote it itself, so it reached no hook",
        "ignored-bot" => "another bot wrote it, so it reached no hook",
        "ignored-unjoined" => "the bot is not in the conversation, so it reached no hook",
        "ignored-person-active" => "a person has the conversation, so it reached no hook",
        "ignored-loop" => {
            "two bots were answering each other, so it reached no hook until a person or the consumer writes"
        }
        "ignored-instance-off" => "the bot is not enabled for the organization",
        "ignored-bad-settings" => {
            "the organization's settings of the bot cannot be used, so it reached no hook"
        }
        "ignored-handed-over" => {
            "the bot has called people to the conversation and keeps out of it"
        }
        "ignored-answered" => {
            "the consumer wrote before the timer had its turn, so it reached no hook"
        }
        "ignored-opt-out" => {
            "the consumer opted out of campaigns, or in again; the runtime has answered"
        }
        "ignored-closed" => {
            "the conversation was closed before the timer had its turn, so it reached no hook"
        }
        "ignored-gone" => {
            "the platform does not have the conversation any more, so it reached no hook"
        }
        "too-old" => "it was too old when it came, so it was acknowledged and left aside",
        "dead-letter" => {
            "it was given up and needs a person: see `letters show`, `letters retry`, `letters drop`"
        }
        "dropped" => "it was given up, and a person or time decided against trying it again",
        "forgotten" => "it was forgotten before it was handled",
        _ => "",
    }
}

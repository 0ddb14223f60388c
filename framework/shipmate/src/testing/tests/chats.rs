//! Conversations as plain text.

use super::{desk, panic_of};
use crate::testing::{World, chat, chat_file, chat_folder};

const GOOD: &str = "
# All that there is.
Random seed 7
Start 2026-03-02 10:00
Profile locale = nl

Ann: hi
Bot: Are you
  sure?
  [Yes] [No]
Note: A note.
Variable heard = 1
Variable other is not set
Command: /set…

Ann taps: No
Bot: Pressed …
Ben: hello
Bot: …
Bot crashes
(10 s later)
Bot is silent
Bot to Ann is silent

Agent assigns the bot
Agent accepts
Variable heard = taken over
Agent Ada Admin notes: fine
Agent: Can I help?
(24h later)
Ben: bye
Bot: Goodbye.
Agent leaves
Agent Ada Admin leaves
Conversation is closed
";

#[tokio::test]
async fn a_written_conversation_is_played() {
    let good = GOOD.replace("Bot to Ann is silent", "Bot is silent to Ann");
    if let Err(failure) = chat(desk(), &good).await {
        panic!("{failure}");
    }
}

#[tokio::test]
async fn a_failure_names_the_line() {
    for (text, line, part) in [
        ("Ann: hi\nBot: Hello", 2, "but it said \"Are you\\nsure?\""),
        ("Ann: hi", 1, "it also said"),
        ("Ann: hi\n\nAnn: more", 3, "it also said"),
        (
            "Ann: bye\nBot: Goodbye.\nBot: More",
            3,
            "it said nothing more",
        ),
        (
            "Ann: hi\nBot: …\n  [Yes]",
            2,
            "there are the buttons \"Yes\", \"No\"",
        ),
        ("Ann: hi\nBot: …\nVariable heard = 2", 3, "it is \"1\""),
        ("Ann: hi\nBot: …\nAnn taps: Maybe", 3, "the buttons are"),
        (
            "Ann: hi\nBot: …\nBot is silent\nAgent Zoe accepts",
            4,
            "at the desk there are: Ann",
        ),
        ("Ann: hi\nAnn hello", 2, "cannot be understood"),
    ] {
        let failure = chat(desk(), text).await.unwrap_err();
        let told = failure.of_file("x.chat");
        assert!(
            told.starts_with(&format!("x.chat:{line}: ")),
            "{text}: {told}"
        );
        assert!(told.contains(part), "{text}: {told}");
    }
}

#[tokio::test]
async fn every_file_that_fails_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let good = write("good.chat", "Ann: bye\nBot: Good…");
    write("bad.chat", "Ann: bye\nBot: Bad");
    write("worse.chat", "Ann");
    chat_file(desk(), &good).await;
    let message = panic_of(chat_folder(desk(), folder.path())).await;
    assert!(message.contains("bad.chat:2: expected"), "{message}");
    assert!(
        message.contains("worse.chat:1: \"Ann\" cannot be"),
        "{message}"
    );
    assert!(!message.contains("good.chat"), "{message}");
}

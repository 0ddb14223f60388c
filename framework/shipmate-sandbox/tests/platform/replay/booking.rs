//! A conversation that was held on the sandbox's page, held again: the consumer and the people at
//! the desk do what they did, and the bot has to say what it said.
//!
//! The module above has to have `start_bot`, which starts the bot under test on the given clock and
//! tells the sandbox of its webhook. What it returns is kept until the end.

use std::{error::Error, sync::Arc};

#[allow(unused_imports, reason = "there may be no pause in the conversation")]
use jiff::SignedDuration;
use shipmate_sandbox::{Sandbox, Seed};
use web1on1::{ConversationId, ManualClock};

#[tokio::test]
#[rustfmt::skip]
async fn conversation_with_ann_example() -> Result<(), Box<dyn Error>> {
    let clock = ManualClock::at("2024-05-01T10:00:00.000Z".parse()?);
    let (seed, demo) = Seed::demo();
    let sandbox = Sandbox::builder()
        .movable_clock(Arc::new(clock.clone()))
        .seed(seed)
        .start()
        .await?;
    let _bot = super::start_bot(&sandbox, &demo, &clock).await?;

    let profile = serde_json::from_str("{\"name\":\"Ann \\\"Example\\\"\"}")?;
    let conversation = sandbox.open_conversation(&demo.dealer, profile)?;
    sandbox.contact_says(&conversation, "Hello")?;
    hears(&sandbox, &clock, &conversation, 1, "Which \"day\"?\nWe are open on weekdays 🙂").await?;
    clock.advance(SignedDuration::from_mins(30));
    sandbox.contact_taps(&conversation, "DAY_1")?;
    hears(&sandbox, &clock, &conversation, 2, "Monday it is").await?;
    sandbox.agent_notes(&conversation, &demo.agent, "she is \u{202e}nice")?;
    sandbox.agent_says(&conversation, &demo.agent, "See you")?;
    sandbox.agent_commands(&conversation, &demo.agent, "/set a 1\n/set b 2")?;
    let message = serde_json::from_str("{\"meta\":{\"users\":[\"659200809d03f0a9b4bf847f\"]},\"text\":\"/assign\",\"type\":\"command\"}")?;
    sandbox.post_as(&demo.agent, &conversation, message)?;
    clock.advance(SignedDuration::from_hours(168));
    let message = serde_json::from_str("{\"contentType\":\"image/png\",\"role\":\"contact\",\"text\":\"https://example.com/a.png\",\"touchpoint\":\"web\",\"type\":\"chat\"}")?;
    sandbox.contact_sends(&conversation, message)?;
    sandbox.agent_commands(&conversation, &demo.agent, "/leave")?;
    let fields: &[(&str, &str, &str)] = &[
        ("659200809d03f0a9b4bf847c", "day", "monday"),
    ];
    ends(&sandbox, &conversation, "active", fields).await?;
    sandbox.stop().await;
    Ok(())
}

/// Waits until the consumer was told `count` messages, and looks at the last of them. The clock is
/// moved for messages that wait for a delay.
#[allow(dead_code, reason = "no bot may have said anything")]
async fn hears(
    sandbox: &Sandbox,
    clock: &ManualClock,
    conversation: &ConversationId,
    count: usize,
    expected: &str,
) -> Result<(), Box<dyn Error>> {
    loop {
        let (told, due) = sandbox
            .wait_for(|view| {
                let now = view.conversation(conversation)?;
                let told = now.told_contact();
                let due = now.pending.first().map(|(due, _)| *due);
                // What is due by now only has to be waited for.
                let due = due.filter(|due| *due > view.now());
                let last = told.get(count - 1).map(|text| (*text).to_owned());
                (last.is_some() || due.is_some()).then_some((last, due))
            })
            .await?;
        if let Some(told) = told {
            assert_eq!(told, expected);
            return Ok(());
        }
        if let Some(due) = due {
            clock.advance(due.duration_since(sandbox.now()));
        }
    }
}

/// Waits until the conversation has this status and these form fields: form, key and value.
async fn ends(
    sandbox: &Sandbox,
    conversation: &ConversationId,
    status: &str,
    fields: &[(&str, &str, &str)],
) -> Result<(), Box<dyn Error>> {
    sandbox
        .wait_until(|view| {
            view.conversation(conversation).is_some_and(|now| {
                now.status().is_some_and(|now| now.as_str() == status)
                    && fields
                        .iter()
                        .all(|(form, key, value)| now.field(&(*form).into(), key) == Some(value))
            })
        })
        .await?;
    Ok(())
}

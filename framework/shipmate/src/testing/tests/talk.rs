//! Saying, expecting, and what a failure tells.

use jiff::SignedDuration;
use shipmate_sandbox::Fault;

use super::{Echo, desk, panic_of};
use crate::{
    Ignoring,
    testing::{World, any_of, containing, exactly},
};

#[tokio::test]
async fn a_bot_is_talked_to() {
    let world = desk().await;
    let ann = world.contact("Ann");
    ann.says("hi").await;
    ann.expects("Are you\nsure?").await;
    ann.expects_buttons(["Yes", "No"]).await;
    ann.expects_note(exactly("A note.")).await;
    ann.expects_variable("heard", "1").await;
    ann.expects_no_variable("other").await;
    ann.expects_command("/set heard…").await;
    ann.taps("No").await;
    ann.expects("Pressed refused.").await;
    ann.taps("Yes").await;
    ann.expects(any_of(["Yes", "Are…\n*"])).await;
    ann.expects_silence().await;
    let agent = world.agent();
    agent.accepts(&ann).await;
    assert_eq!(ann.variable("heard").as_deref(), Some("taken over"));
    ann.says("bye").await;
    assert_eq!(ann.hears().await, [""; 0], "it is delayed");
    let start = world.now();
    ann.expects(containing("Goodbye")).await;
    assert_eq!(
        world.now().duration_since(start),
        SignedDuration::from_secs(2)
    );
    agent.leaves(&ann).await;
    ann.expects_closed().await;
    assert!(ann.is_closed());
    world.finish().await;
    world.assert_exactly_once();
    world.assert_no_limit_breach();
}

#[tokio::test]
async fn several_consumers_have_conversations_of_their_own() {
    let world = World::of(Echo).await;
    let (ann, ben) = (world.contact("Ann"), world.contact("Ben"));
    ann.says("a").await;
    ben.says("b").await;
    ben.expects("Echo: b").await;
    world.contact("Ann").expects("Echo: a").await;
    assert_ne!(ann.id(), ben.id());
}

#[tokio::test]
async fn several_bots_hear_the_same() {
    let (mut seed, demo) = shipmate_sandbox::Seed::demo();
    let second = seed.bot(&demo.group, "Second");
    seed.instance(&second, &demo.dealer, shipmate_sandbox_meta());
    let world = World::builder()
        .bot("echo", Echo)
        .bot("desk", Desk)
        .ignoring(Ignoring::default())
        .seed(seed)
        .await;
    let ann = world.contact("Ann");
    ann.says("hi").await;
    let mut heard = ann.hears().await;
    heard.sort();
    assert_eq!(heard, ["Are you\nsure?", "Echo: hi"]);
    assert!(
        world.transcript().contains("Bot desk"),
        "{}",
        world.transcript()
    );
}

fn shipmate_sandbox_meta() -> web1on1::Meta {
    web1on1::Meta::new()
}

#[tokio::test]
async fn a_failure_tells_what_happened() {
    let world = desk().random_seed(7).await;
    let ann = world.contact("Ann");
    ann.says("hi \u{1b}[2J").await;
    world
        .sandbox()
        .inject(Fault::answer(503).on("POST", "/messages"));
    ann.says("again").await;
    world.crash().await;
    let message = panic_of(ann.expects("Hello…")).await;
    for part in [
        "tests/talk.rs:",
        "expected: the bot to tell Ann \"Hello…\"",
        "but:      it said \"Are you\\nsure?\"",
        "Ann       hi \\u{1b}[2J",
        "(note) A note.",
        "(command) /set heard 1",
        "[Yes] [No]",
        "webhooks delivered",
        "503 (answer)",
        "service   crashes",
        "service   starts again",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert!(
        !message.contains("secret") && !message.contains("eyJ"),
        "{message}"
    );
}

#[tokio::test]
async fn what_cannot_be_done_is_told() {
    let world = World::of(Echo).await;
    let ann = world.contact("Ann");
    ann.says("hi").await;
    for (message, part) in [
        (panic_of(ann.says("")).await, "Ann to be able to send \"\""),
        (panic_of(ann.taps("Yes")).await, "there are no buttons"),
        (
            panic_of(ann.expects_silence()).await,
            "it said \"Echo: hi\"",
        ),
        (panic_of(ann.expects("more")).await, "it said nothing more"),
        (
            panic_of(ann.expects_note("x")).await,
            "it noted nothing more",
        ),
        (
            panic_of(ann.expects_variable("x", "y")).await,
            "it is not set",
        ),
        (panic_of(ann.expects_closed()).await, "it is \"active\""),
        (panic_of(world.advance("soon")).await, "no length of time"),
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
}

#[tokio::test]
async fn the_same_test_makes_the_same_transcript() {
    let mut transcripts = Vec::new();
    for _ in 0..3 {
        let world = desk().random_seed(7).await;
        let ann = world.contact("Ann");
        world
            .sandbox()
            .inject(Fault::answer(503).on("POST", "/messages").times(2));
        for text in ["hi", "and", "bye"] {
            ann.says(text).await;
            world.advance("10 s").await;
        }
        world.agent().accepts(&ann).await;
        world.finish().await;
        transcripts.push(world.transcript());
    }
    assert_eq!(transcripts[0], transcripts[1]);
    assert_eq!(transcripts[0], transcripts[2]);
}

#[tokio::test]
async fn requests_that_hang_are_given_up_in_the_worlds_time() {
    let world = World::of(Echo).await;
    let ann = world.contact("Ann");
    world
        .sandbox()
        .inject(Fault::hang().on("POST", "/messages"));
    ann.says("hi").await;
    world.advance("1 min").await;
    ann.says("still there?").await;
    world.advance("1 min").await;
    let heard = ann.hears().await;
    assert!(
        heard.contains(&"Echo: still there?".to_owned()),
        "{}",
        world.transcript()
    );
    assert!(world.account().has_no_repetition());
}

#[tokio::test]
async fn a_world_that_cannot_be_says_why() {
    let error = World::builder().start().await.unwrap_err().to_string();
    assert!(error.starts_with("0 bots are to be tested"), "{error}");
    let nowhere = World::of(Echo).organization("Nowhere").start().await;
    assert!(nowhere.unwrap_err().to_string().contains("\"Nowhere\""));
    let unnamed = World::builder().bot("no name", Echo).start().await;
    let cause = crate::causes::with_causes(&unnamed.unwrap_err());
    assert!(cause.contains("not a name for a bot"), "{cause}");
}

//! `doctor --live` against a platform that reads several commands in one message in each way.

use std::process::Stdio;

use shipmate_sandbox::{Lines, Quirks, Sandbox, Seed};
use shipmate_tests::binary;
use tokio::process::Command;

/// What `doctor --live` prints, and whether it is content.
async fn examine(lines: Lines) -> (String, bool) {
    let (seed, demo) = Seed::demo();
    let quirks = Quirks {
        lines,
        ..Quirks::default()
    };
    let sandbox = Sandbox::builder()
        .quirks(quirks)
        .seed(seed)
        .start()
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(binary::echo().unwrap())
        .args(["doctor", "--live"])
        .current_dir(folder.path())
        .env_clear()
        .env("SHIPMATE_API_URL", sandbox.url())
        .env("SHIPMATE_TOKEN", sandbox.bot_token(&demo.bot))
        .env("SHIPMATE_WEBHOOK_SECRET", "hush")
        .env("SHIPMATE_LISTEN", "127.0.0.1:0")
        .env("SHIPMATE_STORE", "memory:")
        .stderr(Stdio::inherit())
        .output()
        .await
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.contains("scratch conversation: "), "{printed}");
    // No consumer ever hears of it.
    let conversations = sandbox.conversations();
    let told = conversations
        .iter()
        .map(|id| sandbox.conversation(id).unwrap().told_contact().len());
    assert_eq!(told.sum::<usize>(), 0);
    (printed, output.status.success())
}

#[tokio::test]
async fn it_says_that_several_commands_may_share_a_message() {
    let (printed, is_content) = examine(Lines::Each).await;
    assert!(is_content, "{printed}");
    assert!(
        printed.contains("ok      commands: several in one message work"),
        "{printed}"
    );
}

#[tokio::test]
async fn it_names_the_setting_where_they_may_not() {
    for lines in [Lines::FirstOnly, Lines::RestIsValue, Lines::Refused] {
        let (printed, is_content) = examine(lines).await;
        assert!(is_content, "{printed}");
        assert!(printed.contains("notice  commands: "), "{printed}");
        assert!(printed.contains("set SHIPMATE_COMMANDS=array"), "{printed}");
    }
}

#[tokio::test]
async fn it_names_what_is_wrong_with_the_campaigns() {
    let folder = tempfile::tempdir().unwrap();
    let campaigns = folder.path().join("campaigns.toml");
    std::fs::write(
        &campaigns,
        "[[campaign]]\nname = \"a\"\ntouchpont = \"sms\"",
    )
    .unwrap();
    let output = Command::new(binary::echo().unwrap())
        .arg("doctor")
        .current_dir(folder.path())
        .env_clear()
        .env("SHIPMATE_CAMPAIGNS", &campaigns)
        .env("SHIPMATE_STORE", "memory:")
        .output()
        .await
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(!output.status.success());
    let line = printed.lines().find(|line| line.contains("campaigns:"));
    let line = line.unwrap();
    assert!(
        line.contains("`touchpont`") && line.contains("campaigns.toml"),
        "{line}"
    );
}

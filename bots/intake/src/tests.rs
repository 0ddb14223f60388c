//! Whole conversations, in the sandbox.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use shipmate::{
    BotSetup, DispatchOptions, ManualClock, Running, Service, Token, WebhookSecrets,
    web1on1::{ConversationId, ConversationStatus, MessageType, Meta, UserId},
};
use shipmate_sandbox::{ConversationSnapshot, Fault, Sandbox, Seed, Webhook};
use tokio::net::TcpListener;

use crate::intake::Intake;

/// A consumer in front of the bot, and an agent beside.
struct Play {
    sandbox: Sandbox,
    conversation: ConversationId,
    agent: UserId,
    bot: UserId,
    clock: ManualClock,
}

impl Play {
    async fn with(settings: serde_json::Value) -> Self {
        let clock = ManualClock::at("2026-03-02T10:00:00Z".parse::<Timestamp>().unwrap());
        let (mut seed, demo) = Seed::demo();
        let mut meta: Meta = serde_json::from_value(settings).unwrap();
        let forms = meta
            .remove("forms")
            .unwrap_or_else(|| json!("test_drive,brochure"));
        let forms = forms
            .as_str()
            .unwrap()
            .replace("test_drive", demo.test_drive.as_str());
        meta.insert(
            "forms".into(),
            forms.replace("brochure", demo.brochure.as_str()).into(),
        );
        seed.instance(&demo.bot, &demo.dealer, meta);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hook = format!("http://{}/webhook", listener.local_addr().unwrap());
        seed.webhook(&demo.bot, Webhook::new(hook).secret("hush"));
        let sandbox = Sandbox::builder()
            .clock(Arc::new(clock.clone()))
            .seed(seed)
            .start()
            .await
            .unwrap();
        let setup = BotSetup::new("intake", Intake::default())
            .token(Token::new(sandbox.bot_token(&demo.bot)).unwrap())
            .secrets(WebhookSecrets::new(["hush".to_owned()]));
        let service = Service::builder(sandbox.url())
            .store_url("memory:")
            .clock(Arc::new(clock.clone()))
            .dispatch(DispatchOptions {
                // The clock stands still while the bot works, so nothing may wait for it.
                reorder_window: Duration::ZERO,
                attempts: 1,
                ..DispatchOptions::default()
            })
            .bot(setup)
            .build()
            .unwrap();
        let running: Running = service.start().await.unwrap();
        tokio::spawn(running.serve(listener, std::future::pending()));
        let conversation = sandbox
            .open_conversation_with(&demo.dealer, "Ann Example")
            .unwrap();
        Self {
            sandbox,
            conversation,
            agent: demo.agent,
            bot: demo.bot.into(),
            clock,
        }
    }

    /// The consumer writes; returns what the bot answers.
    async fn says(&self, text: &str) -> String {
        // Time passes, so that the key's 20 requests per second are never the matter here.
        self.clock.advance(SignedDuration::from_secs(5));
        let before = self.heard().len();
        self.sandbox.contact_says(&self.conversation, text).unwrap();
        self.until(|now| now.told_contact().len() > before).await;
        self.heard().split_off(before).join("\n---\n")
    }

    async fn until(
        &self,
        mut condition: impl FnMut(&ConversationSnapshot) -> bool,
    ) -> ConversationSnapshot {
        let found = self
            .sandbox
            .wait_for(|view| view.conversation(&self.conversation).filter(&mut condition));
        found.await.unwrap()
    }

    fn now(&self) -> ConversationSnapshot {
        self.sandbox.conversation(&self.conversation).unwrap()
    }

    fn heard(&self) -> Vec<String> {
        self.now()
            .told_contact()
            .into_iter()
            .map(str::to_owned)
            .collect()
    }

    async fn closes(&self) -> ConversationSnapshot {
        self.until(|now| !now.pending.is_empty()).await;
        self.clock.advance(SignedDuration::from_secs(5));
        self.until(|now| now.status() == Some(&ConversationStatus::Closed))
            .await
    }

    fn assert_within_limits(&self) {
        let report = self.sandbox.report();
        assert_eq!(report.refused_total(), 0, "{report:?}");
    }
}

#[tokio::test]
async fn a_whole_intake_ends_with_a_summary_a_report_and_a_closed_conversation() {
    let play = Play::with(json!({})).await;
    assert!(play.says("hi").await.contains("What is it about?"));
    for (answer, next) in [
        ("test drive", "What is your name?"),
        ("Ann Example", "e-mail"),
        ("not an address", "e-mail"),
        ("ann@example.com", "number"),
        ("skip", "old"),
        ("17", "18"),
        ("34", "day"),
        ("12 March 2026", "model"),
        ("SUV", "engine"),
        ("2", "driving licence"),
        ("2001-02-30", "driving licence"),
        ("2001-02-28", "trade in"),
        ("yes", "Anything else"),
    ] {
        let heard = play.says(answer).await;
        assert!(heard.contains(next), "{answer}: {heard}");
    }
    let summary = play.says("See you!\n/leave").await;
    assert!(
        summary.contains("ann@example.com") && summary.contains("12 March 2026"),
        "{summary}"
    );
    let end = play.closes().await;
    let fields = end.fields.values().next().unwrap();
    assert_eq!(fields["day"], "2026-03-12");
    assert_eq!(fields["model"], "suv");
    assert_eq!(fields["remarks"], "See you! /leave");
    assert!(!fields.contains_key("phone"));
    let report = end
        .messages
        .iter()
        .find(|message| message.kind == MessageType::Report)
        .unwrap();
    let values = &report.results.as_ref().unwrap()[0]["values"];
    assert_eq!(values["remarks"], "See you!\n/leave");
    assert_eq!(end.variable("intake"), Some("complete"));
    play.assert_within_limits();
}

#[tokio::test]
async fn the_references_form_is_an_intake() {
    let play = Play::with(json!({"forms": "brochure"})).await;
    assert!(play.says("hi").await.contains("Appointment Date"));
    assert!(play.says("2026-02-30").await.contains("Appointment Date"));
    assert!(play.says("2026-02-28").await.contains("2026-02-28"));
    play.closes().await;
    play.assert_within_limits();
}

#[tokio::test]
async fn ten_wrong_answers_in_a_row_never_trip_a_limit() {
    let play = Play::with(json!({"forms": "test_drive", "attempts": "20"})).await;
    play.says("hi").await;
    play.says("Ann Example").await;
    for attempt in 1..=10 {
        let heard = play.says("no address").await;
        assert!(heard.contains("e-mail"), "attempt {attempt}: {heard}");
    }
    assert!(play.says("ann@example.com").await.contains("number"));
    play.assert_within_limits();
}

#[tokio::test]
async fn when_attempts_run_out_a_person_gets_the_answers_so_far() {
    let play = Play::with(json!({"forms": "test_drive", "attempts": "3"})).await;
    play.says("hi").await;
    play.says("Ann Example").await;
    play.says("x").await;
    play.says("y").await;
    assert!(play.says("z").await.contains("colleague"));
    let end = play
        .until(|now| now.commands().iter().any(|text| text.contains("/notify")))
        .await;
    let note = end
        .messages
        .iter()
        .find(|message| message.is_backchannel)
        .unwrap();
    assert!(
        note.text.contains("Ann Example") && note.text.contains("e-mail"),
        "{}",
        note.text
    );
    assert_eq!(end.variable("intake"), Some("handed over"));
    play.assert_within_limits();
}

#[tokio::test]
async fn the_bot_gives_way_to_a_person() {
    let play = Play::with(json!({"forms": "test_drive"})).await;
    play.says("hi").await;
    play.sandbox
        .agent_accepts(&play.conversation, &play.agent)
        .unwrap();
    play.until(|now| now.variable("intake") == Some("taken over"))
        .await;
    let before = play.now().sent_by(&play.bot).len();
    play.sandbox
        .contact_says(&play.conversation, "are you a person?")
        .unwrap();
    play.sandbox
        .wait_until(|view| view.unfinished_deliveries() == 0)
        .await
        .unwrap();
    assert_eq!(play.now().told_contact().len(), 1);
    assert!(
        play.now().sent_by(&play.bot).len() <= before + 1,
        "nothing but /leave may follow"
    );
}

#[tokio::test]
async fn an_assignment_starts_the_intake() {
    let play = Play::with(json!({"forms": "test_drive"})).await;
    let bot = play.bot.clone();
    play.sandbox
        .assign_bot(&play.conversation, &play.agent, &bot.into())
        .unwrap();
    let now = play.until(|now| !now.told_contact().is_empty()).await;
    assert!(now.told_contact()[0].contains("What is your name?"));
}

#[tokio::test]
async fn thanks_after_the_end_is_no_new_request_but_a_later_message_is() {
    let play = Play::with(json!({"forms": "brochure"})).await;
    play.says("hi").await;
    play.says("2026-02-28").await;
    play.closes().await;
    play.sandbox
        .contact_says(&play.conversation, "thanks!")
        .unwrap();
    play.sandbox
        .wait_until(|view| view.unfinished_deliveries() == 0)
        .await
        .unwrap();
    play.clock.advance(SignedDuration::from_hours(2));
    assert!(play.says("hello again").await.contains("Appointment Date"));
    assert_eq!(play.heard().len(), 3);
}

#[tokio::test]
async fn who_cannot_choose_a_form_gets_a_person() {
    let play = Play::with(json!({"attempts": "4"})).await;
    play.says("hi").await;
    let mut asked = std::collections::BTreeSet::new();
    for _ in 0..3 {
        asked.insert(play.says("bananas").await);
    }
    assert_eq!(asked.len(), 3, "in other words each time: {asked:?}");
    assert!(play.says("bananas").await.contains("colleague"));
    play.assert_within_limits();
}

#[tokio::test]
async fn a_person_who_simply_writes_has_taken_over() {
    let play = Play::with(json!({"forms": "test_drive"})).await;
    play.says("hi").await;
    play.sandbox
        .agent_says(&play.conversation, &play.agent, "Ann here, how can I help?")
        .unwrap();
    play.until(|now| now.variable("intake") == Some("taken over"))
        .await;
}

#[tokio::test]
async fn when_the_person_has_left_the_intake_goes_on_at_the_same_question() {
    let play = Play::with(json!({"forms": "test_drive"})).await;
    play.says("hi").await;
    play.says("Ann Example").await;
    play.sandbox
        .agent_says(&play.conversation, &play.agent, "Let me help you.")
        .unwrap();
    play.until(|now| now.variable("intake") == Some("taken over"))
        .await;
    play.clock.advance(SignedDuration::from_secs(5));
    play.sandbox
        .contact_says(&play.conversation, "Thank you!")
        .unwrap();
    play.sandbox
        .agent_leaves(&play.conversation, &play.agent)
        .unwrap();
    play.until(|now| now.status() == Some(&ConversationStatus::Closed))
        .await;
    assert!(play.says("ann@example.com").await.contains("number"));
    play.until(|now| now.variable("intake") == Some("resumed"))
        .await;
    play.assert_within_limits();
}

#[tokio::test]
async fn a_person_who_assigns_it_back_makes_the_bot_ask_again() {
    let play = Play::with(json!({"forms": "test_drive"})).await;
    play.says("hi").await;
    play.sandbox
        .agent_accepts(&play.conversation, &play.agent)
        .unwrap();
    play.until(|now| now.variable("intake") == Some("taken over"))
        .await;
    play.clock.advance(SignedDuration::from_secs(5));
    let bot = play.bot.clone();
    play.sandbox
        .assign_bot(&play.conversation, &play.agent, &bot.into())
        .unwrap();
    let now = play.until(|now| now.told_contact().len() == 2).await;
    assert!(now.told_contact()[1].contains("What is your name?"));
    assert!(play.says("Ann Example").await.contains("e-mail"));
}

#[tokio::test]
async fn people_get_the_answers_when_the_platform_refuses_to_show_the_forms() {
    let play = Play::with(json!({"forms": "test_drive"})).await;
    play.says("hi").await;
    play.says("Ann Example").await;
    play.clock.advance(SignedDuration::from_hours(1));
    play.sandbox
        .inject(Fault::answer(400).on("GET", "/forms").always());
    play.sandbox
        .contact_says(&play.conversation, "ann@example.com")
        .unwrap();
    let now = play.until(|now| now.commands().contains(&"/notify")).await;
    let note = now.messages.iter().find(|message| message.is_backchannel);
    let text = &note.unwrap().text;
    assert!(
        text.contains("name") && text.contains("Ann Example") && text.contains("e-mail"),
        "{text}"
    );
}

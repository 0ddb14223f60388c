//! What a conversation's state remembers of an interview.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::interview::{Edition, Interview, Interviewer, Style};

fn edition(version: u32, on_change: &str, question: &str) -> Edition {
    let head = format!("id = 'visit'\nversion = {version}\non_change = '{on_change}'");
    let score = format!("name = 'score'\ntype = 'nps'\ntext = '{question}'");
    Edition::from_toml(&format!("{head}\n[[questions]]\n{score}")).unwrap()
}

/// As it was kept before editions were told apart.
fn kept() -> Value {
    json!({
        "questionnaire": "visit",
        "beganAt": "2026-03-02T10:00:00Z",
        "progress": {"answers": {"score": {"value": 9}}, "order": ["score"]},
        "asked": ["score"],
        "reminders": 1,
    })
}

/// Brought up to this edition.
fn renewed(edition: &Edition, state: Value) -> Interview {
    let mut interview = serde_json::from_value(state).unwrap();
    Interviewer::of(edition, Style::default()).renew(Timestamp::UNIX_EPOCH, &mut interview);
    interview
}

#[test]
fn what_was_kept_without_a_version_is_of_the_current_one() {
    let before: Interview = serde_json::from_value(kept()).unwrap();
    assert_eq!(before.version(), None);
    assert_eq!(serde_json::to_value(&before).unwrap(), kept());
    let interview = renewed(&edition(2, "restart", "A score?"), kept());
    assert_eq!(interview.version(), Some(2));
    assert_eq!(interview.progress, before.progress);
}

#[test]
fn a_pinned_survey_is_kept_and_others_are_not() {
    for (on_change, is_kept) in [("pin", true), ("migrate", false), ("restart", false)] {
        let interview = renewed(&edition(1, on_change, "A score?"), kept());
        let state = serde_json::to_value(&interview).unwrap();
        assert_eq!(state["edition"]["version"], 1);
        assert_eq!(state["edition"].get("pinned").is_some(), is_kept);
        let read: Interview = serde_json::from_value(state).unwrap();
        assert_eq!(read, interview);
    }
}

#[test]
fn a_pinned_survey_that_cannot_be_used_any_more_does_not_block_the_conversation() {
    let interview = renewed(&edition(1, "pin", "A score?"), kept());
    let mut state = serde_json::to_value(&interview).unwrap();
    state["edition"]["pinned"]["questions"][0]["type"] = "of-an-earlier-engine".into();
    let interview = renewed(&edition(2, "pin", "A better score?"), state);
    assert_eq!(interview.version(), Some(2));
    assert_eq!(interview.progress.answer("score").unwrap().value, 9);
}

#[test]
fn people_read_the_questions_that_were_answered() {
    let mut interview = renewed(&edition(1, "pin", "A score?"), kept());
    // It has not been brought up to date yet.
    for on_change in ["pin", "migrate"] {
        let edition = edition(2, on_change, "A better score?");
        let interviewer = Interviewer::of(&edition, Style::default());
        let summary = interviewer.summary(&interview).to_string();
        assert!(summary.contains("A score? 9"), "{summary}");
        assert_eq!(interviewer.values(&interview)["score"], 9);
    }
    // It is of a survey that is not at hand.
    interview.edition = None;
    interview.questionnaire = "other".into();
    let edition = edition(1, "pin", "A score?");
    let summary = Interviewer::of(&edition, Style::default()).summary(&interview);
    assert!(summary.to_string().contains("score: 9"), "{summary}");
}

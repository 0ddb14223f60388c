//! Surveys that change while somebody answers.

use serde_json::json;

use super::Play;
use crate::{results::End, testing::containing};

const SCORE: &str = "[[questions]]\nname = 'score'\ntype = 'nps'\ntext = 'A score?'\nhint = ''\n";
const STARS: &str = "[[questions]]\nname = 'score'\ntype = 'csat'\ntext = 'Stars?'\nhint = ''\n";
const WHY: &str = "[[questions]]\nname = 'why'\ntype = 'text'\ntext = 'Why?'\n";
const NAME: &str = "[[questions]]\nname = 'who'\ntype = 'text'\ntext = 'Your name?'\n";
const TOPIC: &str = "[[questions]]\nname = 'topic'\ntype = 'single-choice'\ntext = 'What about?'\noptions = ['price', 'service']\n";
const RENEWED: &str = "Our questions have changed in the meantime.";

fn survey(version: u32, on_change: &str, questions: &[&str]) -> String {
    let questions = questions.concat();
    format!("id = 'visit'\nversion = {version}\non_change = '{on_change}'\n{questions}")
}

/// Ann has given a score and is asked why when the survey changes.
async fn asked_why(on_change: &str, changed: &str) -> Play {
    let play = Play::of(&survey(1, on_change, &[SCORE, WHY, NAME])).await;
    let talk = [("hi", "Hello!\n\nA score?"), ("9", "Why?")];
    play.talk("Ann", &talk).await;
    assert_eq!(play.only_response().await.version, 1);
    play.change(changed).await;
    play
}

#[tokio::test]
async fn who_is_pinned_ends_with_the_version_that_was_begun() {
    let play = asked_why("pin", &survey(2, "pin", &[STARS])).await;
    play.talk("Ann", &[("Fast", "Your name?")]).await;
    // Also over another change, and a crash without one.
    play.change(&survey(3, "pin", &[NAME])).await;
    play.world.crash().await;
    play.talk("Ann", &[("Ann", "")]).await;
    let ann = play.world.contact("Ann");
    ann.expects_variable("end", "completed").await;
    ann.expects_variable("values", "3").await;
    ann.expects_report("why", "Fast").await;
    // Who begins now begins with the new one.
    let talk = [("hi", "Hello!\n\nYour name?"), ("Ben", "")];
    play.talk("Ben", &talk).await;
    let responses = play.responses().await;
    let [anns, bens] = responses.as_slice() else {
        panic!("{responses:?}");
    };
    assert_eq!((anns.version, bens.version), (1, 3));
    assert_eq!(anns.asked, ["score", "why", "who"]);
    assert_eq!(anns.answers["score"], 9);
    assert!(anns.is_complete() && bens.is_complete());
    play.finish().await;
}

#[tokio::test]
async fn a_version_that_says_migrate_takes_over_those_that_were_pinned() {
    let play = asked_why("pin", &survey(2, "migrate", &[WHY, NAME])).await;
    play.talk("Ann", &[("Fast", "Your name?")]).await;
    assert_eq!(play.only_response().await.version, 2);
    play.finish().await;
}

#[tokio::test]
async fn who_is_migrated_answers_what_was_asked_and_then_what_is_new() {
    let changed = survey(2, "migrate", &[TOPIC, SCORE, WHY, NAME]);
    let play = asked_why("migrate", &changed).await;
    let ann = play.world.contact("Ann");
    ann.says("Fast").await;
    ann.expects(containing("What about?")).await;
    // That is no change of anything.
    play.talk("Ann", &[("price", "Your name?"), ("Ann", "")])
        .await;
    ann.expects_variable("end", "completed").await;
    ann.expects_report("why", "Fast").await;
    ann.expects_report("score", "9").await;
    let response = play.only_response().await;
    assert_eq!(response.version, 2);
    assert_eq!(response.asked, ["score", "why", "topic", "who"]);
    let answers = json!({"topic": "price", "score": 9, "why": "Fast", "who": "Ann"});
    assert_eq!(json!(response.answers), answers);
    play.finish().await;
}

#[tokio::test]
async fn a_message_is_no_answer_to_a_question_that_was_not_asked() {
    let play = asked_why("migrate", &survey(2, "migrate", &[SCORE, NAME])).await;
    let renewed = format!("{RENEWED}\n\nYour name?");
    let talk = [("Fast", &*renewed), ("Ann", "")];
    play.talk("Ann", &talk).await;
    let ann = play.world.contact("Ann");
    ann.expects_variable("end", "completed").await;
    ann.expects_report("who", "Ann").await;
    let response = play.only_response().await;
    assert_eq!(
        (response.version, &response.end),
        (2, &Some(End::Completed))
    );
    assert_eq!(response.asked, ["score", "who"]);
    assert_eq!(json!(response.answers), json!({"score": 9, "who": "Ann"}));
    play.finish().await;
}

#[tokio::test]
async fn words_that_mean_the_same_whatever_was_asked_are_understood() {
    let changed = survey(2, "migrate", &[SCORE, NAME]);
    let play = asked_why("migrate", &changed).await;
    let ann = play.world.contact("Ann");
    ann.says("help").await;
    ann.expects("Just answer the question. …\n\nYour name?")
        .await;
    let play = asked_why("migrate", &changed).await;
    let ann = play.world.contact("Ann");
    ann.says("talk to a person").await;
    ann.expects_variable("end", "handed over").await;
    ann.expects_note(containing("A score? 9")).await;
    let play = asked_why("migrate", &changed).await;
    play.talk("Ann", &[("back", "A score?")]).await;
}

#[tokio::test]
async fn who_has_answered_all_that_is_left_is_done() {
    let play = asked_why("migrate", &survey(2, "migrate", &[SCORE])).await;
    play.talk("Ann", &[("Fast", "")]).await;
    let ann = play.world.contact("Ann");
    ann.expects_variable("end", "completed").await;
    let response = play.only_response().await;
    assert_eq!(json!(response.answers), json!({"score": 9}));
    play.finish().await;
}

#[tokio::test]
async fn an_answer_that_is_not_valid_any_more_is_asked_for_again() {
    // The version is raised, lowered, and forgotten to be raised.
    for version in [7, 3, 5] {
        let play = Play::of(&survey(5, "migrate", &[SCORE, WHY])).await;
        let talk = [("hi", "Hello!\n\nA score?"), ("9", "Why?")];
        play.talk("Ann", &talk).await;
        play.change(&survey(version, "migrate", &[STARS, WHY]))
            .await;
        play.talk("Ann", &[("Fast", "Stars?"), ("4", "")]).await;
        let ann = play.world.contact("Ann");
        ann.expects_variable("end", "completed").await;
        let response = play.only_response().await;
        assert_eq!(response.version, version);
        assert_eq!(json!(response.answers), json!({"score": 4, "why": "Fast"}));
        play.finish().await;
    }
}

#[tokio::test]
async fn a_number_means_the_option_that_was_shown_under_it() {
    let play = Play::of(&survey(1, "migrate", &[TOPIC])).await;
    let ann = play.world.contact("Ann");
    ann.says("hi").await;
    ann.expects(containing("What about?")).await;
    let turned = TOPIC.replace("'price', 'service'", "'service', 'price'");
    play.change(&survey(2, "migrate", &[&turned])).await;
    ann.says("1").await;
    ann.expects(containing(RENEWED)).await;
    ann.says("1").await;
    ann.expects_report("topic", "service").await;
    play.finish().await;
}

#[tokio::test]
async fn a_text_that_is_put_better_changes_nothing() {
    let better = WHY.replace("Why?", "Why so?");
    let play = asked_why("migrate", &survey(1, "restart", &[SCORE, &better, NAME])).await;
    let talk = [("Fast", "Your name?"), ("Ann", "")];
    play.talk("Ann", &talk).await;
    let ann = play.world.contact("Ann");
    ann.expects_report("why", "Fast").await;
    play.finish().await;
}

#[tokio::test]
async fn who_begins_again_is_asked_whether_the_answers_are_still_right() {
    let play = asked_why("restart", &survey(2, "restart", &[SCORE, NAME, WHY])).await;
    let again = format!("{RENEWED}\n\nA score?\nI have this noted: 9\nIs that still right?");
    // What was asked last is answered; the rest begins again.
    let talk = [("Fast", &*again), ("yes", "Your name?"), ("Ann", "")];
    play.talk("Ann", &talk).await;
    let ann = play.world.contact("Ann");
    ann.expects_variable("end", "completed").await;
    let response = play.only_response().await;
    assert_eq!(response.version, 2);
    assert_eq!(response.asked, ["score", "who"]);
    let answers = json!({"score": 9, "who": "Ann", "why": "Fast"});
    assert_eq!(json!(response.answers), answers);
    play.finish().await;
}

#[tokio::test]
async fn who_has_answered_nothing_yet_begins_again_without_a_word() {
    let play = Play::of(&survey(1, "restart", &[SCORE, WHY])).await;
    play.talk("Ann", &[("hi", "Hello!\n\nA score?")]).await;
    play.change(&survey(2, "restart", &[SCORE, NAME])).await;
    play.talk("Ann", &[("9", "Your name?")]).await;
    play.finish().await;
}

#[tokio::test]
async fn a_yes_confirms_what_was_shown_and_nothing_else() {
    let play = asked_why("restart", &survey(2, "restart", &[SCORE, WHY, NAME])).await;
    let ann = play.world.contact("Ann");
    ann.says("Fast").await;
    ann.expects(containing("A score?\nI have this noted: 9"))
        .await;
    // It changes again: the same is still asked, and then what was known of the other.
    play.change(&survey(3, "restart", &[WHY, SCORE])).await;
    ann.says("yes").await;
    ann.expects(containing("Why?\nI have this noted: Fast"))
        .await;
    // Now the question is another one.
    let number = WHY.replace("'text'", "'number'");
    play.change(&survey(4, "migrate", &[TOPIC, &number])).await;
    ann.says("yes").await;
    let renewed = format!("{RENEWED}\n\nWhat about?");
    ann.expects(containing(renewed)).await;
}

#[tokio::test]
async fn a_reminder_asks_what_is_open_now() {
    let play = asked_why("migrate", &survey(2, "migrate", &[SCORE, NAME])).await;
    play.world.advance("1h").await;
    let ann = play.world.contact("Ann");
    ann.expects("Are you still there? …\n\nYour name?").await;
    ann.says("Ann").await;
    ann.expects_variable("end", "completed").await;
    ann.expects_report("who", "Ann").await;
    play.finish().await;
}

#[tokio::test]
async fn a_reminder_of_nothing_ends_it_in_silence() {
    let play = asked_why("migrate", &survey(2, "migrate", &[SCORE])).await;
    play.world.advance("1h").await;
    let ann = play.world.contact("Ann");
    ann.expects_silence().await;
    ann.expects_variable("end", "completed").await;
    assert!(play.only_response().await.is_complete());
}

#[tokio::test]
async fn a_reminder_keeps_who_is_pinned() {
    let play = asked_why("pin", &survey(2, "pin", &[NAME])).await;
    play.world.advance("1h").await;
    let ann = play.world.contact("Ann");
    ann.expects("Are you still there? …\n\nWhy?").await;
    play.world.advance("2h").await;
    ann.expects_variable("end", "abandoned").await;
    let response = play.only_response().await;
    assert_eq!(
        (response.version, &response.end),
        (1, &Some(End::Abandoned))
    );
    assert_eq!(json!(response.answers), json!({"score": 9}));
}

#[tokio::test]
async fn another_survey_takes_no_answers_over() {
    let other = survey(1, "migrate", &[NAME, SCORE]).replace("visit", "other");
    let play = asked_why("migrate", &other).await;
    let renewed = format!("{RENEWED}\n\nYour name?");
    let talk = [("Fast", &*renewed), ("Ann", "A score?"), ("3", "")];
    play.talk("Ann", &talk).await;
    let responses = play.responses().await;
    let [visit, other] = responses.as_slice() else {
        panic!("{responses:?}");
    };
    assert_eq!((&*visit.survey, &visit.end), ("visit", &None));
    assert_eq!((&*other.survey, other.is_complete()), ("other", true));
    assert_eq!(json!(other.answers), json!({"who": "Ann", "score": 3}));
    play.finish().await;
}

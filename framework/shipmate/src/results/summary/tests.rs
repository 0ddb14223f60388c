mod properties;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::*;
use crate::{
    form::{Kind, Measure, Moment},
    results::{Share, shares},
};

/// Everything that is counted in a way of its own.
pub(crate) fn questionnaire() -> Questionnaire {
    let topics = [("price", 2), ("staff", 5)];
    let abc = [("a", 0), ("b", 0), ("c", 0)];
    Questionnaire::of_questions(vec![
        Question::of_measure("score", "How likely?", Measure::Nps),
        Question::of_kind("why", "Why?", Kind::Lines).asked_when("score <= 6"),
        Question::of_measure("sat", "Satisfied?", Measure::Csat),
        Question::of_kind("topic", "What about?", Kind::OneOf).with_choices(&topics),
        Question::of_kind("likes", "What do you like?", Kind::SeveralOf).with_choices(&abc),
        Question::of_kind("rank", "In which order?", Kind::Ranking).with_choices(&abc),
        Question::of_kind("age", "How old?", Kind::Number),
        Question::of_kind("day", "When?", Kind::Moment(Moment::Date)),
        Question::of_kind("mail", "Your address?", Kind::Email),
    ])
}

/// A response of `seconds` with these answers.
fn response(seconds: i64, answers: &Value, end: Option<End>) -> Response {
    let began = Timestamp::UNIX_EPOCH;
    let answers = answers.as_object().unwrap().clone();
    Response {
        updated_at: began + SignedDuration::from_secs(seconds),
        asked: answers.keys().cloned().collect(),
        answers: answers.into_iter().collect(),
        end,
        ..Response::begin("visit", 1, Locale::En, began)
    }
}

/// Six: three complete ones, one under way, one abandoned, one screened out.
pub(crate) fn responses() -> Vec<Response> {
    let mut first = response(
        60,
        &json!({"score": 9, "sat": 5, "topic": "price", "likes": ["a", "b"],
            "rank": ["a", "b", "c"], "age": 30, "day": "2026-03-01", "mail": "ann@example.com"}),
        Some(End::Completed),
    );
    first.score = 2;
    let mut second = response(
        100,
        &json!({"score": 10, "sat": 4, "topic": "staff", "likes": ["b"],
            "rank": ["b", "a", "c"], "age": 41, "day": "2026-03-03", "mail": "ben@example.com"}),
        Some(End::Completed),
    );
    second.score = 5;
    let mut third = response(
        200,
        &json!({"score": 6, "why": "slow", "sat": 2, "topic": "price", "likes": ["a", "c"],
            "rank": ["a", "c", "b"], "day": "2026-03-01"}),
        Some(End::Completed),
    );
    third.score = 2;
    third.skipped = vec!["age".into(), "mail".into()];
    let mut under_way = response(10, &json!({"score": 7}), None);
    under_way.ask("sat");
    let mut abandoned = response(
        300,
        &json!({"score": 0, "why": "bad", "sat": 1}),
        Some(End::Abandoned),
    );
    abandoned.ask("topic");
    abandoned.organization = Some("o1".into());
    let screened_out = response(
        20,
        &json!({"score": 9, "sat": 3}),
        Some(End::ScreenedOut("staff of ours".into())),
    );
    vec![first, second, third, under_way, abandoned, screened_out]
}

pub(in crate::results) fn counted() -> Summary {
    summary(&questionnaire(), &responses())
}

fn question<'a>(summary: &'a Summary, field: &str) -> &'a QuestionSummary {
    let mut questions = summary.questions.iter();
    questions.find(|question| question.field == field).unwrap()
}

#[test]
fn the_whole_survey_by_hand() {
    let summary = counted();
    assert_eq!((summary.started, summary.completed()), (6, 3));
    // 6 began, 3 complete + 1 abandoned + 1 screened out ended.
    assert_eq!(summary.under_way(), 1);
    assert_eq!(summary.ends[&End::ScreenedOut("staff of ours".into())], 1);
    // 3 of 6.
    assert_eq!(summary.completion_rate().unwrap().rounded(1), "50.0");
    // 60, 100, 200: in the middle 100; 360 / 3 = 120.
    assert_eq!(summary.durations.median().unwrap().rounded(0), "100");
    assert_eq!(summary.durations.mean().unwrap().rounded(0), "120");
    // (2 + 5 + 2) / 3 = 3.
    let scores = summary.scores.as_ref().unwrap();
    assert_eq!(scores.mean().unwrap().rounded(1), "3.0");
    assert_eq!((scores.count_of(2), scores.count_of(5)), (2, 1));
    assert_eq!(
        (summary.organizations[""], summary.organizations["o1"]),
        (5, 1)
    );
    assert_eq!((summary.locales[&Locale::En], summary.versions[&1]), (6, 6));
}

#[test]
fn standard_questions_by_hand() {
    let summary = counted();
    // 9, 10, 6, 7, 0, 9: three of 9 and 10, one of 7 and 8, two of 0 to 6; (3 - 2) / 6 = 16.67 %.
    match question(&summary, "score").figure().unwrap() {
        Figure::Nps {
            promoters,
            passives,
            detractors,
            score,
        } => {
            assert_eq!((promoters, passives, detractors), (3, 1, 2));
            assert_eq!(score.rounded(1), "16.7");
        }
        other => panic!("{other:?}"),
    }
    // 5, 4, 2, 1, 3: two of five are 4 or 5.
    let csat = question(&summary, "sat").figure().unwrap();
    assert_eq!(csat, Figure::Csat(Fraction::of(40, 1).unwrap()));
}

#[test]
fn means_of_effort_agreement_and_stars_by_hand() {
    for (measure, given, mean) in [
        // (7 + 4 + 4) / 3 = 5
        (Measure::Ces, [json!(7), json!(4), json!(4)], (15, 3)),
        // (1 + 5 + 4) / 3 = 3.33
        (
            Measure::Likert,
            [json!("1"), json!("5"), json!("4")],
            (10, 3),
        ),
        // (5 + 5 + 1) / 3 = 3.67
        (Measure::Stars, [json!(5), json!(5), json!(1)], (11, 3)),
    ] {
        let question = Question::of_measure("q", "Q", measure);
        let questionnaire = Questionnaire::of_questions(vec![question]);
        let responses = given.map(|value| response(1, &json!({"q": value}), None));
        let summary = summary(&questionnaire, &responses);
        let expected = Fraction::of(mean.0, mean.1).unwrap();
        assert_eq!(
            summary.questions[0].figure(),
            Some(Figure::Mean(expected)),
            "{measure:?}"
        );
    }
}

#[test]
fn choices_by_hand() {
    let summary = counted();
    let Answers::OneOf(topics) = &question(&summary, "topic").answers else {
        panic!()
    };
    let counts: Vec<_> = topics.all().iter().map(|choice| choice.count).collect();
    assert_eq!(counts, [2, 1]);
    // 2/3 = 66.67 %, 1/3 = 33.33 %.
    let shown: Vec<_> = shares(&counts).into_iter().map(Share::permille).collect();
    assert_eq!(shown, [667, 333]);
    let Answers::SeveralOf(likes) = &question(&summary, "likes").answers else {
        panic!()
    };
    let counts: Vec<_> = likes.all().iter().map(|choice| choice.count).collect();
    assert_eq!(counts, [2, 2, 1]);
}

#[test]
fn a_ranking_by_hand() {
    let summary = counted();
    let Answers::Ranking(ranking) = &question(&summary, "rank").answers else {
        panic!()
    };
    let best = ranking.best_first();
    let told: Vec<_> = best
        .iter()
        .map(|it| {
            (
                it.key.as_str(),
                it.points,
                it.first,
                it.mean_place.unwrap().rounded(2),
            )
        })
        .collect();
    // a: places 1, 2, 1: 2 + 1 + 2 points. b: 2, 1, 3: 1 + 2 + 0. c: 3, 3, 2: 0 + 0 + 1.
    assert_eq!(
        told,
        [
            ("a", 5, 2, "1.33".to_owned()),
            ("b", 3, 1, "2.00".to_owned()),
            ("c", 1, 0, "2.67".to_owned()),
        ]
    );
}

#[test]
fn numbers_dates_and_words_by_hand() {
    let summary = counted();
    let age = question(&summary, "age");
    assert_eq!(
        (age.answered, age.skipped, age.open, age.not_asked),
        (2, 1, 0, 3)
    );
    let Answers::Numbers(ages) = &age.answers else {
        panic!()
    };
    // (30 + 41) / 2 = 35.5, both ways.
    assert_eq!(ages.mean(), Fraction::of(71, 2));
    assert_eq!(ages.median(), Fraction::of(71, 2));
    let Answers::Moments(days) = &question(&summary, "day").answers else {
        panic!()
    };
    assert_eq!((days["2026-03-01"], days["2026-03-03"]), (2, 1));
    let Answers::Texts(why) = &question(&summary, "why").answers else {
        panic!()
    };
    let said: Vec<_> = why.latest.iter().map(|said| said.text.as_str()).collect();
    assert_eq!((why.count, said), (2, vec!["bad", "slow"]));
    let mail = &question(&summary, "mail").answers;
    assert_eq!(mail, &Answers::Withheld(2));
}

#[test]
fn the_funnel_by_hand() {
    let summary = counted();
    let steps: Vec<_> = summary
        .funnel()
        .into_iter()
        .map(|step| {
            (
                step.field,
                step.reached,
                step.answered,
                step.left,
                step.waiting,
            )
        })
        .collect();
    assert_eq!(
        steps,
        [
            ("score", 6, 6, 0, 0),
            // Only those who gave 6 and 0.
            ("why", 2, 2, 0, 0),
            // The one under way is here.
            ("sat", 6, 5, 0, 1),
            // The three complete ones, and the one that was left here.
            ("topic", 4, 3, 1, 0),
            ("likes", 3, 3, 0, 0),
            ("rank", 3, 3, 0, 0),
            ("age", 3, 2, 0, 0),
            ("day", 3, 3, 0, 0),
            ("mail", 3, 2, 0, 0),
        ]
    );
}

#[test]
fn answers_to_another_version_are_told_apart() {
    let responses = [
        response(1, &json!({"topic": "parking", "gone": 1}), None),
        response(1, &json!({"topic": {"not": "a key"}, "score": 11}), None),
        response(1, &json!({"score": "nine"}), None),
    ];
    let summary = summary(&questionnaire(), &responses);
    let topic = question(&summary, "topic");
    let Answers::OneOf(topics) = &topic.answers else {
        panic!()
    };
    let other: Vec<_> = topics
        .all()
        .into_iter()
        .filter(|it| !it.is_offered)
        .collect();
    assert_eq!(
        (other.len(), other[0].label.as_str(), other[0].count),
        (1, "parking", 1)
    );
    assert_eq!((topic.answered, topic.unfit), (2, 1));
    let score = question(&summary, "score");
    assert_eq!((score.answered, score.unfit, score.figure()), (2, 2, None));
}

#[test]
fn of_many_words_the_latest_are_kept() {
    let responses: Vec<_> = (0..50)
        .map(|second| response(second, &json!({"why": format!("{second}")}), None))
        .collect();
    let summary = summary(&questionnaire(), &responses);
    let Answers::Texts(why) = &question(&summary, "why").answers else {
        panic!()
    };
    assert_eq!((why.count, why.latest.len()), (50, 20));
    assert_eq!(
        (why.latest[0].text.as_str(), why.latest[19].text.as_str()),
        ("49", "30")
    );
}

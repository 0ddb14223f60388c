//! What holds for any responses.

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::*;

fn any_end() -> impl Strategy<Value = Option<End>> {
    option::of(select(vec![
        End::Completed,
        End::ScreenedOut("minors".into()),
        End::OverQuota("women".into()),
        End::Cancelled,
        End::HandedOver,
        End::GivenUp,
        End::Abandoned,
    ]))
}

fn any_answer() -> impl Strategy<Value = Value> {
    select(vec![
        json!(0),
        json!(3),
        json!(9),
        json!(2.5),
        json!("price"),
        json!("parking"),
        json!("2026-03-01"),
        json!(["a", "c", "b"]),
        json!(["b", "a"]),
        json!(true),
        json!(null),
        json!({"odd": 1}),
    ])
}

const FIELDS: [&str; 10] = [
    "score", "why", "sat", "topic", "likes", "rank", "age", "day", "mail", "gone",
];

/// Any at all, sensible or not.
fn any_response() -> impl Strategy<Value = Response> {
    let fields = || vec(select(FIELDS.to_vec()), 0..10);
    let answers = vec((select(FIELDS.to_vec()), any_answer()), 0..10);
    let numbers = (0_i64..1_000, 1_u32..3, -5_i64..5);
    (fields(), answers, fields(), any_end(), numbers).prop_map(
        |(asked, answers, skipped, end, (seconds, version, score))| {
            let mut response = response(seconds, &json!({}), end);
            for field in asked {
                response.ask(field);
            }
            let answers = answers.into_iter();
            response.answers = answers
                .map(|(field, value)| (field.to_owned(), value))
                .collect();
            response.skipped = skipped.into_iter().map(str::to_owned).collect();
            response.version = version;
            response.score = score;
            response
        },
    )
}

proptest! {
    #[test]
    fn counting_two_halves_is_counting_all(
        one in vec(any_response(), 0..12),
        other in vec(any_response(), 0..12),
    ) {
        let questionnaire = questionnaire();
        let count = |responses: &[Response]| {
            let mut summary = Summary::begin("visit", &questionnaire);
            for response in responses {
 summary.add(response);
}
            summary
        };
        let all = [one.clone(), other.clone()].concat();
        prop_assert_eq!(count(&one).and(count(&other)), count(&all));
        prop_assert_eq!(count(&other).and(count(&one)), count(&all));
    }

    #[test]
    fn the_funnel_never_grows_where_everybody_is_asked(
        responses in vec(any_response(), 0..20),
    ) {
        let summary = summary(&questionnaire(), &responses);
        let mut before = summary.started;
        for step in summary.funnel() {
            prop_assert!(step.answered <= step.reached && step.reached <= summary.started);
            if !step.is_conditional {
                prop_assert!(step.reached <= before, "{:?}", step);
                before = step.reached;
            }
        }
        let gone: u64 = summary.funnel().iter().map(|step| step.left + step.waiting).sum();
        prop_assert!(gone <= summary.started - summary.completed());
    }

    #[test]
    fn every_response_is_in_one_place_of_every_count(
        responses in vec(any_response(), 0..20),
    ) {
        let summary = summary(&questionnaire(), &responses);
        prop_assert_eq!(summary.organizations.values().sum::<u64>(), summary.started);
        prop_assert_eq!(summary.versions.values().sum::<u64>(), summary.started);
        for question in &summary.questions {
            let all = question.answered + question.skipped + question.open + question.not_asked;
            prop_assert_eq!(all, summary.started);
            let counted = match &question.answers {
                Answers::OneOf(choices) => choices.all().iter().map(|it| it.count).sum(),
                Answers::Numbers(given) | Answers::Scale { given, .. } => given.count(),
                Answers::Moments(moments) => moments.values().sum(),
                Answers::Texts(texts) => texts.count,
                Answers::Withheld(count) => *count,
                Answers::SeveralOf(_) | Answers::Ranking(_) => continue,
            };
            prop_assert_eq!(counted + question.unfit, question.answered, "{}", question.field);
        }
    }

    #[test]
    fn a_net_promoter_score_is_the_difference_of_its_shares(
        given in vec(0_u8..=10, 1..60),
    ) {
        let questionnaire = questionnaire();
        let mut summary = Summary::begin("visit", &questionnaire);
        for score in &given {
            summary.add(&response(1, &json!({"score": score}), None));
        }
        let Some(Figure::Nps { promoters, passives, detractors, score }) =
            question(&summary, "score").figure()
        else {
            panic!()
        };
        prop_assert_eq!(promoters + passives + detractors, given.len() as u64);
        let shown: f64 = score.rounded(1).parse().unwrap();
        prop_assert!((-100.0..=100.0).contains(&shown));
    }
}

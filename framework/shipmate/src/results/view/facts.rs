//! What is to be said about a question besides its chart.

use super::{
    super::{Answers, Figure, QuestionSummary, Spread},
    percent,
};
use crate::form::Measure;

/// A name and a value.
type Fact = (&'static str, String);

/// The figures of a question, the most telling first.
pub(in super::super) fn facts(question: &QuestionSummary) -> Vec<(&'static str, String)> {
    let mut facts = figure(question);
    match &question.answers {
        Answers::Numbers(given) => facts.extend(of_numbers(given)),
        Answers::Scale { given, .. } if question.measure.is_none() => {
            facts.extend(of_numbers(given));
        }
        Answers::Ranking(_) => facts.push((
            "Points",
            "of n choices the first gets n - 1, the last none; ⌀ is the mean place".to_owned(),
        )),
        Answers::SeveralOf(_) => {
            facts.push((
                "Shares",
                "of those who answered; several choices each".to_owned(),
            ));
        }
        Answers::Moments(moments) => {
            let ends = moments.keys().next().zip(moments.keys().next_back());
            facts.extend(ends.map(|(first, last)| ("From, to", format!("{first}, {last}"))));
        }
        Answers::Withheld(_) => {
            facts.push(("Answers", "not shown: they identify people".to_owned()));
        }
        _ => {}
    }
    facts.push(("Answered", question.answered.to_string()));
    for (name, count) in [
        ("Skipped", question.skipped),
        ("Without an answer yet", question.open),
        ("Not asked", question.not_asked),
        ("Do not fit the question", question.unfit),
    ] {
        if count > 0 {
            facts.push((name, count.to_string()));
        }
    }
    facts
}

fn figure(question: &QuestionSummary) -> Vec<Fact> {
    match question.figure() {
        None => Vec::new(),
        Some(Figure::Nps {
            promoters,
            passives,
            detractors,
            score,
        }) => {
            let all = promoters + passives + detractors;
            let share = |count| format!("{} ({count})", percent(count, all));
            vec![
                ("Net Promoter Score", score.rounded(0)),
                ("Promoters, 9 and 10", share(promoters)),
                ("Passives, 7 and 8", share(passives)),
                ("Detractors, 0 to 6", share(detractors)),
            ]
        }
        Some(Figure::Csat(share)) => vec![("Satisfied, 4 and 5", format!("{share} %"))],
        Some(Figure::Mean(mean)) => vec![(mean_of(question.measure), mean.rounded(2))],
    }
}

fn mean_of(measure: Option<Measure>) -> &'static str {
    match measure {
        Some(Measure::Ces) => "Mean, 1 hard to 7 easy",
        Some(Measure::Likert) => "Mean, 1 disagree to 5 agree",
        Some(Measure::Stars) => "Mean, of 5 stars",
        _ => "Mean",
    }
}

fn of_numbers(given: &Spread) -> Vec<Fact> {
    let mean = given.mean().map(|mean| ("Mean", mean.rounded(2)));
    let median = given.median().map(|median| ("Median", median.rounded(2)));
    let range = given.lowest().zip(given.highest());
    let range = range.map(|(low, high)| ("From, to", format!("{low}, {high}")));
    [mean, median, range].into_iter().flatten().collect()
}

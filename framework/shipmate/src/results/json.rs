//! A summary for machines.

use serde_json::{Value, json};

use super::{Answers, Figure, Fraction, QuestionSummary, Spread, Summary};

/// The summary as JSON: counts as they are, and figures as numbers with at most 6 digits after the
/// point.
pub fn json(summary: &Summary) -> Value {
    let ends = summary
        .ends
        .iter()
        .map(|(end, count)| json!({"end": end.as_str(), "rule": end.rule(), "responses": count}));
    let funnel = summary.funnel().into_iter().map(|step| {
        json!({
            "field": step.field,
            "conditional": step.is_conditional,
            "reached": step.reached,
            "answered": step.answered,
            "left": step.left,
            "waiting": step.waiting,
        })
    });
    let locales = summary.locales.iter();
    let versions = summary.versions.iter();
    json!({
        "survey": summary.survey,
        "started": summary.started,
        "completed": summary.completed(),
        "underWay": summary.under_way(),
        "completionRate": decimal(summary.completion_rate()),
        "medianSeconds": decimal(summary.durations.median()),
        "ends": ends.collect::<Vec<_>>(),
        "scores": summary.scores.as_ref().map(spread),
        "organizations": summary.organizations,
        "locales": locales.map(|(locale, count)| (locale.tag().to_owned(), (*count).into())).collect::<serde_json::Map<_, _>>(),
        "versions": versions.map(|(version, count)| (version.to_string(), (*count).into())).collect::<serde_json::Map<_, _>>(),
        "funnel": funnel.collect::<Vec<_>>(),
        "questions": summary.questions.iter().map(question).collect::<Vec<_>>(),
    })
}

fn question(question: &QuestionSummary) -> Value {
    json!({
        "field": question.field,
        "label": question.label,
        "measure": question.measure,
        "answered": question.answered,
        "skipped": question.skipped,
        "open": question.open,
        "notAsked": question.not_asked,
        "unfit": question.unfit,
        "figure": question.figure().map(|it| figure(&it)),
        "answers": answers(&question.answers),
    })
}

fn figure(figure: &Figure) -> Value {
    match figure {
        Figure::Nps {
            promoters,
            passives,
            detractors,
            score,
        } => json!({
            "promoters": promoters,
            "passives": passives,
            "detractors": detractors,
            "score": decimal(Some(*score)),
        }),
        Figure::Csat(share) => json!({"satisfied": decimal(Some(*share))}),
        Figure::Mean(mean) => json!({"mean": decimal(Some(*mean))}),
    }
}

fn answers(answers: &Answers) -> Value {
    match answers {
        Answers::OneOf(choices) | Answers::SeveralOf(choices) => {
            let choices = choices.all().into_iter().map(|choice| {
                json!({"key": choice.key, "label": choice.label, "count": choice.count,
                    "offered": choice.is_offered})
            });
            json!({"choices": choices.collect::<Vec<_>>()})
        }
        Answers::Numbers(given) | Answers::Scale { given, .. } => spread(given),
        Answers::Ranking(ranking) => {
            let choices = ranking.best_first().into_iter().map(|choice| {
                json!({"key": choice.key, "label": choice.label, "points": choice.points,
                    "first": choice.first, "meanPlace": decimal(choice.mean_place)})
            });
            json!({"ranking": choices.collect::<Vec<_>>()})
        }
        Answers::Texts(texts) => {
            let latest = texts.latest.iter();
            let latest = latest.map(|said| json!({"at": said.at, "text": said.text}));
            json!({"count": texts.count, "latest": latest.collect::<Vec<_>>()})
        }
        Answers::Moments(moments) => json!({"moments": moments}),
        Answers::Withheld(count) => json!({"withheld": count}),
    }
}

fn spread(given: &Spread) -> Value {
    let counts = given.iter();
    json!({
        "count": given.count(),
        "mean": decimal(given.mean()),
        "median": decimal(given.median()),
        "counts": counts.map(|(number, count)| (number.to_string(), count.into())).collect::<serde_json::Map<_, _>>(),
    })
}

fn decimal(fraction: Option<Fraction>) -> Option<f64> {
    fraction?.rounded(6).parse().ok()
}

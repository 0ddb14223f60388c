//! A summary as a page that needs nothing else: no script, no font, no address.

mod chart;

use base64::{Engine, engine::general_purpose::STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html as markup};
use sha2::{Digest, Sha256};

use self::chart::chart;
use super::{
    Answers, Figure, QuestionSummary, Summary,
    view::{self, Bar},
};

/// The look of the report, in light and in dark, on a telephone and on paper.
const STYLE: &str = include_str!("html/report.css");

/// The summary as a page of its own. It loads nothing and runs nothing; what people wrote is text
/// in it and nothing else.
pub fn html(summary: &Summary) -> String {
    report(summary, &markup! {}).into_string()
}

/// What a page of this kind may do: use its own style.
pub(crate) fn policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'")
}

/// The page, with `around` between the heading and what was counted.
pub(crate) fn report(summary: &Summary, around: &Markup) -> Markup {
    let title = format!("Results of {}", summary.survey);
    markup! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { h1 { (title) } (around) }
                main {
                    (overview(summary))
                    @for (place, question) in (1..).zip(&summary.questions) {
                        (section(place, question))
                    }
                }
                footer {
                    "Shares add up to 100 %: each is rounded down, and the rest goes to those that lost most. "
                    "Other figures are rounded half away from zero."
                }
            }
        }
    }
}

fn overview(summary: &Summary) -> Markup {
    let median = summary.durations.median();
    let score = summary.scores.as_ref().and_then(super::Spread::mean);
    let funnel = view::funnel(summary);
    let steps: Vec<Bar> = funnel.iter().map(|(bar, _)| bar.clone()).collect();
    markup! {
        section {
            h2 { "All in all" }
            ul.figures {
                (figure("began", &summary.started.to_string()))
                (figure("completed", &summary.completed().to_string()))
                (figure("completion rate", &view::percent(summary.completed(), summary.started)))
                @if let Some(median) = &median { (figure("median time", &view::duration(median))) }
                @if let Some(score) = &score { (figure("mean score", &score.to_string())) }
            }
            h3 { "How they ended" }
            (with_table("ends", "How they ended", "End", &view::ends(summary)))
            h3 { "How far they came" }
            div.beside {
                (chart("funnel", "How far they came", &steps))
                table {
                    thead { tr { th scope="col" { "Question" } th.number scope="col" { "Reached" } th scope="col" { "Then" } } }
                    tbody {
                        @for (bar, note) in &funnel {
                            tr { th scope="row" { (bar.label) } td.number { (bar.count) } td { (note) } }
                        }
                    }
                }
            }
            @for (place, (name, bars)) in view::groups(summary).into_iter().enumerate() {
                h3 { (name) }
                (with_table(&format!("group{place}"), name, "Group", &bars))
            }
        }
    }
}

fn figure(name: &str, value: &str) -> Markup {
    markup! { li { strong { (value) } " " span { (name) } } }
}

fn section(place: usize, question: &QuestionSummary) -> Markup {
    let bars = view::bars(question);
    let mut facts = view::facts(question);
    // The most telling one is shown large.
    let headline = question.figure().map(|_| facts.remove(0));
    markup! {
        section {
            h2 { (place) ". " (question.label) }
            @if let Some((name, value)) = headline {
                ul.figures { (figure(name, &value)) }
            }
            @if let Some(Figure::Nps { promoters, passives, detractors, .. }) = question.figure() {
                (chart::balance(&format!("balance{place}"), [detractors, passives, promoters]))
            }
            dl { @for (name, value) in facts { div { dt { (name) } dd { (value) } } } }
            @if !bars.is_empty() && question.answered > 0 {
                (with_table(&format!("question{place}"), &question.label, "Answer", &bars))
            }
            @if let Answers::Texts(texts) = &question.answers {
                @if !texts.latest.is_empty() {
                    h3 { "The latest answers" }
                    ul.said { @for said in &texts.latest { li { (said.text) } } }
                }
            }
        }
    }
}

/// A chart, and beside it the same in numbers.
fn with_table(id: &str, name: &str, what: &str, bars: &[Bar]) -> Markup {
    markup! {
        div.beside {
            (chart(id, name, bars))
            table {
                thead { tr { th scope="col" { (what) } th.number scope="col" { "Count" } th.number scope="col" { "Share" } } }
                tbody {
                    @for bar in bars {
                        tr { th scope="row" { (bar.label) } td.number { (bar.count) } td.number { (bar.shown) } }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::results::{
        summary,
        summary::tests::{counted, questionnaire, responses},
    };

    #[test]
    fn it_needs_nothing_from_elsewhere_and_runs_nothing() {
        let page = html(&counted());
        for word in [
            "<script", "src=", "href=", "url(", "@import", "http:", "https:", " style=",
        ] {
            assert!(!page.contains(word), "{word}");
        }
        let hash = STANDARD.encode(Sha256::digest(STYLE));
        assert!(
            page.contains(&format!("style-src &#39;sha256-{hash}&#39;"))
                || page.contains(&format!("style-src 'sha256-{hash}'"))
        );
    }

    #[test]
    fn what_people_wrote_is_text_and_nothing_else() {
        let mut responses = responses();
        let hostile = "</style></desc><script>alert(1)</script><img src=x onerror=\"alert(1)\">";
        for response in &mut responses {
            for field in ["why", "topic", "day"] {
                response.answers.insert(field.into(), hostile.into());
            }
            response.survey = hostile.into();
            response.organization = Some(hostile.into());
        }
        let page = html(&summary(&questionnaire(), &responses));
        assert!(page.contains("&lt;script&gt;"));
        for word in ["<script", "<img"] {
            assert!(!page.contains(word), "{word}");
        }
        assert_eq!(page.matches("</style>").count(), 1);
    }

    #[test]
    fn every_chart_has_a_name_a_description_and_ids_of_its_own() {
        let page = html(&counted());
        let charts = page.matches("<svg").count();
        assert!(charts > 6, "{charts}");
        assert_eq!(page.matches("role=\"img\"").count(), charts);
        assert_eq!(page.matches("<desc id=").count(), charts);
        let ids: Vec<_> = page
            .split(" id=\"")
            .skip(1)
            .map(|rest| rest.split('"').next())
            .collect();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
        assert_eq!(ids.len(), charts * 2);
    }
}

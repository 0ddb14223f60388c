//! What surveys found out: the report, and by which responses.

use axum::{
    extract::{Query, State},
    response::{Html, IntoResponse, Response},
};
use http::{HeaderName, StatusCode};
use maud::{Markup, html};
use serde::Deserialize;

use super::Console;
use crate::{
    results::{Filter, policy, report},
    store::StoreError,
    surveys::{NoDay, Survey, Surveys, Wanted, beginning, ending},
    why::plain,
};

/// Which responses are asked for. What is empty does not matter.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    bot: String,
    survey: String,
    from: String,
    to: String,
    organization: String,
}

/// The surveys, with links to their reports.
pub(super) fn list(surveys: &Surveys) -> Markup {
    html! {
        @if surveys.all().is_empty() { p { "No bot has surveys." } }
        ul {
            @for survey in surveys.all() {
                @let address = format!("/results?{}", query(survey));
                li { a href=(address) { (plain(&survey.id)) } " of " (survey.bot) }
            }
        }
    }
}

fn query(survey: &Survey) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .append_pair("bot", &survey.bot)
        .append_pair("survey", &survey.id)
        .finish()
}

pub(super) async fn show(State(console): State<Console>, Query(asked): Query<Asked>) -> Response {
    let surveys = console.surveys.all();
    let is_asked = |survey: &&Survey| *survey.bot == asked.bot && survey.id == asked.survey;
    let Some(survey) = surveys.iter().find(is_asked) else {
        return (StatusCode::NOT_FOUND, "there is no such survey").into_response();
    };
    let wanted = match asked.wanted() {
        Ok(wanted) => wanted,
        Err(error) => return (StatusCode::BAD_REQUEST, plain(&error.to_string())).into_response(),
    };
    let page = survey.summary(&*console.store, &wanted).await;
    answer(page.map(|summary| report(&summary, &around(&asked))))
}

/// Only what has been asked narrows the report.
fn around(asked: &Asked) -> Markup {
    let day = |name: &str, words: &str, value: &str| {
        html! {
            label { (words) input name=(name) value=(value) placeholder="2026-03-04" size="22"; }
        }
    };
    html! {
        nav { a href="/" { "Back" } }
        form method="get" action="/results" {
            input type="hidden" name="bot" value=(asked.bot);
            input type="hidden" name="survey" value=(asked.survey);
            (day("from", "Began on this day (UTC) or later", &asked.from))
            (day("to", "Began on this day (UTC) or earlier", &asked.to))
            label { "Organization, by id" input name="organization" value=(asked.organization) size="26"; }
            button { "Show" }
        }
    }
}

impl Asked {
    fn wanted(&self) -> Result<Wanted, NoDay> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Ok(Wanted {
            from: given(&self.from).map(|day| beginning(&day)).transpose()?,
            until: given(&self.to).map(|day| ending(&day)).transpose()?,
            filter: Filter {
                organization: given(&self.organization),
                ..Filter::default()
            },
        })
    }
}

/// As every answer of the page, but with the style of the report.
fn answer(page: Result<Markup, StoreError>) -> Response {
    let policy = format!("{}; frame-ancestors 'none'", policy());
    let mut response = match page {
        Ok(page) => Html(page.into_string()).into_response(),
        Err(error) => return super::answer(Err(error)),
    };
    let headers = response.headers_mut();
    for (name, value) in super::headers(&policy) {
        if let Ok(value) = value.parse() {
            headers.insert::<HeaderName>(name, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_stands_in_the_form_as_text() {
        let asked = Asked {
            organization: "\"><script>".into(),
            ..Asked::default()
        };
        let page = around(&asked).into_string();
        assert!(!page.contains("<script"), "{page}");
    }

    #[test]
    fn a_day_that_is_none_is_told() {
        let asked = Asked {
            from: "yesterday".into(),
            ..Asked::default()
        };
        let error = asked.wanted().unwrap_err().to_string();
        assert!(error.contains("2026-03-04"), "{error}");
        assert!(Asked::default().wanted().unwrap().from.is_none());
    }
}

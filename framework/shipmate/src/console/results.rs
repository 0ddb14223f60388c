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
    use std::sync::Arc;

    use axum::body::Body;
    use http::{Request, header};
    use tower::ServiceExt;

    use super::*;
    use crate::{
        Bot, BotSetup, Message, NoConfig, Outcome, Result, Service, Token, Turn, WebhookSecrets,
        results::{Response as Answered, summary::tests::questionnaire},
        service::Running,
        store::{SqliteStore, Store, for_test::keep},
    };

    struct Silent;

    impl Bot for Silent {
        type State = ();
        type Config = NoConfig;

        async fn on_message(&self, turn: &mut Turn<Self>, _: &Message) -> Result<Outcome> {
            turn.done()
        }
    }

    /// A store with one response, kept by the bot `desk`.
    async fn answered() -> Arc<dyn Store> {
        let store = SqliteStore::in_memory().unwrap();
        let now = "2026-03-04T12:00:00Z".parse().unwrap();
        let mut response = Answered::begin("visit", 1, crate::form::Locale::En, now);
        response.answers.insert("why".into(), "<script>slow".into());
        keep(&store, vec![response]).await;
        Arc::new(store)
    }

    async fn running() -> Running {
        let setup = BotSetup::new("desk", Silent)
            .token(Token::new("64aa00000000000000000001").unwrap())
            .secrets(WebhookSecrets::new(["s3cret".to_owned()]))
            .questionnaire("visit", questionnaire());
        // Nothing answers there; the page does not need it.
        let service = Service::builder("http://127.0.0.1:9").bot(setup);
        let service = service.store(answered().await).build().unwrap();
        service.start().await.unwrap()
    }

    async fn get(running: &Running, path: &str) -> (StatusCode, String, String) {
        let request = Request::get(path).header(header::HOST, "localhost");
        let request = request.body(Body::empty()).unwrap();
        let response = running.console(None).oneshot(request).await.unwrap();
        let policy = response.headers().get(header::CONTENT_SECURITY_POLICY);
        let policy = policy.map_or(String::new(), |it| it.to_str().unwrap().to_owned());
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await;
        let body = String::from_utf8(body.unwrap().to_vec()).unwrap();
        (status, policy, body)
    }

    #[tokio::test]
    async fn the_page_shows_the_report_of_each_survey_under_a_policy_without_scripts() {
        let running = running().await;
        let (_, _, overview) = get(&running, "/").await;
        assert!(
            overview.contains("/results?bot=desk&amp;survey=visit"),
            "{overview}"
        );
        let (status, policy, page) = get(&running, "/results?bot=desk&survey=visit").await;
        assert_eq!(status, StatusCode::OK);
        assert!(
            policy.starts_with("default-src 'none'; style-src 'sha256-"),
            "{policy}"
        );
        assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");
        assert!(
            page.contains("<strong>1</strong> <span>began</span>"),
            "{page}"
        );
        assert!(
            page.contains("&lt;script&gt;slow") && !page.contains("<script"),
            "{page}"
        );
        running.stop().await;
    }

    #[tokio::test]
    async fn what_is_asked_narrows_the_report_or_is_refused() {
        let running = running().await;
        let path = "/results?bot=desk&survey=visit";
        for (more, began) in [
            ("&from=2026-03-04&to=2026-03-04", 1),
            ("&from=2026-03-05", 0),
            ("&organization=elsewhere", 0),
            ("&organization=+&to=", 1),
        ] {
            let (status, _, page) = get(&running, &format!("{path}{more}")).await;
            assert_eq!(status, StatusCode::OK, "{more}");
            let figure = format!("<strong>{began}</strong> <span>began</span>");
            assert!(page.contains(&figure), "{more}: {page}");
        }
        let (status, _, words) = get(&running, &format!("{path}&from=March")).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(words.contains("such as `2026-03-04`"), "{words}");
        let (status, _, _) = get(&running, "/results?bot=desk&survey=none").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        running.stop().await;
    }

    #[test]
    fn what_is_asked_stands_in_the_form_as_text() {
        let asked = Asked {
            organization: "\"><script>".into(),
            ..Asked::default()
        };
        let page = around(&asked).into_string();
        assert!(!page.contains("<script"), "{page}");
    }
}

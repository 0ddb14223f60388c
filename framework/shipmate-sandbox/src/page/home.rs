//! The overview: limits and bots.

use axum::extract::{RawQuery, State as Shared};
use maud::{Markup, html};

use super::{
    Page,
    answer::Answer,
    bots,
    filter::Filter,
    layout::{self, Frame},
    limits, quirks,
    scene::Scene,
};
use crate::directory::{Object, text};

/// `GET /`
pub(super) async fn show(Shared(page): Shared<Page>, RawQuery(query): RawQuery) -> Answer {
    let filter = Filter::read(query.as_deref());
    page.scene(&filter, None, |scene| {
        let main = html! {
            main #main .home tabindex="-1" {
                section.card aria-labelledby="bots-title" {
                    h2 #bots-title { "Bots" }
                    p.hint { "The API is at " code { (scene.state.api_url()) } }
                    div data-panel="bots" data-testid="bots" { (bots::list(scene)) }
                    (bots::new_bot(scene.state))
                }
                section.card aria-labelledby="quirks-title" {
                    h2 #quirks-title { "Behaviour" }
                    p.hint { "What the platform does where its documents are silent" }
                    (quirks::form(scene.state.quirks))
                }
                section.card aria-labelledby="limits-title" {
                    h2 #limits-title { "Limits" }
                    div data-panel="limits" data-testid="limit-report" { (limits::report(scene.state, scene.now)) }
                }
            }
        };
        let frame = Frame {
            title: "Overview",
            live: "",
            view: "home",
            heading: html! { h1.title { "Overview" } },
            main,
        };
        Answer::Html(layout::page(scene, &frame))
    })
}

/// `GET /panels`
pub(super) async fn panels(Shared(page): Shared<Page>, RawQuery(query): RawQuery) -> Answer {
    let filter = Filter::read(query.as_deref());
    page.scene(&filter, None, |scene| {
        Answer::Html(layout::panels(scene, &own_panels(scene)))
    })
}

fn own_panels(scene: Scene<'_>) -> Markup {
    html! {
        div data-panel="bots" { (bots::list(scene)) }
        div data-panel="limits" { (limits::report(scene.state, scene.now)) }
    }
}

pub(super) fn name_of(resource: &Object) -> &str {
    text(resource, "displayName")
        .or_else(|| text(resource, "name"))
        .unwrap_or("(no name)")
}

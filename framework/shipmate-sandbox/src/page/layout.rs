//! What all pages share.

use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};

use super::{clock, faults, scene::Scene, switcher};
use crate::clock::iso;

/// What one page has of its own.
pub(super) struct Frame<'a> {
    pub(super) title: &'a str,
    /// The address below which its `panels` and `events` are.
    pub(super) live: &'a str,
    /// Which kind of page it is, for the style.
    pub(super) view: &'a str,
    /// In the bar, beside the name of the sandbox.
    pub(super) heading: Markup,
    pub(super) main: Markup,
}

/// A whole page.
pub(super) fn page(scene: Scene<'_>, frame: &Frame<'_>) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (frame.title) " · Web1on1 sandbox" }
                link rel="icon" href="/icon.svg";
                link rel="stylesheet" href="/style.css";
                script src="/page.js" defer {}
            }
            body data-live=(frame.live) data-view=(frame.view) {
                a.skip href="#main" { "Skip to the content" }
                (bar(scene, frame))
                div.banners data-panel="banner" { (faults::banner(scene.state)) }
                div.workspace {
                    (switcher::switcher(scene))
                    (frame.main)
                }
                p #problem .problem role="alert" hidden {}
                p #told .told role="status" hidden {}
            }
        }
    }
}

fn bar(scene: Scene<'_>, frame: &Frame<'_>) -> Markup {
    html! {
        header.bar {
            button.small.drawer type="button" data-drawer aria-controls="switcher" aria-expanded="false"
                aria-label="Conversations" { span aria-hidden="true" { "☰" } }
            a.brand href={ "/" (scene.filter.query()) } aria-label="Sandbox: overview" {
                span.mark aria-hidden="true" {}
                span.word { "Sandbox" }
            }
            div.heading { (frame.heading) }
            (site(frame.view))
            (clock::control(scene))
        }
    }
}

/// The pages beside the conversations.
fn site(view: &str) -> Markup {
    let is_here = |name| (view == name).then_some("page");
    html! {
        nav.site aria-label="Pages" {
            a href="/" aria-current=[is_here("home")] { "Overview" }
            a href="/journal" aria-current=[is_here("journal")] data-testid="journal-link" { "Journal" }
            a href="/faults" aria-current=[is_here("faults")] data-testid="faults-link" { "Faults" }
        }
    }
}

/// The parts that every page keeps current, and those of one page.
pub(super) fn panels(scene: Scene<'_>, own: &Markup) -> Markup {
    html! {
        div data-panel="banner" { (faults::banner(scene.state)) }
        div data-panel="clock" { (clock::shown(scene.now)) }
        div data-panel="threads" { (switcher::threads(scene)) }
        (own)
    }
}

/// A time of day, in UTC.
pub(super) fn time_of_day(at: Option<Timestamp>) -> Markup {
    html! {
        @if let Some(at) = at {
            time.at datetime=(iso(at)) title=(iso(at)) { (at.strftime("%H:%M:%S")) }
        }
    }
}

/// Where a conversation stands.
pub(super) fn status(status: &str) -> Markup {
    html! { span.status data-status=(status) { (status) } }
}

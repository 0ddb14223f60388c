//! What all pages share.

use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};

use crate::clock::iso;

/// A whole page. `live` is the address below which its `panels` and `events` are.
pub(super) fn page(title: &str, live: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Web1on1 sandbox" }
                link rel="icon" href="/icon.svg";
                link rel="stylesheet" href="/style.css";
                script src="/page.js" defer {}
            }
            body data-live=(live) {
                (body)
                p #problem .problem role="alert" hidden {}
            }
        }
    }
}

/// The bar at the top.
pub(super) fn bar(now: Timestamp, can_move: bool, middle: &Markup) -> Markup {
    html! {
        header.bar {
            a.brand href="/" aria-label="All conversations" {
                span.mark aria-hidden="true" {}
                span.word { "Sandbox" }
            }
            (middle)
            div.clock {
                div data-panel="clock" { (clock(now)) }
                @if can_move {
                    form action="/clock" method="post" data-quiet aria-label="Move the sandbox's clock" {
                        button.small name="minutes" value="3" data-testid="clock-3-minutes" title="Move the clock 3 minutes forward" { "+3 min" }
                        button.small name="minutes" value="60" data-testid="clock-1-hour" title="Move the clock an hour forward" { "+1 h" }
                    }
                }
            }
        }
    }
}

/// The platform's time, in UTC.
pub(super) fn clock(now: Timestamp) -> Markup {
    html! {
        time data-testid="clock" datetime=(iso(now)) title="The platform's time, in UTC" {
            (now.strftime("%a %d %b %H:%M"))
        }
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

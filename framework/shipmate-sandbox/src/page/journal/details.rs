//! Everything about one entry of the journal.

use axum::extract::{Path, State as Shared};
use maud::{Markup, html};
use serde_json::Value;

use crate::{
    ApiCall, DeliveryAttempt, Entry, Refusal, Signature,
    journal::Body,
    page::{Page, answer::Answer},
};

/// `GET /journal/{number}`: what was sent and what was answered.
pub(in crate::page) async fn details(
    Shared(page): Shared<Page>,
    Path(number): Path<u64>,
) -> Answer {
    page.platform.look(|state, _| {
        let before = number.saturating_sub(1);
        let entry = state.journal.after(before).next();
        match entry.filter(|entry| entry.number() == number) {
            Some(Entry::Call(call)) => Answer::Html(of_call(call)),
            Some(Entry::Delivery(attempt)) => Answer::Html(of_delivery(attempt)),
            Some(Entry::Act(_)) => Answer::Html(html! { p.empty { "Nothing was sent." } }),
            None => Refusal::not_found("entry", &number.to_string()).into(),
        }
    })
}

fn of_call(call: &ApiCall) -> Markup {
    html! {
        p.address { code { (call.method) " " (call.path) @if let Some(query) = &call.query { "?" (query) } } }
        (body("Request", &call.request))
        @match &call.answer {
            Some(answer) => { (body("Answer", answer)) }
            None => { p.hint { "No answer yet" } }
        }
    }
}

fn of_delivery(attempt: &DeliveryAttempt) -> Markup {
    let signature = match attempt.signature {
        Signature::NoSecret => "not signed, since the webhook has no secret",
        Signature::Right => "signed with the webhook's secret",
        Signature::Wrong => "signed with a wrong secret, on purpose",
        Signature::Missing => "not signed, on purpose",
    };
    html! {
        p.address { code { "POST " (attempt.url) } }
        p.hint { "Delivery " (attempt.delivery) ", attempt " (attempt.attempt) "; " (signature) "." }
        @if let crate::AttemptOutcome::Failed { problem } = &attempt.outcome { p.full { (problem) } }
        (body("Body", &attempt.body))
    }
}

/// A body for reading, and as it was sent if that differs.
fn body(name: &str, body: &Body) -> Markup {
    let pretty = serde_json::from_str::<Value>(&body.text)
        .ok()
        .and_then(|value| serde_json::to_string_pretty(&value).ok())
        .filter(|pretty| *pretty != *body.text);
    html! {
        p.label {
            (name) ", " (body.bytes) " bytes"
            @if body.is_cut { "; only the beginning was kept" }
            @if body.is_redacted { "; secrets were taken out" }
        }
        @if body.text.is_empty() {
        } @else if let Some(pretty) = pretty {
            pre.body tabindex="0" { (pretty) }
            details.as-sent { summary { "As it was sent" } pre.body tabindex="0" { (body.text) } }
        } @else {
            pre.body tabindex="0" { (body.text) }
        }
    }
}

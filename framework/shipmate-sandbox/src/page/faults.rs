//! Faults: which are on, what they did, and the forms that switch them on.

mod acts;
pub(super) use acts::{add, clear, off};

use axum::extract::{RawQuery, State as Shared};
use maud::{Markup, html};
use serde_json::Value;

use super::{
    Page,
    answer::Answer,
    content::{plain, shortened},
    filter::Filter,
    layout::{self, Frame},
    scene::Scene,
};
use crate::{ActiveFault, FaultKind, FieldDescription, Injection, directory::Object, state::State};

/// `GET /faults`
pub(super) async fn show(Shared(page): Shared<Page>, RawQuery(query): RawQuery) -> Answer {
    let filter = Filter::read(query.as_deref());
    page.scene(&filter, None, |scene| {
        let frame = Frame {
            title: "Faults",
            live: "/faults",
            view: "faults",
            heading: html! { h1.title { "Faults" } },
            main: main(scene),
        };
        Answer::Html(layout::page(scene, &frame))
    })
}

/// `GET /faults/panels`
pub(super) async fn panels(Shared(page): Shared<Page>, RawQuery(query): RawQuery) -> Answer {
    let filter = Filter::read(query.as_deref());
    page.scene(&filter, None, |scene| {
        let own = html! {
            div data-panel="active" { (active(scene.state)) }
            div data-panel="api-faults" { (kinds(scene.state, false)) }
            div data-panel="webhook-faults" { (kinds(scene.state, true)) }
        };
        Answer::Html(layout::panels(scene, &own))
    })
}

fn main(scene: Scene<'_>) -> Markup {
    html! {
        main #main .home tabindex="-1" {
            section.card.broad aria-labelledby="active-title" {
                h2 #active-title { "Switched on" }
                div data-panel="active" data-testid="faults" { (active(scene.state)) }
            }
            section.card aria-labelledby="api-faults-title" {
                h2 #api-faults-title { "Requests to the API" }
                div data-panel="api-faults" { (kinds(scene.state, false)) }
            }
            section.card aria-labelledby="webhook-faults-title" {
                h2 #webhook-faults-title { "Deliveries to webhooks" }
                div data-panel="webhook-faults" { (kinds(scene.state, true)) }
                h3 { "All kinds, by chance" }
                (mix())
            }
        }
    }
}

/// One line on every page while anything can still go wrong on purpose.
pub(super) fn banner(state: &State) -> Markup {
    let count = in_force(state).count();
    let mut names: Vec<&str> = in_force(state)
        .map(|active| kind_name(&active.fault))
        .collect();
    names.sort_unstable();
    names.dedup();
    html! {
        @if count > 0 {
            div.banner role="status" data-testid="fault-banner" {
                span.grow {
                    b { (count) @if count == 1 { " fault is on: " } @else { " faults are on: " } }
                    (shortened(&names.join(", "), 120))
                }
                a.button.small href="/faults" { "Faults" }
                form action="/faults/clear" method="post" data-quiet {
                    button.small data-testid="clear-faults" { "Clear all" }
                }
            }
        }
    }
}

/// The faults that will still strike.
fn in_force(state: &State) -> impl Iterator<Item = ActiveFault> {
    state.faults.list().filter(|active| active.left != Some(0))
}

fn kind_name(injection: &Injection) -> &'static str {
    match injection {
        Injection::One(fault) => fault.kind().name(),
        Injection::Mix(_) => "a mix of all kinds",
    }
}

fn active(state: &State) -> Markup {
    let faults: Vec<ActiveFault> = state.faults.list().collect();
    html! {
        @if faults.is_empty() {
            p.empty { "None. The platform does what it is asked." }
        } @else {
            ul.active-faults {
                @for one in faults.iter().rev() {
                    li id={ "fault-" (one.id) } data-over[one.left == Some(0)] {
                        span.name { (kind_name(&one.fault)) }
                        span.meta.grow dir="auto" { (described(&one.fault)) }
                        span.number { "struck " (one.struck) }
                        span.number {
                            @match one.left {
                                None => "always",
                                Some(0) => "used up",
                                Some(left) => { (left) " left" }
                            }
                        }
                        form action="/faults/off" method="post" data-quiet {
                            input type="hidden" name="id" value=(one.id);
                            button.icon aria-label={ "Remove " (kind_name(&one.fault)) } title="Remove" { "×" }
                        }
                    }
                }
            }
        }
    }
}

/// The fields of a fault other than its kind.
fn described(injection: &Injection) -> String {
    let fields: Object = injection.clone().into();
    let words: Vec<String> = fields
        .iter()
        .filter(|(key, _)| *key != "kind" && *key != "times")
        .filter(|(_, value)| !is_nothing(value))
        .map(|(key, value)| format!("{key} {}", plain(value)))
        .collect();
    shortened(&words.join(" · "), 160)
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

fn kinds(state: &State, of_webhooks: bool) -> Markup {
    html! {
        ul.kinds {
            @for kind in FaultKind::ALL.into_iter().filter(|kind| kind.is_webhook() == of_webhooks) {
                (self::kind(state, kind))
            }
        }
    }
}

fn kind(state: &State, kind: FaultKind) -> Markup {
    let description = kind.describe();
    let is_of_kind = |active: &ActiveFault| matches!(&active.fault, Injection::One(fault) if fault.kind() == kind);
    let on = in_force(state).filter(is_of_kind).count();
    let struck: u64 = state
        .faults
        .list()
        .filter(is_of_kind)
        .map(|active| active.struck)
        .sum();
    html! {
        li.fault-kind id={ "kind-" (kind.name()) } data-on[on > 0] {
            form.fault-form action="/faults" method="post" data-quiet {
                input type="hidden" name="kind" value=(kind.name());
                div.fault-head {
                    span.what { (kind.name()) }
                    @if struck > 0 { span.meta { "struck " (struck) } }
                    @if on > 0 {
                        button.small.is-on formaction="/faults/off" role="switch" aria-checked="true" data-testid={ "off-" (kind.name()) } aria-label=(kind.name()) { "● On" }
                    } @else {
                        button.small role="switch" aria-checked="false" data-testid={ "on-" (kind.name()) } aria-label=(kind.name()) { "○ Off" }
                    }
                }
                p.hint { (description.does) }
                details.fault-fields id={ "fields-" (kind.name()) } {
                    summary { "Which, how often" }
                    div.fields {
                        @for field in description.fields { (input(field)) }
                        @for field in shared(kind) { (input(&field)) }
                    }
                }
            }
        }
    }
}

/// Fields of the selection; those of the other side are left out.
fn shared(kind: FaultKind) -> impl Iterator<Item = FieldDescription> {
    let other: &[&str] = if kind.is_webhook() {
        &["method", "path"]
    } else {
        &["event"]
    };
    FieldDescription::shared()
        .iter()
        .copied()
        .filter(move |field| !other.contains(&field.name))
}

fn input(field: &FieldDescription) -> Markup {
    // What is switched on stays on until it is switched off.
    let value = match field.name {
        "times" => Some("always"),
        "status" if field.default.is_none() => Some("503"),
        "location" => Some("https://example.com/elsewhere"),
        _ => None,
    };
    html! {
        label title=(field.does) {
            span.label { (field.name) }
            input name=(field.name) value=[value] placeholder=[field.default] required[field.default.is_none()] autocomplete="off";
        }
    }
}

fn mix() -> Markup {
    html! {
        form.row action="/faults" method="post" data-quiet {
            input type="hidden" name="kind" value="mix";
            label.grow { span.label { "Seed" } input name="seed" value="1" inputmode="numeric" required autocomplete="off"; }
            label.grow { span.label { "How likely, 0 to 1" } input name="rate" value="0.1" inputmode="decimal" required autocomplete="off"; }
            button.small data-testid="on-mix" { "Switch the mix on" }
        }
    }
}

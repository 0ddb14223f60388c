//! The facts of a conversation: who, what is known, how near the limits are.

use jiff::Timestamp;
use maud::{Markup, html};
use serde_json::Value;
use web1on1::{ConversationId, FormId, Participant};

use super::timeline::{plain, result};
use crate::{
    Allowance, BotGauge, DeliveryOutcome,
    conversation::{Thread, gauges},
    directory::{Kind, text},
    state::State,
    webhook::Delivery,
};

/// The newest deliveries that are shown.
const DELIVERIES_SHOWN: usize = 12;

pub(super) fn facts(state: &State, thread: &Thread, now: Timestamp) -> Markup {
    let conversation = &thread.conversation;
    html! {
        (group("Participants", "participants", &participants(&conversation.participants)))
        (group("Variables", "variables", &pairs(conversation.meta.iter().map(|(key, value)| (key.as_str(), plain(value))), "None set")))
        (group("Form fields", "fields", &fields(state, thread)))
        (group("Results", "results", &results(&conversation.results)))
        (group("Limits", "limits", &limits(state, thread, now)))
        (group("Webhooks", "deliveries", &deliveries(state, &conversation.id)))
        (group("Conversation", "conversation", &about(state, thread)))
        p { a.raw href={ "/chat/" (conversation.id) "/json" } target="_blank" rel="noopener" { "Everything as JSON" } }
    }
}

fn group(title: &str, id: &str, content: &Markup) -> Markup {
    html! {
        section.fact-group data-testid=(id) aria-labelledby={ "f-" (id) } {
            h3 id={ "f-" (id) } { (title) }
            (content)
        }
    }
}

fn participants(participants: &[Participant]) -> Markup {
    html! {
        @if participants.is_empty() { p.empty { "Nobody yet" } }
        ul.people {
            @for participant in participants {
                @let flags = [
                    ("active", participant.active),
                    ("accepted", participant.accepted),
                    ("inbox", participant.inbox),
                    ("follow", participant.follow),
                ];
                li {
                    span.who { (participant.name.as_deref().unwrap_or(participant.user.as_str())) }
                    span.flags {
                        @for (flag, _) in flags.into_iter().filter(|(_, is_set)| *is_set) {
                            span.flag data-flag=(flag) { (flag) }
                        }
                        @if flags.iter().all(|(_, is_set)| !is_set) { span.flag { "left" } }
                    }
                }
            }
        }
    }
}

fn pairs<'a>(pairs: impl Iterator<Item = (&'a str, String)>, none: &str) -> Markup {
    let mut pairs = pairs.peekable();
    html! {
        @if pairs.peek().is_none() {
            p.empty { (none) }
        } @else {
            dl.facts {
                @for (key, value) in pairs { dt { (key) } dd { (value) } }
            }
        }
    }
}

fn fields(state: &State, thread: &Thread) -> Markup {
    let active = thread
        .conversation
        .forms
        .iter()
        .filter_map(|form| form.get("id")?.as_str().map(FormId::from));
    let mut forms: Vec<FormId> = thread.fields.keys().cloned().collect();
    forms.extend(active.filter(|form| !thread.fields.contains_key(form)));
    html! {
        @if forms.is_empty() { p.empty { "No form in use" } }
        @for form in &forms {
            @let name = state.directory.get(Kind::Form, form.as_str()).and_then(|form| text(form, "name"));
            p.card-title { (name.unwrap_or(form.as_str())) }
            (pairs(
                thread.fields.get(form).into_iter().flatten().map(|(key, value)| (key.as_str(), value.clone())),
                "Nothing filled in yet",
            ))
        }
    }
}

fn results(results: &[Value]) -> Markup {
    html! {
        @if results.is_empty() { p.empty { "None yet" } }
        @for one in results { (result(one)) }
    }
}

fn limits(state: &State, thread: &Thread, now: Timestamp) -> Markup {
    let gauges = gauges(thread, &state.limits, now);
    html! {
        @if gauges.is_empty() { p.empty { "No bot has written yet" } }
        @for gauge in &gauges { (bot_limits(state, gauge, now)) }
    }
}

fn bot_limits(state: &State, gauge: &BotGauge, now: Timestamp) -> Markup {
    let keys = &state.requests_by_key;
    html! {
        p.card-title { (state.directory.user_name(&gauge.bot)) }
        div.meters {
            (meter("Identical", gauge.identical, gauge.identical_peak, state.limits.identical_messages))
            (meter("In a row", gauge.consecutive, gauge.consecutive_peak, state.limits.consecutive_messages))
            (meter("Requests", keys.count(&gauge.bot, now), keys.peak(&gauge.bot), state.limits.requests_per_key))
        }
    }
}

fn meter(name: &str, used: usize, peak: usize, allowance: Option<Allowance>) -> Markup {
    html! {
        @if let Some(allowance) = allowance {
            label.meter title={ "At most " (allowance.count) " in " (spoken(allowance)) "; the most so far was " (peak) } {
                span { (name) }
                meter min="0" max=(allowance.count) high=(allowance.count * 3 / 4) optimum="0" value=(used) {}
                span.number { (used) " / " (allowance.count) }
                span.peak { "peak " (peak) }
            }
        }
    }
}

fn spoken(allowance: Allowance) -> String {
    let seconds = allowance.window.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}

fn deliveries(state: &State, id: &ConversationId) -> Markup {
    let newest: Vec<&Delivery> = state
        .queue
        .deliveries()
        .rev()
        .filter(|delivery| delivery.conversation.as_ref() == Some(id))
        .take(DELIVERIES_SHOWN)
        .collect();
    html! {
        @if newest.is_empty() { p.empty { "Nothing sent to a webhook yet" } }
        ul.deliveries {
            @for delivery in newest {
                li data-outcome=(outcome(&delivery.outcome)) {
                    span.event { (delivery.event) }
                    span.outcome {
                        (outcome(&delivery.outcome))
                        @if delivery.attempts > 1 { " · " (delivery.attempts) " attempts" }
                        @if let Some(problem) = &delivery.problem { " · " (problem) }
                    }
                }
            }
        }
    }
}

fn outcome(outcome: &DeliveryOutcome) -> &'static str {
    match outcome {
        DeliveryOutcome::Pending => "pending",
        DeliveryOutcome::Retrying { .. } => "retrying",
        DeliveryOutcome::Delivered { .. } => "delivered",
        DeliveryOutcome::Rejected { .. } => "rejected",
        DeliveryOutcome::GivenUp => "given up",
        DeliveryOutcome::Dropped => "dropped",
    }
}

fn about(state: &State, thread: &Thread) -> Markup {
    let conversation = &thread.conversation;
    let organization = conversation
        .organization
        .as_ref()
        .and_then(|id| state.directory.get(Kind::Organization, id.as_str()))
        .and_then(|organization| text(organization, "name"));
    let channels: Vec<String> = conversation
        .channels
        .iter()
        .filter_map(|id| state.directory.get(Kind::Channel, id.as_str()))
        .filter_map(|channel| text(channel, "name").map(str::to_owned))
        .collect();
    let rows = [
        ("id", Some(conversation.id.as_str().to_owned())),
        ("organization", organization.map(str::to_owned)),
        (
            "touchpoint",
            conversation
                .touchpoint
                .as_ref()
                .map(|touchpoint| touchpoint.as_str().to_owned()),
        ),
        ("category", conversation.category.as_ref().map(plain)),
        ("tags", conversation.extra.get("tags").map(plain)),
        (
            "notified",
            (!channels.is_empty()).then(|| channels.join(", ")),
        ),
    ];
    pairs(
        rows.into_iter()
            .filter_map(|(key, value)| Some((key, value?))),
        "",
    )
}

//! One line of the journal: what happened, and what followed from it.

use jiff::Timestamp;
use maud::{Markup, html};
use web1on1::MessageId;

use crate::{
    Act, Actor, ApiCall, AttemptOutcome, CallOutcome, DeliveryAttempt, Emitted, Entry, clock::iso,
    page::content::shortened, state::State,
};

/// The messages and events of one entry that are listed.
const LISTED: usize = 6;

/// A call or an act, and beside it the deliveries that followed from it.
pub(super) fn group(state: &State, number: u64, deliveries: &[&DeliveryAttempt]) -> Markup {
    let cause = state
        .journal
        .after(number.saturating_sub(1))
        .next()
        .filter(|entry| entry.number() == number);
    html! {
        li.cause id={ "j-" (number) } data-cause=(number) {
            @match cause {
                Some(Entry::Call(call)) => { (self::call(state, call, deliveries)) }
                Some(Entry::Act(act)) => { (self::act(state, act, deliveries)) }
                _ => { p.happening.line { "What caused this is no longer kept." } }
            }
            @if !deliveries.is_empty() {
                ul.caused {
                    @for attempt in deliveries { (delivery(attempt)) }
                }
            }
        }
    }
}

fn call(state: &State, call: &ApiCall, deliveries: &[&DeliveryAttempt]) -> Markup {
    let caller = call.caller.as_ref().map_or("nobody known", |caller| {
        state.directory.user_name(&caller.user)
    });
    let shown = call.route.as_deref().unwrap_or(&call.path);
    html! {
        div.happening data-side="call" data-cause=(call.number) data-messages=(joined(&call.messages)) {
            details.opens data-load={ "/journal/" (call.number) } {
                summary {
                    (at(call.at))
                    span.what { b { (call.method) } " " span.path title=(call.path) { (shown) } }
                    (call_outcome(call))
                    (took(call.at, call.ended))
                    span.by-whom dir="auto" { (shortened(caller, 40)) }
                }
                div.loaded data-keep {}
            }
            (followed(state, &call.messages, &call.events, deliveries))
        }
    }
}

fn call_outcome(call: &ApiCall) -> Markup {
    html! {
        @match call.outcome {
            CallOutcome::UnderWay => { span.code-word { "…" } }
            CallOutcome::Answered { status } => { (status_word(status, status < 400)) }
            CallOutcome::Broken => { span.code-word data-bad { "broken" } }
            CallOutcome::Abandoned => { span.code-word data-bad { "abandoned" } }
        }
        @if let Some(rule) = call.refused { span.code-word data-bad { (rule.as_str()) } }
        @if let Some(strike) = &call.fault { span.code-word data-fault { "fault: " (strike.kind.name()) } }
    }
}

fn act(state: &State, act: &Act, deliveries: &[&DeliveryAttempt]) -> Markup {
    let who = match &act.actor {
        Actor::Contact => "The consumer",
        Actor::User { user } => state.directory.user_name(user),
        Actor::Sandbox => "The sandbox",
    };
    html! {
        div.happening data-side="call" data-cause=(act.number) data-messages=(joined(&act.messages)) {
            p.line {
                (at(act.at))
                span.what { b dir="auto" { (shortened(who, 60)) } }
            }
            (followed(state, &act.messages, &act.events, deliveries))
        }
    }
}

fn delivery(attempt: &DeliveryAttempt) -> Markup {
    html! {
        li.happening data-side="delivery" id={ "j-" (attempt.number) } data-cause=(attempt.cause.number()) data-messages=[attempt.message.as_ref()] {
            details.opens data-load={ "/journal/" (attempt.number) } {
                summary {
                    (at(attempt.at))
                    span.what { span.path title=(attempt.url) { (attempt.event) } }
                    (attempt_outcome(attempt))
                    (took(attempt.at, attempt.ended))
                    @if attempt.attempt > 1 { span.by-whom { "attempt " (attempt.attempt) } }
                }
                div.loaded data-keep {}
            }
        }
    }
}

fn attempt_outcome(attempt: &DeliveryAttempt) -> Markup {
    html! {
        @match &attempt.outcome {
            AttemptOutcome::UnderWay => { span.code-word { "…" } }
            AttemptOutcome::Answered { status } => { (status_word(*status, (200..300).contains(status))) }
            AttemptOutcome::Failed { problem } => { span.code-word data-bad title=(problem) { "failed" } }
        }
        @if let Some(strike) = &attempt.fault { span.code-word data-fault { "fault: " (strike.kind.name()) } }
    }
}

fn status_word(status: u16, is_good: bool) -> Markup {
    html! { span.code-word data-good[is_good] data-bad[!is_good] { (status) } }
}

/// The messages that came of a call or an act, and the events that are not seen beside it.
fn followed(
    state: &State,
    messages: &[MessageId],
    events: &[Emitted],
    deliveries: &[&DeliveryAttempt],
) -> Markup {
    let is_beside = |event: &Emitted| {
        deliveries
            .iter()
            .any(|attempt| event.deliveries.contains(&attempt.delivery))
    };
    let others: Vec<&Emitted> = events.iter().filter(|event| !is_beside(event)).collect();
    let more = messages.len().saturating_sub(LISTED) + others.len().saturating_sub(LISTED);
    html! {
        @if !messages.is_empty() || !others.is_empty() {
            ul.followed {
                @for id in messages.iter().take(LISTED) { (message(state, id)) }
                @for event in others.iter().take(LISTED) { (emitted(event)) }
                @if more > 0 { li { (more) " more" } }
            }
        }
    }
}

fn message(state: &State, id: &MessageId) -> Markup {
    html! {
        li {
            @if let Some(message) = state.threads.message(id) {
                a href={ @if let Some(conversation) = &message.conversation { "/chat/" (conversation) } "#t-" (id) } {
                    (message.kind.as_str())
                }
                " " span.said dir="auto" { (shortened(&message.text, 70)) }
            } @else {
                "message " (id)
            }
        }
    }
}

fn emitted(event: &Emitted) -> Markup {
    html! {
        li {
            span.event { (event.event) }
            @if event.deliveries.is_empty() { " to nobody" } @else { " on its way" }
        }
    }
}

fn at(at: Timestamp) -> Markup {
    html! { time.at datetime=(iso(at)) title=(iso(at)) { (at.strftime("%H:%M:%S%.3f")) } }
}

fn took(from: Timestamp, to: Option<Timestamp>) -> Markup {
    html! {
        @if let Some(to) = to {
            span.took { (to.duration_since(from).as_millis()) " ms" }
        }
    }
}

fn joined(messages: &[MessageId]) -> String {
    let ids: Vec<&str> = messages.iter().map(MessageId::as_str).collect();
    ids.join(" ")
}

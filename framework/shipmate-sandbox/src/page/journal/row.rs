//! One line of the journal.

use jiff::Timestamp;
use maud::{Markup, html};
use web1on1::MessageId;

use crate::{
    Act, Actor, ApiCall, AttemptOutcome, CallOutcome, DeliveryAttempt, Emitted, Entry, clock::iso,
    page::content::shortened, state::State,
};

/// The messages and events of one entry that are listed.
const LISTED: usize = 6;

pub(super) fn row(state: &State, entry: &Entry) -> Markup {
    match entry {
        Entry::Call(call) => self::call(state, call),
        Entry::Act(act) => self::act(state, act),
        Entry::Delivery(attempt) => delivery(attempt),
    }
}

fn call(state: &State, call: &ApiCall) -> Markup {
    let caller = call.caller.as_ref().map_or("nobody known", |caller| {
        state.directory.user_name(&caller.user)
    });
    let shown = call.route.as_deref().unwrap_or(&call.path);
    html! {
        li.happening data-side="call" id={ "j-" (call.number) } data-cause=(call.number) data-messages=(joined(&call.messages)) {
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
            (followed(state, &call.messages, &call.events))
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
        @if let Some(strike) = &call.fault { span.code-word data-fault { "fault: " (strike.kind) } }
    }
}

fn act(state: &State, act: &Act) -> Markup {
    let who = match &act.actor {
        Actor::Contact => "The consumer",
        Actor::User { user } => state.directory.user_name(user),
        Actor::Sandbox => "The sandbox",
    };
    html! {
        li.happening data-side="call" id={ "j-" (act.number) } data-cause=(act.number) data-messages=(joined(&act.messages)) {
            p.line {
                (at(act.at))
                span.what { b dir="auto" { (shortened(who, 60)) } }
            }
            (followed(state, &act.messages, &act.events))
        }
    }
}

fn delivery(attempt: &DeliveryAttempt) -> Markup {
    let cause = attempt.cause.number();
    html! {
        li.happening data-side="delivery" id={ "j-" (attempt.number) } data-cause=(cause) data-messages=[attempt.message.as_ref()] {
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
            p.causes id={ "dl-" (attempt.delivery) "-" (attempt.attempt) } {
                a href={ "#j-" (cause) } { "← caused by " (cause) }
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
        @if let Some(strike) = &attempt.fault { span.code-word data-fault { "fault: " (strike.kind) } }
    }
}

fn status_word(status: u16, is_good: bool) -> Markup {
    html! { span.code-word data-good[is_good] data-bad[!is_good] { (status) } }
}

/// The messages and events that came of a call or an act.
fn followed(state: &State, messages: &[MessageId], events: &[Emitted]) -> Markup {
    let more = (messages.len() + events.len()).saturating_sub(2 * LISTED);
    html! {
        @if !messages.is_empty() || !events.is_empty() {
            ul.followed {
                @for id in messages.iter().take(LISTED) { (message(state, id)) }
                @for event in events.iter().take(LISTED) { (emitted(event)) }
                @if more > 0 { li { "and more" } }
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
        li.emitted {
            span.event { (event.event) }
            @if event.deliveries.is_empty() { " to nobody" }
            @for id in &event.deliveries {
                " " a href={ "#dl-" (id) "-1" } aria-label="Its delivery" { "→" }
            }
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
    let ids: Vec<&str> = messages.iter().map(|id| id.as_str()).collect();
    ids.join(" ")
}

//! How near bots are to the limits.

use jiff::Timestamp;
use maud::{Markup, html};
use web1on1::{ConversationId, UserId};

use super::{answer::Answer, content::shortened, home::name_of, layout::time_of_day};
use crate::{
    Allowance, BotGauge, Nearest, Refusal, Rule,
    conversation::{Author, Thread, gauges},
    directory::{Kind, text},
    state::State,
};

/// The rows of the list of those that came nearest.
const NEAREST: usize = 8;

const RULES: [Rule; 4] = [
    Rule::PerKey,
    Rule::PerAddress,
    Rule::Identical,
    Rule::Consecutive,
];

/// One conversation: every bot that wrote in it.
pub(super) fn of_conversation(state: &State, thread: &Thread, now: Timestamp) -> Markup {
    let gauges = gauges(thread, &state.limits, now);
    html! {
        @if gauges.is_empty() { p.empty { "No bot has written yet" } }
        @for gauge in &gauges { (of_bot(state, thread, gauge, now)) }
    }
}

fn of_bot(state: &State, thread: &Thread, gauge: &BotGauge, now: Timestamp) -> Markup {
    let keys = &state.requests_by_key;
    let frees = frees(state, thread, &gauge.bot, now);
    html! {
        p.card-title dir="auto" { (state.directory.user_name(&gauge.bot)) }
        div.meters {
            (meter("Identical", gauge.identical, gauge.identical_peak, state.limits.identical_messages))
            (meter("In a row", gauge.consecutive, gauge.consecutive_peak, state.limits.consecutive_messages))
            (meter("Requests", keys.count(&gauge.bot, now), keys.peak(&gauge.bot), state.limits.requests_per_key))
        }
        @for (rule, at) in &frees {
            @if is_full(state, gauge, *rule) {
                p.full { "Full: one more of " (rule.as_str()) " fits at " (time_of_day(Some(*at))) }
            }
        }
        @if !frees.is_empty() {
            p.hint {
                "Frees up: "
                @for (place, (rule, at)) in frees.iter().enumerate() {
                    @if place > 0 { ", " }
                    @if *rule == Rule::Identical { "identical " } @else { "in a row " }
                    (time_of_day(Some(*at)))
                }
            }
        }
    }
}

/// When the oldest message that counts stops counting, for each limit that counts any; a full
/// limit lets one more through then.
fn frees(state: &State, thread: &Thread, bot: &UserId, now: Timestamp) -> Vec<(Rule, Timestamp)> {
    let Some(ledger) = thread.ledgers.get(bot) else {
        return Vec::new();
    };
    let limits = &state.limits;
    [
        (Rule::Identical, ledger.identical_frees_at(limits, now)),
        (Rule::Consecutive, ledger.consecutive_frees_at(limits, now)),
    ]
    .into_iter()
    .filter_map(|(rule, at)| Some((rule, at?)))
    .collect()
}

/// Whether the limit would refuse one more.
fn is_full(state: &State, gauge: &BotGauge, rule: Rule) -> bool {
    let (used, allowance) = match rule {
        Rule::Identical => (gauge.identical, state.limits.identical_messages),
        _ => (gauge.consecutive, state.limits.consecutive_messages),
    };
    allowance.is_some_and(|allowance| used >= allowance.count)
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

/// The whole sandbox: requests of every bot, what was refused, and who came nearest.
pub(super) fn report(state: &State, now: Timestamp) -> Markup {
    let report = state.report(now);
    html! {
        div.meters {
            @for bot in state.directory.all(Kind::Bot).take(NEAREST) {
                @let id = UserId::from(text(bot, "id").unwrap_or_default());
                (meter(&shortened(name_of(bot), 40), state.requests_by_key.count(&id, now), state.requests_by_key.peak(&id), state.limits.requests_per_key))
            }
        }
        p.hint {
            "Requests in the last second. Let through so far: " (report.requests) " requests, "
            (report.bot_messages) " messages of bots."
        }
        ul.refused data-testid="refused" {
            @for rule in RULES {
                @let count = report.refused.get(&rule).copied().unwrap_or_default();
                li data-any[count > 0] { span.number { (count) } " refused: " (rule.as_str()) }
            }
        }
        (nearest(state, &report.nearest))
    }
}

fn nearest(state: &State, nearest: &[Nearest]) -> Markup {
    html! {
        @if nearest.is_empty() {
            p.empty { "No bot has written yet." }
        } @else {
            h3 { "Nearest to a message limit" }
            ul.nearest data-testid="nearest" {
                @for near in nearest.iter().take(NEAREST) {
                    li {
                        a href={ "/chat/" (near.conversation) } dir="auto" { (shortened(conversation_name(state, &near.conversation), 60)) }
                        span.meta dir="auto" { (shortened(state.directory.user_name(&near.bot), 40)) }
                        (share("identical", near.identical, state.limits.identical_messages))
                        (share("in a row", near.consecutive, state.limits.consecutive_messages))
                    }
                }
            }
        }
    }
}

fn share(name: &str, peak: usize, allowance: Option<Allowance>) -> Markup {
    html! {
        @if let Some(allowance) = allowance {
            span.share data-full[peak >= allowance.count] { (peak) " / " (allowance.count) " " (name) }
        }
    }
}

fn conversation_name<'a>(state: &'a State, id: &'a ConversationId) -> &'a str {
    state
        .threads
        .get(id)
        .and_then(|thread| thread.conversation.name.as_deref())
        .unwrap_or(id.as_str())
}

/// A refusal as people read it: what was too much, and when there is room again.
pub(super) fn explained(
    state: &State,
    author: &Author,
    id: &ConversationId,
    refusal: Refusal,
    now: Timestamp,
) -> Answer {
    let Some(rule) = refusal.rule() else {
        return Answer::No(refusal);
    };
    let allowance = match rule {
        Rule::Identical => state.limits.identical_messages,
        _ => state.limits.consecutive_messages,
    };
    let allowed = allowance
        .map(|allowance| {
            format!(
                " A bot may send {} in {}.",
                allowance.count,
                spoken(allowance)
            )
        })
        .unwrap_or_default();
    let again = state
        .threads
        .get(id)
        .zip(author.user())
        .and_then(|(thread, bot)| {
            frees(state, thread, bot, now)
                .into_iter()
                .find(|(full, _)| *full == rule)
        })
        .map(|(_, at)| format!(" The next one fits at {}.", at.strftime("%H:%M:%S")))
        .unwrap_or_default();
    Answer::Limited(format!("Refused with 429, {refusal}.{allowed}{again}"))
}

//! The page itself. No scripts; everything from outside is escaped.

use jiff::Timestamp;
use maud::{DOCTYPE, Markup, html};

use super::results;
use crate::{
    campaign::{Order, Summary},
    operator::Letters,
    store::{Counts, EventRecord, Place, RowEnd, RowRecord, RowStatus},
    surveys::Surveys,
    why::{self, Story, ago, plain, time},
};

/// What the first page shows.
#[derive(Debug)]
pub(super) struct Overview {
    pub(super) bots: String,
    pub(super) surveys: Surveys,
    pub(super) problem: Option<&'static str>,
    pub(super) next: Option<Timestamp>,
    pub(super) counts: Counts,
    pub(super) ends: Vec<(RowStatus, u64)>,
    pub(super) letters: Letters,
    pub(super) campaigns: Vec<Summary>,
    /// By the bot's name, what is wrong with the settings of an organization.
    pub(super) quarantined: Vec<(String, String)>,
    pub(super) now: Timestamp,
}

pub(super) fn overview(overview: &Overview) -> Markup {
    frame(
        "Shipmate",
        &html! {
            p { "Bots: " (overview.bots) }
            p {
                @match overview.problem {
                    None => { "Ready." }
                    Some(problem) => { strong { "Not ready: " } (problem) }
                }
                @if let Some(next) = overview.next {
                    " Something that waits is due at " (time(next)) "."
                }
            }
            (search(""))
            h2 { "How much there is" }
            (counts(&overview.counts, &overview.ends))
            h2 { "What needs a person" }
            (letters(&overview.letters, overview.now))
            h2 { "Organizations for which a bot is silent because of their settings" }
            (quarantined(&overview.quarantined))
            @if !overview.campaigns.is_empty() {
                h2 { "Campaigns" }
                (campaigns(&overview.campaigns))
            }
            h2 { "Results of surveys" }
            (results::list(&overview.surveys))
            h2 { "Forget somebody" }
            (forget())
        },
    )
}

fn campaigns(campaigns: &[Summary]) -> Markup {
    html! {
        table {
            @for campaign in campaigns {
                tr {
                    th align="left" { (campaign.name) }
                    td { (plain(&campaign.stage())) }
                    td {
                        @for (state, count) in campaign.counts() { (count) " " (state) ". " }
                        @for (skip, count) in campaign.skips() { (count) " " (skip.meaning()) ". " }
                    }
                    td { (order(campaign, Order::DryRun, "Dry run")) }
                    td { (order(campaign, Order::Start, "Start")) }
                    td { (order(campaign, Order::Pause, "Pause")) }
                    td { (order(campaign, Order::Resume, "Go on")) }
                }
            }
        }
    }
}

/// A button; what writes to people asks for a mark as well.
fn order(campaign: &Summary, order: Order, words: &str) -> Markup {
    html! {
        form method="post" action={ "/campaigns/" (campaign.name) "/" (order.as_str()) } {
            @if order == Order::Start { label { input type="checkbox" required; "sure " } }
            button { (words) }
        }
    }
}

fn counts(counts: &Counts, ends: &[(RowStatus, u64)]) -> Markup {
    let ended = |end| {
        let status = RowStatus::Ended(end);
        let found = ends.iter().find(|(ended, _)| *ended == status);
        found.map_or(0, |(_, count)| *count)
    };
    let rows = [
        ("Events waiting", counts.pending, "not handled yet"),
        (
            "Dead letters",
            counts.dead_letters,
            "events that were given up",
        ),
        ("Timers", counts.timers, "set, and not due yet"),
        (
            "Messages waiting",
            counts.queued,
            "for a limit, the pace or the platform",
        ),
        (
            "Messages in doubt",
            counts.unknown,
            "the answer was lost; being looked for",
        ),
        (
            "Messages unresolved",
            counts.unresolved,
            "may be there or not; a person has to look",
        ),
        (
            "Messages refused",
            counts.dead,
            "the platform will not take them",
        ),
        (
            "Messages cancelled",
            ended(RowEnd::Cancelled),
            "not wanted any more, for example because a person took over",
        ),
        (
            "Messages expired",
            ended(RowEnd::Expired),
            "their time was over before they could be sent",
        ),
        (
            "Messages superseded",
            ended(RowEnd::Superseded),
            "another message does what they would have done",
        ),
        (
            "Messages dropped",
            ended(RowEnd::Dropped),
            "a person or time decided against sending them again",
        ),
    ];
    html! {
        table {
            @for (what, count, meaning) in rows {
                tr { th align="left" { (what) } td align="right" { (count) } td { (meaning) } }
            }
        }
    }
}

fn letters(letters: &Letters, now: Timestamp) -> Markup {
    let (events, messages) = (&letters.events, &letters.messages);
    html! {
        @if events.is_empty() && messages.is_empty() {
            p { "Nothing." }
        } @else {
            table {
                @for event in events { (event_row(event, now)) }
                @for message in messages { (message_row(message, now)) }
            }
            @if events.len().max(messages.len()) >= super::LETTERS {
                p { "There may be more; these are the oldest." }
            }
            p { (act("all", "retry", "Try all again")) " " (act("all", "drop", "Drop all")) }
        }
    }
}

/// As far as the bot has heard of them since the service began.
fn quarantined(quarantined: &[(String, String)]) -> Markup {
    html! {
        @if quarantined.is_empty() {
            p { "None that anything has been heard of." }
        } @else {
            ul { @for (bot, words) in quarantined { li { (plain(bot)) ": " (plain(words)) } } }
        }
    }
}

fn event_row(event: &EventRecord, now: Timestamp) -> Markup {
    let what = format!(
        "{} in {}, {}, tried {} times",
        plain(&event.name),
        plain(&event.mailbox.mailbox),
        ago(event.at, now),
        event.attempts
    );
    letter_row(Place::Event(event.place), &what, event.reason.as_deref())
}

fn message_row(row: &RowRecord, now: Timestamp) -> Markup {
    let what = format!(
        "{} in {}, {}",
        row.status.as_str(),
        plain(&row.mailbox.mailbox),
        ago(row.created_at, now)
    );
    letter_row(Place::Message(row.place), &what, row.reason.as_deref())
}

fn letter_row(place: Place, what: &str, reason: Option<&str>) -> Markup {
    let name = place.to_string();
    html! {
        tr {
            td { a href={ "/why?id=" (name) } { (name) } }
            td { (what) }
            td { (plain(reason.unwrap_or(""))) }
            td { a href={ "/letters/" (name) } { "what it says" } }
            td { (act(&name, "retry", "Try again")) }
            td { (act(&name, "drop", "Drop")) }
        }
    }
}

/// A button; what cannot be undone asks for a mark as well.
fn act(which: &str, verdict: &str, words: &str) -> Markup {
    html! {
        form method="post" action={ "/letters/" (which) "/" (verdict) } {
            @if verdict == "drop" { label { input type="checkbox" required; "sure " } }
            button { (words) }
        }
    }
}

fn search(id: &str) -> Markup {
    html! {
        form method="get" action="/why" {
            label {
                "Why? The id of a conversation, message or event: "
                input name="id" value=(id) size="40" required;
            }
            " " button { "Tell" }
        }
    }
}

fn forget() -> Markup {
    html! {
        p { "State, events and messages are deleted, also from the file. This cannot be undone." }
        @for (kind, words) in [("conversation", "Conversation"), ("contact", "Contact, with all its conversations")] {
            form method="post" action="/forget" {
                label { (words) ": " input name=(kind) size="40" required; }
                " " label { input type="checkbox" required; "sure " }
                button { "Forget" }
            }
        }
    }
}

/// What happened to `id`.
pub(super) fn story(id: &str, story: &Story) -> Markup {
    frame(
        "Why?",
        &html! {
            (search(id))
            @if story.is_empty() {
                p { "Nothing is on record of " (plain(id)) ". Older things are deleted, see SHIPMATE_RETENTION." }
            }
            pre { @for line in why::lines(story) { (line) "\n" } }
            (back())
        },
    )
}

/// What a letter says.
pub(super) fn letter(place: Place, lines: &[String]) -> Markup {
    let name = place.to_string();
    frame(
        &name,
        &html! {
            p { "This holds what people wrote." }
            pre { @for line in lines { (line) "\n" } }
            (act(&name, "retry", "Try again"))
            (act(&name, "drop", "Drop"))
            (back())
        },
    )
}

/// What was done.
pub(super) fn done(words: &str) -> Markup {
    frame("Done", &html! { p { (words) } (back()) })
}

fn back() -> Markup {
    html! { p { a href="/" { "Back" } } }
}

fn frame(title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (title) }
            }
            body { h1 { (title) } (content) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::why::Story;

    #[test]
    fn what_comes_from_outside_is_text_and_nothing_else() {
        let page = story("<script>alert(1)</script>\"", &Story::default()).into_string();
        assert!(!page.contains("<script"), "{page}");
        assert!(page.contains("&lt;script&gt;"), "{page}");
        let page = letter(Place::Event(1), &["</pre><img src=x>".to_owned()]).into_string();
        assert!(!page.contains("<img"), "{page}");
    }
}

use maud::{Markup, html};
use web1on1::ConversationId;

use crate::{
    directory::{Kind, Object, text},
    page::home::name_of,
    state::State,
};

/// Names in a list to choose from; more would make the page slow.
const CHOICES: usize = 200;

/// Stays as it is while panels are swapped, so that nobody loses what they are typing.
pub(in crate::page) fn form(state: &State, id: &ConversationId) -> Markup {
    let organization = state
        .threads
        .get(id)
        .and_then(|thread| thread.conversation.organization.as_ref())
        .map_or("", |organization| organization.as_str());
    let people = people(state, organization);
    let bots: Vec<&Object> = state.directory.all(Kind::Bot).take(CHOICES).collect();
    html! {
        form #desk-form .composer action={ "/chat/" (id) "/desk" } method="post" data-quiet {
            // What Enter does in a field without a button of its own.
            button.unseen name="act" value="say" tabindex="-1" aria-hidden="true" { "Say" }
            div.row {
                label.inline {
                    span.label { "As" }
                    select name="agent" data-testid="agent" { (everybody(&people, &bots)) }
                }
                button.small name="act" value="accept" data-testid="accept" formnovalidate { "Accept" }
                button.small name="act" value="join" data-testid="join" formnovalidate { "Join" }
                button.small name="act" value="leave" data-testid="leave" formnovalidate { "Leave" }
                button.small name="act" value="close" data-testid="close" formnovalidate title="Everybody who has accepted leaves" { "Close" }
                span.space {}
                span.inline {
                    button.small name="act" value="assign" data-testid="assign" formnovalidate { "Assign to" }
                    select name="bot" data-testid="bot" aria-label="Whom to assign to" { (everybody_bots_first(&people, &bots)) }
                }
            }
            textarea name="text" rows="2" data-clear data-testid="desk-composer" dir="auto"
                aria-label="Message of the agent or bot" aria-keyshortcuts="Control+Enter"
                placeholder="Message, note, or one command per line" {}
            div.row {
                details.more-acts {
                    summary.button.small { "More" }
                    (more(state, &people, &bots))
                }
                span.space {}
                button.small name="act" value="command" data-testid="desk-command" data-clears="text" title="A command message: one command per line" { "Command" }
                button.small name="act" value="to-agents" data-testid="desk-to-agents" data-clears="text" title="A bot's message of role bot, which the consumer does not see" { "To agents" }
                button.small name="act" value="note" data-testid="desk-note" data-clears="text" title="Backchannel: the consumer does not see it" { "Note" }
                button.small.primary name="act" value="say" data-testid="desk-say" data-clears="text" title="To the consumer (Ctrl+Enter)" { "Say" }
            }
        }
    }
}

/// What is done more rarely.
fn more(state: &State, people: &[&Object], bots: &[&Object]) -> Markup {
    html! {
        div.acts {
            fieldset {
                legend { "Mention, with the text above" }
                select name="whom" aria-label="Whom to mention" { (everybody(people, bots)) }
                button.small name="act" value="mention" data-clears="text" { "Mention" }
            }
            fieldset {
                legend { "Notify" }
                select name="channel" aria-label="Channel" {
                    option value="" { "all channels" }
                    (options(state.directory.all(Kind::Channel).take(CHOICES)))
                }
                button.small name="act" value="notify" { "Notify" }
            }
            fieldset {
                legend { "Tag or search" }
                input name="word" aria-label="Word" autocomplete="off" data-clear;
                button.small name="act" value="tag" data-clears="word" { "Tag" }
                button.small name="act" value="search" data-clears="word" { "Search" }
            }
            fieldset {
                legend { "Form" }
                select name="form" aria-label="Form" { (options(state.directory.all(Kind::Form).take(CHOICES))) }
                button.small name="act" value="form-add" aria-label="Add the form" { "+" }
                button.small name="act" value="form-remove" aria-label="Remove the form" { "−" }
            }
            fieldset.wide {
                legend { "Variable, or field of the form" }
                input name="key" aria-label="Key" placeholder="key" autocomplete="off" data-clear;
                input name="value" aria-label="Value" placeholder="value" autocomplete="off" data-clear;
                button.small name="act" value="set" data-clears="key value" title="/set key value" { "Set" }
                button.small name="act" value="field" data-clears="key value" title=".key value" { "Field" }
            }
        }
    }
}

/// Those who can act for the organization: its own people first, then those of the ones above.
fn people<'a>(state: &'a State, organization: &str) -> Vec<&'a Object> {
    let mut people: Vec<&Object> = state
        .directory
        .all(Kind::User)
        .filter(|user| {
            matches!(text(user, "role"), Some("agent" | "admin" | "owner"))
                && text(user, "status") == Some("active")
                && text(user, "organization")
                    .is_some_and(|home| state.directory.is_within(organization, home))
        })
        .take(CHOICES)
        .collect();
    people.sort_by_key(|user| text(user, "organization") != Some(organization));
    people
}

fn everybody(people: &[&Object], bots: &[&Object]) -> Markup {
    html! {
        optgroup label="People" { (options(people.iter().copied())) }
        optgroup label="Bots" { (options(bots.iter().copied())) }
    }
}

fn everybody_bots_first(people: &[&Object], bots: &[&Object]) -> Markup {
    html! {
        optgroup label="Bots" { (options(bots.iter().copied())) }
        optgroup label="People" { (options(people.iter().copied())) }
    }
}

fn options<'a>(resources: impl Iterator<Item = &'a Object>) -> Markup {
    html! {
        @for resource in resources {
            option value=[text(resource, "id")] { (name_of(resource)) }
        }
    }
}

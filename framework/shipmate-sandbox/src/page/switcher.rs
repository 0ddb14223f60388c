//! The list of conversations beside every page, and the form that starts one.

use maud::{Markup, html};
use web1on1::Touchpoint;

use super::{
    content::shortened,
    filter::{accepted_by, last_said, organization_of},
    home::name_of,
    layout,
    scene::Scene,
};
use crate::{
    conversation::Thread,
    directory::{Kind, Object, text},
    state::State,
};

/// Where consumers write from.
pub(super) const TOUCHPOINTS: [Touchpoint; 5] = [
    Touchpoint::Web,
    Touchpoint::Whatsapp,
    Touchpoint::Sms,
    Touchpoint::Email,
    Touchpoint::Facebook,
];

/// Letters of the last message that are shown.
const PREVIEW: usize = 90;

pub(super) fn switcher(scene: Scene<'_>) -> Markup {
    html! {
        nav #switcher .switcher aria-label="Conversations" {
            (start(scene))
            form.filter role="search" action="/" method="get" {
                input #filter type="search" name="q" value=(scene.filter.text()) autocomplete="off"
                    aria-label="Filter conversations" aria-keyshortcuts="/" placeholder="Filter" data-testid="filter";
                kbd aria-hidden="true" { "/" }
            }
            div.threads data-panel="threads" data-testid="threads" tabindex="-1" { (threads(scene)) }
            p.keys aria-hidden="true" {
                kbd { "j" } kbd { "k" } " switch "
                kbd { "n" } " new "
                kbd { "Esc" } " leave the box"
            }
        }
    }
}

/// The rows of the list, newest first.
pub(super) fn threads(scene: Scene<'_>) -> Markup {
    let filter = scene.filter;
    let all = scene.state.threads.len();
    let mut passing = scene
        .state
        .threads
        .iter()
        .rev()
        .filter(|thread| filter.admits(scene.state, thread));
    let listed: Vec<&Thread> = passing.by_ref().take(filter.shown).collect();
    let more = if filter.is_empty() {
        all.saturating_sub(listed.len())
    } else {
        passing.count()
    };
    html! {
        @if all == 0 {
            p.empty { "No conversations yet. Start one above, or let a bot start one through the API." }
        } @else if listed.is_empty() {
            p.empty { "None of " (all) " matches. " a href="/" { "Show all" } }
        }
        ul.list {
            @for thread in &listed { (row(scene, thread)) }
        }
        @if more > 0 {
            a.button.small.more href=(filter.longer()) { (more) " more" }
        }
    }
}

fn row(scene: Scene<'_>, thread: &Thread) -> Markup {
    let conversation = &thread.conversation;
    let id = &conversation.id;
    let is_open = scene.open == Some(id);
    let unread = if is_open {
        0
    } else {
        scene.memory.unread(thread)
    };
    let accepted: Vec<&str> = accepted_by(thread).collect();
    html! {
        li id={ "li-" (id) } {
            a.conversation id={ "c-" (id) } href={ "/chat/" (id) (scene.filter.query()) }
                aria-current=[is_open.then_some("page")] {
                span.name dir="auto" { (shortened(conversation.name.as_deref().unwrap_or("Conversation"), PREVIEW)) }
                @if unread > 0 {
                    span.unread aria-label={ (unread) " unread" } { (unread) }
                }
                (layout::status(conversation.status.as_ref().map_or("", |status| status.as_str())))
                span.preview dir="auto" {
                    @if let Some(last) = last_said(thread) { (shortened(last, PREVIEW)) } @else { "Nothing said yet" }
                }
                span.meta {
                    @if let Some(organization) = organization_of(scene.state, thread) { bdi { (name_of(organization)) } }
                    @if !accepted.is_empty() { " · with " bdi { (accepted.join(", ")) } }
                }
            }
        }
    }
}

fn start(scene: Scene<'_>) -> Markup {
    html! {
        details #new .new open[scene.open.is_none()] {
            summary aria-keyshortcuts="n" { span.plus aria-hidden="true" { "+" } " New conversation" kbd aria-hidden="true" { "n" } }
            form.start action="/conversations" method="post" {
                label {
                    span.label { "Consumer" }
                    input #new-name name="name" autocomplete="off" placeholder="Name (optional)" maxlength="20000";
                }
                label {
                    span.label { "Writes to" }
                    select name="organization" data-testid="organization" { (organizations(scene.state)) }
                }
                details.more-fields {
                    summary { "E-mail, phone, language, touchpoint" }
                    (profile_fields(None))
                    label {
                        span.label { "Touchpoint" }
                        select name="touchpoint" data-testid="touchpoint" { (touchpoints(None)) }
                    }
                }
                button.primary data-testid="new-conversation" { "Start" }
            }
        }
    }
}

/// Organizations at the bottom of the tree first: consumers write to them.
fn organizations(state: &State) -> Markup {
    let mut organizations: Vec<&Object> = state.directory.all(Kind::Organization).collect();
    organizations.sort_by_key(|organization| {
        let depth = text(organization, "orgPath").map_or(0, |path| path.split('#').count());
        std::cmp::Reverse(depth)
    });
    html! {
        @for organization in organizations {
            option value=[text(organization, "id")] { (name_of(organization)) }
        }
    }
}

/// E-mail address, telephone number and language of a consumer.
pub(super) fn profile_fields(profile: Option<&Object>) -> Markup {
    let known = |field| profile.and_then(|profile| text(profile, field));
    html! {
        label { span.label { "E-mail" } input name="email" autocomplete="off" value=[known("email")]; }
        label { span.label { "Telephone" } input name="telephone" autocomplete="off" value=[known("telephone")]; }
        label { span.label { "Language" } input name="locale" autocomplete="off" placeholder="en-GB" value=[known("locale")]; }
    }
}

pub(super) fn touchpoints(selected: Option<&Touchpoint>) -> Markup {
    html! {
        @for touchpoint in &TOUCHPOINTS {
            option value=(touchpoint.as_str()) selected[selected == Some(touchpoint)] { (touchpoint.as_str()) }
        }
    }
}

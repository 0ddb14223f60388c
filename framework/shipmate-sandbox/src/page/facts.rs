//! The facts of a conversation: who, what is known, how near the limits are.

use maud::{Markup, html};
use serde_json::Value;
use web1on1::{ConversationId, FormId, Participant};

use super::{
    content::{folded, plain, result, shortened},
    filter::organization_of,
    home::name_of,
    limits,
    scene::Scene,
    switcher::profile_fields,
};
use crate::{
    DeliveryOutcome,
    conversation::Thread,
    directory::{Kind, Object, text},
    state::State,
    webhook::Delivery,
};

/// The newest deliveries that are shown.
const DELIVERIES_SHOWN: usize = 12;

pub(super) fn facts(scene: Scene<'_>, thread: &Thread) -> Markup {
    let state = scene.state;
    let conversation = &thread.conversation;
    html! {
        (group("Participants", "participants", &participants(&conversation.participants)))
        (group("Variables", "variables", &variables(thread)))
        (group("Form fields", "fields", &fields(state, thread)))
        (group("Results", "results", &results(&conversation.results)))
        (group("Limits", "limits", &limits::of_conversation(state, thread, scene.now)))
        (group("Webhooks", "deliveries", &deliveries(state, &conversation.id)))
        (group("Conversation", "conversation", &about(state, thread)))
        (group("Consumer", "profile", &profile(state, thread)))
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
                    span.who dir="auto" { (participant.name.as_deref().unwrap_or(participant.user.as_str())) }
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

fn variables(thread: &Thread) -> Markup {
    let action = format!("/chat/{}/variables", thread.conversation.id);
    html! {
        ul.variables {
            @for (key, value) in &thread.conversation.meta {
                li id={ "var-" (key) } {
                    form.variable action=(action) method="post" data-quiet {
                        input type="hidden" name="key" value=(key);
                        span.key title=(key) dir="auto" { (shortened(key, 80)) }
                        input.value name="value" value=(plain(value)) data-saves data-variable=(key)
                            aria-label={ "Value of " (shortened(key, 80)) } autocomplete="off" dir="auto";
                        button.unseen tabindex="-1" aria-hidden="true" { "Save" }
                        button.icon name="act" value="remove" aria-label={ "Remove " (shortened(key, 80)) } title="Remove" { "×" }
                    }
                }
            }
            li #var-add {
                form.variable action=(action) method="post" data-quiet {
                    input.key name="key" required aria-label="New variable" placeholder="new variable" autocomplete="off" data-clear data-testid="variable-key";
                    input.value name="value" aria-label="Its value" placeholder="value" autocomplete="off" data-clear data-testid="variable-value";
                    button.icon data-clears="key value" aria-label="Add the variable" title="Add" data-testid="variable-add" { "+" }
                }
            }
        }
    }
}

pub(super) fn pairs<'a>(pairs: impl Iterator<Item = (&'a str, String)>, none: &str) -> Markup {
    let mut pairs = pairs.peekable();
    html! {
        @if pairs.peek().is_none() {
            p.empty { (none) }
        } @else {
            dl.facts {
                @for (key, value) in pairs { dt title=(key) { (shortened(key, 80)) } dd { (folded(&value)) } }
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
            p.card-title dir="auto" { (name.unwrap_or(form.as_str())) }
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
                li id={ "d-" (delivery.id) } data-outcome=(outcome(&delivery.outcome)) {
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

pub(super) fn outcome(outcome: &DeliveryOutcome) -> &'static str {
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
    let channels: Vec<String> = conversation
        .channels
        .iter()
        .filter_map(|id| state.directory.get(Kind::Channel, id.as_str()))
        .filter_map(|channel| text(channel, "name").map(str::to_owned))
        .collect();
    let rows = [
        ("id", Some(conversation.id.as_str().to_owned())),
        (
            "organization",
            organization_of(state, thread).map(|it| name_of(it).to_owned()),
        ),
        (
            "touchpoint",
            conversation
                .touchpoint
                .as_ref()
                .map(|it| it.as_str().to_owned()),
        ),
        ("tags", conversation.extra.get("tags").map(plain)),
        (
            "notified",
            (!channels.is_empty()).then(|| channels.join(", ")),
        ),
    ];
    html! {
        (pairs(rows.into_iter().filter_map(|(key, value)| Some((key, value?))), ""))
        (editor(state, thread))
        p { a.raw href={ "/chat/" (conversation.id) "/json" } target="_blank" rel="noopener" { "Everything as JSON" } }
    }
}

/// What a PATCH may change: name, status and category.
fn editor(state: &State, thread: &Thread) -> Markup {
    let conversation = &thread.conversation;
    let status = conversation
        .status
        .as_ref()
        .map_or("", |status| status.as_str());
    let category = conversation.category.as_ref().map(plain);
    let categories = organization_of(state, thread)
        .and_then(|organization| organization.get("categories")?.as_array())
        .into_iter()
        .flatten()
        .filter_map(|category| category.get("name")?.as_str());
    html! {
        form.stack action={ "/chat/" (conversation.id) "/facts" } method="post" data-quiet {
            label { span.label { "Name" } input name="name" value=[conversation.name.as_deref()] data-saves autocomplete="off" dir="auto" data-testid="conversation-name"; }
            div.row {
                label.grow {
                    span.label { "Status" }
                    select name="status" data-saves data-testid="conversation-status" {
                        @for word in ["queued", "active", "closed"] { option selected[word == status] { (word) } }
                    }
                }
                label.grow {
                    span.label { "Category" }
                    input name="category" list="categories" value=[category] data-saves autocomplete="off" dir="auto" data-testid="category";
                    datalist #categories { @for name in categories { option value=(name) {} } }
                }
            }
            button.unseen tabindex="-1" aria-hidden="true" { "Save" }
        }
    }
}

fn profile(state: &State, thread: &Thread) -> Markup {
    let conversation = &thread.conversation;
    let contact = conversation
        .contact_id()
        .and_then(|id| state.directory.get(Kind::Contact, id.as_str()));
    let profile = contact.and_then(|contact| contact.get("profile")?.as_object());
    let name = profile.and_then(|profile: &Object| text(profile, "name"));
    html! {
        @if contact.is_none() {
            p.empty { "A conversation among the team" }
        } @else {
            form.stack action={ "/chat/" (conversation.id) "/profile" } method="post" data-quiet {
                label { span.label { "Name" } input name="name" value=[name] autocomplete="off" dir="auto"; }
                (profile_fields(profile))
                button.small { "Save the profile" }
            }
        }
    }
}

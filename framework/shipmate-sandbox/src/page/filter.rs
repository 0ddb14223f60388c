//! Which conversations are listed.

use url::form_urlencoded;
use web1on1::ConversationStatus;

use super::{form::Form, home::name_of};
use crate::{
    conversation::Thread,
    directory::{Kind, Object},
    state::State,
};

/// How many conversations are listed at first, and how many more at a time.
const STEP: usize = 50;

/// The words a conversation must have, and how many of the newest are listed.
#[derive(Debug)]
pub(super) struct Filter {
    text: String,
    words: Vec<String>,
    pub(super) shown: usize,
}

impl Filter {
    /// Reads `q` and `shown` of a query.
    pub(super) fn read(query: Option<&str>) -> Self {
        let form = Form::read(query.unwrap_or_default().as_bytes());
        let text = form.get("q").trim().to_owned();
        Self {
            words: text
                .to_lowercase()
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            text,
            shown: form.get("shown").parse().unwrap_or(STEP).max(STEP),
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether every conversation passes.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The query that leads to the same list, with its `?`; nothing for the plain list.
    pub(super) fn query(&self) -> String {
        self.query_for(self.shown)
    }

    /// The query that leads to a longer list.
    pub(super) fn longer(&self) -> String {
        self.query_for(self.shown + STEP)
    }

    fn query_for(&self, shown: usize) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if !self.text.is_empty() {
            query.append_pair("q", &self.text);
        }
        if shown > STEP {
            query.append_pair("shown", &shown.to_string());
        }
        match query.finish() {
            empty if empty.is_empty() => empty,
            query => format!("?{query}"),
        }
    }

    /// Every word is in the name, the organization, the status, the id, the name of who has it
    /// accepted, or the last thing said.
    pub(super) fn admits(&self, state: &State, thread: &Thread) -> bool {
        if self.is_empty() {
            return true;
        }
        let conversation = &thread.conversation;
        let mut haystack = vec![conversation.id.as_str()];
        haystack.extend(conversation.name.as_deref());
        haystack.extend(conversation.status.as_ref().map(ConversationStatus::as_str));
        haystack.extend(organization_of(state, thread).map(name_of));
        haystack.extend(accepted_by(thread));
        haystack.extend(last_said(thread));
        let haystack = haystack.join("\n").to_lowercase();
        self.words.iter().all(|word| haystack.contains(word))
    }
}

pub(super) fn organization_of<'a>(state: &'a State, thread: &Thread) -> Option<&'a Object> {
    let id = thread.conversation.organization.as_ref()?;
    state.directory.get(Kind::Organization, id.as_str())
}

/// The names of those who have taken responsibility.
pub(super) fn accepted_by(thread: &Thread) -> impl Iterator<Item = &str> {
    thread
        .conversation
        .participants
        .iter()
        .filter(|participant| participant.accepted)
        .map(|participant| {
            participant
                .name
                .as_deref()
                .unwrap_or(participant.user.as_str())
        })
}

/// The text of the last message that somebody said.
pub(super) fn last_said(thread: &Thread) -> Option<&str> {
    thread
        .entries
        .iter()
        .rev()
        .find(|entry| entry.message.role.is_some())
        .map(|entry| entry.message.text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_leads_back_to_the_same_list() {
        for (query, expected) in [
            ("", ""),
            ("q=&shown=3", ""),
            ("q=Ann+%26+co", "?q=Ann+%26+co"),
            ("q=%22%3E%3Cb%3E&shown=100", "?q=%22%3E%3Cb%3E&shown=100"),
            ("shown=many", ""),
        ] {
            assert_eq!(Filter::read(Some(query)).query(), expected, "{query}");
        }
        assert_eq!(Filter::read(None).longer(), "?shown=100");
    }
}

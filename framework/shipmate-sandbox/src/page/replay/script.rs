//! A test in Rust that holds the conversation again.

use jiff::SignedDuration;
use serde_json::Value;
use web1on1::{Message, MessageType, OrganizationId, UserId};

use super::{Step, literal, steps};
use crate::{
    Demo, Seed,
    clock::iso,
    conversation::{Author, Thread, reaches_consumer},
    directory::{Kind, Object},
    state::State,
};

const HEAD: &str = include_str!("script/head.txt");
const TAIL: &str = include_str!("script/tail.txt");

pub(super) fn write(state: &State, thread: &Thread) -> String {
    let (_, demo) = Seed::demo();
    let conversation = &thread.conversation;
    let mut script = Script {
        demo,
        lines: Vec::new(),
        told: 0,
        touchpoint: "web".to_owned(),
    };
    script.open(state, thread);
    for step in steps(thread) {
        match step {
            Step::Pause(pause) => script.pause(pause),
            Step::Sent(message, author) => script.sent(message, author),
        }
    }
    script.end(thread);
    let name = conversation.name.as_deref().unwrap_or_default();
    let start = conversation.created_at.map(iso).unwrap_or_default();
    let head = HEAD
        .replace("{name}", &literal::name(name))
        .replace("{start}", &start);
    format!("{head}{}{TAIL}", script.lines.concat())
}

/// The body of the test, line by line.
struct Script {
    demo: Demo,
    lines: Vec<String>,
    /// How many messages the consumer was told so far.
    told: usize,
    /// What the consumer writes from.
    touchpoint: String,
}

impl Script {
    fn line(&mut self, line: &str) {
        self.lines.push(format!("    {line}\n"));
    }

    fn open(&mut self, state: &State, thread: &Thread) {
        let conversation = &thread.conversation;
        let contact = conversation
            .contact_id()
            .and_then(|id| state.directory.get(Kind::Contact, id.as_str()));
        let profile = contact
            .and_then(|contact| contact.get("profile")?.as_object())
            .cloned()
            .unwrap_or_else(Object::new);
        let profile = literal::text(&Value::Object(profile).to_string());
        let organization = self.organization(conversation.organization.as_ref());
        self.line(&format!("let profile = serde_json::from_str({profile})?;"));
        self.line(&format!(
            "let conversation = sandbox.open_conversation({organization}, profile)?;"
        ));
    }

    fn pause(&mut self, pause: SignedDuration) {
        let pause = literal::duration(pause);
        self.line(&format!("clock.advance({pause});"));
    }

    fn sent(&mut self, message: &Message, author: &Author) {
        if reaches_consumer(message) {
            self.told += 1;
        }
        match author {
            Author::Contact => self.consumer(message),
            Author::Person(user) => self.person(user, message),
            Author::Bot(_) if reaches_consumer(message) => {
                let text = literal::text(&message.text);
                let told = self.told;
                self.line(&format!(
                    "hears(&sandbox, &clock, &conversation, {told}, {text}).await?;"
                ));
            }
            Author::Bot(_) => {}
        }
    }

    fn consumer(&mut self, message: &Message) {
        let touchpoint = message.touchpoint.as_ref().map_or("web", |it| it.as_str());
        let is_plain = message.content_type.as_deref() == Some("text/plain")
            && touchpoint == self.touchpoint
            && message.meta.is_empty();
        touchpoint.clone_into(&mut self.touchpoint);
        let text = literal::text(&message.text);
        match &message.kind {
            MessageType::Chat if is_plain => {
                self.line(&format!("sandbox.contact_says(&conversation, {text})?;"));
            }
            MessageType::Postback if is_plain => {
                self.line(&format!("sandbox.contact_taps(&conversation, {text})?;"));
            }
            _ => {
                let posted = literal::posted(message);
                self.line(&format!("let message = serde_json::from_str({posted})?;"));
                self.line("sandbox.contact_sends(&conversation, message)?;");
            }
        }
    }

    fn person(&mut self, user: &UserId, message: &Message) {
        let who = self.user(user);
        let text = literal::text(&message.text);
        let is_own = message.user.as_ref() == Some(user);
        let is_bare = is_own && message.meta.is_empty() && message.actions.is_empty();
        let verb = match &message.kind {
            MessageType::Chat if is_bare && reaches_consumer(message) => Some("agent_says"),
            MessageType::Chat if is_bare && message.is_backchannel => Some("agent_notes"),
            MessageType::Command if is_bare => Some("agent_commands"),
            _ => None,
        };
        if let Some(verb) = verb {
            self.line(&format!("sandbox.{verb}(&conversation, {who}, {text})?;"));
        } else {
            let posted = literal::posted(message);
            self.line(&format!("let message = serde_json::from_str({posted})?;"));
            self.line(&format!("sandbox.post_as({who}, &conversation, message)?;"));
        }
    }

    /// Where the conversation stands in the end, and what was filled in.
    fn end(&mut self, thread: &Thread) {
        let status = thread.conversation.status.as_ref();
        let status = literal::text(status.map_or("", |status| status.as_str()));
        let mut filled = Vec::new();
        for (form, fields) in &thread.fields {
            for (key, value) in fields {
                filled.push(format!(
                    "\n        ({}, {}, {}),",
                    literal::text(form.as_str()),
                    literal::text(key),
                    literal::text(value)
                ));
            }
        }
        let fields = if filled.is_empty() {
            "&[]".to_owned()
        } else {
            format!("&[{}\n    ]", filled.concat())
        };
        self.line(&format!("let fields: &[(&str, &str, &str)] = {fields};"));
        self.line(&format!(
            "ends(&sandbox, &conversation, {status}, fields).await?;"
        ));
    }

    fn organization(&self, id: Option<&OrganizationId>) -> String {
        match id {
            Some(id) if *id == self.demo.dealer => "&demo.dealer".to_owned(),
            Some(id) if *id == self.demo.group => "&demo.group".to_owned(),
            id => format!("&{}.into()", literal::text(id.map_or("", |id| id.as_str()))),
        }
    }

    fn user(&self, id: &UserId) -> String {
        if *id == self.demo.agent {
            "&demo.agent".to_owned()
        } else if *id == self.demo.admin {
            "&demo.admin".to_owned()
        } else {
            format!("&{}.into()", literal::text(id.as_str()))
        }
    }
}

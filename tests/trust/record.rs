//! What the service has on record, read from its file after it has ended.

use std::path::Path;

use rusqlite::Connection;
use serde_json::Value;
use shipmate::store::{Key, Store};

/// Rows of the outbox that are not known to be sent.
#[derive(Debug, Default)]
pub(crate) struct OnRecord {
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    conversation: String,
    status: String,
    text: String,
}

impl Row {
    fn new(conversation: &str, status: &str, body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        Self {
            conversation: conversation.to_owned(),
            status: status.to_owned(),
            text: body["text"].as_str().unwrap_or_default().to_owned(),
        }
    }
}

impl OnRecord {
    /// Reads the store in `file`, whose service has ended.
    pub(crate) fn read(file: &Path) -> Self {
        let store = Connection::open(file).unwrap();
        let mut rows = store
            .prepare("SELECT mailbox, status, body FROM outbox WHERE status != 'sent'")
            .unwrap();
        let rows = rows.query_map([], |row| {
            let (conversation, status): (String, String) = (row.get(0)?, row.get(1)?);
            let body: Option<Vec<u8>> = row.get(2)?;
            Ok(Row::new(&conversation, &status, &body.unwrap_or_default()))
        });
        Self {
            rows: rows.unwrap().map(Result::unwrap).collect(),
        }
    }

    /// Asks the `store` of a service that has ended for what is open in these conversations of `bot`.
    /// Of what could not be resolved it tells only that there is some.
    pub(crate) async fn of(store: &dyn Store, bot: &str, conversations: &[&str]) -> Self {
        let mut rows = Vec::new();
        for conversation in conversations {
            let mailbox = Key {
                bot: bot.into(),
                mailbox: (*conversation).into(),
            };
            for open in store.queued(&mailbox, 0, 10_000).await.unwrap() {
                let status = if open.doubt.is_some() {
                    "unknown"
                } else {
                    "queued"
                };
                rows.push(Row::new(conversation, status, &open.content.body));
            }
        }
        for _ in 0..store.counts().await.unwrap().unresolved {
            rows.push(Row::new(conversations[0], "unresolved", b""));
        }
        Self { rows }
    }

    /// The texts in doubt of a conversation.
    pub(crate) fn in_doubt(&self, conversation: &str) -> Vec<String> {
        self.texts(conversation, &["unknown", "sending", "unresolved"])
    }

    /// The texts of a conversation that are to be sent.
    pub(crate) fn waiting(&self, conversation: &str) -> Vec<String> {
        self.texts(conversation, &["queued", "retry"])
    }

    fn texts(&self, conversation: &str, statuses: &[&str]) -> Vec<String> {
        self.rows
            .iter()
            .filter(|row| row.conversation == conversation)
            .filter(|row| statuses.contains(&row.status.as_str()))
            .map(|row| row.text.clone())
            .collect()
    }
}

/// What SQLite finds wrong with `file`; nothing if it is sound.
pub(crate) fn damage(file: &Path) -> Vec<String> {
    let store = Connection::open(file).unwrap();
    let mut check = store.prepare("PRAGMA integrity_check").unwrap();
    let lines = check.query_map([], |row| row.get::<_, String>(0)).unwrap();
    lines
        .map(Result::unwrap)
        .filter(|line| line != "ok")
        .collect()
}

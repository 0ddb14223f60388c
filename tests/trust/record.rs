//! What the service has on record, read from its file after it has ended.

use std::path::Path;

use rusqlite::Connection;

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

impl OnRecord {
    /// Reads the store in `file`, whose service has ended.
    pub(crate) fn read(file: &Path) -> Self {
        let store = Connection::open(file).unwrap();
        let mut rows = store
            .prepare("SELECT mailbox, status, body FROM outbox WHERE status != 'sent'")
            .unwrap();
        let rows = rows.query_map([], |row| {
            let body: Option<Vec<u8>> = row.get(2)?;
            let body: serde_json::Value =
                serde_json::from_slice(&body.unwrap_or_default()).unwrap_or_default();
            Ok(Row {
                conversation: row.get(0)?,
                status: row.get(1)?,
                text: body["text"].as_str().unwrap_or_default().to_owned(),
            })
        });
        Self {
            rows: rows.unwrap().map(Result::unwrap).collect(),
        }
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

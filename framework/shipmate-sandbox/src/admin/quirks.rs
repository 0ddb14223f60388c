use axum::{body::Bytes, extract::State as Shared};
use serde::Deserialize;

use super::{Admin, AdminResult, Answer, read};
use crate::Lines;

/// What is not named stays as it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Change {
    lines: Option<Lines>,
    keeps_unknown_meta: Option<bool>,
}

/// `GET /admin/quirks`
pub(super) async fn show(Shared(admin): Shared<Admin>) -> Answer {
    Answer::ok(admin.platform.look(|state, _| state.quirks))
}

/// `POST /admin/quirks`
pub(super) async fn change(Shared(admin): Shared<Admin>, body: Bytes) -> AdminResult {
    let change: Change = read(&body)?;
    admin.platform.change(|state, _| {
        let quirks = &mut state.quirks;
        quirks.lines = change.lines.unwrap_or(quirks.lines);
        let keeps = change.keeps_unknown_meta;
        quirks.keeps_unknown_meta = keeps.unwrap_or(quirks.keeps_unknown_meta);
    });
    Ok(show(Shared(admin)).await)
}

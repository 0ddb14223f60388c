use axum::{
    extract::{State as Shared, rejection::StringRejection},
    http::StatusCode,
};

use super::{Admin, AdminResult, Answer};
use crate::{Refusal, Snapshot, SnapshotError};

/// The longest snapshot that is read, in bytes.
pub(super) const MAX_SNAPSHOT_BYTES: usize = 256 * 1024 * 1024;

/// `GET /admin/snapshot`
pub(super) async fn take(Shared(admin): Shared<Admin>) -> Answer {
    Answer::ok(admin.platform.snapshot())
}

/// `PUT /admin/snapshot`: it takes the place of everything.
pub(super) async fn restore(
    Shared(admin): Shared<Admin>,
    text: Result<String, StringRejection>,
) -> AdminResult {
    let text = text.map_err(|rejection| unreadable(&rejection))?;
    let snapshot = Snapshot::from_json(&text).map_err(|error| no_snapshot(&error))?;
    admin.platform.restore(snapshot).map_err(|time| {
        Refusal::unprocessable(format!(
            "the snapshot is of {time}, and this sandbox runs on a clock that cannot be moved"
        ))
    })?;
    Ok(Answer::nothing())
}

fn unreadable(rejection: &StringRejection) -> Refusal {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let most = MAX_SNAPSHOT_BYTES / (1024 * 1024);
        Refusal::too_large(format!("a snapshot has at most {most} MiB"))
    } else {
        Refusal::bad_request(rejection.body_text())
    }
}

/// Where it went wrong, without what stands there, which may be a secret.
fn no_snapshot(error: &SnapshotError) -> Refusal {
    let place = match error {
        SnapshotError::Text(source) => {
            format!(" (line {}, column {})", source.line(), source.column())
        }
        _ => String::new(),
    };
    Refusal::bad_request(format!("{error}{place}"))
}

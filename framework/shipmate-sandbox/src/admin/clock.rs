use axum::{body::Bytes, extract::State as Shared};
use serde::Deserialize;
use serde_json::json;

use super::{Admin, AdminResult, Answer, read};
use crate::{Refusal, clock::iso, duration::Length};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance: Length,
}

/// `GET /admin/clock`
pub(super) async fn show(Shared(admin): Shared<Admin>) -> Answer {
    let clock = admin.platform.clock();
    Answer::ok(json!({"now": iso(clock.now()), "canMove": clock.can_move()}))
}

/// `POST /admin/clock`: what comes due by the jump happens before the answer; webhooks follow.
pub(super) async fn advance(Shared(admin): Shared<Admin>, body: Bytes) -> AdminResult {
    let Advance { advance } = read(&body)?;
    if !admin.platform.clock().advance(advance.0) {
        return Err(Refusal::unprocessable(
            "this sandbox runs on a clock that cannot be moved",
        ));
    }
    admin.platform.change(|_, _| ());
    Ok(show(Shared(admin)).await)
}

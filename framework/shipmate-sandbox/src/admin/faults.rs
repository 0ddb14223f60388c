use axum::{
    body::Bytes,
    extract::{Path, State as Shared},
};
use serde_json::json;

use super::{Admin, AdminResult, Answer, read};
use crate::{ActiveFault, FaultId, FaultKind, Injection, Refusal, fault::SHARED};

/// `GET /admin/faults`
pub(super) async fn list(Shared(admin): Shared<Admin>) -> Answer {
    let faults: Vec<ActiveFault> = admin
        .platform
        .look(|state, _| state.faults.list().collect());
    Answer::ok(json!({"faults": faults}))
}

/// `GET /admin/faults/kinds`
pub(super) async fn kinds() -> Answer {
    let kinds: Vec<_> = FaultKind::ALL.map(FaultKind::describe).into();
    Answer::ok(json!({
        "kinds": kinds,
        "shared": SHARED,
        "mix": "{\"kind\": \"mix\", \"seed\": 7, \"rate\": 0.1, \"weights\": {\"hang\": 0}}: all kinds by chance",
    }))
}

/// `POST /admin/faults`
pub(super) async fn inject(Shared(admin): Shared<Admin>, body: Bytes) -> AdminResult {
    let injection: Injection = read(&body)?;
    let injected = admin.platform.change(|state, _| {
        let id = state.faults.add(injection);
        state.faults.list().find(|fault| fault.id == id)
    });
    Ok(Answer::created(injected))
}

/// `DELETE /admin/faults`
pub(super) async fn clear(Shared(admin): Shared<Admin>) -> Answer {
    admin.platform.change(|state, _| state.faults.clear());
    Answer::nothing()
}

/// `DELETE /admin/faults/{id}`
pub(super) async fn remove(Shared(admin): Shared<Admin>, Path(id): Path<String>) -> AdminResult {
    let number: Option<FaultId> = id.parse().ok().map(|number: u64| number.into());
    let is_removed = number.is_some_and(|number| {
        admin
            .platform
            .change(|state, _| state.faults.remove(number))
    });
    if is_removed {
        Ok(Answer::nothing())
    } else {
        Err(Refusal::not_found("fault", &id))
    }
}

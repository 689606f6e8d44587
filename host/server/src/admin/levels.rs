//! What is logged, changed for a while.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde_json::json;
use tidegate_store::audit::AuditLine;

use super::answers::{ChangeLevels, LevelsNow};
use super::error::Refusal;
use crate::access::body::Fields;
use crate::clock::now_ms;
use crate::service::Service;
use crate::telemetry::{self, Levels};

/// Seconds that other levels may last: a forgotten `trace` must not fill a disk over a weekend.
const LONGEST: u64 = 24 * 3_600;

/// `GET /log`.
#[utoipa::path(get, path = "/log", responses((status = 200, body = LevelsNow), (status = 409)))]
pub(super) async fn read() -> Result<Json<LevelsNow>, Refusal> {
    Ok(Json(now(levels()?)))
}

/// `PUT /log`: other levels until they have had their time. None: those that were configured.
#[utoipa::path(put, path = "/log", request_body = ChangeLevels, responses((status = 200, body = LevelsNow), (status = 409)))]
pub(super) async fn change(
    State(service): State<Arc<Service>>,
    Fields(wanted): Fields<ChangeLevels>,
) -> Result<Json<LevelsNow>, Refusal> {
    let levels = levels()?;
    if let Some(text) = &wanted.levels {
        if !telemetry::is_bounded(text) {
            let text = "levels are 1 to 2,000 bytes, such as info,tidegate=debug";
            return Err(Refusal::unfit("levels", text));
        }
        if !(1..=LONGEST).contains(&wanted.seconds) {
            let text = "other levels last a second at least and a day at most";
            return Err(Refusal::unfit("seconds", text));
        }
        levels
            .change(text, Duration::from_secs(wanted.seconds))
            .map_err(|error| Refusal::unfit("levels", format!("{text:?} cannot be read: {error}")))?;
    } else {
        levels.back();
    }
    let line = AuditLine {
        at_ms: now_ms(),
        app: None,
        request: String::new(),
        actor: "administrator".into(),
        action: "log.set".into(),
        subject: wanted.levels.unwrap_or_else(|| levels.configured().to_owned()),
        detail: json!({"seconds": wanted.seconds}),
    };
    service.store.audit(line).await?;
    Ok(Json(now(levels)))
}

fn levels() -> Result<&'static Levels, Refusal> {
    telemetry::levels().ok_or_else(|| Refusal::new(StatusCode::CONFLICT, "this process does not log"))
}

fn now(levels: &Levels) -> LevelsNow {
    let (now, until_ms) = levels.changed().unzip();
    LevelsNow {
        levels: now.unwrap_or_else(|| levels.configured().to_owned()),
        configured: levels.configured().to_owned(),
        until_ms,
    }
}

//! What was asked lately, asked again.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::answers::AskAgain;
use super::error::{Refusal, app};
use crate::access::address::Path;
use crate::access::body::Fields;
use crate::replay::Replay;
use crate::service::Service;

/// `POST /apps/{app}/policies/{number}/replay`.
#[utoipa::path(post, path = "/apps/{app}/policies/{number}/replay", request_body = AskAgain, responses((status = 200, body = Replay)))]
pub(super) async fn replay(
    State(service): State<Arc<Service>>,
    Path((name, number)): Path<(String, i64)>,
    Fields(wanted): Fields<AskAgain>,
) -> Result<Json<Replay>, Refusal> {
    let app = app(&service, &name)?;
    let last = wanted.last.unwrap_or(app.options.questions_kept);
    Ok(Json(service.replay(&app, number, last).await?))
}

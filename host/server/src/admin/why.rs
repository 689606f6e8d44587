//! Why somebody has access, or not.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use tidegate_runtime::stage::digest_of;
use tidegate_store::why::WhyRow;

use super::answers::{WhyLine, WhyUser};
use super::error::{Refusal, app};
use crate::access::address::Path;
use crate::service::Service;

/// `GET /apps/{app}/why/{user}`: by SCIM id, `userName`, or the username of an account.
#[utoipa::path(get, path = "/apps/{app}/why/{user}", responses((status = 200, body = Vec<WhyUser>)))]
pub(super) async fn read(
    State(service): State<Arc<Service>>,
    Path((name, user)): Path<(String, String)>,
) -> Result<Json<Vec<WhyUser>>, Refusal> {
    let app = app(&service, &name)?;
    let found = service.store.why(app.seq, &user)?;
    if found.is_empty() {
        return Err(Refusal::not_found(format!(
            "nobody in {name} has the id, the userName or the username {user:?}"
        )));
    }
    let versions: HashMap<String, String> = service
        .store
        .versions(app.seq)?
        .into_iter()
        .filter_map(|row| {
            let shown = format!("{} {} (version {})", row.name, row.semver, row.number);
            Some((digest_of(&row.digest, &row.settings)?, shown))
        })
        .collect();
    let line = |row: WhyRow| WhyLine {
        target: app
            .targets
            .iter()
            .find(|target| target.seq == row.target)
            .map_or_else(String::new, |target| target.config.name.clone()),
        decided_by: row
            .policy
            .as_ref()
            .and_then(|digest| versions.get(digest).cloned()),
        row,
    };
    let users = found.into_iter().map(|why| WhyUser {
        id: why.id,
        name: why.name,
        rows: why.rows.into_iter().map(line).collect(),
    });
    Ok(Json(users.collect()))
}

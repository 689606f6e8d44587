//! `POST /.search`: users and groups in one list (RFC 7644 section 3.4.3).

use tidegate_scim::error::ScimError;
use tidegate_scim::query;

use super::body::Json;
use super::call::Call;
use super::groups::Groups;
use super::listing;
use super::reply::{Answer, Reply};
use super::users::Users;

/// Users first, then groups. An attribute that one kind does not have matches none of it.
pub(super) async fn search(call: Call, Json(body): Json) -> Answer {
    let params = query::search(&body)?;
    let (store, users, groups) = (call.store().clone(), Users::of(&call), Groups::of(&call));
    let work = move || listing::both(&store, &users, &groups, &params);
    let listed = tokio::task::spawn_blocking(work).await;
    let listed = listed.map_err(|error| ScimError::internal(error.to_string()))?;
    Ok(Reply::ok(listed?))
}

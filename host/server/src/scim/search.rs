//! `POST /.search`: users and groups in one list (RFC 7644 section 3.4.3).

use axum::response::Response;
use tidegate_scim::query;

use super::body::Json;
use super::call::Call;
use super::groups::Groups;
use super::listing::Listing;
use super::reply::Answer;
use super::users::Users;

/// Users first, then groups. An attribute that one kind does not have matches none of it.
pub(super) async fn search(call: Call, Json(body): Json) -> Answer<Response> {
    let params = query::search(&body)?;
    let groups = Groups::of(&call);
    let listed = Listing::new(&call, "", params.clone())
        .of_both(Users::of(&call), groups.clone())
        .await?;
    Ok(groups.list(call.store(), &params.projection, listed))
}
